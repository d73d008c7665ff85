package oauth

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

type authorisationRow struct {
	ID             string    `gorm:"column:id"`
	Environment    string    `gorm:"column:environment"`
	BrandID        string    `gorm:"column:brand_id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	AppID          string    `gorm:"column:app_id"`
	ConsentID      string    `gorm:"column:consent_id"`
	RedirectURI    string    `gorm:"column:redirect_uri"`
	State          string    `gorm:"column:state"`
	Scope          string    `gorm:"column:scope"`
	CodeChallenge  string    `gorm:"column:code_challenge"`
	Status         string    `gorm:"column:status"`
	PSUID          string    `gorm:"column:psu_id"`
	Accounts       string    `gorm:"column:accounts"`
	Attempts       int       `gorm:"column:attempts"`
	Outcome        string    `gorm:"column:outcome"`
	SecretHash     string    `gorm:"column:secret_hash"`
	CreatedAt      time.Time `gorm:"column:created_at"`
	ExpiresAt      time.Time `gorm:"column:expires_at"`
}

const authorisationColumns = "id, environment, brand_id, organisation_id, app_id, consent_id, redirect_uri, state, scope, code_challenge, " +
	"status, psu_id, accounts, attempts, outcome, secret_hash, created_at, expires_at"

func insertAuthorisation(tx db.Tx, row authorisationRow) error {
	if err := tx.SQL().Table("authorisations").Create(&row).Error; err != nil {
		return fmt.Errorf("insert authorisation: %w", err)
	}
	return nil
}

// countVisits is how many authorisations a consent has had, of those that are still kept.
func countVisits(tx db.Tx, organisationID, consentID string) (int64, error) {
	var n int64
	if err := tx.SQL().Table("authorisations").Where("consent_id = ? AND organisation_id = ?", consentID, organisationID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count authorisations: %w", err)
	}
	return n, nil
}

// authorisationBySecret finds what a browser's cookie opens; the cookie says whose it is.
func authorisationBySecret(q db.Tx, environment, brand, secretHash string) (authorisationRow, error) {
	var row authorisationRow
	err := q.SQL().Table("authorisations").Select(authorisationColumns).
		Where("secret_hash = ? AND environment = ? AND brand_id = ?", secretHash, environment, brand).Take(&row).Error
	return row, err
}

// authorisationByID finds a visit for the brand that it is at.
func authorisationByID(q db.Tx, environment, brand, id string) (authorisationRow, error) {
	var row authorisationRow
	err := q.SQL().Table("authorisations").Select(authorisationColumns).
		Where("id = ? AND environment = ? AND brand_id = ?", id, environment, brand).Take(&row).Error
	return row, err
}

// decideAuthorisation notes what a brand's customer decided, and tells whether nobody had before.
func decideAuthorisation(tx db.Tx, id string, stage Stage, outcome, psu, accounts string) (bool, error) {
	done := tx.SQL().Exec("UPDATE authorisations SET status = ?, outcome = ?, psu_id = ?, accounts = ? WHERE id = ? AND status = 'started'",
		string(stage), outcome, psu, accounts, id)
	if done.Error != nil {
		return false, fmt.Errorf("note a brand's decision: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// countCodes is how many codes an authorisation has given.
func countCodes(tx db.Tx, authorisationID string) (int64, error) {
	var n int64
	if err := tx.SQL().Table("codes").Where("authorisation_id = ?", authorisationID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count codes: %w", err)
	}
	return n, nil
}

const open = "status IN ('started', 'identified', 'selected')"

// identify notes the customer of an open authorisation; what was chosen before is forgotten.
func identify(tx db.Tx, id, psu string) error {
	err := tx.SQL().Exec("UPDATE authorisations SET status = 'identified', psu_id = ?, accounts = '' WHERE id = ? AND "+open, psu, id).Error
	if err != nil {
		return fmt.Errorf("note the customer: %w", err)
	}
	return nil
}

// choose notes the accounts, for the customer who saw the choices.
func choose(tx db.Tx, id, psu, accounts string) error {
	err := tx.SQL().Exec("UPDATE authorisations SET status = 'selected', accounts = ? WHERE id = ? AND psu_id = ? AND status IN ('identified', 'selected')",
		accounts, id, psu).Error
	if err != nil {
		return fmt.Errorf("note the choice: %w", err)
	}
	return nil
}

// countTry counts a try while one is left and nothing else has changed, and tells whether it did.
func countTry(tx db.Tx, id, psu, accounts string) (bool, error) {
	done := tx.SQL().Exec("UPDATE authorisations SET attempts = attempts + 1 WHERE id = ? AND psu_id = ? AND accounts = ? AND status = 'selected' AND attempts < ?",
		id, psu, accounts, maxTries)
	if done.Error != nil {
		return false, fmt.Errorf("count a try: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func tries(tx db.Tx, id string) (int, error) {
	var row authorisationRow
	if err := tx.SQL().Table("authorisations").Select("attempts").Where("id = ?", id).Take(&row).Error; err != nil {
		return 0, fmt.Errorf("read tries: %w", err)
	}
	return row.Attempts, nil
}

func approveAuthorisation(tx db.Tx, id string) (bool, error) {
	done := tx.SQL().Exec("UPDATE authorisations SET status = 'approved' WHERE id = ? AND status = 'selected'", id)
	if done.Error != nil {
		return false, fmt.Errorf("approve authorisation: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// endAuthorisation closes an open authorisation and tells whether it was this that did.
func endAuthorisation(tx db.Tx, id string, stage Stage, outcome string) (bool, error) {
	done := tx.SQL().Exec("UPDATE authorisations SET status = ?, outcome = ? WHERE id = ? AND "+open, string(stage), outcome, id)
	if done.Error != nil {
		return false, fmt.Errorf("end authorisation: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// deleteAuthorisations removes what expired before an instant, with the codes.
func deleteAuthorisations(tx db.Tx, before time.Time) error {
	if err := tx.SQL().Exec("DELETE FROM authorisations WHERE expires_at < ?", before).Error; err != nil {
		return fmt.Errorf("delete authorisations: %w", err)
	}
	return nil
}

type codeRow struct {
	Hash            string     `gorm:"column:hash"`
	AuthorisationID string     `gorm:"column:authorisation_id"`
	Family          string     `gorm:"column:family"`
	CreatedAt       time.Time  `gorm:"column:created_at"`
	ExpiresAt       time.Time  `gorm:"column:expires_at"`
	UsedAt          *time.Time `gorm:"column:used_at"`
}

func insertCode(tx db.Tx, row codeRow) error {
	if err := tx.SQL().Table("codes").Create(&row).Error; err != nil {
		return fmt.Errorf("insert code: %w", err)
	}
	return nil
}

// codeOpen tells whether the code of an authorisation can still be exchanged.
func codeOpen(q db.Tx, authorisationID, hash string, now time.Time) (bool, error) {
	var n int64
	err := q.SQL().Table("codes").Where("hash = ? AND authorisation_id = ? AND used_at IS NULL AND expires_at > ?", hash, authorisationID, now).Count(&n).Error
	return n == 1, err
}

// issuedCode is a code with what its authorisation says; nothing of it but its use ever changes.
type issuedCode struct {
	Family         string    `gorm:"column:family"`
	ExpiresAt      time.Time `gorm:"column:expires_at"`
	Environment    string    `gorm:"column:environment"`
	BrandID        string    `gorm:"column:brand_id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	AppID          string    `gorm:"column:app_id"`
	ConsentID      string    `gorm:"column:consent_id"`
	RedirectURI    string    `gorm:"column:redirect_uri"`
	CodeChallenge  string    `gorm:"column:code_challenge"`
	PSUID          string    `gorm:"column:psu_id"`
}

// codeOf finds a code of an app.
func codeOf(q db.Tx, organisationID, appID, hash string) (issuedCode, error) {
	var row issuedCode
	err := q.SQL().Table("codes").
		Select("codes.family, codes.expires_at, a.environment, a.brand_id, a.organisation_id, a.app_id, a.consent_id, a.redirect_uri, a.code_challenge, a.psu_id").
		Joins("JOIN authorisations a ON a.id = codes.authorisation_id").
		Where("codes.hash = ? AND a.organisation_id = ? AND a.app_id = ?", hash, organisationID, appID).Take(&row).Error
	return row, err
}

// spendCode marks a code as used and tells whether it was not before.
func spendCode(tx db.Tx, hash string) (bool, error) {
	done := tx.SQL().Exec("UPDATE codes SET used_at = ? WHERE hash = ? AND used_at IS NULL", tx.Now, hash)
	if done.Error != nil {
		return false, fmt.Errorf("spend code: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}
