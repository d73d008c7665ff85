package playground

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/possession"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/workdays"
	"fairway/web/templates/layout"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// liveFrame is the frame of a page of the way to Live.
func liveFrame(c *gin.Context, title string, found problems) layout.Page {
	f := frame(c, title, livePath, found)
	f.Env = "live"
	return f
}

// The steps of the way, in their order.
var liveSteps = []struct{ path, text string }{
	{liveUploadPath, "Upload"}, {liveChecksPath, "Checks"}, {liveChallengePath, "Challenge"}, {liveSubmitPath, "Hand in"},
}

// stepsAt are the steps seen from one of them. Those that the draft has come to can be gone to.
func (p *Playground) stepsAt(here string, e *enrolments.Enrolment) []ui.StepView {
	reached := liveUploadPath
	if e != nil {
		reached = p.due(e)
	}
	var steps []ui.StepView
	before := true
	for _, s := range liveSteps {
		step := ui.StepView{State: ui.Locked, Text: s.text}
		if before {
			step.State, step.Href = ui.Done, s.path
		}
		if s.path == reached { // gone to, but not done
			before, step.State = false, ui.Todo
		}
		if s.path == here {
			step.State, step.Href = ui.Now, ""
		}
		steps = append(steps, step)
	}
	return steps
}

func liveHead(title, lead string) ui.HeadView {
	return ui.HeadView{Title: title, Lead: lead, Status: "Live", Tone: ui.Note, Crumbs: []ui.Crumb{{Text: "Live certificates", Href: livePath}, {Text: title}}}
}

func (p *Playground) liveStartView() page.LiveStartView {
	v := page.LiveStartView{
		Head: ui.HeadView{Title: "Live certificates", Status: "Live", Tone: ui.Note, Lead: "Hand in your qualified certificates, prove that you hold the seal’s key, and a person at the service provider decides within three working days."},
		Needs: []ui.CheckItem{
			{Text: "Your QWAC", Detail: "Qualified website certificate with your PSD2 roles, in PEM."},
			{Text: "Your QC eSeal", Detail: "Qualified seal certificate of the same organisation, with an RSA key."},
			{Text: "Somebody who can sign with the eSeal’s key", Detail: "One command on your own machine or HSM. The key never comes here."},
			{Text: "About ten minutes", Detail: "Each step is kept: a colleague can go on where you stopped."},
		},
		After: []string{
			"Both certificates are checked against the EU trusted lists, for revocation, and against your authority’s register.",
			"An administrator decides, with all that was found on one page. You get a letter either way.",
			"If something is unclear you are asked here, and the clock stands still until you answer.",
		},
	}
	if p.Automatic {
		v.Head.Lead = "Hand in your qualified certificates and prove that you hold the seal’s key. It is decided within minutes, where every check passes; otherwise a person at the service provider decides within three working days."
		v.After[1] = "Where every check passes you are let in within minutes. Otherwise an administrator decides, with all that was found on one page. You get a letter either way."
	}
	return v
}

func uploadView(f uploadForm, e *enrolments.Enrolment, found problems) page.LiveUploadView {
	v := page.LiveUploadView{
		Head: liveHead("Upload", "Paste or choose both certificates. They are read at once and kept as a draft."), Problems: found.summary(), Version: "0",
		QWAC:      ui.FieldView{Name: enrolments.FieldQWAC, Label: "QWAC", Value: f.QWAC, Error: found.at(enrolments.FieldQWAC), Rows: 8, Mono: true},
		QSeal:     ui.FieldView{Name: enrolments.FieldQSeal, Label: "QC eSeal", Value: f.QSeal, Error: found.at(enrolments.FieldQSeal), Rows: 8, Mono: true},
		QWACFile:  ui.FieldView{Name: "qwac_file", Label: "Or choose the QWAC’s file", Accept: certificateFiles},
		QSealFile: ui.FieldView{Name: "qseal_file", Label: "Or choose the eSeal’s file", Accept: certificateFiles},
	}
	if e == nil {
		v.Steps = []ui.StepView{{State: ui.Now, Text: "Upload"}, {State: ui.Locked, Text: "Checks"}, {State: ui.Locked, Text: "Challenge"}, {State: ui.Locked, Text: "Hand in"}}
		return v
	}
	v.Version = strconv.Itoa(e.Version)
	v.Steps = []ui.StepView{{State: ui.Now, Text: "Upload"}, {State: ui.Done, Text: "Checks", Href: liveChecksPath}, {State: ui.Locked, Text: "Challenge"}, {State: ui.Locked, Text: "Hand in"}}
	if e.QWAC != nil {
		v.HasQWAC = "In the draft: " + held(e.QWAC) + ". Leave this empty to keep it."
	}
	if e.QSeal != nil {
		v.HasQSeal = "In the draft: " + held(e.QSeal) + ". Leave this empty to keep it."
	}
	return v
}

const certificateFiles = ".pem,.crt,.cer,.der,.txt"

func held(u *enrolments.Upload) string {
	return "serial " + u.Info.SerialHex + ", valid until " + day(u.Info.NotAfter)
}

