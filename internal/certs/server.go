package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"fairway/internal/qcert"
)

const (
	serverDays  = 90
	serverRenew = 30 * 24 * time.Hour // before the end
)

// ServerCertificate issues a certificate for our own servers: P-256, the given DNS names and IP addresses, 90 days, with
// the issuing authority behind it. It is made anew at each start and stored nowhere. EnsureAuthorities comes first.
func (c *Certs) ServerCertificate(hosts []string) (tls.Certificate, error) {
	all := c.cas.Load()
	if all == nil {
		return tls.Certificate{}, errNoAuthorities
	}
	if len(hosts) == 0 {
		return tls.Certificate{}, errors.New("a server certificate needs at least one host")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a server key: %w", err)
	}
	serial, err := qcert.NewSerial()
	if err != nil {
		return tls.Certificate{}, err
	}
	now := c.db.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		PublicKey:             &key.PublicKey,
		Subject:               pkix.Name{Organization: []string{authorityOrganisation}},
		NotBefore:             now.Add(-backdated),
		NotAfter:              now.AddDate(0, 0, serverDays),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	leaf, err := sign(template, all.server.cert, all.server.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a server certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, all.server.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// ServerCertificates is ServerCertificate for tls.Config.GetCertificate: issued at the first handshake and again, in
// memory, a month before its end. It reads nothing from the database.
func (c *Certs) ServerCertificates(hosts []string) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	var mu sync.Mutex
	var held *tls.Certificate
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		mu.Lock()
		defer mu.Unlock()
		if held != nil && c.db.Now().Before(held.Leaf.NotAfter.Add(-serverRenew)) {
			return held, nil
		}
		fresh, err := c.ServerCertificate(hosts)
		switch {
		case err == nil:
			held = &fresh
		case held == nil:
			return nil, err
		default:
			c.log.Warn("renewing the server certificate failed; the former one is still served", "error", err.Error())
		}
		return held, nil
	}
}
