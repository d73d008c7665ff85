package possession

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// rawRSA is the private-key operation alone, for blocks that no library would make.
func rawRSA(key *rsa.PrivateKey, em []byte) []byte {
	n := new(big.Int).Exp(new(big.Int).SetBytes(em), key.D, key.N)
	return n.FillBytes(make([]byte, key.Size()))
}

// pkcs1Block pads what stands in place of a DigestInfo.
func pkcs1Block(key *rsa.PrivateKey, content []byte) []byte {
	em := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, key.Size()-3-len(content))...)
	return append(append(em, 0), content...)
}

// pssBlock is EMSA-PSS (RFC 8017, 9.1.1) with a hash of its own for the mask.
func pssBlock(key *rsa.PrivateKey, hash, mask crypto.Hash, text string, salt []byte) []byte {
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	h := sum(hash, make([]byte, 8), sum(hash, []byte(text)), salt)
	db := make([]byte, size-len(h)-1)
	copy(db[len(db)-len(salt):], salt)
	db[len(db)-len(salt)-1] = 1
	mgf1(db, h, mask)
	db[0] &= 0xff >> (8*size - bits)
	return append(append(db, h...), 0xbc)
}

// signedByMistake are texts in place of the challenge.
func signedByMistake(text string) map[string][]string {
	digest := sum(crypto.SHA256, []byte(text))
	return map[string][]string{
		KindQuotes:    {`"` + text + `"`, `'` + text + "'\n", `"` + text + `" ` + "\r\n", "“" + text + "”"},
		KindUTF16:     {wide(text, binary.LittleEndian, true)[2], wide(text, binary.LittleEndian, false)[0], wide(text, binary.BigEndian, true)[0]},
		KindBOM:       {"\ufeff" + text, "\ufeff" + text + "\r\n"},
		KindCase:      {strings.ToUpper(text), strings.ToLower(text) + "\n"},
		KindBlanks:    {text + " ", text + " \r\n", " " + text, strings.ReplaceAll(text, ";", "; "), text + "\t", text + "\x00"},
		KindLines:     {text + "\n\n", text + "\r", "\n" + text, text + `\n`, wrapped(text, 64), strings.ReplaceAll(text, ";", "\n")},
		KindCut:       {"", "FAIRWAY-POP\n", "FAIRWAY-POP"},
		KindPart:      {strings.Repeat("A", 43)},
		KindFileName:  {"challenge.txt", "challenge.txt\n"},
		KindEncoded:   {inBase64([]byte(text)), inHex([]byte(text)) + "\n"},
		KindHash:      {string(digest), inHex(digest), inHex(digest) + "\n", strings.ToUpper(inHex(digest)), inBase64(digest), inHex(digest) + "  challenge.txt\n", "SHA2-256(challenge.txt)= " + inHex(digest) + "\n", string(sum(crypto.SHA512, []byte(text+"\n")))},
		KindOtherText: {"something else", strings.Replace(text, "portal.example", "portal.invalid", 1)},
	}
}

func TestRSATellsWhatWasSignedInPlaceOfTheText(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	key := rsaSeal()
	for kind, texts := range signedByMistake(text) {
		for _, other := range texts {
			for _, opts := range []crypto.SignerOpts{crypto.SHA256, crypto.SHA512, &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}} {
				r := Verify(text, Signature{Bytes: signed(t, key, opts, other)}, of(key.Public()), of(rsaQWAC().Public()))

				wantMistake(t, kind+" "+other, r.Mistake, WrongText, kind)
				if r.Tried == 0 || r.Tried > 2*maxSlips || r.Algorithm != "" {
					t.Errorf("%s: %+v", kind, r)
				}
			}
		}
	}
}

