package httpsig

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
)

// scheme is how the owner of a key wrapped what was signed.
type scheme int

const (
	noScheme scheme = iota // nothing sensible: another key, or damaged
	pkcs1                  // PKCS #1 v1.5 with a DigestInfo, as it should be
	bare                   // PKCS #1 v1.5 padding around something else
	pss                    // RSA-PSS
	seemsPSS               // ends as RSA-PSS does, with settings we do not know
)

// block is what the public-key operation uncovers from a signature. A signature
// does not reveal the signed text, but it reveals the text's hash.
type block struct {
	scheme  scheme
	hash    crypto.Hash // 0 when it is not one of ours
	name    string      // of the hash, for sentences
	content []byte      // the hash; for bare whatever was there
	salt    []byte      // of RSA-PSS
}

// uncover does the one expensive step: the public-key operation.
func uncover(key *rsa.PublicKey, sig []byte) block {
	n := new(big.Int).SetBytes(sig)
	if len(sig) != key.Size() || n.Cmp(key.N) >= 0 {
		return block{}
	}
	em := n.Exp(n, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	if content, ok := unpad(em); ok {
		return openDigestInfo(content)
	}

	return openPSS(em, key.N.BitLen())
}

// unpad removes 00 01 FF … FF 00 of PKCS #1 v1.5 (RFC 8017, 9.2).
func unpad(em []byte) ([]byte, bool) {
	if len(em) < 11 || em[0] != 0 || em[1] != 1 {
		return nil, false
	}
	end := 2
	for end < len(em) && em[end] == 0xff {
		end++
	}
	if end < 10 || end == len(em) || em[end] != 0 {
		return nil, false
	}

	return em[end+1:], true
}

// hashNames knows the hashes that libraries choose when nobody tells them.
var hashNames = map[string]string{
	"1.2.840.113549.2.5":      "MD5",
	"1.3.14.3.2.26":           "SHA-1",
	"2.16.840.1.101.3.4.2.4":  "SHA-224",
	"2.16.840.1.101.3.4.2.1":  nameSHA256,
	"2.16.840.1.101.3.4.2.2":  "SHA-384",
	"2.16.840.1.101.3.4.2.3":  nameSHA512,
	"2.16.840.1.101.3.4.2.8":  "SHA3-256",
	"2.16.840.1.101.3.4.2.10": "SHA3-512",
}

// openDigestInfo reads algorithm and hash; what is neither stays bare.
func openDigestInfo(content []byte) block {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	rest, err := asn1.Unmarshal(content, &info)
	name := hashNames[info.Algorithm.Algorithm.String()]
	if err != nil || len(rest) > 0 || name == "" {
		return block{scheme: bare, content: content}
	}
	b := block{scheme: pkcs1, name: name, content: info.Digest}
	switch {
	case name == nameSHA256 && len(info.Digest) == sha256.Size:
		b.hash = crypto.SHA256
	case name == nameSHA512 && len(info.Digest) == sha512.Size:
		b.hash = crypto.SHA512
	}

	return b
}

// openPSS undoes RSA-PSS with MGF1 of the same hash and any salt (RFC 8017, 9.1.2).
func openPSS(em []byte, bits int) block {
	em = em[len(em)-(bits+6)/8:]
	if em[len(em)-1] != 0xbc {
		return block{}
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		size := hash.Size()
		if len(em) < 2*size+2 {
			continue
		}
		db, h := slices.Clone(em[:len(em)-size-1]), em[len(em)-size-1:len(em)-1]
		mgf1(db, h, hash)
		db[0] &= 0xff >> (8*len(em) - (bits - 1))
		start := 0
		for start < len(db) && db[start] == 0 {
			start++
		}
		if start < len(db) && db[start] == 1 {
			return block{scheme: pss, hash: hash, name: digestName(hash), content: h, salt: db[start+1:]}
		}
	}

	return block{scheme: seemsPSS}
}

// mgf1 removes or adds the mask that grows out of a seed.
func mgf1(data, seed []byte, hash crypto.Hash) {
	block := append(slices.Clone(seed), 0, 0, 0, 0)
	for at := 0; at < len(data); {
		mask := sum(hash, block)
		for _, c := range mask.bytes() {
			if at < len(data) {
				data[at] ^= c
				at++
			}
		}
		block[len(block)-1]++ // fewer than 256 rounds: keys are bounded
	}
}

// of says whether the signature was made over a text.
func (b *block) of(text []byte) bool {
	switch b.scheme {
	case pkcs1:
		s := sum(b.hash, text)

		return b.hash != 0 && bytes.Equal(s.bytes(), b.content)
	case pss:
		inner := sum(b.hash, text)
		s := sum(b.hash, slices.Concat(make([]byte, 8), inner.bytes(), b.salt))

		return bytes.Equal(s.bytes(), b.content)
	case bare:
		return b.holds(text)
	}

	return false
}

// holds compares what stands in the padding without a DigestInfo: the hash, its
// hexadecimal text, or the text itself.
func (b *block) holds(text []byte) bool {
	if bytes.Equal(b.content, text) {
		return true
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		s := sum(hash, text)
		if len(b.content) == s.size && bytes.Equal(b.content, s.bytes()) ||
			len(b.content) == 2*s.size && hex.EncodeToString(s.bytes()) == string(bytes.ToLower(b.content)) {
			return true
		}
	}

	return false
}
