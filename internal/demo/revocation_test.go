package demo_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
)

// ask puts a question to the provider as a client does, and reads the answer as one.
func ask(t *testing.T, q *demo.QTSP, cert *x509.Certificate, by demo.CA, l demo.Ledger, hash crypto.Hash) *ocsp.Response {
	t.Helper()
	question, err := ocsp.CreateRequest(cert, q.Certificate(by), &ocsp.RequestOptions{Hash: hash})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := q.OCSP(question, l, instant)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ocsp.ParseResponseForCert(answer, cert, q.Certificate(by))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTheResponderTellsGoodFromRevokedAndFromNeverIssued(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)
	good, bad, never := demotest.Issue(t, q, demo.Request{At: instant}), demotest.Issue(t, q, demo.Request{At: instant}), demotest.Issue(t, q, demo.Request{At: instant})
	l := demo.Ledger{{Certificate: good.QWAC}, {Certificate: bad.QWAC, RevokedAt: instant.Add(-time.Minute), Reason: ocsp.KeyCompromise}}

	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512} {
		for what, try := range map[string]struct {
			cert   *x509.Certificate
			status int
		}{"good": {good.QWAC, ocsp.Good}, "revoked": {bad.QWAC, ocsp.Revoked}, "never issued": {never.QWAC, ocsp.Unknown}} {
			if got := ask(t, q, try.cert, demo.Websites, l, hash); got.Status != try.status || !got.ThisUpdate.Equal(instant) || !got.NextUpdate.After(instant) {
				t.Errorf("%s with %s: status %d, from %s until %s", what, hash, got.Status, got.ThisUpdate, got.NextUpdate)
			}
		}
	}
	if got := ask(t, q, bad.QWAC, demo.Websites, l, crypto.SHA256); !got.RevokedAt.Equal(instant.Add(-time.Minute)) || got.RevocationReason != ocsp.KeyCompromise {
		t.Errorf("revoked at %s for reason %d", got.RevokedAt, got.RevocationReason)
	}
	if got := ask(t, q, q.Certificate(demo.Websites), demo.Root, l, crypto.SHA1); got.Status != ocsp.Good {
		t.Errorf("the authority itself: status %d", got.Status)
	}
}

func TestQuestionsThatTheResponderCannotAnswerHaveTheStandardsAnswers(t *testing.T) {
	t.Parallel()
	q, other := demotest.New(t, instant), demotest.New(t, instant)
	foreign, err := ocsp.CreateRequest(demotest.Issue(t, other, demo.Request{At: instant}).QWAC, other.Certificate(demo.Websites), nil)
	if err != nil {
		t.Fatal(err)
	}

	for what, try := range map[string]struct{ question, answer []byte }{
		"nothing":          {nil, ocsp.MalformedRequestErrorResponse},
		"no DER":           {[]byte("GET / HTTP/1.1"), ocsp.MalformedRequestErrorResponse},
		"too long":         {make([]byte, demo.MaxQuestion+1), ocsp.MalformedRequestErrorResponse},
		"somebody else's":  {foreign, ocsp.UnauthorizedErrorResponse},
		"cut in the midst": {foreign[:20], ocsp.MalformedRequestErrorResponse},
	} {
		answer, err := q.OCSP(try.question, nil, instant)
		if err != nil || !bytes.Equal(answer, try.answer) {
			t.Errorf("%s: %x, %v", what, answer, err)
		}
	}
}

func TestEachAuthorityListsWhatItRevoked(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)
	good, bad := demotest.Issue(t, q, demo.Request{At: instant}), demotest.Issue(t, q, demo.Request{At: instant})
	l := demo.Ledger{{Certificate: good.QWAC}, {Certificate: good.Seal}, {Certificate: bad.QWAC, RevokedAt: instant, Reason: 4}, {Certificate: bad.Seal, RevokedAt: instant}}

	for ca, revoked := range map[demo.CA]*x509.Certificate{demo.Websites: bad.QWAC, demo.Seals: bad.Seal, demo.Root: nil, demo.Former: nil, demo.Unlisted: nil} {
		der, err := q.CRL(ca, l, instant)
		if err != nil {
			t.Fatal(err)
		}
		list, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := list.CheckSignatureFrom(q.Certificate(ca)); err != nil {
			t.Errorf("%s: %v", ca, err)
		}
		want := 1
		if revoked == nil {
			want = 0
		}
		if got := list.RevokedCertificateEntries; len(got) != want || want == 1 && got[0].SerialNumber.Cmp(revoked.SerialNumber) != 0 {
			t.Errorf("%s: %v", ca, got)
		}
	}
	if _, err := q.CRL("lotl-signer", l, instant); err == nil {
		t.Error("who signs lists of services has a revocation list")
	}
}

func FuzzOCSP(f *testing.F) {
	q := demotest.New(f, instant)
	p := demotest.Issue(f, q, demo.Request{At: instant})
	question, err := ocsp.CreateRequest(p.QWAC, q.Certificate(demo.Websites), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(question)
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, question []byte) {
		if answer, err := q.OCSP(question, demo.Ledger{{Certificate: p.QWAC}}, instant); err != nil || len(answer) == 0 {
			t.Fatalf("no answer to %x: %v", question, err)
		}
	})
}
