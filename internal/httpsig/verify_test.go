package httpsig

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var allHeaders = []string{"PSU-ID", psuID, "PSU-Corporate-ID", "corp 7", "TPP-Redirect-URI", backTo}

func TestWhatIsSignedVerifiesInAllFourPairs(t *testing.T) {
	t.Parallel()
	body := []byte(`{"access":{}}`)
	for _, bits := range []int{2048, 3072, 4096} {
		for _, digest := range []string{"SHA-256", "SHA-512"} {
			for hash, algorithm := range map[crypto.Hash]string{crypto.SHA256: "rsa-sha256", crypto.SHA512: "rsa-sha512"} {
				t.Run(strconv.Itoa(bits)+" "+digest+" "+algorithm, func(t *testing.T) {
					t.Parallel()
					s := newSeal(t, bits)
					h := newRequest(allHeaders...)

					text, err := seal(h, Digest(digest, body), s.cert, s.key, hash)
					if err != nil {
						t.Fatal(err)
					}
					alg, err := CheckDigest(h, body)
					if err != nil || alg != digest {
						t.Errorf("digest: %s, %v", alg, err)
					}
					r, err := Verify(h, s.cert)

					if err != nil || r.Algorithm != algorithm || r.SigningString != text {
						t.Errorf("verified %+v, %v", r, err)
					}
					if strings.Contains(digest, "512") != strings.Contains(algorithm, "512") && len(r.Notes) != 1 {
						t.Errorf("a mixed pair has the notes %q, want one", r.Notes)
					}
				})
			}
		}
	}
}

func TestSignListsExactlyTheHeadersThatTheRequestHas(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	for _, c := range []struct {
		more []string
		want string
	}{
		{nil, "digest x-request-id"},
		{[]string{"PSU-ID", psuID}, "digest x-request-id psu-id"},
		{[]string{"TPP-Redirect-URI", backTo, "Consent-ID", "5f1c", "Date", "Sun, 05 Jan 2014 21:31:40 GMT"}, "digest x-request-id tpp-redirect-uri"},
		{allHeaders, "digest x-request-id psu-id psu-corporate-id tpp-redirect-uri"},
	} {
		h := newRequest(c.more...)

		text := mustSign(t, h, nil, s, crypto.SHA256)

		r, err := Verify(h, s.cert)
		if err != nil || strings.Join(r.Params.Headers, " ") != c.want || len(r.Notes) != 0 {
			t.Errorf("list %q, notes %q, %v; want %q", r.Params.Headers, r.Notes, err, c.want)
		}
		if again, err := SigningString(h, strings.Fields(c.want)); err != nil || again != text {
			t.Errorf("SigningString gives %q, %v; Sign signed %q", again, err, text)
		}
	}
	h := newRequest()
	if got, want := mustSign(t, h, nil, s, crypto.SHA256), "digest: "+emptySHA256+"\nx-request-id: "+requestID; got != want {
		t.Errorf("signing string %q, want %q", got, want)
	}
	if got := h.Get("Signature"); !strings.HasPrefix(got, `keyId="SN=5D01F2A0B3,CA=CN=Fairway%20Sandbox%20CA,O=Fairway%20Sandbox,C=FI",algorithm="rsa-sha256",headers="digest x-request-id",signature="`) {
		t.Errorf("Signature is %s", got)
	}
}

func TestSigningAgainReplacesTheHeadersInAnySpelling(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	h := newRequest()
	h["digest"], h["SIGNATURE"] = []string{"old"}, []string{"old"}

	mustSign(t, h, []byte("x"), s, crypto.SHA256)
	mustSign(t, h, []byte("y"), s, crypto.SHA512)

	if _, err := Verify(h, s.cert); err != nil {
		t.Error(err)
	}
	if _, err := CheckDigest(h, []byte("y")); err != nil {
		t.Error(err)
	}
}

