package httpsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"sync"
	"testing"
	"time"
)

// seal is a certificate with its private key.
type testSeal struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

// Key pairs are dear: each size is made once, and a second pair of 2048 bits for
// whoever signs with the wrong key.
var keys = map[int]func() *rsa.PrivateKey{
	1024: newKey(1024), 2048: newKey(2048), 2049: newKey(2048), 3072: newKey(3072), 4096: newKey(4096), 4104: newKey(4104),
}

func newKey(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}

		return key
	})
}

var caKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}

	return key
})

var (
	oidC     = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidO     = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidCN    = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidL     = asn1.ObjectIdentifier{2, 5, 4, 7}
	oidST    = asn1.ObjectIdentifier{2, 5, 4, 8}
	oidOrgID = asn1.ObjectIdentifier{2, 5, 4, 97}
)

// rdn is one relative name with a single attribute.
func rdn(oid asn1.ObjectIdentifier, value string) pkix.RelativeDistinguishedNameSET {
	return pkix.RelativeDistinguishedNameSET{{Type: oid, Value: value}}
}

var sandboxCA = pkix.RDNSequence{rdn(oidC, "FI"), rdn(oidO, "Fairway Sandbox"), rdn(oidCN, "Fairway Sandbox CA")}

// mustCertify makes a certificate with the given issuer and serial number.
func mustCertify(t testing.TB, public crypto.PublicKey, issuer pkix.RDNSequence, serial string, usages ...x509.ExtKeyUsage) *x509.Certificate {
	t.Helper()
	raw, err := asn1.Marshal(issuer)
	if err != nil {
		t.Fatal(err)
	}
	number, ok := new(big.Int).SetString(serial, 16)
	if !ok {
		t.Fatalf("bad serial %q", serial)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{Organization: []string{"Example TPP"}}, ExtKeyUsage: usages,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 11, 20, 0, 0, 0, 0, time.UTC),
	}, &x509.Certificate{RawSubject: raw}, public, caKey())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}

	return cert
}

func newSeal(t testing.TB, bits int) testSeal {
	t.Helper()
	key := keys[bits]()

	return testSeal{cert: mustCertify(t, &key.PublicKey, sandboxCA, "5d01f2a0b3"), key: key}
}

const (
	requestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	psuID     = "1345611"
	backTo    = "https://tpp.invalid/back?to=%2Fhome&x=1"
)

// newRequest has X-Request-ID and pairs of further headers.
func newRequest(more ...string) http.Header {
	h := http.Header{}
	h.Set("X-Request-ID", requestID)
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}

	return h
}

func mustSign(t testing.TB, h http.Header, body []byte, s testSeal, hash crypto.Hash) string {
	t.Helper()
	text, err := Sign(h, body, s.cert, s.key, hash)
	if err != nil {
		t.Fatal(err)
	}

	return text
}

// mistakeOf returns the mistake that an error is, and fails on any other error.
func mistakeOf(t testing.TB, err error) *Mistake {
	t.Helper()
	var m *Mistake
	if !errors.As(err, &m) {
		t.Fatalf("error is %T (%v), want a *Mistake", err, err)
	}

	return m
}

// wantMistake checks code and path, and that the sentence is fit to be shown.
func wantMistake(t testing.TB, err error, code, path string) *Mistake {
	t.Helper()
	if err == nil {
		t.Fatalf("accepted, want %s at %s", code, path)
	}
	m := mistakeOf(t, err)
	if m.Code != code || m.Path != path {
		t.Errorf("mistake is %s at %s (%s), want %s at %s", m.Code, m.Path, m.Text, code, path)
	}
	fitToShow(t, m.Text, maxText)

	return m
}

func fitToShow(t testing.TB, text string, limit int) {
	t.Helper()
	n := 0
	for _, r := range text {
		n++
		if r < ' ' || r == 0x7f {
			t.Errorf("text holds the control character %U: %q", r, text)
		}
	}
	if n == 0 || n > limit {
		t.Errorf("text has %d characters, want 1 to %d: %s", n, limit, text)
	}
	if last := text[len(text)-1]; last != '.' && last != '?' && last != ')' && text[len(text)-3:] != "…" {
		t.Errorf("text is no full sentence: %q", text)
	}
}
