package demobank

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Identity is how the system is known: an authority of its own, its server's certificate, and the one that it calls with.
type Identity struct {
	Server, Client tls.Certificate
	// Roots is the authority in PEM, Caller the SHA-256 of the client certificate in hex, as they are entered for the brand.
	Roots, Caller string
}

// identityLife is how long the certificates of a demonstration last.
const identityLife = 90 * 24 * time.Hour

// NewIdentity makes an identity for a host, a name or an address.
func NewIdentity(host string, now time.Time) (Identity, error) {
	rootKey, err := newKey()
	if err != nil {
		return Identity{}, err
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Demonstration bank authority"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(identityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	if err != nil {
		return Identity{}, fmt.Errorf("make the demonstration's authority: %w", err)
	}
	id := Identity{Roots: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
	issue := func(serial int64, name string, usage x509.ExtKeyUsage) (tls.Certificate, error) {
		leaf := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(identityLife),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage}}
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = []net.IP{ip}
		} else {
			leaf.DNSNames = []string{host}
		}
		key, err := newKey()
		if err != nil {
			return tls.Certificate{}, err
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), rootKey)
		if err != nil {
			return tls.Certificate{}, fmt.Errorf("make a certificate of the demonstration: %w", err)
		}
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
	}
	if id.Server, err = issue(2, host, x509.ExtKeyUsageServerAuth); err != nil {
		return Identity{}, err
	}
	if id.Client, err = issue(3, "Demonstration bank", x509.ExtKeyUsageClientAuth); err != nil {
		return Identity{}, err
	}
	sum := sha256.Sum256(id.Client.Certificate[0])
	id.Caller = hex.EncodeToString(sum[:])
	return id, nil
}

func newKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}
