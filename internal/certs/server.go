package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
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

// Hosts are the names under which our servers are reached now.
type Hosts func(context.Context) ([]string, error)

// ServerCertificates is ServerCertificate for tls.Config.GetCertificate: issued at the first handshake and again, in memory,
// when there are other hosts and a month before its end. It asks for the hosts at each handshake, so they come from memory.
func (c *Certs) ServerCertificates(hosts Hosts) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s := &served{certs: c, hosts: hosts}
	return s.current
}

// served is the server certificate that is in use, with the hosts that it names.
type served struct {
	certs *Certs
	hosts Hosts

	mu    sync.Mutex
	held  *tls.Certificate
	names []string
}

func (s *served) current(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	names, err := s.hosts(hello.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.held != nil && slices.Equal(names, s.names) && s.certs.db.Now().Before(s.held.Leaf.NotAfter.Add(-serverRenew)) {
		return s.held, nil
	}
	var fresh tls.Certificate
	if err == nil {
		fresh, err = s.certs.ServerCertificate(names)
	}
	switch {
	case err == nil:
		s.held, s.names = &fresh, names
	case s.held == nil:
		return nil, err
	default:
		s.certs.log.Warn("renewing the server certificate failed; the former one is still served", "error", err.Error())
	}
	return s.held, nil
}
