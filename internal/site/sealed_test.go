package site_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"fairway/internal/testkit"
)

func TestTheWorkedExampleIsOfThisPortalsOwnSandbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	block, _ := pem.Decode([]byte(blockWith(t, w.page("/docs/signing"), "BEGIN CERTIFICATE")))

	cert, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(example.chain)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: authorities, CurrentTime: testkit.Start, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Error(err)
	}
}

func TestTheWorkedExampleStaysWhenThePagesAreWrittenAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := 0
	seal := w.deps.Seal
	w.deps.Seal = func(ctx context.Context, text []byte) (*x509.Certificate, []byte, error) {
		made++
		return seal(ctx, text)
	}
	w.mount()
	before := blockWith(t, w.page("/docs/signing"), "BEGIN CERTIFICATE")
	w.release(testkit.Start.AddDate(0, 1, 0))

	after := blockWith(t, w.page("/docs/signing"), "BEGIN CERTIFICATE")

	if before != after || made != 1 {
		t.Errorf("made %d times, the same: %t", made, before == after)
	}
}