func TestACurveTellsTheLikeliestTexts(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	digest := sum(crypto.SHA256, []byte(text))
	for kind, texts := range map[string][]string{
		KindQuotes: {`"` + text + "\"\n"}, KindUTF16: wide(text, binary.LittleEndian, true), KindBOM: {"\ufeff" + text}, KindBlanks: {text + " \r\n"},
		KindCut: {"FAIRWAY-POP\n", ""}, KindHash: {string(digest), inHex(digest) + "\n"},
	} {
		for _, other := range texts {
			for _, key := range []*ecdsa.PrivateKey{ecSeal(), ec384()} {
				r := Verify(text, Signature{Bytes: signed(t, key, crypto.SHA256, other)}, of(key.Public()), nil)

				wantMistake(t, kind+" "+other, r.Mistake, WrongText, kind)
			}
		}
	}
}

func TestAnotherKeyIsToldApartFromTheQWACs(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	for what, c := range map[string]struct {
		sig        []byte
		seal, qwac crypto.PublicKey
		kind       string
	}{
		"RSA, the QWAC's":                 {strange(t, rsaQWAC(), text), rsaSeal().Public(), rsaQWAC().Public(), KindQWAC},
		"RSA, the QWAC's, another text":   {strange(t, rsaQWAC(), "else"), rsaSeal().Public(), rsaQWAC().Public(), KindQWAC},
		"RSA, the QWAC's is longer":       {signed(t, rsaBig(), crypto.SHA256, text), rsaSeal().Public(), rsaBig().Public(), KindQWAC},
		"RSA, the QWAC's is EC":           {signed(t, ecQWAC(), crypto.SHA256, text), rsaSeal().Public(), ecQWAC().Public(), KindQWAC},
		"RSA, the QWAC's, raw EC":         {sideBySide(t, signed(t, ecQWAC(), crypto.SHA256, text), 32), rsaSeal().Public(), ecQWAC().Public(), KindQWAC},
		"EC, the QWAC's":                  {signed(t, ecQWAC(), crypto.SHA256, text+"\n"), ecSeal().Public(), ecQWAC().Public(), KindQWAC},
		"EC, the QWAC's, in quotes":       {signed(t, ecQWAC(), crypto.SHA256, `"`+text+`"`), ecSeal().Public(), ecQWAC().Public(), KindQWAC},
		"EC, the QWAC's is RSA":           {signed(t, rsaQWAC(), crypto.SHA512, text), ecSeal().Public(), rsaQWAC().Public(), KindQWAC},
		"RSA, a stranger's":               {strange(t, rsaElse(), text), rsaSeal().Public(), rsaQWAC().Public(), KindOtherKey},
		"RSA, a stranger's, no QWAC":      {strange(t, rsaQWAC(), text), rsaSeal().Public(), nil, KindOtherKey},
		"RSA, a QWAC with the same key":   {strange(t, rsaQWAC(), text), rsaSeal().Public(), rsaSeal().Public(), KindOtherKey},
		"RSA, a QWAC with a strange key":  {strange(t, rsaQWAC(), text), rsaSeal().Public(), ed25519.PublicKey(make([]byte, 32)), KindOtherKey},
		"RSA, a number above the modulus": {bytes.Repeat([]byte{0xff}, 256), rsaSeal().Public(), rsaQWAC().Public(), KindOtherKey},
		"RSA, nothing but zeros":          {make([]byte, 256), rsaSeal().Public(), nil, KindOtherKey},
		"EC, a stranger's":                {signed(t, ecQWAC(), crypto.SHA256, text), ecSeal().Public(), nil, KindOtherKey},
		"EC, nothing but zeros":           {make([]byte, 64), ecSeal().Public(), nil, KindOtherKey},
	} {
		r := Verify(text, Signature{Bytes: c.sig}, of(c.seal), of(c.qwac))

		wantMistake(t, what, r.Mistake, KeyMismatch, c.kind)
	}
}

