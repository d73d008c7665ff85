package backoffice

import (
	"errors"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/letters"
	"fairway/web/templates/ui"
)

// decisionForm is what a reviewer decides, and what she had in front of her.
type decisionForm struct {
	Act      string   `form:"act"`
	Verdict  string   `form:"verdict"`
	Roles    []string `form:"roles"`
	Anew     bool     `form:"anew"`
	Template string   `form:"template"`
	Reason   string   `form:"reason"`
	Code     string   `form:"code"`

	Version  string `form:"version"`
	QWAC     string `form:"qwac"`
	QSeal    string `form:"qseal"`
	Evidence string `form:"evidence"`

	// sent says that the form was posted, confirmed that its code was right.
	sent, confirmed bool
	letter          *page.LetterView
}

// decideReview records a decision, or shows the letter that it would send.
func (f *Face) decideReview(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	form := decisionForm{sent: true}
	err := httpkit.BindForm(c, &form)
	if err == nil {
		err = form.chooseReason()
	}
	decision := form.decision(c.Param("id"), who.PersonID)
	if err == nil {
		err = decision.Check()
	}
	if err == nil && form.Act == "preview" {
		return f.previewLetter(c, form, decision)
	}

	var pending bool
	if err == nil {
		if err = f.Accounts.ConfirmFactor(ctx, proof(c, form.Code)); err == nil {
			form.confirmed = true
			pending, err = f.NCA.Decide(ctx, decision)
		}
	}

	if err != nil {
		return f.drawReview(c, form, err)
	}
	return goTo(c, reviewsPath, ui.OK, outcome(decision.Verdict, pending))
}

func outcome(v nca.Verdict, pending bool) string {
	switch {
	case pending:
		return "Your approval is kept. A second person has to approve it, too."
	case v == nca.Approve:
		return "Approved. The organisation gets a letter."
	case v == nca.Reject:
		return "Rejected. The organisation gets a letter with your reason."
	}
	return "Asked. The clock stands still until the organisation answers."
}

// previewLetter draws the page again with the letter beside the form.
func (f *Face) previewLetter(c *gin.Context, form decisionForm, d nca.Decision) error {
	found, err := f.NCA.Case(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	name, err := f.Accounts.Organisations(c.Request.Context(), []string{found.Enrolment.OrganisationID})
	if err != nil {
		return err
	}
	letter := f.Letters.Preview(name[found.Enrolment.OrganisationID].Name, found, d, f.Clock.Now())
	form.letter = &page.LetterView{Subject: letter.Subject, Text: letters.Text(letter)}
	return f.drawReview(c, form, nil)
}

// chooseReason takes the chosen text where nothing was written, or where what is written is a ready text as a preview
// left it. A text that was made for another decision is refused.
func (f *decisionForm) chooseReason() error {
	chosen, ok := reasonByID(f.Template)
	written, ready := reasonByText(f.Reason)
	switch {
	case ok && (ready || blank(f.Reason)):
		written = chosen
	case !ready:
		return nil
	}
	if f.Verdict != "" && f.Verdict != string(written.verdict) {
		return fault.Form(fault.Field{Name: "template", Message: "This text is for another decision. Choose one that fits, or write your own."})
	}
	f.Reason = written.text
	return nil
}

func (f decisionForm) decision(enrolmentID, by string) nca.Decision {
	version, _ := strconv.Atoi(f.Version) // what is no number is no version that anybody saw
	roles := []qcert.Role{}               // a form that names none chooses none
	for _, r := range f.Roles {
		roles = append(roles, qcert.Role(r))
	}
	return nca.Decision{
		Seen:     enrolments.Seen{EnrolmentID: enrolmentID, Version: version, QWAC: f.QWAC, QSeal: f.QSeal},
		Evidence: f.Evidence, Verdict: nca.Verdict(f.Verdict), Roles: roles, Anew: f.Anew, Reason: f.Reason, By: by,
	}
}

// shownNow is what the form carries unseen, for what the page shows.
func shownNow(d dossier) decisionForm {
	now := decisionForm{Version: strconv.Itoa(d.Enrolment.Version), Evidence: d.Fingerprint}
	if d.Enrolment.QWAC != nil {
		now.QWAC = d.Enrolment.QWAC.Info.SHA256
	}
	if d.Enrolment.QSeal != nil {
		now.QSeal = d.Enrolment.QSeal.Info.SHA256
	}
	return now
}

// outdated tells whether the form was drawn for something else than what is there now.
func (f decisionForm) outdated(d dossier) error {
	now := shownNow(d)
	switch {
	case !f.sent:
		return nil
	case !d.waits() || f.Version != now.Version || f.QWAC != now.QWAC || f.QSeal != now.QSeal:
		return enrolments.ErrNotSeen
	case f.Evidence != now.Evidence:
		return nca.ErrStale
	}
	return nil
}

func (f *Face) decisionView(d dossier, form decisionForm, found problems, factor ui.FactorView) *page.DecisionView {
	action := reviewPath(d.Enrolment.ID) + "/decide"
	now := shownNow(d)
	v := &page.DecisionView{
		Action: action, Preview: action + "#decision", Factor: factor, Letter: form.letter,
		Fields: []ui.Hidden{{Name: "version", Value: now.Version}, {Name: "qwac", Value: now.QWAC}, {Name: "qseal", Value: now.QSeal}, {Name: "evidence", Value: now.Evidence}},
		Verdict: ui.ChoiceView{Name: "verdict", Legend: "What you decide", Value: form.Verdict, Error: found.at("verdict"), Options: []ui.Option{
			approval(d), {Value: string(nca.Reject), Text: "Reject", Hint: "The organisation may begin again with the same files."},
			{Value: string(nca.Ask), Text: "Ask the organisation", Hint: "The clock stands still until it answers."},
		}},
		Roles: rolesView(d, form, found), Anew: anewView(d, form),
		Template: ui.SelectView{Name: "template", Label: "Ready-made reason", Value: form.Template, Error: found.at("template"),
			Hint: "Taken where you write none of your own.", Options: reasonOptions()},
		Reason: ui.FieldView{Name: "reason", Label: "Reason, or question", Value: form.Reason, Error: found.at("reason"), Rows: 5,
			Hint: "The organisation reads it as it stands here."},
	}
	if !d.fresh {
		v.Notice = &page.NoticeView{Tone: ui.Warn, Title: "Ask the sources again first", Text: "The evidence is too old, or of an earlier version. A decision on it is refused."}
	}
	return v
}

// approval is closed where a check failed, and for who approved already.
func approval(d dossier) ui.Option {
	o := ui.Option{Value: string(nca.Approve), Text: "Approve for Live", Hint: "From then on its certificates are accepted, and looked at again every day."}
	switch err := d.Examination.Approvable(); {
	case errors.Is(err, nca.ErrNoIssuer):
		o.Disabled, o.Hint = true, "An issuer is on no trusted list, and nobody but the lists can say that it is qualified."
	case errors.Is(err, nca.ErrUnasked):
		o.Disabled, o.Hint = true, "Nobody has said that both certificates are not revoked."
	case errors.Is(err, nca.ErrUnreached):
		o.Disabled, o.Hint = true, "A source did not answer. Ask the sources again first."
	case err != nil:
		o.Disabled, o.Hint = true, "A check failed, and what failed cannot be approved."
	case d.FirstBy == d.who.PersonID:
		o.Disabled, o.Hint = true, "You approved it already. A second person has to approve it, too."
	}
	return o
}
