// Package enrolmentstest walks organisations of tests to the review queue, with certificates of the demonstration provider.
package enrolmentstest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
)

// Files are a pair as an upload form sends it, with its chain.
func Files(p demo.Pair) enrolments.Files {
	return enrolments.Files{QWAC: encoded(p.QWAC, p.Chain), QSeal: encoded(p.Seal, p.Chain)}
}

func encoded(cert *x509.Certificate, chain []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range append([]*x509.Certificate{cert}, chain...) {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return b.Bytes()
}

// HandIn uploads a pair for an organisation without a draft, proves the seal's key and submits.
func HandIn(t testing.TB, s *enrolments.Enrolments, who enrolments.Who, p demo.Pair) *enrolments.Enrolment {
	t.Helper()
	ctx := t.Context()
	e, err := s.Upload(ctx, who, 0, Files(p))
	if err != nil {
		t.Fatal(err)
	}
	if e, err = s.NewChallenge(ctx, who, e.Version); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(e.Challenge.Text))
	signature, err := p.SealKey.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if e, err = s.Prove(ctx, who, e.Version, base64.StdEncoding.EncodeToString(signature)); err != nil {
		t.Fatal(err)
	}
	if e, err = s.Submit(ctx, who, e.Version); err != nil {
		t.Fatal(err)
	}
	return e
}