func TestTheRightKeyUsedInAnotherWayIsNamed(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	key := rsaSeal()
	digest := sum(crypto.SHA256, []byte(text))
	noNull, err := asn1.Marshal(struct {
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Digest    []byte
	}{struct{ OID asn1.ObjectIdentifier }{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}}, digest})
	must(t, err)
	sha3 := slices.Concat([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08, 0x05, 0x00, 0x04, 0x20}, digest)
	reversed := signed(t, key, crypto.SHA256, text)
	slices.Reverse(reversed)
	for what, c := range map[string]struct {
		sig        []byte
		code, kind string
	}{
		"SHA-1":                        {signed(t, key, crypto.SHA1, text), Algorithm, KindHashAlgorithm},
		"SHA-1 over another text":      {signed(t, key, crypto.SHA1, "else"), Algorithm, KindHashAlgorithm},
		"MD5":                          {signed(t, key, crypto.MD5, text), Algorithm, KindHashAlgorithm},
		"SHA-224":                      {signed(t, key, crypto.SHA224, text), Algorithm, KindHashAlgorithm},
		"SHA3-256":                     {rawRSA(key, pkcs1Block(key, sha3)), Algorithm, KindHashAlgorithm},
		"PSS with SHA-1":               {rawRSA(key, pssBlock(key, crypto.SHA1, crypto.SHA1, text, make([]byte, 20))), Algorithm, KindHashAlgorithm},
		"PSS with SHA-1, longest salt": {rawRSA(key, pssBlock(key, crypto.SHA1, crypto.SHA1, text, make([]byte, 234))), Algorithm, KindHashAlgorithm},
		"PSS with another mask":        {rawRSA(key, pssBlock(key, crypto.SHA256, crypto.SHA1, text, make([]byte, 32))), Algorithm, KindMask},
		"the hash alone":               {rawRSA(key, pkcs1Block(key, digest)), Algorithm, KindBare},
		"the hash in hexadecimal":      {rawRSA(key, pkcs1Block(key, []byte(inHex(digest)))), Algorithm, KindBare},
		"a DigestInfo without NULL":    {rawRSA(key, pkcs1Block(key, noNull)), Algorithm, KindBare},
		"bytes in reverse order":       {reversed, Format, KindReversed},
	} {
		r := Verify(text, Signature{Bytes: c.sig}, of(key.Public()), of(rsaQWAC().Public()))

		wantMistake(t, what, r.Mistake, c.code, c.kind)
	}
}

func TestTheRightCurveUsedInAnotherWayIsNamed(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	key := ecSeal()
	for what, c := range map[string]struct {
		sig  []byte
		kind string
	}{
		"SHA-1":            {signed(t, key, crypto.SHA1, text), KindHashAlgorithm},
		"SHA-1 with LF":    {signed(t, key, crypto.SHA1, text+"\n"), KindHashAlgorithm},
		"MD5":              {signed(t, key, crypto.MD5, text), KindHashAlgorithm},
		"no hash whatever": {signedDigest(t, key, crypto.Hash(0), []byte(text)), KindBare},
	} {
		r := Verify(text, Signature{Bytes: c.sig}, of(key.Public()), nil)

		wantMistake(t, what, r.Mistake, Algorithm, c.kind)
	}
}

