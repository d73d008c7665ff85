package zlint

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"testing"

	"github.com/zmap/zlint/v3/lint"

	"fairway/internal/qcert"
)

// Whatever a request asks for, the certificate is the sandbox's profile with the key of the request.
func TestACertificateForARequestIsTheProfilesWhateverItAsksFor(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, qcert.ForTPPs)
	for _, kind := range []qcert.Kind{qcert.QWAC, qcert.QSealC} {
		key := must(rsa.GenerateKey(rand.Reader, 3072))(t)
		der := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
			Subject: pkix.Name{Country: []string{"US"}, CommonName: "www.example.com"}, DNSNames: []string{"www.example.com"},
		}, key))(t)
		request, _, err := qcert.ReadRequest(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
		if err != nil {
			t.Fatal(err)
		}

		cert := a.issue(t, kind, qcert.Standard, request.PublicKey)

		if !key.PublicKey.Equal(cert.PublicKey) {
			t.Errorf("%s: another key", kind)
		}
		for _, r := range lintAll(t, cert) {
			if r.source == lint.EtsiEsi && r.status != lint.Pass && r.status != lint.NA && r.status != lint.NE {
				t.Errorf("%s: %s is %s: %s", kind, r.name, r.status, r.details)
			}
			if _, known := publicOnly[r.name]; (r.status == lint.Error || r.status == lint.Fatal) && !known {
				t.Errorf("%s: %s is %s: %s", kind, r.name, r.status, r.details)
			}
		}
	}
}
