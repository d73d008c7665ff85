package consents

import (
	"encoding/json"
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

const columns = "id, environment, brand_id, organisation_id, app_id, status, access, granted, recurring, combined_service, frequency_per_day, " +
	"valid_until, psu_id, redirect_uri, request_digest, created_at, authorised_at, status_at, superseded_by"

type consentRow struct {
	ID              string     `gorm:"column:id"`
	Environment     string     `gorm:"column:environment"`
	BrandID         string     `gorm:"column:brand_id"`
	OrganisationID  string     `gorm:"column:organisation_id"`
	AppID           string     `gorm:"column:app_id"`
	Status          string     `gorm:"column:status"`
	Access          string     `gorm:"column:access"`
	Granted         string     `gorm:"column:granted"`
	Recurring       bool       `gorm:"column:recurring"`
	CombinedService bool       `gorm:"column:combined_service"`
	FrequencyPerDay int        `gorm:"column:frequency_per_day"`
	ValidUntil      string     `gorm:"column:valid_until"`
	PSUID           string     `gorm:"column:psu_id"`
	RedirectURI     string     `gorm:"column:redirect_uri"`
	RequestDigest   string     `gorm:"column:request_digest"`
	CreatedAt       time.Time  `gorm:"column:created_at"`
	AuthorisedAt    *time.Time `gorm:"column:authorised_at"`
	StatusAt        time.Time  `gorm:"column:status_at"`
	SupersededBy    string     `gorm:"column:superseded_by"`
}

func (r consentRow) consent() (*Consent, error) {
	c := &Consent{
		ID: r.ID, Owner: Owner{OrganisationID: r.OrganisationID, Environment: catalog.Environment(r.Environment), Brand: r.BrandID},
		AppID: r.AppID, Recurring: r.Recurring, CombinedService: r.CombinedService, FrequencyPerDay: r.FrequencyPerDay, ValidUntil: r.ValidUntil,
		PSU: r.PSUID, RedirectURI: r.RedirectURI, CreatedAt: r.CreatedAt.UTC(), StatusAt: r.StatusAt.UTC(), SupersededBy: r.SupersededBy,
		stored: Status(r.Status), requestDigest: r.RequestDigest,
	}
	if r.AuthorisedAt != nil {
		c.AuthorisedAt = r.AuthorisedAt.UTC()
	}
	if err := json.Unmarshal([]byte(r.Access), &c.Access); err != nil {
		return nil, fmt.Errorf("read the access of a consent: %w", err)
	}
	if r.Granted != "" {
		if err := json.Unmarshal([]byte(r.Granted), &c.Granted); err != nil {
			return nil, fmt.Errorf("read the grants of a consent: %w", err)
		}
	}
	c.ends = c.EndsAt()
	return c, nil
}

func consentsOf(rows []consentRow) ([]*Consent, error) {
	found := make([]*Consent, 0, len(rows))
	for _, r := range rows {
		c, err := r.consent()
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

func insert(tx db.Tx, c *Consent, requestID string) error {
	access, err := json.Marshal(c.Access)
	if err != nil {
		return fmt.Errorf("encode access: %w", err)
	}
	return tx.SQL().Exec("INSERT INTO consents (id, environment, brand_id, organisation_id, app_id, status, access, recurring, combined_service, "+
		"frequency_per_day, valid_until, psu_id, redirect_uri, request_id, request_digest, created_at, status_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.ID, string(c.Environment), c.Brand, c.OrganisationID, c.AppID, string(c.stored), string(access), c.Recurring, c.CombinedService,
		c.FrequencyPerDay, c.ValidUntil, c.PSU, c.RedirectURI, requestID, c.requestDigest, c.CreatedAt, c.StatusAt).Error
}

func byID(q db.Tx, id string) (*Consent, error) {
	var row consentRow
	if err := q.SQL().Table("consents").Select(columns).Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, err
	}
	return row.consent()
}

func byRequest(q db.Tx, owner Owner, appID, requestID string) (*Consent, error) {
	var row consentRow
	err := q.SQL().Table("consents").Select(columns).
		Where("organisation_id = ? AND app_id = ? AND request_id = ?", owner.OrganisationID, appID, requestID).Take(&row).Error
	if err != nil {
		return nil, err
	}
	return row.consent()
}

// move ends a consent that is still open, and tells whether it did. Rejected can only be what was not approved: a denial
// that races an approval in another window ends nothing.
func move(tx db.Tx, id string, status Status, supersededBy string) (bool, error) {
	valid := string(Valid)
	if status == Rejected {
		valid = string(Received)
	}
	done := tx.SQL().Exec("UPDATE consents SET status = ?, status_at = ?, superseded_by = ? WHERE id = ? AND status IN (?, ?, ?)",
		string(status), tx.Now, supersededBy, id, string(Received), string(PartiallyAuthorised), valid)
	return done.RowsAffected == 1, done.Error
}

func approve(tx db.Tx, id, psu string, grants []Grant) (bool, error) {
	granted, err := json.Marshal(grants)
	if err != nil {
		return false, fmt.Errorf("encode grants: %w", err)
	}
	done := tx.SQL().Exec("UPDATE consents SET status = ?, psu_id = ?, granted = ?, authorised_at = ?, status_at = ? WHERE id = ? AND status = ?",
		string(Valid), psu, string(granted), tx.Now, tx.Now, id, string(Received))
	return done.RowsAffected == 1, done.Error
}

func recurringOf(q db.Tx, owner Owner, psu, except string) ([]*Consent, error) {
	var rows []consentRow
	err := q.SQL().Table("consents").Select(columns).
		Where("organisation_id = ? AND environment = ? AND brand_id = ? AND psu_id = ?", owner.OrganisationID, string(owner.Environment), owner.Brand, psu).
		Where("recurring = ? AND status = ? AND id <> ?", true, string(Valid), except).Order("created_at").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return consentsOf(rows)
}

// count adds a read unless there were enough, in one statement, and tells whether it did.
func count(tx db.Tx, id, period, resourceID string, class Class, most int) (bool, error) {
	done := tx.SQL().Exec("INSERT INTO consent_uses (consent_id, day, account_id, class, n) VALUES (?, ?, ?, ?, 1) "+
		"ON CONFLICT (consent_id, day, account_id, class) DO UPDATE SET n = consent_uses.n + 1 WHERE consent_uses.n < ?",
		id, period, resourceID, string(class), most)
	return done.RowsAffected == 1, done.Error
}

func settle(tx db.Tx, day string) error {
	err := tx.SQL().Exec("UPDATE consents SET status = ?, status_at = ? WHERE status = ? AND (valid_until < ? OR (recurring = ? AND authorised_at < ?))",
		string(Expired), tx.Now, string(Valid), day, false, tx.Now.Add(-oneOffWindow)).Error
	if err != nil {
		return err
	}
	return tx.SQL().Exec("UPDATE consents SET status = ?, status_at = ? WHERE status IN (?, ?) AND created_at < ?",
		string(Rejected), tx.Now, string(Received), string(PartiallyAuthorised), tx.Now.Add(-authoriseWithin)).Error
}