func TestSignRefusesWhatVerifyWouldRefuse(t *testing.T) {
	t.Parallel()
	s, other, small := newSeal(t, 2048), newSeal(t, 2049), newSeal(t, 1024)
	ec := mustCertify(t, &caKey().PublicKey, sandboxCA, "7")
	for _, c := range []struct {
		name, code, path string
		h                http.Header
		s                testSeal
		key              crypto.Signer
		hash             crypto.Hash
	}{
		{"no X-Request-ID", Missing, "X-Request-ID", http.Header{}, s, s.key, crypto.SHA256},
		{"two X-Request-IDs", Repeated, "X-Request-ID", http.Header{"X-Request-Id": {"a", "b"}}, s, s.key, crypto.SHA256},
		{"line end in PSU-ID", ControlCharacter, "PSU-ID", newRequest("PSU-ID", "a\nx-request-id: b"), s, s.key, crypto.SHA256},
		{"SHA-1", Algorithm, "Signature", newRequest(), s, s.key, crypto.SHA1},
		{"SHA-384", Algorithm, "Signature", newRequest(), s, s.key, crypto.SHA384},
		{"another key", SigningKey, pathCertificate, newRequest(), s, other.key, crypto.SHA256},
		{"an EC key", SigningKey, pathCertificate, newRequest(), s, caKey(), crypto.SHA256},
		{"no key", SigningKey, pathCertificate, newRequest(), s, nil, crypto.SHA256},
		{"no certificate", SigningKey, pathCertificate, newRequest(), testSeal{}, s.key, crypto.SHA256},
		{"an EC certificate", KeyType, pathCertificate, newRequest(), testSeal{cert: ec}, caKey(), crypto.SHA256},
		{"1024 bits", KeySize, pathCertificate, newRequest(), small, small.key, crypto.SHA256},
	} {
		before := c.h.Clone()

		_, err := Sign(c.h, nil, c.s.cert, c.key, c.hash)

		m := wantMistake(t, err, c.code, c.path)
		if len(c.h) != len(before) {
			t.Errorf("%s: headers were changed (%v)", c.name, m)
		}
	}
}

func TestKeysThatMustNotBeUsedFailBeforeTheMathematics(t *testing.T) {
	t.Parallel()
	good := newSeal(t, 2048)
	ec := mustCertify(t, &caKey().PublicKey, sandboxCA, "7")
	even := *good.cert
	even.PublicKey = &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}
	one := *good.cert
	one.PublicKey = &rsa.PublicKey{N: good.key.N, E: 1}
	for _, c := range []struct {
		name, code string
		verifier   *Verifier
	}{
		{"none", NotRegistered, NewVerifier(nil)},
		{"EC", KeyType, NewVerifier(ec)},
		{"1024 bits", KeySize, NewVerifier(newSeal(t, 1024).cert)},
		{"4104 bits", KeySize, NewVerifier(newSeal(t, 4104).cert)},
		{"even modulus", KeySize, NewVerifier(&even)},
		{"exponent 1", KeySize, NewVerifier(&one)},
	} {
		h := newRequest()
		mustSign(t, h, nil, good, crypto.SHA256)

		_, err := c.verifier.Verify(h)

		wantMistake(t, err, c.code, pathCertificate)
	}
}

// forged makes the signature that uncovers to exactly this block.
func forged(key *rsa.PrivateKey, em []byte) []byte {
	n := new(big.Int).SetBytes(em)

	return n.Exp(n, key.D, key.N).FillBytes(make([]byte, key.Size()))
}

