package certs

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"fairway/internal/qcert"
	"fairway/internal/secret"
)

// lifeDays stays below the 200 days that a QWAC may last since March 2026 (CA/B ballot SC-081).
const lifeDays = 180

// Where authorities publish, below the portal's address.
const (
	crlPath    = "/pki/tpp.crl"
	issuerPath = "/pki/tpp.cer"
	pdsPath    = "/pds/en"
)

// qwac issues the certificate for the TLS handshake.
func (c *Certs) qwac(issuer authority, i issue, now time.Time) (*x509.Certificate, error) {
	p := c.profile(i, now)
	p.Kind = qcert.QWAC
	p.DNSNames = []string{i.identity.DNSName}
	p.CommonName = i.identity.DNSName
	return signLeaf(issuer, p, &i.keys.private.qwac.PublicKey)
}

// qseal issues the certificate that requests are sealed with.
func (c *Certs) qseal(issuer authority, i issue, now time.Time) (*x509.Certificate, error) {
	p := c.profile(i, now)
	p.Kind = qcert.QSealC
	p.CommonName = sealName(i.org.Name)
	return signLeaf(issuer, p, &i.keys.private.qseal.PublicKey)
}

// profile is what both say.
func (c *Certs) profile(i issue, now time.Time) qcert.Profile {
	return qcert.Profile{
		Country:                i.org.Country,
		Organization:           qcert.SandboxName(i.org.Name),
		OrganizationIdentifier: i.identity.OrganizationIdentifier,
		Roles:                  i.keys.roles,
		NCAName:                qcert.SandboxAuthorityName,
		NCAID:                  qcert.SandboxAuthority,
		PDSURL:                 c.cfg.AuthURL + pdsPath,
		CRLURL:                 c.cfg.BaseURL + crlPath,
		IssuerURL:              c.cfg.BaseURL + issuerPath,
		NotBefore:              now.Add(-backdated),
		NotAfter:               now.AddDate(0, 0, lifeDays),
	}
}

func signLeaf(issuer authority, p qcert.Profile, public crypto.PublicKey) (*x509.Certificate, error) {
	var err error
	if p.Serial, err = qcert.NewSerial(); err != nil {
		return nil, err
	}
	template, err := qcert.Template(p, public)
	if err != nil {
		return nil, fmt.Errorf("lay out a certificate: %w", err)
	}
	cert, err := sign(template, issuer.cert, issuer.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return cert, nil
}

func newCertificateRow(set setRow, kind string, cert *x509.Certificate) certificateRow {
	return certificateRow{
		ID: secret.ID("crt"), SetID: set.ID, OrganisationID: set.OrganisationID, Environment: set.Environment, Kind: kind,
		Thumbprint: qcert.Thumbprint(cert), Serial: strings.ToUpper(hex.EncodeToString(cert.SerialNumber.Bytes())), DER: cert.Raw,
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), CreatedAt: set.CreatedAt,
	}
}
