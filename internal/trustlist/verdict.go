package trustlist

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"fairway/internal/qcert"
	"fairway/internal/trustlist/xades"
)

// judgement puts an entry's verdict into evidence and words.
func (c claim) judgement(p path) Judgement {
	issuer := p.certs[len(p.certs)-1]
	j := Judgement{
		Verdict: c.verdict(), Issuer: c.Subject, Path: links(p.certs), Chain: p.certs, Stale: c.stale,
		Service: &Service{
			Provider: c.Provider, Name: c.Name, Type: c.Type, Since: c.Since.UTC(), Granted: c.Granted, Web: c.Web, Seal: c.Seal, Qualifiers: c.qualifiers,
			Territory: c.Territory, Operator: c.list.Operator, Sequence: c.list.Sequence, IssuedAt: c.list.IssuedAt, NextUpdate: c.list.next(),
		},
	}
	j.Text = c.text(j.Verdict, commonName(issuer, c.Subject))
	return j
}

// text is the verdict as a sentence. It begins with the issuer and ends with what to do.
func (c claim) text(v Verdict, issuer string) string {
	on := fmt.Sprintf("the trusted list of %s (number %d of %s)", c.Territory, c.list.Sequence, day(c.list.IssuedAt))
	switch v {
	case Granted:
		text := fmt.Sprintf("Issuer %q of %s is granted for %s on %s, since %s.", issuer, c.Provider, purpose(c.kind), on, day(c.Since))
		if c.stale {
			text += " That list is no longer current, so a person will check."
		}
		return text
	case NeedsPerson:
		if c.ahead() {
			return fmt.Sprintf("Issuer %q is on %s with a state that begins on %s only. A person has to check.", issuer, on, day(c.Since))
		}
		if conditions := c.conditions(); len(conditions) > 0 {
			return fmt.Sprintf("Issuer %q is granted for %s on %s under conditions that a person has to check: %s.", issuer, purpose(c.kind), on, joined(conditions))
		}
		return fmt.Sprintf("Issuer %q is granted for %s on %s, but was not on %s, when the certificate was issued. A person has to check.", issuer, purpose(c.kind), on, day(c.issued))
	case Withdrawn:
		return fmt.Sprintf("Issuer %q is on %s, but not granted since %s. Upload a certificate of a granted issuer.", issuer, on, day(c.Since))
	}
	return fmt.Sprintf("Issuer %q is listed %s, not for %s, on %s. Ask your QTSP which of its issuers is.", issuer, c.listedFor(), purpose(c.kind), on)
}

// listedFor says what an entry is listed for instead.
func (c claim) listedFor() string {
	var kinds []string
	for _, k := range []struct {
		is   bool
		name string
	}{{c.Signature, "e-signatures"}, {c.Seal, "e-seals"}, {c.Web, "website certificates"}} {
		if k.is {
			kinds = append(kinds, k.name)
		}
	}
	switch {
	case c.Type != xades.TypeCAQC:
		return "as another service than an issuer of qualified certificates"
	case len(kinds) == 0:
		return "without saying for what"
	}
	return "for " + joined(kinds) + " only"
}

// unknown is the verdict where no path leads to a list: how far it could be followed, and who is not listed.
func (s *snapshot) unknown(leaf *x509.Certificate, chain []*x509.Certificate, at time.Time) Judgement {
	way := climb(leaf, chain)
	j := Judgement{Verdict: Unknown, Issuer: issuerOf(way[len(way)-1]), Path: links(way)}
	outside := func(c *x509.Certificate) bool { return at.Before(c.NotBefore) || at.After(c.NotAfter) }
	root := s.lists[Union]
	switch {
	case len(s.lists) == 0 || root == nil:
		j.Text = fmt.Sprintf("Issuer %q cannot be looked up: no EU trusted list was imported yet. A person will check.", j.Issuer)
	case outside(leaf):
		j.Text = fmt.Sprintf("Issuer %q was not looked up, because the certificate is not valid on %s. Upload one that is.", j.Issuer, day(at))
	case s.namesListed(way):
		j.Text = fmt.Sprintf("Issuer %q is on the EU trusted lists, but the certificate does not lead there: a signature, a term or a constraint in between does not fit. Upload the certificate with the chain that your QTSP sent.", j.Issuer)
	default:
		j.Text = fmt.Sprintf("Issuer %q is not on the EU trusted lists of %s. If it is an intermediate, add it to the file.", j.Issuer, day(root.IssuedAt))
	}
	return j
}

// namesListed tells whether the end of a way names an issuer whose name is listed.
func (s *snapshot) namesListed(way []*x509.Certificate) bool {
	return len(s.anchors[string(way[len(way)-1].RawIssuer)]) > 0
}

func links(certs []*x509.Certificate) []Link {
	out := make([]Link, 0, len(certs))
	for _, c := range certs {
		out = append(out, Link{Subject: subject(c), SHA256: qcert.Thumbprint(c)})
	}
	return out
}

// commonName is the short name of a listed certificate, else all of its name.
func commonName(c *x509.Certificate, otherwise string) string {
	if cn := strings.TrimSpace(c.Subject.CommonName); cn != "" {
		return qcert.DisplayText(cn, maxName)
	}
	return otherwise
}
