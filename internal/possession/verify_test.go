package possession

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"
	"testing"
)

func TestEveryAcceptedWayOfSigningIsGood(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	for _, key := range []*rsa.PrivateKey{rsaSeal(), rsaBig(), rsaOdd()} {
		for _, hash := range accepted {
			for _, e := range endings {
				salts := map[crypto.SignerOpts]int{hash: -1}
				for _, n := range []int{rsa.PSSSaltLengthEqualsHash, rsa.PSSSaltLengthAuto, 20} {
					opts := &rsa.PSSOptions{SaltLength: n, Hash: hash}
					salts[opts] = map[int]int{rsa.PSSSaltLengthEqualsHash: hash.Size(), rsa.PSSSaltLengthAuto: (key.N.BitLen()+6)/8 - 2 - hash.Size(), 20: 20}[n]
				}
				for opts, salt := range salts {
					sig := signed(t, key, opts, text+e.bytes)

					r := Verify(text, Signature{Bytes: sig}, of(key.Public()), nil)

					scheme := "RSASSA-PSS"
					if salt < 0 {
						scheme = "RSASSA-PKCS1-v1_5"
					}
					if !r.Good() || r.Algorithm != scheme+" with "+hash.String() || r.Ending != e.name || r.Salt != salt || r.Tried != 0 {
						t.Errorf("RSA %d, %s, %s, salt %d: %+v %v", key.N.BitLen(), hash, e.name, salt, r, r.Mistake)
					}
					if (len(r.Notes) == 0) != (e.name == AsShown) {
						t.Errorf("%s: notes %q", e.name, r.Notes)
					}
				}
			}
		}
	}
}

func TestASaltOfNoBytesIsGood(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	key := rsaSeal()
	sig := rawRSA(key, pssBlock(key, crypto.SHA256, crypto.SHA256, text, nil))

	r := Verify(text, Signature{Bytes: sig}, of(key.Public()), nil)

	if !r.Good() || r.Salt != 0 {
		t.Errorf("%+v %v", r, r.Mistake)
	}
}

func TestEveryCurveIsGoodInBothForms(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	for name, key := range map[string]*ecdsa.PrivateKey{"P-256": ecSeal(), "P-384": ec384(), "P-521": ec521()} {
		size := (key.Curve.Params().BitSize + 7) / 8
		for _, hash := range accepted {
			for _, e := range endings {
				der := signed(t, key, hash, text+e.bytes)
				for form, sig := range map[string][]byte{"DER": der, "raw": sideBySide(t, der, size)} {
					r := Verify(text, Signature{Bytes: sig}, of(key.Public()), nil)

					if !r.Good() || r.Algorithm != "ECDSA on "+name+" with "+hash.String() || r.Ending != e.name || r.Salt != -1 {
						t.Errorf("%s, %s, %s, %s: %+v %v", name, hash, e.name, form, r, r.Mistake)
					}
					if slices.ContainsFunc(r.Notes, func(n string) bool { return n[:20] == "The signature came a" }) != (form == "raw") {
						t.Errorf("%s: notes %q", form, r.Notes)
					}
				}
			}
		}
	}
}

func TestALineEndBehindAFileOfTheSignatureIsLeftOut(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	for _, key := range []crypto.Signer{rsaSeal(), ecSeal()} {
		sig := signed(t, key, crypto.SHA256, text)
		for _, end := range []string{"\n", "\r\n"} {
			longer := append(slices.Clone(sig), end...)

			file := Verify(text, Signature{Bytes: longer, Dress: Binary}, of(key.Public()), nil)
			pasted := Verify(text, Signature{Bytes: longer, Dress: Base64}, of(key.Public()), nil)

			if !file.Good() || len(file.Notes) != 1 {
				t.Errorf("%T, a file with %q: %v, notes %q", key, end, file.Mistake, file.Notes)
			}
			if pasted.Good() || pasted.Mistake.Code != Length {
				t.Errorf("%T, pasted with %q: %v", key, end, pasted.Mistake)
			}
		}
	}
}

func TestALineEndOfTheSignaturesOwnIsKept(t *testing.T) {
	t.Parallel()
	key := rsaSeal()
	for own, ends := range map[string][]string{"\r": {"\n", "\r\n", "\r"}, "\n": {"\n", "\r\n"}} {
		text := challenge(t)
		sig := signed(t, key, crypto.SHA256, text)
		for !bytes.HasSuffix(sig, []byte(own)) { // one text in 256
			text += "x"
			sig = signed(t, key, crypto.SHA256, text)
		}
		for _, end := range ends {
			r := Verify(text, Signature{Bytes: append(slices.Clone(sig), end...), Dress: Binary}, of(key.Public()), nil)
			if !r.Good() {
				t.Errorf("a signature that ends in %q, with %q behind it: %v", own, end, r.Mistake)
			}
		}
	}
}

func TestTheNotesOfReadingAreKept(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	s, m := Read(inHex(signed(t, ecSeal(), crypto.SHA256, text+"\n")))
	if m != nil {
		t.Fatal(m)
	}

	r := Verify(text, s, of(ecSeal().Public()), nil)

	if !r.Good() || len(r.Notes) != 2 || len(s.Notes) != 1 {
		t.Errorf("%v: notes %q, of reading %q", r.Mistake, r.Notes, s.Notes)
	}
}

func TestAnEarlierChallengeNeverMakesASignatureGood(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	old := sampleText()
	old.Nonce = "B" + old.Nonce[1:]
	earlier, err := old.Line()
	must(t, err)
	for _, key := range []crypto.Signer{rsaSeal(), ecSeal()} {
		sig := signed(t, key, crypto.SHA256, earlier+"\n")

		r := Verify(text, Signature{Bytes: sig}, of(key.Public()), nil, text, earlier)

		wantMistake(t, "an earlier challenge", r.Mistake, WrongText, KindEarlier)
	}
}
