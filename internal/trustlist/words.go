package trustlist

import (
	"crypto/x509"
	"strings"
	"time"

	"fairway/internal/qcert"
)

// maxName is how many characters of a name from a list or a certificate are kept and shown.
const maxName = 300

// day writes a date as the findings about certificates do.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return day(t)
}

// subject is whom a certificate is of, as RFC 4514 text that is safe to show.
func subject(c *x509.Certificate) string {
	info, err := qcert.Parse(c)
	if err != nil {
		return ""
	}
	return info.Subject
}

// issuerOf names who issued a certificate: by its common name, else by all of its name.
func issuerOf(c *x509.Certificate) string {
	if cn := c.Issuer.CommonName; cn != "" {
		return qcert.DisplayText(cn, maxName)
	}
	info, err := qcert.Parse(c)
	if err != nil {
		return ""
	}
	return qcert.DisplayText(info.Issuer, maxName)
}

// purpose is what a certificate of a kind is for.
func purpose(k qcert.Kind) string {
	switch k {
	case qcert.QWAC:
		return "website certificates"
	case qcert.QSealC:
		return "e-seals"
	}
	return "certificates that do not say what they are for"
}

// joined joins words as a sentence does.
func joined(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
