package possession

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"fairway/internal/qcert"
)

func FuzzParse(f *testing.F) {
	good := challenge(f)
	for _, seed := range []string{good, good + "\n", "", strings.ToLower(good), strings.Replace(good, "T12", "T24", 1), strings.Replace(good, "portal.example", "[::1]:8443", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		text, err := Parse(line)
		if err != nil {
			return
		}

		if again, err := text.Line(); err != nil || again != line {
			t.Errorf("%q is written again as %q: %v", line, again, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	sig := sample()
	for _, seed := range []string{
		string(sig), inBase64(sig), inHex(sig), armour("SIGNATURE", sig), numbers(sig, true, ","), wide(inBase64(sig), binary.LittleEndian, true)[0],
		inBase64([]byte(inHex(sig))), challenge(f), "-----BEGIN PRIVATE KEY-----\nAA==", `{"kty":"RSA","d":"AA"}`, "SHA256(x)= 00", "eyJhbGciOiJub25lIn0..AA",
		strings.Repeat("A", MaxSignature+1), "%2B%2f=", "\ufeff", string(signed(f, ecSeal(), crypto.SHA256, "x")),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		s, m := Read(sent)

		if m != nil {
			fitToShow(t, m.Text)
			if s.Bytes != nil || m.Code != Format && m.Code != KeyUploaded || m.Kind == "" {
				t.Errorf("%s (%s) with %d bytes", m.Code, m.Kind, len(s.Bytes))
			}
			return
		}
		if len(s.Bytes) == 0 || len(s.Bytes) > len(sent) || len(sent) > MaxSignature || qcert.Recognise(s.Bytes).Secret() {
			t.Errorf("%d bytes were read out of %d", len(s.Bytes), len(sent))
		}
		if plain(s.Bytes) || len(s.Bytes) > MaxSignature/2 {
			return
		}
		if again, m := Read(inHex(s.Bytes)); m != nil || !bytes.Equal(again.Bytes, s.Bytes) {
			t.Errorf("%x is not read back: %v", s.Bytes, m)
		}
	})
}

// FuzzVerify holds the judgement against the standard library's, over the three texts that are accepted.
func FuzzVerify(f *testing.F) {
	text := challenge(f)
	rsaKey, ecKey := rsaSeal(), ecSeal()
	f.Add(text, []byte{}, uint8(0))
	f.Add(text+"\r\n", []byte{}, uint8(1))
	f.Add(text+" ", []byte{0x30, 6, 2, 1, 1, 2, 1, 1}, uint8(2))
	f.Add(`"`+text+`"`, signed(f, rsaKey, crypto.SHA256, text), uint8(3))
	f.Add("", signed(f, rsaKey, &rsa.PSSOptions{Hash: crypto.SHA512}, text), uint8(3))
	f.Add("x", signed(f, ecKey, crypto.SHA384, text), uint8(2))
	f.Fuzz(func(t *testing.T, other string, sig []byte, mode uint8) {
		var key crypto.PublicKey = &ecKey.PublicKey
		hash := accepted[int(mode/4)%len(accepted)]
		switch mode % 4 {
		case 0:
			sig = signed(t, ecKey, hash, other)
		case 1:
			sig = sideBySide(t, signed(t, ecKey, hash, other), 32)
		case 3:
			key = &rsaKey.PublicKey
		}

		r := Verify(text, Signature{Bytes: sig}, of(key), of(rsaQWAC().Public()), other)

		if r.Good() != right(key, text, sig) || mode%4 < 2 && r.Good() != slices.Contains(ended(text), other) {
			t.Errorf("good: %v, over %q", r.Good(), other)
		}
		if m := r.Mistake; m != nil {
			fitToShow(t, m.Text)
		}
	})
}

// right is the second opinion.
func right(key crypto.PublicKey, text string, sig []byte) bool {
	for _, hash := range accepted {
		for _, t := range ended(text) {
			digest := sum(hash, []byte(t))
			switch k := key.(type) {
			case *rsa.PublicKey:
				if rsa.VerifyPKCS1v15(k, hash, digest, sig) == nil || rsa.VerifyPSS(k, hash, digest, sig, nil) == nil {
					return true
				}
			case *ecdsa.PublicKey:
				if der, _, _ := toDER(k, sig); ecdsa.VerifyASN1(k, digest, sig) || ecdsa.VerifyASN1(k, digest, der) {
					return true
				}
			}
		}
	}
	return false
}
