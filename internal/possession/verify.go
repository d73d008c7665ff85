package possession

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"slices"

	"fairway/internal/qcert"
)

// Ending is what stood behind the text when it was signed.
type Ending string

// The endings that are accepted: editors and echo add a line end, and nobody means anything else by it.
const (
	AsShown  Ending = "as-shown"
	WithLF   Ending = "lf"
	WithCRLF Ending = "crlf"
)

// endings are all candidates for a signature that is accepted, and the whole of them.
var endings = []struct {
	name  Ending
	bytes string
	note  string
}{
	{AsShown, "", ""},
	{WithLF, "\n", "A line feed behind the text was signed too, as echo adds it; that is accepted."},
	{WithCRLF, "\r\n", "A line end of Windows (CR LF) behind the text was signed too; that is accepted."},
}

// Result is the judgement of a signature. It is good where Mistake is nil.
type Result struct {
	Mistake *Mistake

	Algorithm string   // as in "RSASSA-PKCS1-v1_5 with SHA-256"; filled where the signature is good
	Ending    Ending   // which of the three candidates was signed
	Salt      int      // length of the salt of RSASSA-PSS in bytes; -1 for everything else
	Notes     []string // what was accepted although it was not quite as asked for
	Tried     int      // how many texts were compared while looking for the mistake
}

// Good tells whether the signature proves possession of the key.
func (r Result) Good() bool { return r.Mistake == nil }

// Verify judges a signature over a challenge text with the key of the eSeal: RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017)
// with any length of salt, or ECDSA in DER or as r‖s, with SHA-256, SHA-384 or SHA-512, over the text as shown, with LF
// or with CRLF behind it. Where it is none of these it looks for what was done instead, with the QWAC's key too, which
// may be nil, and with up to five earlier challenges of the same owner; that never makes a signature good.
//
// It costs a few public-key operations. An elliptic curve does not reveal what was signed: it costs about 90 on P-256, 50 on
// P-384 and 23 on P-521, where each is dear and less is looked for.
func Verify(text string, signature Signature, seal, qwac *x509.Certificate, earlier ...string) Result {
	r := Result{Salt: -1, Notes: slices.Clone(signature.Notes)}
	key, m := usable(seal)
	if m != nil {
		r.Mistake = m
		return r
	}
	sig := r.fit(key, signature)
	o := open(key, sig, sealBudget)
	for _, e := range endings {
		algorithm, salt, ok := o.proves([]byte(text + e.bytes))
		if !ok {
			continue
		}
		r.Algorithm, r.Salt, r.Ending = algorithm, salt, e.name
		r.Notes = append(r.Notes, o.notes()...)
		if e.note != "" {
			r.Notes = append(r.Notes, e.note)
		}
		return r
	}

	s := search{text: text, slips: slips(text, earlier), sig: sig, seal: key, qwac: otherKey(qwac, key)}
	r.Mistake = s.explain(o)
	r.Tried = s.tried
	return r
}

// fit takes off the line end that an editor added to a file of the raw signature. A signature may end in CR or LF by itself,
// so no more is taken off than makes its length right.
func (r *Result) fit(key crypto.PublicKey, s Signature) []byte {
	if s.Dress != Binary || rightLength(key, s.Bytes) {
		return s.Bytes
	}
	for _, end := range []string{"\n", "\r\n", "\r"} {
		if trimmed, ok := bytes.CutSuffix(s.Bytes, []byte(end)); ok && rightLength(key, trimmed) {
			r.Notes = append(r.Notes, "A line end behind the signature was left out.")
			return trimmed
		}
	}
	return s.Bytes
}

// rightLength tells whether a signature is as long as those of the key are.
func rightLength(key crypto.PublicKey, sig []byte) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return len(sig) == k.Size()
	case *ecdsa.PublicKey:
		_, _, ok := toDER(k, sig)
		return ok
	}
	return false
}

// usable gives the key of a certificate, after its kind and size and before any mathematics.
func usable(cert *x509.Certificate) (crypto.PublicKey, *Mistake) {
	if cert == nil {
		return nil, mistake(Algorithm, KindKeyType, "There is no eSeal to verify the signature with. Upload its certificate first.")
	}
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		if bits < qcert.MinRSABits || bits > qcert.MaxRSABits {
			return nil, mistake(Algorithm, KindKeySize, "The eSeal’s RSA key has %d bits; %d to %d are accepted. Use an eSeal with such a key.", bits, qcert.MinRSABits, qcert.MaxRSABits)
		}
		if k.E < 3 || k.E > 1<<31-1 || k.E%2 == 0 || k.N.Bit(0) == 0 {
			return nil, mistake(Algorithm, KindKeySize, "The eSeal’s RSA key is not valid: modulus and exponent must be odd, the exponent below 2^31. Use another eSeal.")
		}
		return k, nil
	case *ecdsa.PublicKey:
		if name := k.Curve.Params().Name; !slices.Contains([]string{"P-256", "P-384", "P-521"}, name) {
			return nil, mistake(Algorithm, KindKeySize, "The eSeal’s key lies on the elliptic curve %s; P-256, P-384 and P-521 are accepted. Use an eSeal with such a key.", name)
		}
		return k, nil
	}
	return nil, mistake(Algorithm, KindKeyType, "The eSeal’s key is of the kind %s, which we cannot verify. Use an eSeal with an RSA key, or with one on the curve P-256, P-384 or P-521.", cert.PublicKeyAlgorithm)
}

// otherKey is the QWAC's key where it can help to explain, else nil.
func otherKey(qwac *x509.Certificate, seal crypto.PublicKey) crypto.PublicKey {
	if qwac == nil {
		return nil
	}
	key, m := usable(qwac)
	if m != nil {
		return nil
	}
	if same, ok := key.(interface{ Equal(crypto.PublicKey) bool }); ok && same.Equal(seal) {
		return nil
	}
	return key
}

// opening is what one public key tells about a signature.
type opening interface {
	// proves verifies the signature over a text. What it accepts, the standard library has accepted.
	proves(text []byte) (algorithm string, salt int, ok bool)

	// over tells whether the signature was made over a text, whatever else is wrong with it.
	over(text []byte) bool

	// notes are what has to be said about the form of a good signature.
	notes() []string
}

// open looks at a signature through a key; the budget counts verifications, where guesses cost any.
func open(key crypto.PublicKey, sig []byte, budget int) opening {
	if k, ok := key.(*ecdsa.PublicKey); ok {
		return openEC(k, sig, budget)
	}
	k, _ := key.(*rsa.PublicKey) // usable lets no third kind through
	return openRSA(k, sig)
}
