package backoffice

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/revocation"
	"fairway/internal/trustlist"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// leading is a link that leaves the portal: in a window of its own, so that what was typed stays, and without telling where
// from.
func leading(text, href string) ui.LinkView {
	return ui.LinkView{Text: text, For: "in a new window", Href: href, Icon: "external-link", Small: true, Attrs: templ.Attributes{"rel": "noopener noreferrer", "target": "_blank"}}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// addEvidence adds the certificates, and what was found out about them.
func addEvidence(v *page.ReviewView, d dossier) {
	e := d.Enrolment
	if e.QWAC != nil {
		v.Certificates = append(v.Certificates, certificateView("qwac", "QWAC", e.QWAC))
	}
	if e.QSeal != nil {
		v.Certificates = append(v.Certificates, certificateView("qseal", "QC eSeal", e.QSeal))
	}
	x := d.Examination
	if x == nil {
		return
	}
	for _, s := range x.Sections {
		card := ui.CardView{ID: "checks-" + s.ID, Title: s.Title, Minor: true}
		card.Tone, card.Status = certview.Summary(s.Checks)
		v.Checks = append(v.Checks, page.ChecksView{Card: card, Rules: certview.Checks("check-"+s.ID, s.Checks)})
	}
	v.Issuers = []page.IssuerView{issuerView("issuer-qwac", "Issuer of the QWAC", x.QWACIssuer), issuerView("issuer-qseal", "Issuer of the QC eSeal", x.QSealIssuer)}
	if x.QWACStatus != nil {
		v.Revocations = append(v.Revocations, revocationView("revocation-qwac", "QWAC", *x.QWACStatus))
	}
	if x.QSealStatus != nil {
		v.Revocations = append(v.Revocations, revocationView("revocation-qseal", "QC eSeal", *x.QSealStatus))
	}
}

func certificateView(id, title string, u *enrolments.Upload) page.CertificateView {
	v := page.CertificateView{
		Card: ui.CardView{ID: "certificate-" + id, Title: title, Minor: true}, Facts: certview.Facts(id, u.Info), All: certview.All(id, u.Info),
		PEM: certview.PEM(id, title, u.Cert), Repairs: u.Repairs,
	}
	for _, issuer := range u.Chain {
		if info, err := qcert.Parse(issuer); err == nil {
			v.Chain = append(v.Chain, ui.KV{Key: info.Subject, Value: info.SHA256, Mono: true})
		}
	}
	return v
}

var verdictWords = map[trustlist.Verdict]struct {
	tone ui.Tone
	text string
}{
	trustlist.Granted:     {ui.OK, "Granted"},
	trustlist.NeedsPerson: {ui.Warn, "Needs a person"},
	trustlist.Withdrawn:   {ui.Bad, "Not granted"},
	trustlist.WrongKind:   {ui.Bad, "For another kind"},
	trustlist.Unknown:     {ui.Warn, "On no list"},
}

func issuerView(id, title string, j trustlist.Judgement) page.IssuerView {
	word := verdictWords[j.Verdict]
	v := page.IssuerView{Card: ui.CardView{ID: id, Title: title, Minor: true, Lead: shown(j.Text), Tone: word.tone, Status: word.text}}
	if j.Stale && j.Verdict == trustlist.Granted {
		v.Card.Tone, v.Card.Status = ui.Warn, "Granted on an old list"
	}
	v.Facts = []ui.KV{{Key: "Issuer", Value: or(shown(j.Issuer))}}
	if s := j.Service; s != nil {
		v.Facts = append(v.Facts, serviceFacts(*s, j.Stale)...)
	}
	for _, link := range j.Path {
		v.Path = append(v.Path, shown(link.Subject)+" · SHA-256 "+link.SHA256)
	}
	return v
}

func serviceFacts(s trustlist.Service, stale bool) []ui.KV {
	status := "withdrawn"
	if s.Granted {
		status = "granted"
	}
	next := stampOr(s.NextUpdate)
	if stale {
		next += ": out of date"
	}
	facts := []ui.KV{
		{Key: "Provider", Value: or(shown(s.Provider))},
		{Key: "Service", Value: or(shown(s.Name))},
		{Key: "Status", Value: status + " since " + day(s.Since)},
		{Key: "List", Value: s.Territory + ", number " + number(s.Sequence) + ", issued on " + stamp(s.IssuedAt)},
		{Key: "Next update", Value: next},
	}
	if len(s.Qualifiers) > 0 {
		facts = append(facts, ui.KV{Key: "Qualifiers", Value: shown(strings.Join(s.Qualifiers, ", "))})
	}
	return facts
}

var revocationWords = map[revocation.State]struct {
	tone ui.Tone
	text string
}{
	revocation.Good:        {ui.OK, "Not revoked"},
	revocation.Revoked:     {ui.Bad, "Revoked"},
	revocation.Unavailable: {ui.Warn, "Nobody answered"},
	revocation.NoPointer:   {ui.Warn, "Nowhere to ask"},
}

func revocationView(id, title string, r revocation.Result) page.RevocationView {
	word := revocationWords[r.State]
	v := page.RevocationView{Card: ui.CardView{ID: id, Title: title, Minor: true, Lead: r.Sentence, Tone: word.tone, Status: word.text}}
	if r.Allows() {
		v.Card.Tone = ui.OK
	}
	v.Facts = []ui.KV{
		{Key: "Source", Value: or(string(r.Source))},
		{Key: "Address", Value: or(shown(r.URL)), Mono: true},
		{Key: "Signed by", Value: or(shown(r.Responder))},
		{Key: "Produced", Value: stampOr(r.ProducedAt)},
		{Key: "This update", Value: stampOr(r.ThisUpdate)},
		{Key: "Next update", Value: stampOr(r.NextUpdate)},
		{Key: "Asked", Value: stampOr(r.CheckedAt)},
	}
	if !r.RevokedAt.IsZero() {
		v.Facts = append(v.Facts, ui.KV{Key: "Revoked", Value: stamp(r.RevokedAt)}, ui.KV{Key: "Why", Value: or(r.Reason)})
	}
	for _, note := range r.Notes {
		v.Notes = append(v.Notes, shown(note))
	}
	return v
}
