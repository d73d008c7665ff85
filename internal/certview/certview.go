// Package certview owns how certificates and what was found about them are shown: the same facts in the same words on every
// page, for those who hand them in and for those who decide.
package certview

import (
	"crypto/x509"
	"encoding/pem"
	"strconv"
	"strings"
	"time"

	"fairway/internal/qcert"
	"fairway/web/templates/ui"
)

// Role is a role as people read it.
func Role(r qcert.Role) string {
	switch r {
	case qcert.RoleAI:
		return "PSP_AI – account information"
	case qcert.RolePI:
		return "PSP_PI – payment initiation"
	case qcert.RoleIC:
		return "PSP_IC – card-based payment instruments"
	case qcert.RoleAS:
		return "PSP_AS – account servicing"
	}
	return string(r)
}

// Roles lists roles as people read them.
func Roles(roles []qcert.Role) string {
	texts := make([]string, 0, len(roles))
	for _, r := range roles {
		texts = append(texts, Role(r))
	}
	return strings.Join(texts, ", ")
}

// Kind is a certificate's kind in a heading.
func Kind(k qcert.Kind) string {
	switch k {
	case qcert.QWAC:
		return "QWAC"
	case qcert.QSealC:
		return "QC eSeal"
	}
	return "Certificate"
}

// Facts are what a person looks at first. ID begins the ids by which values are copied.
func Facts(id string, i qcert.Info) []ui.KV {
	facts := []ui.KV{
		{Key: "Organisation", Value: or(i.Organization)},
		{Key: "Organisation identifier", Value: or(i.OrganizationIdentifier), Copy: copyID(id, "identifier", i.OrganizationIdentifier)},
		{Key: "Authority", Value: authority(i)},
		{Key: "Roles", Value: or(Roles(i.Roles))},
		{Key: "Kind", Value: kindText(i)},
		{Key: "Issuer", Value: i.Issuer},
		{Key: "Valid", Value: day(i.NotBefore) + " to " + day(i.NotAfter)},
		{Key: "Serial", Value: i.SerialHex, Copy: id + "-serial"},
		{Key: "SHA-256", Value: i.SHA256, Copy: id + "-sha256"},
	}
	return facts
}

// All are the other fields.
func All(id string, i qcert.Info) []ui.KV {
	fields := []ui.KV{
		{Key: "Subject", Value: i.Subject, Copy: copyID(id, "subject", i.Subject)},
		{Key: "Common name", Value: or(i.CommonName)},
		{Key: "Country", Value: or(i.Country)},
		{Key: "Authorisation number", Value: or(i.AuthorisationNumber), Mono: true},
		{Key: "Not before", Value: instant(i.NotBefore)},
		{Key: "Not after", Value: instant(i.NotAfter)},
	}
	for _, name := range i.DNSNames {
		fields = append(fields, ui.KV{Key: "DNS name", Value: name, Mono: true})
	}
	return append(fields,
		ui.KV{Key: "Key", Value: i.KeyAlgorithm + ", " + strconv.Itoa(i.KeyBits) + " bits"},
		ui.KV{Key: "Public key SHA-256", Value: i.KeySHA256, Mono: true},
		ui.KV{Key: "Disclosure statement", Value: or(i.PDS)},
		ui.KV{Key: "Declares itself", Value: Declares(i)})
}

// Declares is what the certificate says of its own rank.
func Declares(i qcert.Info) string {
	switch {
	case i.Sandbox:
		return "SANDBOX – not qualified. Nobody outside of this sandbox accepts it."
	case i.HasCompliance && i.OnDevice:
		return "Qualified, its key in a qualified device"
	case i.HasCompliance:
		return "Qualified"
	}
	return "Not qualified"
}

// PEM is a certificate as text to copy.
func PEM(id, title string, cert *x509.Certificate) ui.CodeView {
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	return ui.CodeView{ID: id + "-pem", Title: title + " in PEM", Wrap: true, Tall: true, Text: text}
}

func authority(i qcert.Info) string {
	switch {
	case i.NCAName != "" && i.NCAID != "":
		return i.NCAName + " (" + i.NCAID + ")"
	case i.NCAID != "":
		return i.NCAID
	}
	return or(i.Authority)
}

func kindText(i qcert.Info) string {
	switch i.Kind {
	case qcert.QWAC:
		return "Website authentication (QWAC)"
	case qcert.QSealC:
		return "Electronic seal (QC eSeal)"
	}
	return "Neither QWAC nor eSeal"
}

// or is what stands where a certificate says nothing.
func or(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// copyID gives a value a button to copy it, where there is one.
func copyID(id, what, value string) string {
	if value == "" {
		return ""
	}
	return id + "-" + what
}

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
