package possession

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// Key pairs are dear: each is made once.
var (
	rsaSeal = newRSA(2048)
	rsaQWAC = newRSA(2048)
	rsaElse = newRSA(2048)
	rsaBig  = newRSA(3072)
	rsaOdd  = newRSA(2049) // a block of RSA-PSS is one byte shorter than the modulus here
	ecSeal  = newEC(elliptic.P256())
	ecQWAC  = newEC(elliptic.P256())
	ec384   = newEC(elliptic.P384())
	ec521   = newEC(elliptic.P521())
)

func newRSA(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		return key
	})
}

func newEC(curve elliptic.Curve) func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			panic(err)
		}
		return key
	})
}

// of is a certificate as far as this package looks at it.
func of(key crypto.PublicKey) *x509.Certificate {
	return &x509.Certificate{Raw: []byte("a certificate"), PublicKey: key}
}

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func sampleText() Text {
	return Text{
		Audience: "portal.example", Organisation: "org_7zk3m9q2x8b4t6v1c5n0d7f2g3", Seal: strings.Repeat("0a", 32),
		Nonce: strings.Repeat("A", 43), Expires: noon.Add(Lifetime),
	}
}

func challenge(t testing.TB) string {
	t.Helper()
	line, err := sampleText().Line()
	must(t, err)
	return line
}

// signed signs a text; opts is a hash for PKCS #1 v1.5 and ECDSA, or *rsa.PSSOptions.
func signed(t testing.TB, key crypto.Signer, opts crypto.SignerOpts, text string) []byte {
	t.Helper()
	return signedDigest(t, key, opts, sum(opts.HashFunc(), []byte(text)))
}

func signedDigest(t testing.TB, key crypto.Signer, opts crypto.SignerOpts, digest []byte) []byte {
	t.Helper()
	sig, err := key.Sign(rand.Reader, digest, opts)
	must(t, err)
	return sig
}

// strange is a signature by a foreign RSA key that does not look like RSA-PSS to the seal, as one in some thousands does.
func strange(t testing.TB, key *rsa.PrivateKey, text string) []byte {
	t.Helper()
	for n := range 20 {
		sig := signed(t, key, crypto.SHA256, text+strings.Repeat("!", n))
		if len(openRSA(&rsaSeal().PublicKey, sig).blocks) == 0 {
			return sig
		}
	}
	t.Fatal("every signature looks like RSA-PSS")
	return nil
}

// sideBySide turns the sequence of two numbers into r‖s.
func sideBySide(t testing.TB, der []byte, size int) []byte {
	t.Helper()
	var p struct{ R, S *big.Int }
	_, err := asn1.Unmarshal(der, &p)
	must(t, err)
	return append(p.R.FillBytes(make([]byte, size)), p.S.FillBytes(make([]byte, size))...)
}

func inHex(b []byte) string { return hex.EncodeToString(b) }

func inBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func armour(label string, b []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: b}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantMistake checks code and kind, and that the sentence is fit to be shown.
func wantMistake(t testing.TB, what string, m *Mistake, code, kind string) {
	t.Helper()
	if m == nil {
		t.Errorf("%s: accepted, want %s (%s)", what, code, kind)
		return
	}
	if m.Code != code || m.Kind != kind {
		t.Errorf("%s: %s (%s), want %s (%s): %s", what, m.Code, m.Kind, code, kind, m.Text)
	}
	fitToShow(t, m.Text)
}

func fitToShow(t testing.TB, text string) {
	t.Helper()
	const longest = 400
	if n := utf8.RuneCountInString(text); n == 0 || n > longest {
		t.Errorf("the text has %d characters: %s", n, text)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) || strings.Contains(text, "%!") || strings.Contains(text, "  ") {
		t.Errorf("the text is not fit to be shown: %q", text)
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, SignatureFile) {
		t.Errorf("the text is no full sentence: %q", text)
	}
}
