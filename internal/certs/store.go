package certs

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type authorityRow struct {
	ID        string    `gorm:"column:id"`
	Kind      string    `gorm:"column:kind"`
	DER       []byte    `gorm:"column:der"`
	SealedKey string    `gorm:"column:sealed_key"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

type identityRow struct {
	OrganisationID         string `gorm:"column:organisation_id"`
	OrganizationIdentifier string `gorm:"column:organization_identifier"`
	DNSName                string `gorm:"column:dns_name"`
}

type setRow struct {
	ID             string     `gorm:"column:id"`
	OrganisationID string     `gorm:"column:organisation_id"`
	Environment    string     `gorm:"column:environment"`
	Status         string     `gorm:"column:status"`
	Roles          string     `gorm:"column:roles"`
	KeyBits        int        `gorm:"column:key_bits"`
	Origin         string     `gorm:"column:origin"`
	Once           string     `gorm:"column:once"`
	CreatedBy      string     `gorm:"column:created_by"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
	ReplacedAt     *time.Time `gorm:"column:replaced_at"`
}

type certificateRow struct {
	ID             string     `gorm:"column:id"`
	SetID          string     `gorm:"column:set_id"`
	OrganisationID string     `gorm:"column:organisation_id"`
	Environment    string     `gorm:"column:environment"`
	Kind           string     `gorm:"column:kind"`
	Thumbprint     string     `gorm:"column:thumbprint"`
	Serial         string     `gorm:"column:serial"`
	DER            []byte     `gorm:"column:der"`
	SealedKey      string     `gorm:"column:sealed_key"`
	Playground     bool       `gorm:"column:playground"`
	KeyHash        string     `gorm:"column:key_hash"`
	NotBefore      time.Time  `gorm:"column:not_before"`
	NotAfter       time.Time  `gorm:"column:not_after"`
	RevokedAt      *time.Time `gorm:"column:revoked_at"`
	Reason         int        `gorm:"column:revocation_reason"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
}

type revokedRow struct {
	Serial    string    `gorm:"column:serial"`
	RevokedAt time.Time `gorm:"column:revoked_at"`
	Reason    int       `gorm:"column:revocation_reason"`
}

const (
	setColumns         = "id, organisation_id, environment, status, roles, key_bits, origin, created_by, created_at, replaced_at"
	certificateColumns = "id, set_id, organisation_id, environment, kind, thumbprint, serial, der, playground, not_before, not_after, revoked_at, revocation_reason, created_at"
)

func readAuthorities(tx db.Tx) ([]authorityRow, error) {
	var rows []authorityRow
	err := tx.SQL().Table("authorities").Select("id, kind, der, sealed_key, created_at").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the authorities: %w", err)
	}
	return rows, nil
}

func insertAuthority(tx db.Tx, row authorityRow) error {
	err := tx.SQL().Exec("INSERT INTO authorities (id, kind, der, sealed_key, crl_number, created_at) VALUES (?, ?, ?, ?, 0, ?)",
		row.ID, row.Kind, row.DER, row.SealedKey, row.CreatedAt).Error
	if err != nil {
		return fmt.Errorf("insert the %s authority: %w", row.Kind, err)
	}
	return nil
}

// nextCRLNumber counts up, so that no two lists of an authority carry the same number (RFC 5280 §5.2.3).
func nextCRLNumber(tx db.Tx, id string) (int64, error) {
	var number int64
	err := tx.SQL().Raw("UPDATE authorities SET crl_number = crl_number + 1 WHERE id = ? RETURNING crl_number", id).Scan(&number).Error
	if err != nil {
		return 0, fmt.Errorf("count the revocation list: %w", err)
	}
	if number == 0 {
		return 0, fmt.Errorf("count the revocation list: %w", db.ErrNotFound)
	}
	return number, nil
}

// revokedCertificates are those of the issuing authority that would still be valid otherwise.
func revokedCertificates(tx db.Tx) ([]revokedRow, error) {
	var rows []revokedRow
	err := tx.SQL().Table("certificates").Select("serial, revoked_at, revocation_reason").
		Where("revoked_at IS NOT NULL").Where("not_after > ?", tx.Now).Order("revoked_at, serial").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read revoked certificates: %w", err)
	}
	return rows, nil
}

// insertIdentity keeps what is there already.
func insertIdentity(tx db.Tx, row identityRow) error {
	err := tx.SQL().Exec("INSERT INTO sandbox_identities (organisation_id, organization_identifier, dns_name) VALUES (?, ?, ?) ON CONFLICT (organisation_id) DO NOTHING",
		row.OrganisationID, row.OrganizationIdentifier, row.DNSName).Error
	if err != nil {
		return fmt.Errorf("insert the sandbox identity: %w", err)
	}
	return nil
}

// lockIdentity reads the organisation's identity and holds others off until the transaction ends.
func lockIdentity(tx db.Tx, organisationID string) (identityRow, error) {
	var row identityRow
	err := tx.ForUpdate().Table("sandbox_identities").Select("organisation_id, organization_identifier, dns_name").
		Where("organisation_id = ?", organisationID).Take(&row).Error
	return row, err
}

// findIdentity reads it only.
func findIdentity(tx db.Tx, organisationID string) (identityRow, error) {
	var row identityRow
	err := tx.SQL().Table("sandbox_identities").Select("organisation_id, organization_identifier, dns_name").
		Where("organisation_id = ?", organisationID).Take(&row).Error
	return row, err
}

func activeSet(tx db.Tx, o owner) (setRow, error) {
	var row setRow
	err := tx.SQL().Table("certificate_sets").Select(setColumns).
		Where("organisation_id = ?", o.organisation).Where("environment = ?", string(o.environment)).
		Where("status = ?", string(Active)).Take(&row).Error
	return row, err
}

func setByOnce(tx db.Tx, organisationID, once string) (setRow, error) {
	var row setRow
	err := tx.SQL().Table("certificate_sets").Select(setColumns).
		Where("organisation_id = ?", organisationID).Where("once = ?", once).Take(&row).Error
	return row, err
}

func setsOf(tx db.Tx, o owner) ([]setRow, error) {
	var rows []setRow
	err := tx.SQL().Table("certificate_sets").Select(setColumns).
		Where("organisation_id = ?", o.organisation).Where("environment = ?", string(o.environment)).
		Order("created_at DESC, id DESC").Limit(50).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read certificate sets: %w", err)
	}
	return rows, nil
}

// setsSince are the instants at which the organisation made sets, oldest first.
func setsSince(tx db.Tx, organisationID string, since time.Time) ([]time.Time, error) {
	var rows []setRow
	err := tx.SQL().Table("certificate_sets").Select("created_at").
		Where("organisation_id = ?", organisationID).Where("created_at > ?", since).Order("created_at").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count certificate sets: %w", err)
	}
	made := make([]time.Time, len(rows))
	for n, row := range rows {
		made[n] = row.CreatedAt
	}
	return made, nil
}

func insertSet(tx db.Tx, row setRow) error {
	err := tx.SQL().Exec("INSERT INTO certificate_sets (id, organisation_id, environment, status, roles, key_bits, origin, once, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		row.ID, row.OrganisationID, row.Environment, row.Status, row.Roles, row.KeyBits, row.Origin, row.Once, row.CreatedBy, row.CreatedAt).Error
	if err != nil {
		return fmt.Errorf("insert a certificate set: %w", err)
	}
	return nil
}

func insertCertificate(tx db.Tx, row certificateRow) error {
	err := tx.SQL().Exec("INSERT INTO certificates (id, set_id, organisation_id, environment, kind, thumbprint, serial, der, sealed_key, playground, key_hash, not_before, not_after, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		row.ID, row.SetID, row.OrganisationID, row.Environment, row.Kind, row.Thumbprint, row.Serial, row.DER, row.SealedKey, row.Playground, row.KeyHash, row.NotBefore, row.NotAfter, row.CreatedAt).Error
	if err != nil {
		return fmt.Errorf("insert a certificate: %w", err)
	}
	return nil
}

var errNotReplaced = errors.New("the active set changed while it was being replaced")

// replaceSet ends the set: its certificates are revoked and their keys wiped, since nothing may use them any more.
func replaceSet(tx db.Tx, old setRow, reason int) error {
	done := tx.SQL().Exec("UPDATE certificate_sets SET status = ?, replaced_at = ? WHERE id = ? AND organisation_id = ? AND status = ?",
		string(Replaced), tx.Now, old.ID, old.OrganisationID, string(Active))
	if done.Error != nil {
		return fmt.Errorf("replace a certificate set: %w", done.Error)
	}
	if done.RowsAffected != 1 {
		return errNotReplaced
	}
	err := tx.SQL().Exec("UPDATE certificates SET revoked_at = ?, revocation_reason = ? WHERE set_id = ? AND organisation_id = ? AND revoked_at IS NULL",
		tx.Now, reason, old.ID, old.OrganisationID).Error
	if err != nil {
		return fmt.Errorf("revoke certificates: %w", err)
	}
	if err := tx.SQL().Exec("UPDATE certificates SET sealed_key = '' WHERE set_id = ? AND organisation_id = ?", old.ID, old.OrganisationID).Error; err != nil {
		return fmt.Errorf("wipe the keys of a replaced set: %w", err)
	}
	return nil
}

func certificatesOf(tx db.Tx, organisationID string, setIDs ...string) ([]certificateRow, error) {
	var rows []certificateRow
	err := tx.SQL().Table("certificates").Select(certificateColumns).
		Where("organisation_id = ?", organisationID).Where("set_id IN ?", setIDs).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	return rows, nil
}

// keysOf are the set's certificates with their sealed keys.
func keysOf(tx db.Tx, organisationID, setID string) ([]certificateRow, error) {
	var rows []certificateRow
	err := tx.SQL().Table("certificates").Select(certificateColumns+", sealed_key").
		Where("organisation_id = ?", organisationID).Where("set_id = ?", setID).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sealed keys: %w", err)
	}
	return rows, nil
}

// certificateByThumbprint finds whose certificate it is; there is no owner to ask for yet.
func certificateByThumbprint(tx db.Tx, thumbprint string) (certificateRow, error) {
	var row certificateRow
	err := tx.SQL().Table("certificates").Select(certificateColumns).Where("thumbprint = ?", thumbprint).Take(&row).Error
	return row, err
}
