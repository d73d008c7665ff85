package qcert

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Use is what an issuing CA issues.
type Use int

// The uses: one CA signs what TPPs carry, another what our own servers show, so that neither can stand in for the other.
const (
	ForTPPs Use = iota
	ForServers
)

// Authority is what the certificate of a sandbox CA is to say.
type Authority struct {
	Country             string
	Organization        string // must hold SandboxWord
	CommonName          string
	CRLURL, IssuerURL   string // of the CA above; none for a root
	PolicyOID           string // default SandboxPolicy
	PolicyNotice        string // default SandboxNotice
	NotBefore, NotAfter time.Time
	Serial              *big.Int

	qualified bool // without the marks of the sandbox: see QualifiedAuthority
}

// RootTemplate builds the certificate of the sandbox's root, to be signed with its own key.
func RootTemplate(a Authority, pub crypto.PublicKey) (*x509.Certificate, error) {
	t, err := a.template(pub)
	if err != nil {
		return nil, fmt.Errorf("build root certificate: %w", err)
	}
	t.CRLDistributionPoints, t.IssuingCertificateURL = nil, nil
	return t, nil
}

// IssuingTemplate builds the certificate of an issuing CA, which can have no CA below it. The one for TPPs may sign DNS
// names below .invalid only and no IP address (critical name constraints, RFC 5280 §4.2.1.10); the one for our servers may
// sign TLS servers only.
func IssuingTemplate(a Authority, use Use, pub crypto.PublicKey) (*x509.Certificate, error) {
	t, err := a.template(pub)
	if err != nil {
		return nil, fmt.Errorf("build issuing certificate: %w", err)
	}
	t.MaxPathLenZero = true
	if use == ForServers {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		return t, nil
	}
	policies, err := policyExtension(orDefault(a.PolicyOID, SandboxPolicy), orDefault(a.PolicyNotice, SandboxNotice))
	if err != nil {
		return nil, err
	}
	t.ExtraExtensions = []pkix.Extension{policies}
	t.PermittedDNSDomainsCritical = true
	// RFC 5280 writes DNS constraints without a leading dot.
	t.PermittedDNSDomains = []string{SandboxDomain}
	t.ExcludedIPRanges = []*net.IPNet{
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
		{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
	}
	return t, nil
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Server is what the certificate of one of our own servers is to say.
type Server struct {
	Names               []string // DNS names; the first is the common name where it is short enough
	Addresses           []net.IP
	CRLURL, IssuerURL   string
	NotBefore, NotAfter time.Time
	Serial              *big.Int
}

// ServerTemplate builds the certificate of a TLS server of ours, to be signed by the issuing CA for servers.
func ServerTemplate(s Server, pub crypto.PublicKey) (*x509.Certificate, error) {
	if len(s.Names)+len(s.Addresses) == 0 {
		return nil, errors.New("build server certificate: a server needs a name or an address")
	}
	for _, f := range CheckKey(pub) {
		return nil, fmt.Errorf("build server certificate: %s", f.Text)
	}
	if err := errors.Join(checkTerm(s.Serial, s.NotBefore, s.NotAfter), checkPointer(s.CRLURL), checkPointer(s.IssuerURL)); err != nil {
		return nil, fmt.Errorf("build server certificate: %w", err)
	}
	keyID, err := keyIdentifier(pub)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          s.Serial,
		PublicKey:             pub,
		DNSNames:              s.Names,
		IPAddresses:           s.Addresses,
		NotBefore:             s.NotBefore.UTC().Truncate(time.Second),
		NotAfter:              s.NotAfter.UTC().Truncate(time.Second),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		SubjectKeyId:          keyID,
		CRLDistributionPoints: notEmpty(s.CRLURL),
		IssuingCertificateURL: notEmpty(s.IssuerURL),
	}
	if len(s.Names) > 0 && len(s.Names[0]) <= maxName {
		t.Subject = orderedName(oidCommonName, s.Names[0])
	}
	return t, nil
}

func (a Authority) template(pub crypto.PublicKey) (*x509.Certificate, error) {
	if err := checkTerm(a.Serial, a.NotBefore, a.NotAfter); err != nil {
		return nil, err
	}
	for _, f := range CheckKey(pub) {
		return nil, errors.New(f.Text)
	}
	for _, u := range []string{a.CRLURL, a.IssuerURL} {
		if err := checkPointer(u); err != nil {
			return nil, err
		}
	}
	if !isCountry(a.Country) && a.Country != sandboxCountry {
		return nil, errors.New("the country must be one of ISO 3166-1")
	}
	if !a.qualified && !strings.Contains(a.Organization, SandboxWord) {
		return nil, fmt.Errorf("the CA's organisation must hold %s", SandboxWord)
	}
	for _, text := range []string{a.Organization, a.CommonName} {
		if n := utf8.RuneCountInString(text); n < 1 || n > maxName || suspicious(text) {
			return nil, fmt.Errorf("the parts of the CA's name must have 1 to %d visible characters", maxName)
		}
	}
	keyID, err := keyIdentifier(pub)
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:          a.Serial,
		PublicKey:             pub,
		Subject:               orderedName(oidCountry, a.Country, oidOrganization, a.Organization, oidCommonName, a.CommonName),
		NotBefore:             a.NotBefore.UTC().Truncate(time.Second),
		NotAfter:              a.NotAfter.UTC().Truncate(time.Second),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		SubjectKeyId:          keyID,
		CRLDistributionPoints: notEmpty(a.CRLURL),
		IssuingCertificateURL: notEmpty(a.IssuerURL),
	}, nil
}

// policyExtension writes certificatePolicies with one policy and, where there is one, a user notice in UTF-8 (RFC 5280
// §4.2.1.4).
func policyExtension(oid, notice string) (pkix.Extension, error) {
	contents, err := policyContents(oid)
	if err != nil {
		return pkix.Extension{}, err
	}
	if n := utf8.RuneCountInString(notice); n > 200 || suspicious(notice) {
		return pkix.Extension{}, errors.New("the policy's notice must have at most 200 visible characters")
	}
	var b cryptobyte.Builder
	nest := func(inner cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
		return func(b *cryptobyte.Builder) { b.AddASN1(asn1.SEQUENCE, inner) }
	}
	qualifier := func(b *cryptobyte.Builder) {
		addOID(b, oidUserNotice)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addText(b, asn1.UTF8String, notice) })
	}
	policy := func(b *cryptobyte.Builder) {
		addOID(b, contents)
		if notice != "" {
			b.AddASN1(asn1.SEQUENCE, nest(qualifier))
		}
	}
	b.AddASN1(asn1.SEQUENCE, nest(policy))
	value, err := b.Bytes()
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("build certificate policies: %w", err)
	}
	return pkix.Extension{Id: asn1OID(oidPolicies), Value: value}, nil
}

func policyContents(oid string) (string, error) {
	parsed, err := x509.ParseOID(oid)
	if err != nil {
		return "", fmt.Errorf("read policy identifier: %w", err)
	}
	contents, err := parsed.MarshalBinary()
	if err != nil {
		return "", fmt.Errorf("encode policy identifier: %w", err)
	}
	return string(contents), nil
}

// hasSandboxPolicy tells whether the certificate carries the sandbox's policy.
func hasSandboxPolicy(cert *x509.Certificate) bool {
	return slices.ContainsFunc(cert.Policies, func(o x509.OID) bool { return o.String() == SandboxPolicy })
}
