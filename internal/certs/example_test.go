package certs_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestTheExampleIsOfOurAuthorityAndOpensNothing(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		text := []byte("x-request-id: 1\ndigest: 2")

		cert, signature, err := p.Example(t.Context(), text)

		must(t, err)
		roots, chain := x509.NewCertPool(), x509.NewCertPool()
		roots.AppendCertsFromPEM(p.Roots())
		chain.AppendCertsFromPEM(p.Chain())
		_, err = cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: chain, CurrentTime: testkit.Start, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		must(t, err)
		sum := sha256.Sum256(text)
		must(t, rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], signature))
		_, verdict := p.Identify(t.Context(), cert, testkit.Start)
		wantFault(t, verdict.Err(), fault.Unauthenticated, "CERTIFICATE_INVALID")
	})
}
