package certs

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

var (
	errNoSet = fault.New(fault.NotFound, "no_certificates",
		"Your organisation has no certificates in this environment yet. Choose Generate under Certificates.")
	errNoKeys = fault.New(fault.Conflict, "certificates_replaced",
		"This set has been replaced since, and its keys were erased. The active set is under Certificates.")
)

// missing gives a row that is not there its fault, and leaves every other error as it is.
func missing(err error, f *fault.Error) error {
	if errors.Is(err, db.ErrNotFound) {
		return f.With(err)
	}
	return err
}

// qcertKind reads the kind of a row.
func qcertKind(kind string) qcert.Kind {
	if kind == rowQWAC {
		return qcert.QWAC
	}
	return qcert.QSealC
}

// The kinds as rows write them.
const (
	rowQWAC  = "qwac"
	rowQSeal = "qseal"
)

// set puts a set together from its rows.
func newSet(all *authorities, row setRow, certs []certificateRow) (Set, error) {
	s := Set{
		ID: row.ID, OrganisationID: row.OrganisationID, Environment: catalog.Environment(row.Environment),
		KeyBits: row.KeyBits, Origin: Origin(row.Origin), Status: SetStatus(row.Status), CreatedBy: row.CreatedBy, CreatedAt: row.CreatedAt.UTC(),
		ReplacedAt: inUTC(row.ReplacedAt),
	}
	for name := range strings.SplitSeq(row.Roles, ",") {
		if role, ok := qcert.ParseRole(name); ok {
			s.Roles = append(s.Roles, role)
		}
	}
	for _, one := range certs {
		cert, err := newCertificate(all, one)
		if err != nil {
			return Set{}, err
		}
		switch {
		case one.Playground:
			s.Playground = &cert
		case cert.Kind == qcert.QWAC:
			s.QWAC = cert
		default:
			s.QSeal = cert
		}
	}
	if s.QWAC.X509 == nil || s.QSeal.X509 == nil || s.Playground == nil && !s.Origin.keepsKeys() {
		return Set{}, fmt.Errorf("read certificate set %s: a certificate is missing", row.ID)
	}
	return s, nil
}

// certificate reads a row and checks that our authority signed what stands in it.
func newCertificate(all *authorities, row certificateRow) (Certificate, error) {
	parsed, err := x509.ParseCertificate(row.DER)
	if err != nil {
		return Certificate{}, fmt.Errorf("read certificate %s: %w", row.ID, err)
	}
	info, err := qcert.Parse(parsed)
	if err != nil {
		return Certificate{}, fmt.Errorf("read certificate %s: %w", row.ID, err)
	}
	cert := Certificate{
		ID: row.ID, SetID: row.SetID, OrganisationID: row.OrganisationID, Environment: catalog.Environment(row.Environment),
		Kind: qcertKind(row.Kind), Thumbprint: row.Thumbprint, Serial: row.Serial, DER: row.DER, X509: parsed, Info: info,
		Header: base64.StdEncoding.EncodeToString(row.DER), RevokedAt: inUTC(row.RevokedAt), RevocationReason: row.Reason,
		IssuedByUs: parsed.CheckSignatureFrom(all.tpp.cert) == nil,
	}
	of := name(cert.Kind) + " of " + info.OrganizationIdentifier
	if row.Playground {
		of = "playground's " + of
	}
	cert.passed = fmt.Sprintf("The %s is registered and valid until %s.", of, instant(parsed.NotAfter))
	return cert, nil
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// name is what people call a kind of certificate.
func name(kind qcert.Kind) string {
	switch kind {
	case qcert.QWAC:
		return "QWAC"
	case qcert.QSealC:
		return "QC eSeal"
	}
	return "certificate"
}

// instant writes a time for people.
func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// ActiveAt is the set of a history that was active at an instant.
func ActiveAt(history []Set, at time.Time) (Set, bool) {
	for _, s := range history {
		if !at.Before(s.CreatedAt) && (s.ReplacedAt == nil || at.Before(*s.ReplacedAt)) {
			return s, true
		}
	}
	return Set{}, false
}
