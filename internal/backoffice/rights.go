package backoffice

import (
	"slices"

	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// rolesView offers the roles that both certificates name. Ticked are those that the first of two people chose, else those
// that the register grants: any other one takes the reviewer's own tick.
func rolesView(d dossier, form decisionForm, found problems) *ui.ChoiceView {
	offers := d.Offers()
	if len(offers) == 0 {
		return nil
	}
	v := &ui.ChoiceView{Name: "roles", Legend: "Roles that an approval gives", Error: found.at("roles"), Hint: "Only these count in Live, whatever else the certificates name."}
	for _, offer := range offers {
		o := ui.Option{Value: string(offer.Role), Text: certview.Role(offer.Role), Selected: ticked(d, form, offer), Hint: "The register grants it."}
		if !offer.Registered {
			o.Hint = shown(offer.Sentence) + " Tick it where you have found it out yourself: the letter and the audit trail say that it is beside the register."
		}
		v.Options = append(v.Options, o)
	}
	return v
}

func ticked(d dossier, form decisionForm, o nca.Offer) bool {
	switch {
	case form.sent:
		return slices.Contains(form.Roles, string(o.Role))
	case d.FirstBy != "":
		return slices.Contains(d.FirstRoles, o.Role)
	}
	return o.Registered
}

// anewView is for the second of two people who chooses other roles than the first.
func anewView(d dossier, form decisionForm) *ui.CheckView {
	if d.FirstBy == "" || d.FirstBy == d.who.PersonID {
		return nil
	}
	return &ui.CheckView{Name: "anew", Label: "Begin the approval anew with my roles", Checked: form.Anew,
		Hint: "The first approval gives " + certview.Roles(d.FirstRoles) + ". Where you choose others, yours becomes the first approval, and another person has to confirm it."}
}

// given says which roles an approval gives, and which of them are beside the register.
func given(e *enrolments.Enrolment) []ui.KV {
	if len(e.Rights) == 0 {
		return nil
	}
	facts := []ui.KV{{Key: "Roles that the approval gives", Value: certview.Roles(e.Rights)}}
	beside := slices.DeleteFunc(slices.Clone(e.Beside), func(r qcert.Role) bool { return !slices.Contains(e.Rights, r) })
	if len(beside) > 0 {
		facts = append(facts, ui.KV{Key: "Beside the register", Value: certview.Roles(beside)})
	}
	return facts
}

// doubtNotices say what casts doubt on an approval, and what follows.
func doubtNotices(list []nca.Doubt) []page.NoticeView {
	var notices []page.NoticeView
	for _, d := range list {
		text := "Since " + stamp(d.Since) + ": " + shown(d.Sentence)
		if !d.EndsAt.IsZero() {
			text += " If it stays so, the approval is suspended on " + stamp(d.EndsAt) + "."
		}
		notices = append(notices, page.NoticeView{Tone: ui.Warn, Title: "In doubt", Text: text})
	}
	return notices
}
