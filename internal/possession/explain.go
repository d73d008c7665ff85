package possession

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"
)

// search looks for what was done in place of what was asked for. It only makes sentences.
type search struct {
	text  string
	slips []slip
	sig   []byte
	seal  crypto.PublicKey
	qwac  crypto.PublicKey // nil where there is none that could help
	tried int
}

// explain finds the mistake in a signature that is not good.
func (s *search) explain(o opening) *Mistake {
	if !rightLength(s.seal, s.sig) {
		if s.madeBy(s.qwac) {
			return s.qwacUsed()
		}
		return s.length()
	}
	switch o := o.(type) {
	case *rsaOpening:
		return s.explainRSA(o)
	case *ecOpening:
		return s.explainEC(o)
	}
	return s.strangeKey()
}

// explainRSA knows from the block whether the key is right, and the hash of what was signed.
func (s *search) explainRSA(o *rsaOpening) *Mistake {
	if m := s.wrongWay(o); m != nil {
		return m
	}
	if kind := s.find(o); kind != "" {
		return wrongText(kind)
	}
	if o.sure() {
		return wrongText(KindOtherText)
	}
	reversed := slices.Clone(s.sig)
	slices.Reverse(reversed)
	switch {
	case openRSA(o.key, reversed).sure():
		return mistake(Format, KindReversed, "The bytes of the signature are in reverse order, as the older interfaces of Windows return them. Reverse them before you encode the signature.")
	case s.madeBy(s.qwac):
		return s.qwacUsed()
	case len(o.blocks) > 0:
		return mistake(WrongText, KindOtherText, "The signature looks like RSA-PSS with the eSeal’s key, but over another text than this challenge. %s", asIs)
	}
	return s.strangeKey()
}

// wrongWay is for signatures of the right key whose wrapping tells the mistake already.
func (s *search) wrongWay(o *rsaOpening) *Mistake {
	for _, b := range o.blocks {
		switch {
		case b.scheme == bare:
			return bareHash()
		case b.scheme == pkcs1 && b.hash == 0:
			return mistake(Algorithm, KindHashAlgorithm, "You signed with a hash that is not accepted. Use SHA-256 or SHA-512: openssl dgst -sha256 -sign.")
		case b.scheme == pkcs1 && !isAccepted(b.hash), b.scheme == pss && !isAccepted(b.hash) && (b.sure || s.signed(&b)):
			return weakHash(b.hash)
		case b.scheme == pss && b.mask != b.hash && (b.sure || s.signed(&b)):
			return mistake(Algorithm, KindMask, "You signed with RSA-PSS, but its mask (MGF1) uses %s and the text %s. Use the same hash for both, or RSA with PKCS #1 v1.5 padding.", b.mask, b.hash)
		case b.scheme == pkcs1 && s.signed(&b):
			return bareHash() // the hash is right, its DigestInfo is not encoded as RFC 8017 says
		}
	}
	return nil
}

// signed tells whether the block was made of the text with one of the three endings.
func (s *search) signed(b *block) bool {
	return slices.ContainsFunc(ended(s.text), func(t string) bool { return b.of([]byte(t)) })
}

// explainEC has to verify each guess, the likeliest first: on a long curve few are paid for.
func (s *search) explainEC(o *ecOpening) *Mistake {
	if o.verifies([]byte(s.text)) {
		return bareHash()
	}
	if hash := s.weakly(o); hash != 0 {
		return weakHash(hash)
	}
	if kind := s.find(o); kind != "" {
		return wrongText(kind)
	}
	if s.madeBy(s.qwac) {
		return s.qwacUsed()
	}
	return mistake(KeyMismatch, KindOtherKey, "The signature does not fit: either it was made with another key than the eSeal’s, or over another text. Use the private key that belongs to the uploaded eSeal. %s", asIs)
}

// weakly finds the hash that is refused. Where little may be spent it looks for the likeliest alone, which is the first.
func (s *search) weakly(o *ecOpening) crypto.Hash {
	const enough = 12
	for n, t := range ended(s.text) {
		for m, hash := range refused {
			if n+m > 0 && o.left < enough {
				return 0
			}
			if o.verifies(sum(hash, []byte(t))) {
				return hash
			}
		}
	}
	return 0
}

// find compares the likely texts and says which kind was signed.
func (s *search) find(o opening) string {
	for _, slip := range s.slips {
		if e, ok := o.(*ecOpening); ok && e.left == 0 {
			return ""
		}
		s.tried++
		if o.over(slip.text) {
			return slip.kind
		}
	}
	return ""
}

// madeBy tells whether another key made the signature, over whatever text.
func (s *search) madeBy(key crypto.PublicKey) bool {
	if key == nil || !rightLength(key, s.sig) {
		return false
	}
	o := open(key, s.sig, qwacBudget)
	if r, ok := o.(*rsaOpening); ok && r.sure() {
		return true
	}
	if e, ok := o.(*ecOpening); ok {
		return e.made(ended(s.text)) || s.find(o) != ""
	}
	for _, t := range ended(s.text) {
		if _, _, ok := o.proves([]byte(t)); ok {
			return true
		}
	}
	return s.find(o) != ""
}

