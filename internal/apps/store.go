package apps

import (
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

const (
	ownerTPP        = "tpp"
	ownerPlayground = "playground"
)

type appRow struct {
	ID             string    `gorm:"column:id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	Environment    string    `gorm:"column:environment"`
	Name           string    `gorm:"column:name"`
	NameKey        string    `gorm:"column:name_key"`
	ClientID       string    `gorm:"column:client_id"`
	Once           string    `gorm:"column:once"`
	CreatedBy      string    `gorm:"column:created_by"`
	CreatedAt      time.Time `gorm:"column:created_at"`
}

type redirectRow struct {
	AppID    string `gorm:"column:app_id"`
	URI      string `gorm:"column:uri"`
	Owner    string `gorm:"column:owner"`
	Position int    `gorm:"column:position"`
}

type credentialRow struct {
	ID         string     `gorm:"column:id"`
	AppID      string     `gorm:"column:app_id"`
	Kind       string     `gorm:"column:kind"`
	Owner      string     `gorm:"column:owner"`
	Hash       string     `gorm:"column:hash"`
	Hint       string     `gorm:"column:hint"`
	Sealed     string     `gorm:"column:sealed"`
	CreatedBy  string     `gorm:"column:created_by"`
	CreatedAt  time.Time  `gorm:"column:created_at"`
	ExpiresAt  *time.Time `gorm:"column:expires_at"`
	LastUsedAt *time.Time `gorm:"column:last_used_at"`
}

type connectionRow struct {
	AppID     string    `gorm:"column:app_id"`
	Brand     string    `gorm:"column:brand_id"`
	API       string    `gorm:"column:api_id"`
	CreatedBy string    `gorm:"column:created_by"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

// lockOrganisation makes deeds that count an organisation's apps or compare their names follow one another. SQLite's
// writing transactions are serial already.
func lockOrganisation(tx db.Tx, organisationID string) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	if err := tx.SQL().Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "apps|"+organisationID).Error; err != nil {
		return fmt.Errorf("wait for the organisation's apps: %w", err)
	}
	return nil
}

func insertApp(tx db.Tx, a App, once, actor string) error {
	row := appRow{ID: a.ID, OrganisationID: a.OrganisationID, Environment: string(a.Environment), Name: a.Name, NameKey: nameKey(a.Name),
		ClientID: a.ClientID, Once: once, CreatedBy: actor, CreatedAt: a.CreatedAt}
	if err := tx.SQL().Table("apps").Create(&row).Error; err != nil {
		return fmt.Errorf("insert app: %w", err)
	}
	return replaceURIs(tx, a)
}

// replaceURIs writes the app's redirect URIs anew. The caller holds the app's row.
func replaceURIs(tx db.Tx, a App) error {
	if err := tx.SQL().Exec("DELETE FROM app_redirect_uris WHERE app_id = ?", a.ID).Error; err != nil {
		return fmt.Errorf("clear redirect URIs: %w", err)
	}
	var rows []redirectRow
	for i, r := range a.RedirectURIs {
		owner := ownerTPP
		if r.Playground {
			owner = ownerPlayground
		}
		rows = append(rows, redirectRow{AppID: a.ID, URI: r.URI, Owner: owner, Position: i})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.SQL().Table("app_redirect_uris").Create(&rows).Error; err != nil {
		return fmt.Errorf("insert redirect URIs: %w", err)
	}
	return nil
}

func updateName(tx db.Tx, organisationID, appID, name string) error {
	err := tx.SQL().Exec("UPDATE apps SET name = ?, name_key = ? WHERE id = ? AND organisation_id = ?",
		name, nameKey(name), appID, organisationID).Error
	if err != nil {
		return fmt.Errorf("rename app: %w", err)
	}
	return nil
}

// deleteApp removes the app with everything below it and reports whether it was there.
func deleteApp(tx db.Tx, organisationID, appID string) (bool, error) {
	done := tx.SQL().Exec("DELETE FROM apps WHERE id = ? AND organisation_id = ?", appID, organisationID)
	if done.Error != nil {
		return false, fmt.Errorf("delete app: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func insertCredential(tx db.Tx, row credentialRow) error {
	if err := tx.SQL().Table("app_credentials").Create(&row).Error; err != nil {
		return fmt.Errorf("insert credential: %w", err)
	}
	return nil
}

// endCredential lets a credential end at an instant, unless it ends before that anyway.
func endCredential(tx db.Tx, appID, credentialID string, at time.Time) error {
	err := tx.SQL().Exec("UPDATE app_credentials SET expires_at = ?, sealed = '' WHERE id = ? AND app_id = ? AND (expires_at IS NULL OR expires_at > ?)",
		at, credentialID, appID, at).Error
	if err != nil {
		return fmt.Errorf("end credential: %w", err)
	}
	return nil
}

// deleteEnded removes credentials that ended before an instant; the trail keeps that they were there.
func deleteEnded(tx db.Tx, appID string, before time.Time) error {
	if err := tx.SQL().Exec("DELETE FROM app_credentials WHERE app_id = ? AND expires_at < ?", appID, before).Error; err != nil {
		return fmt.Errorf("delete ended credentials: %w", err)
	}
	return nil
}

// touchCredential notes a use, at most once a minute.
func touchCredential(tx db.Tx, credentialID string, at time.Time) error {
	err := tx.SQL().Exec("UPDATE app_credentials SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
		at, credentialID, at.Add(-useInterval)).Error
	if err != nil {
		return fmt.Errorf("note use of credential: %w", err)
	}
	return nil
}

// insertConnection reports whether it is new.
func insertConnection(tx db.Tx, appID, brand, api, actor string) (bool, error) {
	done := tx.SQL().Exec("INSERT INTO connections (app_id, brand_id, api_id, created_by, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		appID, brand, api, actor, tx.Now)
	if done.Error != nil {
		return false, fmt.Errorf("insert connection: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// deleteConnection reports whether it was there.
func deleteConnection(tx db.Tx, appID, brand, api string) (bool, error) {
	done := tx.SQL().Exec("DELETE FROM connections WHERE app_id = ? AND brand_id = ? AND api_id = ?", appID, brand, api)
	if done.Error != nil {
		return false, fmt.Errorf("delete connection: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func countApps(tx db.Tx, organisationID string) (int64, error) {
	var n int64
	if err := tx.SQL().Table("apps").Where("organisation_id = ?", organisationID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count apps: %w", err)
	}
	return n, nil
}

// idByName is the id of the organisation's app of that name in an environment, or "".
func idByName(tx db.Tx, organisationID string, env catalog.Environment, name string) (string, error) {
	var ids []string
	err := tx.SQL().Table("apps").Where("organisation_id = ? AND environment = ? AND name_key = ?", organisationID, string(env), nameKey(name)).
		Pluck("id", &ids).Error
	return atMostOne(ids, err)
}

// idByOnce is the id of the app that the form with this unique value made, or "".
func idByOnce(tx db.Tx, organisationID, once string) (string, error) {
	if once == "" {
		return "", nil
	}
	var ids []string
	err := tx.SQL().Table("apps").Where("organisation_id = ? AND once = ?", organisationID, once).Pluck("id", &ids).Error
	return atMostOne(ids, err)
}

func atMostOne(ids []string, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("find app: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}
