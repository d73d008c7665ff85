package certs

import (
	"context"
	"fmt"
	"strconv"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
)

// Reason is why a certificate is revoked before its end, by its code in RFC 5280 §5.3.1.
type Reason int

// The reasons that staff may give.
const (
	Unspecified        Reason = 0
	KeyCompromise      Reason = 1
	PrivilegeWithdrawn Reason = 9
)

var (
	// ErrUnknownCertificate is a certificate that this organisation does not have.
	ErrUnknownCertificate = fault.New(fault.NotFound, "certificate_missing", "This organisation has no such certificate. Its page lists those that it has.")
	// ErrRevokedAlready is a certificate that cannot be revoked a second time.
	ErrRevokedAlready = fault.New(fault.Conflict, "certificate_revoked_already", "This certificate is revoked already. Nothing was changed now.")
	// ErrNoReason is a code that staff may not give.
	ErrNoReason = fault.Form(fault.Field{Name: "cause", Message: "Choose why the certificate is revoked."})
)

// Revocation is the end of one certificate before its time.
type Revocation struct {
	OrganisationID string
	CertificateID  string
	// By is the person who revokes it.
	By     string
	Reason Reason
	// Why is for the audit trail, in words.
	Why string
}

// Revoke ends a certificate in the caller's transaction: after the commit the door refuses it with CERTIFICATE_REVOKED, in
// other processes within a second, and the next revocation list carries it. Its set stays what it is until it is replaced.
// Faults: ErrUnknownCertificate, ErrRevokedAlready, ErrNoReason.
func (c *Certs) Revoke(ctx context.Context, tx db.Tx, r Revocation) error {
	if r.Reason != Unspecified && r.Reason != KeyCompromise && r.Reason != PrivilegeWithdrawn {
		return ErrNoReason
	}
	all, err := c.authorities(ctx)
	if err != nil {
		return err
	}
	row, err := certificateByID(tx, r.OrganisationID, r.CertificateID)
	if err != nil {
		return missing(err, ErrUnknownCertificate)
	}
	done, err := revokeCertificate(tx, row, r.Reason)
	if err != nil {
		return err
	}
	if !done {
		return ErrRevokedAlready
	}
	if _, err := nextCRLNumber(tx, all.tpp.id); err != nil {
		return err
	}
	detail := map[string]string{"kind": row.Kind, "serial": row.Serial, "environment": row.Environment, "code": strconv.Itoa(int(r.Reason)), "reason": r.Why}
	if err := audit.Write(tx, audit.Entry{Actor: r.By, Organisation: row.OrganisationID, Act: "certs.revoked", Object: row.ID, Detail: detail}); err != nil {
		return err
	}
	if err := tx.Tell(topicCertificates, row.Thumbprint); err != nil {
		return fmt.Errorf("tell of a revoked certificate: %w", err)
	}
	if err := revokePlayground(tx, row, r.Reason); err != nil {
		return err
	}
	return tx.Tell(topicSeals, row.OrganisationID)
}

// revokePlayground ends the playground's QWAC with the one that it stands in for.
func revokePlayground(tx db.Tx, row certificateRow, reason Reason) error {
	if row.Kind != rowQWAC || row.Playground {
		return nil
	}
	set, err := certificatesOf(tx, row.OrganisationID, row.SetID)
	if err != nil {
		return err
	}
	for _, other := range set {
		if !other.Playground {
			continue
		}
		if _, err := revokeCertificate(tx, other, reason); err != nil {
			return err
		}
		if err := tx.Tell(topicCertificates, other.Thumbprint); err != nil {
			return fmt.Errorf("tell of a revoked certificate: %w", err)
		}
	}
	return nil
}
