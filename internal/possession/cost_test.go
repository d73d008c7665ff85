package possession

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/binary"
	"testing"
)

// foreign are a seal's key, a QWAC's and somebody else's on one curve.
func foreign(curve elliptic.Curve) (seal, qwac, stranger *ecdsa.PrivateKey) {
	return newEC(curve)(), newEC(curve)(), newEC(curve)()
}

// BenchmarkAWrongSignature is what each try of a stranger costs, with both keys on the curve.
func BenchmarkAWrongSignature(b *testing.B) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		b.Run(curve.Params().Name, func(b *testing.B) {
			seal, qwac, stranger := foreign(curve)
			text := challenge(b)
			sig := Signature{Bytes: signed(b, stranger, crypto.SHA256, text)}
			for b.Loop() {
				if Verify(text, sig, of(seal.Public()), of(qwac.Public())).Good() {
					b.Fatal("it is good")
				}
			}
		})
	}
}

func TestTheSearchOnACurveEndsWithItsBudget(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	for curve, most := range map[elliptic.Curve]int{elliptic.P256(): 64, elliptic.P384(): 32, elliptic.P521(): 10} {
		seal, qwac, stranger := foreign(curve)
		sig := signed(t, stranger, crypto.SHA256, text)
		o := openEC(&seal.PublicKey, sig, sealBudget)
		s := search{text: text, slips: slips(text, nil), sig: sig, seal: seal.Public(), qwac: qwac.Public()}
		before := o.left

		m := s.explain(o)

		if before != most || o.left != 0 || m.Kind != KindOtherKey || s.tried > 2*most {
			t.Errorf("%s: %d verifications, %d left, %d texts, %s", curve.Params().Name, before, o.left, s.tried, m.Kind)
		}
	}
}

func TestTheLongestCurveTellsWhatIsLikeliest(t *testing.T) {
	t.Parallel()
	text, key := challenge(t), ec521()
	for kind, sig := range map[string][]byte{
		KindBare:          signedDigest(t, key, crypto.SHA256, []byte(text)),
		KindHashAlgorithm: signed(t, key, crypto.SHA1, text),
		KindUTF16:         signed(t, key, crypto.SHA256, wide(text, binary.LittleEndian, true)[1]),
		KindQuotes:        signed(t, key, crypto.SHA256, `"`+text+"\"\n"),
	} {
		if r := Verify(text, Signature{Bytes: sig}, of(key.Public()), nil); r.Good() || r.Mistake.Kind != kind {
			t.Errorf("%s is taken for %+v", kind, r.Mistake)
		}
	}
	qwac := newEC(elliptic.P521())()
	if r := Verify(text, Signature{Bytes: signed(t, qwac, crypto.SHA256, text+"\n")}, of(key.Public()), of(qwac.Public())); r.Good() || r.Mistake.Kind != KindQWAC {
		t.Errorf("the QWAC's key is taken for %+v", r.Mistake)
	}
}
