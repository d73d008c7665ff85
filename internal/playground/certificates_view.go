package playground

import (
	"encoding/pem"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/certs"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func certificatesHead() ui.HeadView {
	return ui.HeadView{Title: "Certificates", Tone: ui.Sandbox, Status: "Sandbox", Lead: "The QWAC opens the connection, the QC eSeal signs each request. Both act for your organisation, with all of its apps."}
}

// roleText is a role as people read it.
func roleText(r qcert.Role) string {
	switch r {
	case qcert.RoleAI:
		return "PSP_AI – account information"
	case qcert.RolePI:
		return "PSP_PI – payment initiation"
	case qcert.RoleIC:
		return "PSP_IC – card-based payment instruments"
	}
	return string(r)
}

func roleTexts(roles []qcert.Role) string {
	var texts []string
	for _, r := range roles {
		texts = append(texts, roleText(r))
	}
	return strings.Join(texts, ", ")
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
	return setForm{Once: set.ID, Roles: roleNames(set.Roles), KeyBits: strconv.Itoa(set.KeyBits)}
}

func generateView(f setForm, found problems, action string) page.GenerateView {
	if f.Roles == nil && !found.any() {
		f.Roles = []string{string(qcert.RoleAI)}
	}
	if f.KeyBits == "" {
		f.KeyBits = strconv.Itoa(certs.DefaultKeyBits)
	}
	v := page.GenerateView{Once: f.Once, Button: "Replace both certificates"}
	v.Action, v.Problems = action, found.summary()
	v.Roles = ui.ChoiceView{Name: "roles", Legend: "Roles: what your company may do", Error: found.at("roles")}
	hints := map[qcert.Role]string{qcert.RoleAI: "Opens card accounts.", qcert.RolePI: "For payments.", qcert.RoleIC: "For confirming that funds are there."}
	for _, r := range certs.OfferedRoles() {
		v.Roles.Options = append(v.Roles.Options, ui.Option{Value: string(r), Text: roleText(r), Hint: hints[r], Selected: slices.Contains(f.Roles, string(r))})
	}
	v.KeyBits = ui.ChoiceView{Name: "key_bits", Legend: "Keys", Error: found.at("key_bits"), Value: f.KeyBits, Options: []ui.Option{
		{Value: strconv.Itoa(certs.DefaultKeyBits), Text: "RSA, 2048 bits", Hint: "Works everywhere, and fast."},
		{Value: strconv.Itoa(certs.LargeKeyBits), Text: "RSA, 3072 bits", Hint: "What ETSI advises for Live. Making them takes a little longer."},
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
	v.Facts = []ui.KV{
		{Key: "Organisation", Value: i.Organization},
		{Key: "Organisation identifier", Value: i.OrganizationIdentifier, Copy: id + "-identifier"},
		{Key: "Roles", Value: roleTexts(i.Roles)},
		{Key: "Issuer", Value: cert.X509.Issuer.CommonName},
		{Key: "Serial", Value: i.SerialHex, Copy: id + "-serial"},
		{Key: "Valid", Value: day(i.NotBefore) + " to " + day(i.NotAfter)},
		{Key: "SHA-256", Value: i.SHA256, Copy: id + "-sha256"},
		{Key: "Key", Value: i.KeyAlgorithm + ", " + strconv.Itoa(i.KeyBits) + " bits"},
	}
	v.All = allFields(id, i)
	v.PEM = ui.CodeView{ID: id + "-pem", Title: v.Card.Title + " in PEM", Wrap: true, Tall: true,
		Text: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.DER}))}
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

func allFields(id string, i qcert.Info) []ui.KV {
	fields := []ui.KV{
		{Key: "Subject", Value: i.Subject, Copy: id + "-subject"},
		{Key: "Issuer", Value: i.Issuer, Copy: id + "-issuer"},
		{Key: "Not before", Value: instant(i.NotBefore)},
		{Key: "Not after", Value: instant(i.NotAfter)},
		{Key: "Competent authority", Value: i.NCAName + " (" + i.NCAID + ")"},
		{Key: "Authorisation number", Value: i.AuthorisationNumber, Mono: true},
	}
	for _, name := range i.DNSNames {
		fields = append(fields, ui.KV{Key: "DNS name", Value: name, Mono: true})
	}
	return append(fields,
		ui.KV{Key: "Disclosure statement", Value: i.PDS},
		ui.KV{Key: "Public key SHA-256", Value: i.KeySHA256, Mono: true},
		ui.KV{Key: "Declares itself", Value: declares(i)})
}

func declares(i qcert.Info) string {
	if i.Sandbox {
		return "SANDBOX – not qualified. Nobody outside of this sandbox accepts it."
	}
	return "Qualified"
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
	v.Stays = []string{"Consents that customers have given, and refresh tokens.", "The playground uses the new set from the next request on."}
	for _, a := range all {
		v.Stays = append(v.Stays, a.Name+" keeps its client id, secrets and connections. It works again as soon as it uses the new files.")
	}
	if len(all) == 0 {
		v.Stays = append(v.Stays, "You have no app that would have to change its files.")
	}
	return v
}