// sectionOf finds a check list of an examination.
func sectionOf(x *nca.Examination, id string) []qcert.Check {
	for _, s := range x.Sections {
		if s.ID == id {
			return s.Checks
		}
	}
	return nil
}

func liveCard(id string, kind qcert.Kind, u *enrolments.Upload, checks []qcert.Check) page.LiveCardView {
	title := certview.Kind(kind)
	v := page.LiveCardView{Card: ui.CardView{ID: id, Title: title}, Facts: certview.Facts(id, u.Info), All: certview.All(id, u.Info), PEM: certview.PEM(id, title, u.Cert)}
	if checks != nil {
		rules := certview.Checks(id+"-checks", checks)
		v.Rules = &rules
		v.Card.Tone, v.Card.Status = certview.Summary(checks)
	}
	return v
}

func liveCardsOf(e *enrolments.Enrolment, x *nca.Examination) []page.LiveCardView {
	var cards []page.LiveCardView
	if e.QWAC != nil {
		cards = append(cards, liveCard("qwac", qcert.QWAC, e.QWAC, sectionOf(x, "qwac")))
	}
	if e.QSeal != nil {
		cards = append(cards, liveCard("qseal", qcert.QSealC, e.QSeal, sectionOf(x, "qseal")))
	}
	return cards
}

// liveSectionsOf are the check lists beside those of the certificates.
func liveSectionsOf(x *nca.Examination) []page.LiveSectionView {
	var list []page.LiveSectionView
	for _, s := range x.Sections {
		if s.ID == "qwac" || s.ID == "qseal" || len(s.Checks) == 0 {
			continue
		}
		v := page.LiveSectionView{Card: ui.CardView{ID: s.ID, Title: s.Title}, Rules: certview.Checks(s.ID+"-checks", s.Checks)}
		v.Card.Tone, v.Card.Status = certview.Summary(s.Checks)
		list = append(list, v)
	}
	return list
}

func (p *Playground) checksView(e *enrolments.Enrolment, x *nca.Examination) page.LiveChecksView {
	v := page.LiveChecksView{
		Head: liveHead("Checks", "What we read, and how it stands. Everything is shown at once, so that you can mend it at once."), Steps: p.stepsAt(liveChecksPath, e),
		Cards: liveCardsOf(e, x), Sections: liveSectionsOf(x),
	}
	for _, u := range []*enrolments.Upload{e.QWAC, e.QSeal} {
		if u != nil {
			v.Repairs = append(v.Repairs, u.Repairs...)
		}
	}
	if e.Swapped() {
		v.Swap = &ui.PostView{Action: livePath + "/swap", Fields: versionField(e), Button: ui.ButtonView{Text: "Swap them", Icon: "refresh-cw"}}
	}
	lists := make([][]qcert.Check, 0, len(x.Sections))
	for _, s := range x.Sections {
		lists = append(lists, s.Checks)
	}
	v.Tone, v.Verdict = certview.Summary(lists...)
	switch {
	case !e.Complete():
		v.Tone, v.Verdict, v.Advice = ui.Warn, "One certificate is missing", "Upload the other one to go on."
	case !e.Sound(p.Clock.Now()):
		v.Advice = "Something stands against going on. Each line says what is asked for and what to do; the QTSP that issued the certificate can help."
	default:
		v.Advice = "You can go on."
		if v.Tone == ui.Warn {
			v.Advice = "You can go on. What a person has to look at does not stop you."
		}
		v.Next = &ui.LinkView{Text: "Continue", Href: liveChallengePath, Look: ui.Primary, After: "arrow-right"}
	}
	return v
}

// issuedApart says that the certificates name another company than the organisation is called here: the reviewer sees it,
// so who hands in should, too. It stops nobody.
func issuedApart(organisation string, e *enrolments.Enrolment) *page.NoticeView {
	for _, u := range []*enrolments.Upload{e.QSeal, e.QWAC} {
		if u == nil || u.Info.Organization == "" || register.SameCompany(organisation, u.Info.Organization) {
			continue
		}
		return &page.NoticeView{Tone: ui.Warn, Title: "The certificates name another company than your account",
			Text: "Your organisation signed up as " + organisation + "; the certificates were issued to " + qcert.DisplayText(u.Info.Organization, 80) +
				". That stops nothing here, but the reviewer sees both names and may ask. Go on where the two are one company; otherwise upload the certificates of " + organisation + "."}
	}
	return nil
}

func versionField(e *enrolments.Enrolment) []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: strconv.Itoa(e.Version)}}
}

