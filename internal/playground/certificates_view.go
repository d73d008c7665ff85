package playground

import (
	"math"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"fairway/internal/apps"
	"fairway/internal/certs"
	"fairway/internal/certview"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func certificatesHead() ui.HeadView {
	return ui.HeadView{Title: "Certificates", Tone: ui.Sandbox, Status: "Sandbox", Lead: "The QWAC opens the connection, the QC eSeal signs each request. Both act for your organisation, with all of its apps."}
}

func roleNames(roles []qcert.Role) []string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return names
}

// formOf is the form of a set like this one.
func formOf(set certs.Set) setForm {
	bits := set.KeyBits
	if bits != certs.DefaultKeyBits {
		bits = certs.LargeKeyBits
	}
	return setForm{Once: set.ID, Roles: roleNames(set.Roles), KeyBits: strconv.Itoa(bits)}
}

func generateView(f setForm, found problems, action string) page.GenerateView {
	if f.Roles == nil && !found.any() {
		f.Roles = []string{string(qcert.RoleAI)}
	}
	if f.KeyBits == "" {
		f.KeyBits = strconv.Itoa(certs.DefaultKeyBits)
	}
	v := page.GenerateView{Once: f.Once, Button: "Replace with keys of the server"}
	v.Action, v.Problems = action, found.summary()
	v.Roles = rolesView(f.Roles, found)
	v.KeyBits = ui.ChoiceView{Name: "key_bits", Legend: "Keys", Error: found.at("key_bits"), Value: f.KeyBits, Options: []ui.Option{
		{Value: strconv.Itoa(certs.DefaultKeyBits), Text: "RSA, 2048 bits", Hint: "Works everywhere, and fast."},
		{Value: strconv.Itoa(certs.LargeKeyBits), Text: "RSA, 3072 bits", Hint: "What ETSI advises for Live. Making them takes a little longer."},
		{Value: strconv.Itoa(browserKeyBits), Text: "RSA, 4096 bits", Hint: "Made in your browser only; it takes seconds.", Disabled: true, Attrs: templ.Attributes{"data-large": ""}},
	}}
	return v
}

func certificateView(id string, cert certs.Certificate, now time.Time) page.CertificateView {
	i := cert.Info
	v := page.CertificateView{Card: ui.CardView{ID: id, Title: "QWAC", Lead: "For mutual TLS: your client shows it when it connects."}}
	if cert.Kind == qcert.QSealC {
		v.Card.Title, v.Card.Lead = "QC eSeal", "For signatures: its key signs each request, and it goes along in TPP-Signature-Certificate."
	}
	v.Card.Tone, v.Card.Status = validity(i.NotAfter, now)
	if cert.RevokedAt != nil {
		v.Card.Tone, v.Card.Status = ui.Bad, "Revoked on "+instant(*cert.RevokedAt)
	}
	v.Facts = certview.Facts(id, i)
	v.All = certview.All(id, i)
	v.PEM = certview.PEM(id, v.Card.Title, cert.X509)
	return v
}

func validity(end, now time.Time) (ui.Tone, string) {
	left := end.Sub(now)
	switch {
	case left <= 0:
		return ui.Bad, "Expired"
	case left <= expiryNotice:
		return ui.Warn, "Expires in " + many(int(math.Ceil(left.Hours()/24)), "day")
	}
	return ui.OK, "In use"
}

func formerSets(sets []certs.Set) []page.FormerSet {
	var rows []page.FormerSet
	for _, s := range sets {
		if s.Status != certs.Replaced || s.ReplacedAt == nil {
			continue
		}
		rows = append(rows, page.FormerSet{
			MadeISO: iso(s.CreatedAt), Made: instant(s.CreatedAt), ReplacedISO: iso(*s.ReplacedAt), Replaced: instant(*s.ReplacedAt),
			QWAC: s.QWAC.Serial, QSeal: s.QSeal.Serial, Roles: list(roleNames(s.Roles)),
		})
	}
	return rows
}

func regenerateView(set certs.Set, all []apps.App, form page.GenerateView) page.RegenerateView {
	v := page.RegenerateView{Form: form, Head: ui.HeadView{
		Title: "Replace both certificates?", Lead: "The new set replaces the current one in the same moment. There is no way back.",
		Crumbs: []ui.Crumb{{Text: "Certificates", Href: certificatesPath}, {Text: "Re-generate"}},
	}}
	v.Stops = []string{
		"The QWAC with the serial " + set.QWAC.Serial + " and the QC eSeal with the serial " + set.QSeal.Serial + ". Requests with them are refused with CERTIFICATE_REVOKED.",
		"Access tokens that were issued to the old QWAC: they are bound to it. Refresh them, or ask for new ones, with the new QWAC.",
	}
	if set.Playground != nil {
		v.Stops = append(v.Stops, "The playground’s QWAC with the serial "+set.Playground.Serial+", and the tokens that the playground has.")
	}
	v.Stays = []string{"Consents that customers have given, and refresh tokens.", "The playground uses the new set from the next request on."}
	for _, a := range all {
		v.Stays = append(v.Stays, a.Name+" keeps its client id, secrets and connections. It works again as soon as it uses the new files.")
	}
	if len(all) == 0 {
		v.Stays = append(v.Stays, "You have no app that would have to change its files.")
	}
	return v
}
