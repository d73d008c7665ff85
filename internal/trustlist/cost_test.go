package trustlist_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"io"
	"math/big"
	"testing"

	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
)

// wideKey is an RSA key of any size that is made in no time: its modulus has many small primes.
type wideKey struct {
	public *rsa.PublicKey
	d      *big.Int
}

// newWideKey has a modulus of a few bits less at most.
func newWideKey(t *testing.T, bits int) wideKey {
	t.Helper()
	const each, exponent = 256, 65537
	n, phi := big.NewInt(1), big.NewInt(1)
	for range bits / each {
		p, err := rand.Prime(rand.Reader, each)
		must(t, err)
		n.Mul(n, p)
		phi.Mul(phi, p.Sub(p, big.NewInt(1)))
	}
	d := new(big.Int).ModInverse(big.NewInt(exponent), phi)
	if d == nil { // a prime that is one more than a multiple of the exponent
		return newWideKey(t, bits)
	}
	return wideKey{&rsa.PublicKey{N: n, E: exponent}, d}
}

func (k wideKey) Public() crypto.PublicKey { return k.public }

// Sign pads as PKCS #1 v1.5 says for SHA-256 (RFC 8017, 9.2).
func (k wideKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
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

// One key of 160,000 bits fits into an upload, and one signature by it was verified for more than ten seconds.
func TestAKeyTooLargeToVerifyWithIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))
	for bits, want := range map[int]trustlist.Verdict{qcert.MaxRSABits: trustlist.Granted, qcert.MaxRSABits + 512: trustlist.Unknown} {
		key := newWideKey(t, bits)
		between := newParty(t, "Between", w.qtsp, authority)
		template := *between.cert
		der, err := x509.CreateCertificate(rand.Reader, &template, w.qtsp.cert, key.Public(), w.qtsp.key)
		must(t, err)
		between.cert, err = x509.ParseCertificate(der)
		must(t, err)
		between.key = key
		leaf := newParty(t, "tpp.example", between)

		j := w.judge(leaf.cert, qcert.QWAC, between.cert)

		if j.Verdict != want || want == trustlist.Unknown && len(j.Path) != 1 {
			t.Errorf("%d bits: %s over %d", key.public.N.BitLen(), j.Text, len(j.Path))
		}
	}
}
