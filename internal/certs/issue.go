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

// sign issues the certificate of one key: for the TLS handshake, or for sealing requests.
func (c *Certs) sign(issuer authority, i issue, key setKey, now time.Time) (*x509.Certificate, error) {
	qwac, seal := c.profiles(i.org, i.identity, i.keys.roles, now)
	if key.kind == rowQWAC {
		return signLeaf(issuer, qwac, key.public)
	}
	return signLeaf(issuer, seal, key.public)
}

// profiles are what the two certificates of a set say.
func (c *Certs) profiles(org Organisation, who identityRow, roles []qcert.Role, now time.Time) (qwac, seal qcert.Profile) {
	qwac = qcert.Profile{
		Kind:                   qcert.QWAC,
		Country:                org.Country,
		Organization:           qcert.SandboxName(org.Name),
		OrganizationIdentifier: who.OrganizationIdentifier,
		CommonName:             who.DNSName,
		DNSNames:               []string{who.DNSName},
		Roles:                  roles,
		NCAName:                qcert.SandboxAuthorityName,
		NCAID:                  qcert.SandboxAuthority,
		PDSURL:                 c.cfg.AuthURL + pdsPath,
		CRLURL:                 c.cfg.BaseURL + crlPath,
		IssuerURL:              c.cfg.BaseURL + issuerPath,
		NotBefore:              now.Add(-backdated),
		NotAfter:               now.AddDate(0, 0, lifeDays),
	}
	seal = qwac
	seal.Kind, seal.CommonName, seal.DNSNames = qcert.QSealC, sealName(org.Name), nil
	return qwac, seal
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