func (s *search) qwacUsed() *Mistake {
	return mistake(KeyMismatch, KindQWAC, "You signed with the key of your QWAC. Sign with the private key that belongs to the eSeal.")
}

func (s *search) strangeKey() *Mistake {
	with := "the eSeal’s key"
	if s.qwac != nil {
		with = "the eSeal’s key, nor with the QWAC’s"
	}
	return mistake(KeyMismatch, KindOtherKey, "The signature was not made with %s, or it was damaged on the way. Sign with the private key that belongs to the uploaded eSeal, and send the whole signature.", with)
}

// length says why a signature is not as long as those of the key.
func (s *search) length() *Mistake {
	n := len(s.sig)
	if name := s.hashAlone(); name != "" {
		return mistake(Length, KindHashAlone, "This is as long as a hash (%s), and no signature. Do not only hash the text: sign it, with openssl dgst -sha256 -sign.", name)
	}
	if k, ok := s.seal.(*ecdsa.PublicKey); ok {
		curve := k.Curve.Params().Name
		if other := rsaBits(n); other != 0 {
			return mistake(Length, KindOtherSize, "This is as long as a signature of an RSA key of %d bits, but the eSeal’s key lies on the curve %s. Sign with the private key that belongs to the eSeal.", other, curve)
		}
		return mistake(Length, KindOtherSize, "The signature has %d bytes and no form that a key on the curve %s gives: a sequence of two numbers, or the two side by side. It was cut, or made with another key. Sign again and paste all of it.", n, curve)
	}
	k, _ := s.seal.(*rsa.PublicKey) // usable lets no third kind through
	bits, size := k.N.BitLen(), k.Size()
	switch other := rsaBits(n); {
	case n < size && openRSA(k, append(make([]byte, size-n), s.sig...)).sure():
		return mistake(Length, KindTruncated, "The signature has %d bytes, but %d are needed: the zeros at its beginning were dropped. Keep them, and send all %d bytes.", n, size, size)
	case other != 0:
		return mistake(Length, KindOtherSize, "The signature has %d bytes, as of an RSA key of %d bits, but the eSeal’s key has %d bits. Sign with the private key that belongs to the eSeal.", n, other, bits)
	case anyPair(s.sig):
		return mistake(Length, KindOtherSize, "This is a signature of an elliptic curve (ECDSA), but the eSeal’s key is RSA with %d bits. Sign with the private key that belongs to the eSeal.", bits)
	case n < size:
		return mistake(Length, KindTruncated, "The signature has %d bytes, but an RSA key of %d bits gives %d: a part of it is missing. Copy all of it, or upload the file.", n, bits, size)
	}
	return mistake(Length, KindOverlong, "The signature has %d bytes, but an RSA key of %d bits gives %d: something else was sent along. Send the signature alone.", n, bits, size)
}

// rsaBits is the usual size of key whose signatures have n bytes, or 0.
func rsaBits(n int) int {
	if slices.Contains([]int{128, 256, 384, 512}, n) {
		return n * 8
	}
	return 0
}

// hashAlone names the hash that was sent in place of a signature: one of the text, or what is as long as one.
func (s *search) hashAlone() string {
	for _, hash := range slices.Concat(accepted, refused) {
		for _, t := range ended(s.text) {
			if bytes.Equal(sum(hash, []byte(t)), s.sig) {
				return hash.String()
			}
		}
	}
	for _, hash := range slices.Concat(refused, accepted) {
		if len(s.sig) == hash.Size() {
			return hash.String()
		}
	}
	return ""
}

func bareHash() *Mistake {
	return mistake(Algorithm, KindBare, "The key is right, but you signed without hashing, or without naming the hash (DigestInfo), as pkeyutl without -rawin and the mechanism RSA-PKCS do. Use: openssl dgst -sha256 -sign, or the mechanism SHA256-RSA-PKCS.")
}

func weakHash(hash crypto.Hash) *Mistake {
	return mistake(Algorithm, KindHashAlgorithm, "The key is right, but you signed with %s, which is not accepted. Use SHA-256 or SHA-512: openssl dgst -sha256 -sign.", hash)
}

// signedInstead is what was signed in place of the text, by kind.
var signedInstead = map[string]string{
	KindQuotes:    "the quotation marks were signed with the text.",
	KindUTF16:     "the text was signed as UTF-16, as the > of Windows PowerShell writes it.",
	KindCase:      "the text was signed in other capitals.",
	KindBOM:       "a byte order mark in front of the text was signed too.",
	KindBlanks:    "blanks were added to the text.",
	KindLines:     "line breaks were added to the text.",
	KindEarlier:   "an earlier challenge was signed; only the newest counts.",
	KindCut:       "only its beginning was signed, or nothing: a shell ends a command at a semicolon.",
	KindPart:      "only the nonce was signed, not the whole text.",
	KindEncoded:   "the text was encoded before it was signed.",
	KindFileName:  "the name of the file was signed, not what is in it.",
	KindHash:      "the hash of the text was hashed and signed again. The signing program hashes the text itself.",
	KindOtherText: "another text was signed than this challenge.",
}

func wrongText(kind string) *Mistake {
	return mistake(WrongText, kind, "The key is right, but %s %s", signedInstead[kind], asIs)
}
