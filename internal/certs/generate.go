package certs

import (
	"context"
	"errors"
	"fmt"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

// superseded is the reason of RFC 5280 §5.3.1 for a certificate that another one replaced.
const superseded = 4

// Organisation is for whom a set is made.
type Organisation struct {
	ID, Name string
	// Country is two capital letters of ISO 3166-1.
	Country string
}

// Generate issues a set in the caller's transaction and makes it the active one. The former set ends in the same
// transaction: replaced, its certificates revoked, its keys erased. A form that is sent twice carries the same
// oncePerForm and gets the set of the first time. Faults: TooMany "certificates_limit"; Conflict
// "certificates_replaced" where the form's set has been replaced since; accounts.ErrSuspended.
func (c *Certs) Generate(ctx context.Context, tx db.Tx, org Organisation, actor string, keys Keys, oncePerForm string) (Set, PrivateKeys, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return Set{}, PrivateKeys{}, err
	}
	if err := accounts.Standing(tx, org.ID); err != nil {
		return Set{}, PrivateKeys{}, err
	}
	who, err := ensureIdentity(tx, org) // from here on, nobody else changes this organisation's sets
	if err != nil {
		return Set{}, PrivateKeys{}, err
	}
	if oncePerForm != "" {
		row, err := setByOnce(tx, org.ID, oncePerForm)
		if err == nil {
			return c.again(tx, all, row, keys)
		}
		if !errors.Is(err, db.ErrNotFound) {
			return Set{}, PrivateKeys{}, err
		}
	}
	if !keys.complete() {
		return Set{}, PrivateKeys{}, errors.New("a certificate set needs keys that were prepared for it")
	}
	if err := checkLimit(tx, org.ID); err != nil {
		return Set{}, PrivateKeys{}, err
	}
	if err := keys.checkNew(tx); err != nil {
		return Set{}, PrivateKeys{}, err
	}
	set, err := c.issueSet(tx, all, issue{org: org, identity: who, actor: actor, keys: keys, once: oncePerForm})
	if err != nil {
		return Set{}, PrivateKeys{}, err
	}
	return set, keys.private, nil
}

// again answers a repeated form with the set that it made, unless that was made for other keys of the organisation's own.
func (c *Certs) again(tx db.Tx, all *authorities, row setRow, keys Keys) (Set, PrivateKeys, error) {
	if SetStatus(row.Status) != Active {
		return Set{}, PrivateKeys{}, errNoKeys
	}
	certs, err := keysOf(tx, row.OrganisationID, row.ID)
	if err != nil {
		return Set{}, PrivateKeys{}, err
	}
	o, err := c.openSet(all, row, certs)
	if err == nil && !keys.of(o.set) {
		return Set{}, PrivateKeys{}, errOtherWindow
	}
	return o.set, o.private, err
}

// issue is what one set is made of.
type issue struct {
	org      Organisation
	identity identityRow
	actor    string
	keys     Keys
	once     string
}

func (c *Certs) issueSet(tx db.Tx, all *authorities, i issue) (Set, error) {
	former, err := c.endFormer(tx, i, all.tpp)
	if err != nil {
		return Set{}, err
	}
	row := setRow{
		ID: secret.ID("set"), OrganisationID: i.org.ID, Environment: string(catalog.Sandbox), Status: string(Active),
		Roles: joinRoles(i.keys.roles, ","), KeyBits: i.keys.bits, Origin: string(i.keys.origin), Once: i.once, CreatedBy: i.actor, CreatedAt: tx.Now,
	}
	if err := insertSet(tx, row); err != nil {
		return Set{}, err
	}
	certs, err := c.issueCertificates(tx, all.tpp, i, row)
	if err != nil {
		return Set{}, err
	}
	set, err := newSet(all, row, certs)
	if err != nil {
		return Set{}, err
	}
	return set, c.tell(tx, i, set, former)
}

// endFormer replaces the active set, where there is one, and names it.
func (c *Certs) endFormer(tx db.Tx, i issue, issuer authority) (string, error) {
	former, err := activeSet(tx, owner{i.org.ID, catalog.Sandbox})
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	ended, err := certificatesOf(tx, i.org.ID, former.ID)
	if err != nil {
		return "", err
	}
	if err := replaceSet(tx, former, superseded); err != nil {
		return "", err
	}
	if _, err := nextCRLNumber(tx, issuer.id); err != nil {
		return "", err
	}
	detail := map[string]string{}
	for _, cert := range ended {
		detail[cert.label()+"_serial"] = cert.Serial
		if err := tx.Tell(topicCertificates, cert.Thumbprint); err != nil {
			return "", fmt.Errorf("tell of a revoked certificate: %w", err)
		}
	}
	return former.ID, audit.Write(tx, audit.Entry{Actor: i.actor, Organisation: i.org.ID, Act: "certs.replaced", Object: former.ID, Detail: detail})
}

func (c *Certs) issueCertificates(tx db.Tx, issuer authority, i issue, set setRow) ([]certificateRow, error) {
	var rows []certificateRow
	for _, key := range i.keys.all() {
		cert, err := c.sign(issuer, i, key, tx.Now)
		if err != nil {
			return nil, err
		}
		row := newCertificateRow(set, key.kind, cert)
		row.Playground, row.KeyHash = key.playground, qcert.KeyHash(cert)
		if key.private != nil {
			if row.SealedKey, err = c.sealKey(row, key.private); err != nil {
				return nil, err
			}
		}
		if err := insertCertificate(tx, row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// tell puts the deed on record and has every process drop what it remembers.
func (c *Certs) tell(tx db.Tx, i issue, set Set, former string) error {
	detail := map[string]string{
		"roles": joinRoles(set.Roles, ","), "key_bits": fmt.Sprint(set.KeyBits), "organisation_identifier": i.identity.OrganizationIdentifier,
		"qwac_serial": set.QWAC.Serial, "qseal_serial": set.QSeal.Serial, "keys_made_by": string(set.Origin),
	}
	if err := audit.Write(tx, audit.Entry{Actor: i.actor, Organisation: i.org.ID, Act: "certs.generated", Object: set.ID, Detail: detail}); err != nil {
		return err
	}
	for _, cert := range set.Certificates() {
		if err := tx.Tell(topicCertificates, cert.Thumbprint); err != nil {
			return fmt.Errorf("tell of a new certificate: %w", err)
		}
	}
	if err := tx.Tell(topicSeals, i.org.ID); err != nil {
		return fmt.Errorf("tell of a new set: %w", err)
	}
	return c.queue.Tell(tx, Generated{SetID: set.ID, Replaced: former})
}