// Every way of padding that some verifier once accepted, made with the right key.
func TestABlockThatIsPaddedInAnyOtherWayIsRefused(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	h := newRequest()
	text := mustSign(t, h, nil, s, crypto.SHA256)
	digest := sum(crypto.SHA256, []byte(text))
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20}, digest.bytes()...)
	noNull := append([]byte{0x30, 0x2f, 0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 4, 0x20}, digest.bytes()...)
	longLength := append([]byte{0x30, 0x81, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20}, digest.bytes()...)
	otherHash := slices.Clone(info)
	otherHash[14] = 3
	pad := func(content []byte, tail ...byte) []byte {
		em := append([]byte{0, 1}, make([]byte, 256-3-len(content)-len(tail))...)
		for i := 2; i < len(em); i++ {
			em[i] = 0xff
		}

		return slices.Concat(em, []byte{0}, content, tail)
	}
	edit := func(at int, c byte) []byte {
		em := pad(info)
		em[at] = c

		return em
	}
	blocks := map[string][]byte{
		"no NULL":               pad(noNull),
		"length in long form":   pad(longLength),
		"name of another hash":  pad(otherHash),
		"bare hash":             pad(digest.bytes()),
		"bytes behind the hash": pad(info, 0, 0, 0, 0),
		"block type 2":          edit(1, 2),
		"block type 0":          edit(1, 0),
		"zero in the padding":   edit(100, 0),
		"padding with 7f":       edit(100, 0x7f),
		"no zero byte":          edit(256-len(info)-1, 1),
		"changed hash":          edit(255, digest.bytes()[31]^1),
		"short padding":         slices.Concat([]byte{0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, info, make([]byte, 256-11-len(info))),
		"zero":                  make([]byte, 256),
	}
	verify := func(em []byte) error {
		h.Set("Signature", withSignature(h.Get("Signature"), base64.StdEncoding.EncodeToString(forged(s.key, em))))
		_, err := Verify(h, s.cert)

		return err
	}
	if err := verify(pad(info)); err != nil {
		t.Fatalf("the right block is refused: %v", err)
	}
	for name, em := range blocks {
		if err := verify(em); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			wantMistake(t, err, SignatureMismatch, "Signature")
		}
	}
}

// withSignature replaces the last parameter of a Signature header.
func withSignature(header, value string) string {
	front, _, _ := strings.Cut(header, `signature="`)

	return front + `signature="` + value + `"`
}

func TestASignatureNotBelowTheModulusIsRefused(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	h := newRequest()
	mustSign(t, h, nil, s, crypto.SHA256)
	p, err := Parse(h.Get("Signature"))
	if err != nil {
		t.Fatal(err)
	}
	n := new(big.Int).SetBytes(p.Signature)
	for _, sig := range [][]byte{n.Add(n, s.key.N).Bytes(), slices.Repeat([]byte{0xff}, 256), make([]byte, 256), s.key.N.Bytes()} {
		h.Set("Signature", withSignature(h.Get("Signature"), base64.StdEncoding.EncodeToString(sig)))

		_, err := Verify(h, s.cert)

		m := mistakeOf(t, err)
		if m.Code != SignatureMismatch && m.Code != SignatureLength {
			t.Errorf("%d bytes: %s", len(sig), m.Code)
		}
	}
}

func TestVerifyingCostsFewAllocations(t *testing.T) {
	s := newSeal(t, 2048)
	h := newRequest(allHeaders...)
	mustSign(t, h, nil, s, crypto.SHA256)
	v := NewVerifier(s.cert)
	digest := sum(crypto.SHA256, []byte("x"))
	sig, err := s.key.Sign(nil, digest.bytes(), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	bare := testing.AllocsPerRun(20, func() {
		_ = rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, digest.bytes(), sig)
	})

	ours := testing.AllocsPerRun(20, func() {
		if _, err := v.Verify(h); err != nil {
			t.Error(err)
		}
	})

	if ours > bare+6 {
		t.Errorf("%v allocations, %v of them the RSA operation's; want at most 6 more", ours, bare)
	}
	if n := testing.AllocsPerRun(20, func() { _, _ = CheckDigest(h, nil) }); n > 0 {
		t.Errorf("CheckDigest allocates %v times, want 0", n)
	}
}
