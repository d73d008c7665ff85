package possession

import (
	"crypto"
	_ "crypto/md5" // only to recognise what is refused
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"slices"
)

// accepted are the hashes of a good signature.
var accepted = []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}

// refused are hashes that are recognised, because libraries choose them when nobody tells them.
var refused = []crypto.Hash{crypto.SHA1, crypto.MD5, crypto.SHA224}

func isAccepted(h crypto.Hash) bool { return slices.Contains(accepted, h) }

func sum(hash crypto.Hash, parts ...[]byte) []byte {
	h := hash.New()
	for _, p := range parts {
		_, _ = h.Write(p) // a hash takes everything
	}
	return h.Sum(nil)
}
