package testkit

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"math/big"
	"testing"
)

// WideKey is an RSA key of any size that is made in no time: its modulus has many small primes. It signs as PKCS #1 v1.5
// says, with SHA-256.
type WideKey struct {
	public *rsa.PublicKey
	d      *big.Int
}

// NewWideKey is a key for tests of what is refused for its size. Its modulus has a few bits less than asked for at most.
func NewWideKey(t testing.TB, bits int) WideKey {
	t.Helper()
	const each, exponent = 256, 65537
	n, phi := big.NewInt(1), big.NewInt(1)
	for range bits / each {
		p, err := rand.Prime(rand.Reader, each)
		if err != nil {
			t.Fatal(err)
		}
		n.Mul(n, p)
		phi.Mul(phi, p.Sub(p, big.NewInt(1)))
	}
	d := new(big.Int).ModInverse(big.NewInt(exponent), phi)
	if d == nil { // a prime that is one more than a multiple of the exponent
		return NewWideKey(t, bits)
	}
	return WideKey{&rsa.PublicKey{N: n, E: exponent}, d}
}

// Public is the public key.
func (k WideKey) Public() crypto.PublicKey { return k.public }

// Sign pads and signs a digest of SHA-256 (RFC 8017, 9.2).
func (k WideKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	info := append([]byte("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), digest...)
	em := make([]byte, k.public.Size())
	for i := range em {
		em[i] = 0xff
	}
	em[0], em[1] = 0, 1
	copy(em[len(em)-len(info):], info)
	em[len(em)-len(info)-1] = 0
	return new(big.Int).Exp(new(big.Int).SetBytes(em), k.d, k.public.N).FillBytes(em), nil
}
