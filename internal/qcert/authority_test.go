package qcert

import (
	"crypto"
	"crypto/x509"
	"net"
	"testing"
	"time"
)

func (f family) verify(leaf *x509.Certificate) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(f.root)
	between.AddCert(f.issuing)
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: instant, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err
}

func TestPairVerifiesThroughTheConstrainedCA(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)

	for kind, key := range map[Kind]crypto.PublicKey{QWAC: rsaKey().Public(), QSealC: secondKey().Public()} {
		if err := f.verify(f.mustIssue(t, profile(t, kind), key)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestIssuingCACannotSignForRealNames(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)

	for what, change := range map[string]func(*x509.Certificate){
		"a real DNS name":      func(c *x509.Certificate) { c.DNSNames = []string{"bank.example.com"} },
		"a real name besides":  func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "notinvalid") },
		"an IPv4 address":      func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} },
		"an IPv6 address":      func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv6loopback} },
		"nothing out of order": func(*x509.Certificate) {},
	} {
		template, err := Template(profile(t, QWAC), rsaKey().Public())
		must(t, err)
		change(template)

		err = f.verify(mustSign(t, template, f.issuing, caKey()))

		if (err == nil) != (what == "nothing out of order") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestIssuingCAHasNoCABelowIt(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	a := Authority{Country: "FI", Organization: "Fairway SANDBOX", CommonName: "Third level", NotBefore: instant.Add(-time.Hour), NotAfter: instant.AddDate(1, 0, 0), Serial: mustSerial(t)}
	template, err := IssuingTemplate(a, ForTPPs, secondKey().Public())
	must(t, err)
	third := mustSign(t, template, f.issuing, caKey())
	leafTemplate, err := Template(profile(t, QWAC), rsaKey().Public())
	must(t, err)
	leaf := mustSign(t, leafTemplate, third, secondKey())
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(f.root)
	between.AddCert(f.issuing)
	between.AddCert(third)

	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: instant})

	if err == nil {
		t.Error("a certificate two CAs below the root verifies")
	}
}

func TestServerCASignsServersOnly(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForServers)
	server := Server{
		Names: []string{"localhost", "sandbox.api.localhost"}, Addresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore: instant.Add(-time.Hour), NotAfter: instant.AddDate(0, 1, 0), Serial: mustSerial(t),
	}
	template, err := ServerTemplate(server, ecKey().Public())
	must(t, err)
	leaf := mustSign(t, template, f.issuing, caKey())
	template.ExtKeyUsage = tlsUses
	greedy := mustSign(t, template, f.issuing, caKey())
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(f.root)
	between.AddCert(f.issuing)
	try := func(cert *x509.Certificate, use x509.ExtKeyUsage, host string) error {
		_, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: instant, KeyUsages: []x509.ExtKeyUsage{use}, DNSName: host})
		return err
	}

	for _, host := range []string{"localhost", "sandbox.api.localhost", "127.0.0.1", "::1"} {
		if err := try(leaf, x509.ExtKeyUsageServerAuth, host); err != nil {
			t.Errorf("as the server %s: %v", host, err)
		}
	}
	if try(leaf, x509.ExtKeyUsageServerAuth, "example.com") == nil {
		t.Error("the certificate passes for another host")
	}
	if try(greedy, x509.ExtKeyUsageClientAuth, "") == nil {
		t.Error("a certificate of the server CA passes as a client's")
	}
}

func TestServerTemplateRefusesWhatNobodyCouldUse(t *testing.T) {
	t.Parallel()
	good := Server{Names: []string{"localhost"}, NotBefore: instant, NotAfter: instant.AddDate(0, 1, 0), Serial: mustSerial(t)}
	for what, spoil := range map[string]func(*Server){
		"no name":    func(s *Server) { s.Names = nil },
		"no serial":  func(s *Server) { s.Serial = nil },
		"no period":  func(s *Server) { s.NotAfter = s.NotBefore },
		"odd scheme": func(s *Server) { s.IssuerURL = "ftp://x/y" },
	} {
		s := good
		spoil(&s)
		if _, err := ServerTemplate(s, ecKey().Public()); err == nil {
			t.Errorf("%s: the template was built", what)
		}
	}
}

func TestAuthorityRefusesWhatACAMayNotHold(t *testing.T) {
	t.Parallel()
	good := Authority{Country: "FI", Organization: "Fairway SANDBOX", CommonName: "Root", NotBefore: instant, NotAfter: instant.AddDate(1, 0, 0), Serial: mustSerial(t)}
	for what, spoil := range map[string]func(*Authority){
		"unmarked organisation": func(a *Authority) { a.Organization = "Fairway" },
		"no name":               func(a *Authority) { a.CommonName = "" },
		"mixed letters":         func(a *Authority) { a.CommonName = "Rооt" },
		"country":               func(a *Authority) { a.Country = "Finland" },
		"pointer":               func(a *Authority) { a.CRLURL = "ldap://x/y" },
		"term":                  func(a *Authority) { a.NotAfter = time.Time{} },
	} {
		a := good
		spoil(&a)
		if _, err := RootTemplate(a, caKey().Public()); err == nil {
			t.Errorf("%s: a root was built", what)
		}
		if _, err := IssuingTemplate(a, ForTPPs, caKey().Public()); err == nil {
			t.Errorf("%s: an issuing CA was built", what)
		}
	}
}
