package main

import (
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fairway/internal/demo"
	"fairway/internal/qcert"
)

// Whoever opens an address that a demonstration certificate carries gets what the certificate promises.
func TestEveryAddressOfADemonstrationCertificateIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.mustIssue(t)
	machines := w.transport(nil)

	for _, cert := range append(slices.Clone(made.chain), made.qwac, made.seal) {
		for kind, addresses := range map[string][]string{"application/pkix-crl": cert.CRLDistributionPoints, "application/pkix-cert": cert.IssuingCertificateURL} {
			for _, address := range addresses {
				if a := w.call(http.DefaultTransport, http.MethodGet, address); a.status != http.StatusOK || a.header.Get("Content-Type") != kind {
					t.Errorf("%s: %d %s", address, a.status, a.header.Get("Content-Type"))
				}
			}
		}
	}
	for _, cert := range []*x509.Certificate{made.qwac, made.seal} {
		i, err := qcert.Parse(cert)
		if err != nil || !strings.HasPrefix(i.PDS, "https://") {
			t.Fatalf("%s: %q, %v", i.Subject, i.PDS, err)
		}
		a := w.call(machines, http.MethodGet, i.PDS)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") || !strings.Contains(a.body, demo.Word) {
			t.Errorf("%s: %d %.80s", i.PDS, a.status, a.body)
		}
	}
}
