package possession

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
)

// scheme is how the owner of an RSA key wrapped what was signed.
type scheme int

const (
	pkcs1 scheme = iota // PKCS #1 v1.5 with a DigestInfo
	bare                // PKCS #1 v1.5 padding around something else
	pss                 // RSASSA-PSS
)

// block is one way to read what the public-key operation uncovers from a signature: not the text, but its hash.
type block struct {
	scheme  scheme
	hash    crypto.Hash // 0 where it is none that we know
	mask    crypto.Hash // of RSASSA-PSS: the hash that MGF1 ran with
	content []byte      // the hash of the text; for bare whatever was there
	salt    []byte      // of RSASSA-PSS
	sure    bool        // chance does not make such a block
}

// rsaOpening is a signature seen through an RSA key. No block means that another key made it.
type rsaOpening struct {
	key    *rsa.PublicKey
	sig    []byte
	blocks []block
}

// openRSA does the one public-key operation that tells everything.
func openRSA(key *rsa.PublicKey, sig []byte) *rsaOpening {
	o := &rsaOpening{key: key, sig: sig}
	n := new(big.Int).SetBytes(sig)
	if len(sig) != key.Size() || n.Cmp(key.N) >= 0 {
		return o
	}
	em := n.Exp(n, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	if content, ok := unpad(em); ok {
		o.blocks = []block{readDigestInfo(content)}
		return o
	}
	o.blocks = readPSS(em, key.N.BitLen())
	return o
}

// unpad removes 00 01 FF … FF 00 (RFC 8017, 9.2).
func unpad(em []byte) ([]byte, bool) {
	const head, fewest = 2, 8
	if !bytes.HasPrefix(em, []byte{0, 1}) {
		return nil, false
	}
	rest := bytes.TrimLeft(em[head:], "\xff")
	if len(em)-head-len(rest) < fewest || len(rest) == 0 || rest[0] != 0 {
		return nil, false
	}
	return rest[1:], true
}

// digestAlgorithms are the object identifiers of the hashes that we know.
var digestAlgorithms = map[string]crypto.Hash{
	"1.2.840.113549.2.5": crypto.MD5, "1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.4": crypto.SHA224,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// readDigestInfo reads algorithm and hash; what is neither stays bare.
func readDigestInfo(content []byte) block {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	if rest, err := asn1.Unmarshal(content, &info); err != nil || len(rest) > 0 {
		return block{scheme: bare, content: content, sure: true}
	}
	return block{scheme: pkcs1, hash: digestAlgorithms[info.Algorithm.Algorithm.String()], content: info.Digest, sure: true}
}

// readPSS undoes RSASSA-PSS (RFC 8017, 9.1.2) for each hash that it may have been made with. A short block can fit a
// wrong hash by chance, so all that fit are kept.
func readPSS(em []byte, bits int) []block {
	em = em[len(em)-(bits+6)/8:] // emLen of the RFC: one bit less than the modulus, in whole bytes
	if em[len(em)-1] != 0xbc {
		return nil
	}
	var all []block
	for _, hash := range slices.Concat(accepted, []crypto.Hash{crypto.SHA1}) {
		for _, mask := range slices.Compact([]crypto.Hash{hash, crypto.SHA1}) {
			if b, ok := unmask(em, bits, hash, mask); ok {
				all = append(all, b)
			}
		}
	}
	return all
}

func unmask(em []byte, bits int, hash, mask crypto.Hash) (block, bool) {
	size := hash.Size()
	if len(em) < size+2 {
		return block{}, false
	}
	db, h := bytes.Clone(em[:len(em)-size-1]), em[len(em)-size-1:len(em)-1]
	mgf1(db, h, mask)
	db[0] &= 0xff >> (8*len(em) - (bits - 1))
	salt := bytes.TrimLeft(db, "\x00")
	if len(salt) == 0 || salt[0] != 1 {
		return block{}, false
	}
	const tooManyForChance = 4
	return block{scheme: pss, hash: hash, mask: mask, content: h, salt: salt[1:], sure: len(db)-len(salt) >= tooManyForChance}, true
}

// mgf1 removes the mask that grows out of a seed (RFC 8017, B.2.1).
func mgf1(data, seed []byte, hash crypto.Hash) {
	for counter := byte(0); len(data) > 0; counter++ { // fewer than 256 rounds: keys are bounded
		for n, c := range sum(hash, seed, []byte{0, 0, 0, counter}) {
			if n < len(data) {
				data[n] ^= c
			}
		}
		data = data[min(hash.Size(), len(data)):]
	}
}

// of tells whether the block was made of a text.
func (b *block) of(text []byte) bool {
	if b.hash == 0 || b.scheme == bare {
		return false
	}
	digest := sum(b.hash, text)
	if b.scheme == pss {
		digest = sum(b.hash, make([]byte, 8), digest, b.salt)
	}
	return bytes.Equal(digest, b.content)
}

func (o *rsaOpening) proves(text []byte) (string, int, bool) {
	for _, b := range o.blocks {
		if !isAccepted(b.hash) || !b.of(text) {
			continue
		}
		digest := sum(b.hash, text)
		switch b.scheme {
		case pkcs1:
			if rsa.VerifyPKCS1v15(o.key, b.hash, digest, o.sig) == nil {
				return "RSASSA-PKCS1-v1_5 with " + b.hash.String(), -1, true
			}
		case pss:
			if rsa.VerifyPSS(o.key, b.hash, digest, o.sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil {
				return "RSASSA-PSS with " + b.hash.String(), len(b.salt), true
			}
		}
	}
	return "", -1, false
}

func (o *rsaOpening) over(text []byte) bool {
	return slices.ContainsFunc(o.blocks, func(b block) bool { return b.of(text) })
}

func (o *rsaOpening) notes() []string { return nil }

// sure tells whether the key made the signature.
func (o *rsaOpening) sure() bool {
	return slices.ContainsFunc(o.blocks, func(b block) bool { return b.sure })
}
