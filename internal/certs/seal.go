package certs

import (
	"context"
	"crypto/x509"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

// RegisteredSeal is the seal of the organisation's active set: the only certificate that its requests may be signed
// with. It comes from memory, like ByThumbprint. Without a set it is the fault NotFound "no_certificates".
func (c *Certs) RegisteredSeal(ctx context.Context, organisationID string, env catalog.Environment) (Certificate, error) {
	return c.seals.Find(ctx, owner{organisationID, env})
}

func (c *Certs) loadSeal(ctx context.Context, o owner) (Certificate, error) {
	set, err := c.Active(ctx, o.organisation, o.environment)
	if err != nil {
		return Certificate{}, err
	}
	set.QSeal.Verifier = httpsig.NewVerifier(set.QSeal.X509)
	return set.QSeal, nil
}

// IdentifySeal judges the header TPP-Signature-Certificate: it must be the registered seal of the organisation that the
// connection and the token belong to, in time and not revoked. Where it passes, the certificate is that seal.
func (c *Certs) IdentifySeal(ctx context.Context, organisationID string, env catalog.Environment, header string, now time.Time) (Certificate, Verdict) {
	if header == "" {
		return Certificate{}, refuse(pathSeal, codeMissing,
			"The header TPP-Signature-Certificate is missing. Send the base64 of qseal.pem on one line, without the BEGIN and END lines.")
	}
	seal, err := c.RegisteredSeal(ctx, organisationID, env)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Certificate{}, failed(err, pathSeal)
	}
	if header == seal.Header {
		return seal, c.judge(seal, now, pathSeal)
	}
	der, err := httpsig.CertificateFromHeader(header)
	if err != nil {
		return Certificate{}, refuse(pathSeal, codeInvalid, "%s", err.Error())
	}
	presented, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{}, refuse(pathSeal, codeInvalid, "The header TPP-Signature-Certificate holds no certificate. Send the base64 of qseal.pem on one line.")
	}
	thumbprint := qcert.Thumbprint(presented)
	if seal.Thumbprint != "" && thumbprint == seal.Thumbprint {
		return seal, c.judge(seal, now, pathSeal)
	}
	return Certificate{}, c.otherSeal(ctx, organisationID, seal, presented, now)
}

// otherSeal says what was sent instead of the registered seal. Of other organisations it says nothing.
func (c *Certs) otherSeal(ctx context.Context, organisationID string, seal Certificate, presented *x509.Certificate, now time.Time) Verdict {
	cert, err := c.ByThumbprint(ctx, qcert.Thumbprint(presented))
	if fault.Is(err, fault.NotFound) {
		return c.stranger(ctx, presented, now, pathSeal)
	}
	if err != nil {
		return failed(err, pathSeal)
	}
	registered := seal.Serial
	if registered == "" {
		registered = "none"
	}
	switch {
	case cert.OrganisationID != organisationID:
		return refuse(pathSeal, codeInvalid, "The seal with serial %s is not your organisation's; the registered one has the serial %s. Send the qseal.pem of your set.", cert.Serial, registered)
	case cert.Kind != qcert.QSealC:
		return refuse(pathSeal, codeInvalid, "The header holds your QWAC (serial %s); requests are sealed with the QC eSeal (serial %s). Send qseal.pem and sign with qseal.key.", cert.Serial, registered)
	}
	if v := c.judge(cert, now, pathSeal); !v.Passed() {
		return v
	}
	return refuse(pathSeal, codeInvalid, "The seal with serial %s is not the registered one, which has the serial %s. Send the qseal.pem of the active set under Certificates.", cert.Serial, registered)
}
