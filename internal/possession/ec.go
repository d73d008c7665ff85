package possession

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"math/big"
	"slices"
)

// How much may be spent on looking for a mistake, in verifications on P-256: with the eSeal's key, and with the QWAC's. The
// nine that decide whether a signature is good are not among them.
const (
	sealBudget = 64
	qwacBudget = 24
)

// price is what a verification costs against one on P-256, in part: a longer curve is worth more patience, not all of it.
func price(key *ecdsa.PublicKey) int {
	switch key.Curve.Params().Name {
	case "P-521":
		return 6 // of about 20
	case "P-384":
		return 2 // of about 7
	}
	return 1
}

// ecOpening is a signature seen through a key on an elliptic curve. It does not tell what was signed: each text has to
// be verified.
type ecOpening struct {
	key  *ecdsa.PublicKey
	der  []byte // empty where the signature has no form of ECDSA
	raw  bool   // it came as r‖s
	left int    // verifications that may still be spent on looking for a mistake
}

func openEC(key *ecdsa.PublicKey, sig []byte, budget int) *ecOpening {
	o := &ecOpening{key: key, left: budget / price(key)}
	o.der, o.raw, _ = toDER(key, sig)
	return o
}

// pair is the signature of RFC 3279, 2.2.3.
type pair struct{ R, S *big.Int }

// toDER accepts the sequence of two numbers, and the two numbers side by side, as IEEE P1363 and PKCS #11 write them.
func toDER(key *ecdsa.PublicKey, sig []byte) (der []byte, raw, ok bool) {
	const bitsOfByte = 8
	size := (key.Curve.Params().BitSize + bitsOfByte - 1) / bitsOfByte
	if isPair(sig, size) {
		return sig, false, true
	}
	if len(sig) != 2*size {
		return nil, false, false
	}
	der, err := asn1.Marshal(pair{new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:])})
	return der, true, err == nil
}

// isPair tells a sequence of two positive numbers of which one has about size bytes and none has more. Both are drawn
// from the whole range of the curve: chance makes neither of them much shorter.
func isPair(sig []byte, size int) bool {
	const overhead, shorter = 12, 8
	if len(sig) > 2*size+overhead || len(sig) < size {
		return false
	}
	var p pair
	rest, err := asn1.Unmarshal(sig, &p)
	if err != nil || len(rest) > 0 || p.R.Sign() <= 0 || p.S.Sign() <= 0 {
		return false
	}
	longest := max(len(p.R.Bytes()), len(p.S.Bytes()))
	return longest <= size && longest > size-shorter
}

// anyPair tells a signature of one of the curves that are accepted.
func anyPair(sig []byte) bool {
	return slices.ContainsFunc([]int{32, 48, 66}, func(size int) bool { return isPair(sig, size) })
}

func (o *ecOpening) proves(text []byte) (string, int, bool) {
	if o.der == nil {
		return "", -1, false
	}
	for _, hash := range accepted {
		if ecdsa.VerifyASN1(o.key, sum(hash, text), o.der) {
			return "ECDSA on " + o.key.Curve.Params().Name + " with " + hash.String(), -1, true
		}
	}
	return "", -1, false
}

// over tries the hash of the commands that we print: each guess costs.
func (o *ecOpening) over(text []byte) bool { return o.verifies(sum(crypto.SHA256, text)) }

// verifies spends one verification on a hash, which may be too long or none at all: ECDSA takes its first bits.
func (o *ecOpening) verifies(hash []byte) bool {
	if o.der == nil || o.left == 0 || len(hash) == 0 {
		return false
	}
	o.left--
	return ecdsa.VerifyASN1(o.key, hash, o.der)
}

// made tells whether the key made the signature over one of the texts, the likeliest first, as far as the budget goes.
func (o *ecOpening) made(texts []string) bool {
	for _, hash := range accepted {
		for _, t := range texts {
			if o.verifies(sum(hash, []byte(t))) {
				return true
			}
		}
	}
	return false
}

func (o *ecOpening) notes() []string {
	if o.raw {
		return []string{"The signature came as the two numbers r and s side by side; that is accepted."}
	}
	return nil
}
