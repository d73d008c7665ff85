package playground_test

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func TestWhatCertificatesPointToIsPublished(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m, stranger := d.member("Budget Buddy Oy"), &member{desk: d}
	m.post("/playground/setup")
	old := m.sets()[0]
	before := must(x509.ParseRevocationList([]byte(stranger.mustGet("/pki/tpp.crl").body)))(t)
	m.post("/playground/certificates/regenerate", "once", old.ID, "roles", "PSP_AI", "key_bits", "2048")

	crl := must(x509.ParseRevocationList([]byte(stranger.mustGet("/pki/tpp.crl").body)))(t)
	issuer := must(x509.ParseCertificate([]byte(stranger.mustGet("/pki/tpp.cer").body)))(t)
	block, _ := pem.Decode([]byte(stranger.mustGet("/pki/ca.pem").body))

	if len(before.RevokedCertificateEntries) != 0 || len(crl.RevokedCertificateEntries) != 2 || crl.CheckSignatureFrom(issuer) != nil {
		t.Errorf("the list names %d certificates, then %d", len(before.RevokedCertificateEntries), len(crl.RevokedCertificateEntries))
	}
	if root := must(x509.ParseCertificate(block.Bytes))(t); issuer.CheckSignatureFrom(root) != nil || old.QWAC.X509.CheckSignatureFrom(issuer) != nil {
		t.Error("the published certificates are no chain")
	}
	if old.QWAC.X509.CRLDistributionPoints[0] != base+"/pki/tpp.crl" || old.QWAC.X509.IssuingCertificateURL[0] != base+"/pki/tpp.cer" {
		t.Errorf("certificates point to %v", old.QWAC.X509.CRLDistributionPoints)
	}
	for _, path := range []string{"/pki/tpp.crl", "/pki/tpp.cer", "/pki/ca.pem"} {
		for _, who := range []*member{m, stranger} {
			a := who.get(path)
			if !strings.HasPrefix(a.header.Get("Cache-Control"), "public, max-age=") || a.header.Get("Set-Cookie") != "" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", path, a.header)
			}
		}
	}
}
