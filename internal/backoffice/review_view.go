package backoffice

import (
	"slices"
	"strings"

	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/internal/register"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func (f *Face) reviewView(d dossier) page.ReviewView {
	e := d.Enrolment
	v := page.ReviewView{
		Head:     f.reviewHead(d),
		Notices:  notices(d),
		About:    f.about(d),
		Proof:    possession(d),
		Talk:     talk(e),
		Earlier:  earlierRows(d),
		Trail:    trailView(d),
		Alike:    alikeRows(d),
		Compared: comparisons(d),
		ByHand:   byHand(d),
	}
	if d.waits() && d.Examination == nil {
		poll := examining(e.ID)
		v.Poll = &poll
	}
	if d.who.Role == "admin" && (e.State == enrolments.Submitted || e.State == enrolments.Question) {
		v.Refresh = &ui.PostView{ID: "refresh", Action: reviewPath(e.ID) + "/refresh", Button: ui.ButtonView{Text: "Ask the sources again", Icon: "refresh-cw"}}
	}
	addEvidence(&v, d)
	return v
}

// reviewHead begins with who it is: the name in the certificate, and its identifier.
func (f *Face) reviewHead(d dossier) ui.HeadView {
	h := ui.HeadView{Title: or(d.organisation.Name), Crumbs: []ui.Crumb{{Text: "Review queue", Href: reviewsPath}, {Text: or(d.organisation.Name)}}}
	if d.Enrolment.QSeal != nil {
		h.Lead = or(d.Enrolment.QSeal.Info.OrganizationIdentifier)
	}
	if h.Tone, h.Status = f.left(d.Enrolment); !d.Enrolment.State.Open() {
		h.Tone, h.Status = stateWord(d.Enrolment.State)
	}
	return h
}

// notices say how the matter stands: the checks, the age of the evidence, who approved first.
func notices(d dossier) []page.NoticeView {
	var list []page.NoticeView
	if d.own() {
		list = append(list, page.NoticeView{Tone: ui.Warn, Title: "Your own organisation", Text: "You belong to this organisation. Somebody else has to decide."})
	}
	if d.waits() && d.FirstBy != "" {
		list = append(list, page.NoticeView{Tone: ui.Note, Title: "Approved once, a second person has to approve",
			Text: d.name(d.FirstBy) + " approved " + certview.Roles(d.FirstRoles) + " on " + stamp(d.FirstAt) + ": " + shown(strings.Join(strings.Fields(d.FirstReason), " "))})
	}
	list = append(list, doubtNotices(d.Doubts)...)
	if signed := signedUpApart(d); signed != "" {
		list = append(list, page.NoticeView{Tone: ui.Warn, Title: "Signed up under another name", Text: signed})
	}
	if d.Examination == nil {
		return list
	}
	tone, summary := certview.Summary(checkLists(d.Examination)...)
	text := gravest(d.Examination) + "The sources were asked on " + stamp(d.Examination.At) + "."
	if d.Examination.Unreachable {
		text += " One of them did not answer, and is asked again."
	}
	list = append(list, page.NoticeView{Tone: tone, Title: summary, Text: text})
	if d.waits() && !d.fresh {
		list = append(list, page.NoticeView{Tone: ui.Warn, Title: "The evidence is too old to decide on",
			Text: "It is older than a day, or was gathered before the organisation changed or answered something. Ask the sources again, then decide."})
	}
	return list
}

// signedUpApart says how what the organisation called itself differs from what its certificates call it.
func signedUpApart(d dossier) string {
	if d.Enrolment.QSeal == nil || register.SameCompany(d.organisation.Name, d.Enrolment.QSeal.Info.Organization) {
		return ""
	}
	return "It signed up as " + or(shown(d.organisation.Name)) + " (" + or(d.organisation.Country) + "); its certificates were issued to " +
		or(d.Enrolment.QSeal.Info.Organization) + " (" + or(d.Enrolment.QSeal.Info.Country) + "). Be sure that the two are one before you approve."
}

// mostSentences is how many findings stand above all else.
const mostSentences = 3

// gravest are the sentences of what failed, then of what is worth a look, as many as a reader takes in at once.
func gravest(x *nca.Examination) string {
	var sentences []string
	for _, level := range []string{qcert.LevelError, qcert.LevelWarning} {
		for _, checks := range checkLists(x) {
			for _, c := range checks {
				for _, found := range c.Findings {
					if found.Level == level && !slices.Contains(sentences, found.Text) {
						sentences = append(sentences, found.Text)
					}
				}
			}
		}
	}
	var b strings.Builder
	for n, sentence := range sentences {
		if n == mostSentences {
			b.WriteString("There is more below. ")
			break
		}
		b.WriteString(shown(sentence) + " ")
	}
	return b.String()
}

func (f *Face) about(d dossier) []ui.KV {
	e := d.Enrolment
	facts := []ui.KV{
		{Key: "Organisation as it signed up", Value: or(d.organisation.Name)},
		{Key: "Country as it signed up", Value: or(d.organisation.Country)},
		{Key: "Roles in both certificates", Value: or(certview.Roles(e.Roles()))},
		{Key: "Submitted", Value: stampOr(e.SubmittedAt) + " by " + d.name(e.SubmittedBy)},
	}
	if e.State.Open() {
		facts = append(facts, ui.KV{Key: "Due", Value: stampOr(e.DueAt)})
	}
	tone, state := stateWord(e.State)
	facts = append(facts, ui.KV{Key: "State", Value: state, Tone: tone, Badge: true})
	if !e.DecidedAt.IsZero() {
		facts = append(facts, ui.KV{Key: "Decided", Value: stamp(e.DecidedAt) + " by " + d.name(e.DecidedBy)})
	}
	facts = append(facts, given(e)...)
	return append(facts, ui.KV{Key: "Number of this submission", Value: e.ID, Copy: "enrolment-id"})
}

// possession says whether the key of the very seal that is shown has signed.
func possession(d dossier) []ui.CheckItem {
	e := d.Enrolment
	if e.Proof == nil {
		return []ui.CheckItem{{Tone: ui.Bad, Text: "The key of the seal has not signed the challenge."}}
	}
	detail := e.Proof.Algorithm + ", handed in on " + stampOr(e.Proof.At) + " by " + d.name(e.Proof.By) + ", over the seal " + e.Proof.Seal
	if !e.Proved() {
		return []ui.CheckItem{{Tone: ui.Bad, Text: "The challenge was signed for another seal than the one shown.", Detail: detail}}
	}
	return []ui.CheckItem{{Tone: ui.OK, Text: "The key of the seal shown signed the challenge.", Detail: detail}}
}

// talk is the question with its answer, and the reason of the decision.
func talk(e *enrolments.Enrolment) []page.SaidView {
	var list []page.SaidView
	if e.AskedFor != "" {
		list = append(list, page.SaidView{Title: "We asked", ISO: iso(e.AskedAt), Time: stamp(e.AskedAt), Paragraphs: paragraphs(e.AskedFor)})
	}
	if e.Answer != "" {
		list = append(list, page.SaidView{Title: "The organisation answered", Paragraphs: paragraphs(e.Answer)})
	}
	if e.Reason != "" {
		list = append(list, page.SaidView{Title: "The decision’s reason", ISO: iso(e.DecidedAt), Time: stampOr(e.DecidedAt), Paragraphs: paragraphs(e.Reason)})
	}
	return list
}
