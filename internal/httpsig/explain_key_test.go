package httpsig

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
)

// padded signs content in PKCS #1 v1.5 padding, with a DigestInfo or, with the
// hash 0, without.
func padded(t *testing.T, key *rsa.PrivateKey, hash crypto.Hash, content []byte) func() []byte {
	return func() []byte {
		t.Helper()
		sig, err := rsa.SignPKCS1v15(rand.Reader, key, hash, content)
		if err != nil {
			t.Fatal(err)
		}

		return sig
	}
}

func withPSS(t testing.TB, key *rsa.PrivateKey, hash crypto.Hash, salt int, text string) func() []byte {
	return func() []byte {
		t.Helper()
		d := sum(hash, []byte(text))
		sig, err := rsa.SignPSS(rand.Reader, key, hash, d.bytes(), &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			t.Fatal(err)
		}

		return sig
	}
}

func backwards(sign func() []byte) func() []byte {
	return func() []byte {
		sig := sign()
		slices.Reverse(sig)

		return sig
	}
}

// keyCase is a way to make a signature, and what is said about it.
type keyCase struct {
	name        string
	sign        func() []byte
	cause, says string
	right       bool // over the right text
}

func schemes(t *testing.T, key *rsa.PrivateKey) []keyCase {
	digest, weak := sum(crypto.SHA256, []byte(goodText)), sha1.Sum([]byte(goodText))
	noNull := append([]byte{0x30, 0x2f, 0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 4, 0x20}, digest.bytes()...)
	capitals := strings.ReplaceAll(goodText, "x-request-id", "X-Request-ID")

	return []keyCase{
		{"no fault", over(t, key, crypto.SHA256, goodText), CauseNone, "right", true},
		{"SHA-512 under rsa-sha256", over(t, key, crypto.SHA512, goodText), CauseWrongAlgorithm, "You signed with SHA-512, but algorithm says rsa-sha256", true},
		{"SHA-512, capitals", over(t, key, crypto.SHA512, capitals), CauseWrongAlgorithm, "capital letters", false},
		{"SHA-512, unknown text", over(t, key, crypto.SHA512, "?"), CauseWrongAlgorithm, "SHA-512", false},
		{"SHA-1", padded(t, key, crypto.SHA1, weak[:]), CauseWrongAlgorithm, "You signed with SHA-1", false},
		{"PSS", withPSS(t, key, crypto.SHA256, 32, goodText), CausePSS, "RSA-PSS (SHA-256). Use RSA with PKCS #1 v1.5", true},
		{"PSS, longest salt", withPSS(t, key, crypto.SHA256, rsa.PSSSaltLengthAuto, goodText), CausePSS, "RSA-PSS", true},
		{"PSS, SHA-512, short salt", withPSS(t, key, crypto.SHA512, 1, goodText), CausePSS, "SHA-512", true},
		{"PSS, echo", withPSS(t, key, crypto.SHA256, 32, goodText+"\n"), CausePSS, "after the last line", false},
		{"PSS, unknown text", withPSS(t, key, crypto.SHA256, 32, "?"), CausePSS, "RSA-PSS", false},
		{"bare hash", padded(t, key, 0, digest.bytes()), CauseRawHash, "openssl dgst", true},
		{"bare hexadecimal", padded(t, key, 0, []byte(hashText(goodText, true))), CauseRawHash, "DigestInfo", true},
		{"bare text", padded(t, key, 0, []byte(goodText)), CauseRawHash, "DigestInfo", true},
		{"bare rubbish", padded(t, key, 0, []byte("rubbish")), CauseRawHash, "DigestInfo", false},
		{"no NULL in DigestInfo", padded(t, key, 0, noNull), CauseRawHash, "RFC 8017", true},
		{"reversed bytes", backwards(over(t, key, crypto.SHA256, goodText)), CauseByteOrder, "Windows CryptoAPI", true},
		{"rubbish", func() []byte { return make([]byte, 256) }, CauseWrongKey, "changed afterwards", false},
		{"another length", func() []byte { return make([]byte, 100) }, SignatureLength, "100 bytes", false},
	}
}

func otherKeys(t *testing.T, other, large *rsa.PrivateKey) []keyCase {
	return []keyCase{
		{"the QWAC's key", over(t, other, crypto.SHA256, goodText), CauseWrongKey,
			"You signed with the key of your QWAC (serial 77AA). Sign with the key of the registered QC eSeal, serial 5D01F2A0B3.", true},
		{"the QWAC's key, PSS", withPSS(t, other, crypto.SHA256, 32, goodText), CauseWrongKey, "RSA-PSS", true},
		{"the QWAC's key and echo", over(t, other, crypto.SHA256, goodText+"\n"), CauseWrongKey, "after the last line", false},
		{"a longer key of ours", over(t, large, crypto.SHA256, goodText), CauseWrongKey, "another certificate of yours", true},
		{"a key nobody knows", over(t, newKey(2048)(), crypto.SHA256, goodText), CauseWrongKey,
			"not made with the private key of your registered QC eSeal (serial 5D01F2A0B3)", false},
	}
}

func TestExplainRecognisesHowASignatureWasMade(t *testing.T) {
	t.Parallel()
	s, other, large := newSeal(t, 2048), newSeal(t, 2049), newSeal(t, 3072)
	qwac := mustCertify(t, &other.key.PublicKey, sandboxCA, "77aa", x509.ExtKeyUsageClientAuth)
	ec := mustCertify(t, &caKey().PublicKey, sandboxCA, "3")
	for _, c := range append(schemes(t, s.key), otherKeys(t, other.key, large.key)...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := signed(t, s, newRequest(), nil, c.sign)

			e := Explain(h, nil, s.cert, nil, s.cert, ec, qwac, large.cert)

			wantExplanation(t, e, c.cause, c.says)
			if (e.Signed == goodText) != c.right || !e.Found {
				t.Errorf("signed %q, found %v; want the right text: %v", e.Signed, e.Found, c.right)
			}
		})
	}
}

func TestExplainTriesOnlyTheFirstOtherCertificates(t *testing.T) {
	t.Parallel()
	s, other := newSeal(t, 2048), newSeal(t, 2049)
	h := signed(t, s, newRequest(), nil, over(t, other.key, crypto.SHA256, goodText))
	crowd := make([]*x509.Certificate, maxKeysTried)

	if e := Explain(h, nil, s.cert, append(crowd, other.cert)...); e.Signed != "" {
		t.Error("the ninth certificate was tried")
	}
	if e := Explain(h, nil, s.cert, append(crowd[1:], other.cert)...); e.Signed != goodText {
		t.Error("the eighth certificate was not tried")
	}
}