func TestALengthThatIsNotTheKeysIsExplained(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	whole := signed(t, rsaSeal(), crypto.SHA256, text)
	ec := signed(t, ecQWAC(), crypto.SHA256, text)
	zeros := ""
	for n := 0; zeros == ""; n++ {
		e := endings[n%len(endings)].bytes
		if sig := signed(t, rsaSeal(), &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}, text+e); sig[0] == 0 {
			zeros = string(sig[1:])
		}
	}
	for what, c := range map[string]struct {
		sig  []byte
		seal crypto.PublicKey
		kind string
	}{
		"nothing":                       {nil, rsaSeal().Public(), KindTruncated},
		"half of it":                    {whole[:128+1], rsaSeal().Public(), KindTruncated},
		"one byte too much":             {append(slices.Clone(whole), 0), rsaSeal().Public(), KindOverlong},
		"without its first zero":        {[]byte(zeros), rsaSeal().Public(), KindTruncated},
		"of a longer key":               {signed(t, rsaBig(), crypto.SHA256, text), rsaSeal().Public(), KindOtherSize},
		"of a curve":                    {ec, rsaSeal().Public(), KindOtherSize},
		"SHA-256 of the text":           {sum(crypto.SHA256, []byte(text)), rsaSeal().Public(), KindHashAlone},
		"SHA-256 of something":          {sum(crypto.SHA256, []byte("else")), rsaSeal().Public(), KindHashAlone},
		"SHA-256 in place of a curve's": {sum(crypto.SHA256, []byte(text+"\n")), ecSeal().Public(), KindHashAlone},
		"RSA in place of a curve's":     {whole, ecSeal().Public(), KindOtherSize},
		"of a shorter curve":            {ec, ec384().Public(), KindOtherSize},
		"of a longer curve":             {signed(t, ec521(), crypto.SHA256, text), ecSeal().Public(), KindOtherSize},
		"half of a curve's":             {ec[:40], ecSeal().Public(), KindOtherSize},
	} {
		r := Verify(text, Signature{Bytes: c.sig}, of(c.seal), of(rsaQWAC().Public()))

		wantMistake(t, what, r.Mistake, Length, c.kind)
	}
}

func TestKeysOfOtherKindsAndSizesAreRefusedBeforeAnyMathematics(t *testing.T) {
	t.Parallel()
	number := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.Add(n, big.NewInt(1))
	}
	p224 := &ecdsa.PublicKey{Curve: elliptic.P224()}
	for what, c := range map[string]struct {
		seal *x509.Certificate
		kind string
	}{
		"no certificate":  {nil, KindKeyType},
		"Ed25519":         {&x509.Certificate{PublicKeyAlgorithm: x509.Ed25519, PublicKey: ed25519.PublicKey(make([]byte, 32))}, KindKeyType},
		"unknown":         {&x509.Certificate{}, KindKeyType},
		"RSA 1024":        {of(&rsa.PublicKey{N: number(1024), E: 65537}), KindKeySize},
		"RSA 4097":        {of(&rsa.PublicKey{N: number(4097), E: 65537}), KindKeySize},
		"RSA 100,000":     {of(&rsa.PublicKey{N: number(100_000), E: 65537}), KindKeySize},
		"an even modulus": {of(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}), KindKeySize},
		"exponent 1":      {of(&rsa.PublicKey{N: number(2048), E: 1}), KindKeySize},
		"exponent 65536":  {of(&rsa.PublicKey{N: number(2048), E: 65536}), KindKeySize},
		"P-224":           {of(p224), KindKeySize},
	} {
		r := Verify("text", Signature{Bytes: make([]byte, 256)}, c.seal, nil)

		wantMistake(t, what, r.Mistake, Algorithm, c.kind)
	}
}

func TestASignatureInBase64URLIsVerifiedAsRead(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	s, m := Read(base64.RawURLEncoding.EncodeToString(signed(t, rsaSeal(), crypto.SHA512, text)))
	if m != nil {
		t.Fatal(m)
	}

	if r := Verify(text, s, of(rsaSeal().Public()), nil); !r.Good() {
		t.Error(r.Mistake)
	}
}

func TestTheSearchIsBounded(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	many := slices.Repeat([]string{"FAIRWAY-POP;old"}, 1000)

	all := slips(text, many)

	if len(all) > maxSlips {
		t.Errorf("%d texts", len(all))
	}
	if n := len(slips(text, nil)); n > maxSlips-3*maxEarlier {
		t.Errorf("%d texts leave no room for earlier challenges", n)
	}
	for _, s := range all {
		if signedInstead[s.kind] == "" {
			t.Errorf("no words for %s", s.kind)
		}
		if slices.Contains(ended(text), string(s.text)) {
			t.Errorf("%s is the right text", s.kind)
		}
	}
}
