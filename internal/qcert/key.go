package qcert

import (
	"crypto"
	//lint:ignore SA1019 named only to say that it is not accepted
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"slices"
)

// The sizes of RSA keys that are accepted, in bits. The upper bound keeps a verification cheap.
const (
	MinRSABits = 2048
	MaxRSABits = 4096
)

// minExponent is TS 119 312's: larger than 2^16.
const minExponent = 65537

// fermatRounds is how many steps of Fermat's factorisation are tried: enough for primes that were drawn next to each other.
const fermatRounds = 50

// describeKey names algorithm and size; "unknown" for what crypto/x509 does not read.
func describeKey(pub crypto.PublicKey) (algorithm string, bits int) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "EC " + k.Curve.Params().Name, k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 256
	case *dsa.PublicKey:
		return "DSA", k.P.BitLen()
	}
	return "unknown", 0
}

// CheckKey judges a public key of an upload or a certificate request: its kind, its size and the cheap tests for keys that
// anybody can break. It costs a few milliseconds at most and is bounded for any key.
func CheckKey(pub crypto.PublicKey) []Finding {
	var found findings
	algorithm, bits := describeKey(pub)
	switch k := pub.(type) {
	case *rsa.PublicKey:
		checkRSA(k, bits, &found)
	case *ecdsa.PublicKey:
		if !slices.Contains([]string{"P-256", "P-384", "P-521"}, k.Curve.Params().Name) {
			found.fail(CertWeakKey, "publicKey", "The key is %s; of elliptic curves only P-256, P-384 and P-521 are accepted.", algorithm)
		}
	default:
		found.fail(CertWeakKey, "publicKey", "The key is of the kind %s; RSA keys of %d to %d bits are accepted, and elliptic curves P-256, P-384 and P-521.", algorithm, MinRSABits, MaxRSABits)
	}
	return found
}

func checkRSA(k *rsa.PublicKey, bits int, found *findings) {
	if bits < MinRSABits || bits > MaxRSABits {
		found.fail(CertWeakKey, "publicKey", "The key is RSA with %d bits; %d to %d are accepted.", bits, MinRSABits, MaxRSABits)
		return
	}
	if k.E < minExponent || k.E%2 == 0 {
		found.fail(CertWeakKey, "publicKey", "The RSA key’s public exponent is %d; it must be odd and at least %d.", k.E, minExponent)
	}
	switch {
	case hasSmallFactor(k.N):
		found.fail(CertWeakKey, "publicKey", "The RSA key’s modulus has a small factor: the key is broken. Make a new one.")
	case closePrimes(k.N):
		found.fail(CertWeakKey, "publicKey", "The RSA key’s two primes lie next to each other: the private key can be computed. Make a new one.")
	case fromBrokenLibrary(k.N):
		found.fail(CertWeakKey, "publicKey", "The RSA key has the fingerprint of the flawed generator known as ROCA (CVE-2017-15361). Make a new one elsewhere.")
	}
}

// hasSmallFactor tells whether a prime below 2^12 divides the modulus; that includes even ones.
func hasSmallFactor(n *big.Int) bool {
	var rest big.Int
	for _, p := range smallPrimes(1 << 12) {
		if rest.Mod(n, big.NewInt(p)).Sign() == 0 {
			return true
		}
	}
	return false
}

// closePrimes runs Fermat's method: n = a²−b² is found at once when both primes are near the square root.
func closePrimes(n *big.Int) bool {
	a := new(big.Int).Sqrt(n)
	var square, rest, root big.Int
	if square.Mul(a, a).Cmp(n) == 0 {
		return true
	}
	one := big.NewInt(1)
	for range fermatRounds {
		a.Add(a, one)
		rest.Sub(square.Mul(a, a), n)
		root.Sqrt(&rest)
		if square.Mul(&root, &root).Cmp(&rest) == 0 {
			return true
		}
	}
	return false
}

// fromBrokenLibrary tests for ROCA: such primes are powers of 65537 modulo each small prime, and so is their product.
// A sound key passes all of these tests for being flawed with a chance of about one in 2^27.
func fromBrokenLibrary(n *big.Int) bool {
	for _, p := range smallPrimes(168)[1:] {
		rest := new(big.Int).Mod(n, big.NewInt(p)).Int64()
		if !isPower(rest, p) {
			return false
		}
	}
	return true
}

// isPower tells whether r is a power of 65537 modulo the prime p.
func isPower(r, p int64) bool {
	x := int64(1)
	for range p {
		if x == r {
			return true
		}
		x = x * 65537 % p
	}
	return false
}

// smallPrimes lists the primes below limit.
func smallPrimes(limit int) []int64 {
	composite := make([]bool, limit)
	var out []int64
	for n := 2; n < limit; n++ {
		if composite[n] {
			continue
		}
		out = append(out, int64(n))
		for m := n * n; m < limit; m += n {
			composite[m] = true
		}
	}
	return out
}