func (p *Playground) challengeView(e *enrolments.Enrolment, f proofForm, found problems) page.LiveChallengeView {
	v := page.LiveChallengeView{
		Head:  liveHead("Challenge", "Sign a text with the private key of your eSeal. It proves that you hold the key, and the key stays with you."),
		Steps: p.stepsAt(liveChallengePath, e), Problems: found.summary(), Version: strconv.Itoa(e.Version),
		Signature:     ui.FieldView{Name: enrolments.FieldSignature, Label: "Signature", Hint: "Base64; line breaks are fine.", Value: f.Signature, Error: found.at(enrolments.FieldSignature), Rows: 5, Mono: true},
		SignatureFile: ui.FieldView{Name: "signature_file", Label: "Or choose the signature’s file"},
		New:           ui.PostView{Action: liveChallengePath + "/new", Fields: versionField(e), Button: ui.ButtonView{Text: "Make a challenge", Icon: "stamp", Look: ui.Primary}},
	}
	if e.Proved() {
		v.Proved = e.Proof.Algorithm + ", " + instant(e.Proof.At) + ". Nothing more has to be signed for this seal."
	}
	if e.Challenge == nil || e.Challenge.Ended(p.Clock.Now()) {
		return v
	}
	v.New.Button = ui.ButtonView{Text: "Make a new challenge", Icon: "rotate-ccw"}
	v.Text = &ui.CodeView{ID: "challenge-text", Title: "Challenge", Text: e.Challenge.Text, Wrap: true}
	v.Ends = "It can be used once, until " + instant(e.Challenge.EndsAt) + "."
	v.Tries = many(e.Challenge.TriesLeft, "try") + " left."
	if e.Challenge.TriesLeft != 1 {
		v.Tries = strconv.Itoa(e.Challenge.TriesLeft) + " tries left."
	}
	for _, c := range possession.Commands(possession.Files{}) {
		if c.Purpose == possession.Check && c.Key == possession.AnyKey || !c.Fits(possession.RSAKey) {
			v.Others = appendFitting(v.Others, c)
			continue
		}
		code := ui.CodeView{ID: "command-" + c.ID, Title: c.Title, Text: c.Text}
		if c.ID == "openssl" || c.Purpose == possession.Encode {
			v.Commands = append(v.Commands, code)
		} else {
			v.Others = append(v.Others, code)
		}
	}
	return v
}

// appendFitting leaves out what is for keys that a seal here cannot have.
func appendFitting(list []ui.CodeView, c possession.Command) []ui.CodeView {
	if !c.Fits(possession.RSAKey) {
		return list
	}
	return append(list, ui.CodeView{ID: "command-" + c.ID, Title: c.Title, Text: c.Text})
}

func (p *Playground) submitView(e *enrolments.Enrolment, x *nca.Examination) page.LiveSubmitView {
	v := page.LiveSubmitView{
		Head: liveHead("Hand in", "The last look before it goes to the service provider."), Steps: p.stepsAt(liveSubmitPath, e), Version: strconv.Itoa(e.Version),
		Facts: []ui.KV{
			{Key: "Organisation", Value: e.QSeal.Info.Organization}, {Key: "Organisation identifier", Value: e.QSeal.Info.OrganizationIdentifier},
			{Key: "Roles", Value: certview.Roles(e.Roles())},
			{Key: "QWAC", Value: held(e.QWAC)}, {Key: "QC eSeal", Value: held(e.QSeal)},
			{Key: "Key of the seal", Value: "Proved, " + e.Proof.Algorithm + ", " + instant(e.Proof.At)},
		},
		Next: []string{
			"The automatic checks take a minute or so: trusted lists, revocation, your authority’s register.",
			p.decision("Handed in now, it is decided"),
			"You and your colleagues get a letter when it is decided, and when there is a question.",
		},
	}
	for _, s := range x.Sections {
		var open []qcert.Check
		for _, c := range s.Checks {
			if c.Level != qcert.LevelPassed {
				open = append(open, c)
			}
		}
		if len(open) > 0 {
			v.Open = append(v.Open, page.LiveSectionView{Card: ui.CardView{ID: "open-" + s.ID, Title: s.Title, Minor: true}, Rules: certview.Checks("open-"+s.ID+"-checks", open)})
		}
	}
	return v
}

// dueText is a deadline at the place whose working days count.
func dueText(t time.Time, zone *time.Location) string { return "the end of " + workdays.DayIn(t, zone) }

// hearBy says when the decision comes about what was handed in.
func (p *Playground) hearBy(e *enrolments.Enrolment) string {
	due := "by " + dueText(e.DueAt, p.LiveDays.Zone()) + "."
	if p.Automatic {
		return "Where every check passes, you hear from us within minutes; otherwise " + due
	}
	return "You hear from us " + due
}

// dueBy says when the decision is due, for the timeline.
func (p *Playground) dueBy(e *enrolments.Enrolment) string {
	due := dueText(e.DueAt, p.LiveDays.Zone()) + "."
	if p.Automatic {
		return "Within minutes where every check passes; otherwise by " + due
	}
	return "By " + due
}

// decision says when what is handed in now is decided, after the words with which the sentence begins.
func (p *Playground) decision(begin string) string {
	promise := p.LiveDays.Promise(p.Clock.Now(), workdays.Decision)
	if p.Automatic {
		return begin + " within minutes, where every check passes; otherwise a person decides " + promise
	}
	return begin + " " + promise
}
