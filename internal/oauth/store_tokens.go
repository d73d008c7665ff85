package oauth

import (
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

type tokenRow struct {
	Hash           string     `gorm:"column:hash"`
	Kind           string     `gorm:"column:kind"`
	GrantType      string     `gorm:"column:grant_type"`
	Family         string     `gorm:"column:family"`
	Environment    string     `gorm:"column:environment"`
	BrandID        string     `gorm:"column:brand_id"`
	OrganisationID string     `gorm:"column:organisation_id"`
	AppID          string     `gorm:"column:app_id"`
	ConsentID      string     `gorm:"column:consent_id"`
	PSUID          string     `gorm:"column:psu_id"`
	Scope          string     `gorm:"column:scope"`
	Thumbprint     string     `gorm:"column:thumbprint"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
	ExpiresAt      time.Time  `gorm:"column:expires_at"`
	UsedAt         *time.Time `gorm:"column:used_at"`
	RevokedAt      *time.Time `gorm:"column:revoked_at"`
	RevokedFor     string     `gorm:"column:revoked_for"`
}

const tokenColumns = "hash, kind, grant_type, family, environment, brand_id, organisation_id, app_id, consent_id, psu_id, scope, thumbprint, " +
	"created_at, expires_at, used_at, revoked_at, revoked_for"

func (r tokenRow) token() *Token {
	t := &Token{Hash: r.Hash, Kind: Kind(r.Kind), Grant: Grant(r.GrantType), Environment: catalog.Environment(r.Environment), Brand: r.BrandID,
		OrganisationID: r.OrganisationID, AppID: r.AppID, ConsentID: r.ConsentID, PSU: r.PSUID, Scope: r.Scope, Thumbprint: r.Thumbprint,
		ExpiresAt: r.ExpiresAt.UTC(), revokedFor: r.RevokedFor}
	if r.RevokedAt != nil {
		t.RevokedAt = r.RevokedAt.UTC()
	}
	return t
}

func insertToken(tx db.Tx, row tokenRow) error {
	if err := tx.SQL().Table("tokens").Create(&row).Error; err != nil {
		return fmt.Errorf("insert token: %w", err)
	}
	return nil
}

// tokenByHash finds a token for the machines' door, which holds it against its caller.
func tokenByHash(q db.Tx, hash string, kind Kind) (tokenRow, error) {
	var row tokenRow
	err := q.SQL().Table("tokens").Select(tokenColumns).Where("hash = ? AND kind = ?", hash, string(kind)).Take(&row).Error
	return row, err
}

// refreshOf finds a refresh token of an app.
func refreshOf(q db.Tx, organisationID, appID, hash string) (tokenRow, error) {
	var row tokenRow
	err := q.SQL().Table("tokens").Select(tokenColumns).
		Where("hash = ? AND kind = ? AND organisation_id = ? AND app_id = ?", hash, string(Refresh), organisationID, appID).Take(&row).Error
	return row, err
}

// spendRefresh marks a refresh token as used and tells whether it could be used.
func spendRefresh(tx db.Tx, hash string) (bool, error) {
	done := tx.SQL().Exec("UPDATE tokens SET used_at = ? WHERE hash = ? AND kind = ? AND used_at IS NULL AND revoked_at IS NULL", tx.Now, hash, string(Refresh))
	if done.Error != nil {
		return false, fmt.Errorf("spend refresh token: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// lot are the tokens of an organisation that die together: of one family or one app. Those of a consent need no list: the
// consent is asked at every call.
type lot struct{ family, app string }

const (
	liveOfLot = "organisation_id = ? AND (family = ? OR app_id = ?) AND revoked_at IS NULL"
	revokeLot = "UPDATE tokens SET revoked_at = ?, revoked_for = ? WHERE " + liveOfLot
)

// revoke ends the live tokens of a lot and gives their hashes.
func revoke(tx db.Tx, organisationID string, l lot, reason string) ([]string, error) {
	var hashes []string
	family, app := orNull(l.family), orNull(l.app)
	if err := tx.ForUpdate().Table("tokens").Where(liveOfLot, organisationID, family, app).Pluck("hash", &hashes).Error; err != nil {
		return nil, fmt.Errorf("find tokens to revoke: %w", err)
	}
	if err := tx.SQL().Exec(revokeLot, tx.Now, reason, organisationID, family, app).Error; err != nil {
		return nil, fmt.Errorf("revoke tokens: %w", err)
	}
	return hashes, nil
}

// orNull is null for what a lot does not name, which equals nothing.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// deleteTokens removes what expired before an instant.
func deleteTokens(tx db.Tx, before time.Time) error {
	if err := tx.SQL().Exec("DELETE FROM tokens WHERE expires_at < ?", before).Error; err != nil {
		return fmt.Errorf("delete tokens: %w", err)
	}
	return nil
}
