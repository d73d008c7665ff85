package apps

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

const appColumns = "id, organisation_id, environment, name, client_id, created_at"

// record is an app with the rows of its credentials that are in use.
type record struct {
	app         App
	credentials []credentialRow
}

// byID loads an app of an organisation, else ErrUnknown.
func byID(tx db.Tx, organisationID, appID string) (record, error) {
	var row appRow
	err := tx.SQL().Table("apps").Select(appColumns).Where("id = ? AND organisation_id = ?", appID, organisationID).Take(&row).Error
	return oneRecord(tx, row, err)
}

// lockApp is byID for a deed: what was read stays so until the transaction ends.
func lockApp(tx db.Tx, organisationID, appID string) (record, error) {
	var row appRow
	err := tx.ForUpdate().Table("apps").Select(appColumns).Where("id = ? AND organisation_id = ?", appID, organisationID).Take(&row).Error
	return oneRecord(tx, row, err)
}

// forDoor loads an app for whoever shows its key or secret: there the credential says whose the app is.
func forDoor(tx db.Tx, appID string) (record, error) {
	var row appRow
	err := tx.SQL().Table("apps").Select(appColumns).Where("id = ?", appID).Take(&row).Error
	return oneRecord(tx, row, err)
}

// inEnvironment loads an organisation's apps of one environment by name.
func inEnvironment(tx db.Tx, organisationID string, env catalog.Environment) ([]record, error) {
	var rows []appRow
	err := tx.SQL().Table("apps").Select(appColumns).Where("organisation_id = ? AND environment = ?", organisationID, string(env)).
		Order("name_key").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list apps: %w", err)
	}
	return assemble(tx, rows)
}

func oneRecord(tx db.Tx, row appRow, err error) (record, error) {
	if errors.Is(err, db.ErrNotFound) {
		return record{}, ErrUnknown
	}
	if err != nil {
		return record{}, fmt.Errorf("load app: %w", err)
	}
	records, err := assemble(tx, []appRow{row})
	if err != nil {
		return record{}, err
	}
	return records[0], nil
}

// assemble adds what belongs to the apps of rows, which the caller has read for their owner.
func assemble(tx db.Tx, rows []appRow) ([]record, error) {
	records := make([]record, len(rows))
	at := make(map[string]*record, len(rows))
	ids := make([]string, len(rows))
	for i, r := range rows {
		records[i].app = App{ID: r.ID, OrganisationID: r.OrganisationID, Environment: catalog.Environment(r.Environment), Name: r.Name,
			ClientID: r.ClientID, CreatedAt: r.CreatedAt.UTC()}
		at[r.ID], ids[i] = &records[i], r.ID
	}
	if len(rows) == 0 {
		return records, nil
	}
	return records, errors.Join(addURIs(tx, ids, at), addCredentials(tx, ids, at), addConnections(tx, ids, at))
}

func addURIs(tx db.Tx, ids []string, at map[string]*record) error {
	var rows []redirectRow
	err := tx.SQL().Table("app_redirect_uris").Select("app_id, uri, owner").Where("app_id IN ?", ids).Order("position").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read redirect URIs: %w", err)
	}
	for _, r := range rows {
		app := &at[r.AppID].app
		app.RedirectURIs = append(app.RedirectURIs, RedirectURI{URI: r.URI, Playground: r.Owner == ownerPlayground})
	}
	return nil
}

func addCredentials(tx db.Tx, ids []string, at map[string]*record) error {
	var rows []credentialRow
	err := tx.SQL().Table("app_credentials").Select("id, app_id, kind, owner, hash, hint, sealed, created_at, expires_at, last_used_at").
		Where("app_id IN ? AND (expires_at IS NULL OR expires_at > ?)", ids, tx.Now).
		Order("owner DESC, kind DESC, created_at DESC, id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read credentials: %w", err)
	}
	for _, r := range rows {
		rec := at[r.AppID]
		r.ExpiresAt, r.LastUsedAt = utc(r.ExpiresAt), utc(r.LastUsedAt)
		rec.credentials = append(rec.credentials, r)
		rec.app.Credentials = append(rec.app.Credentials, Credential{ID: r.ID, Kind: Kind(r.Kind), Playground: r.Owner == ownerPlayground,
			Hint: r.Hint, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt, LastUsedAt: r.LastUsedAt})
	}
	return nil
}

func addConnections(tx db.Tx, ids []string, at map[string]*record) error {
	var rows []connectionRow
	err := tx.SQL().Table("connections").Select("app_id, brand_id, api_id, created_at").Where("app_id IN ?", ids).
		Order("created_at, brand_id, api_id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read connections: %w", err)
	}
	for _, r := range rows {
		app := &at[r.AppID].app
		app.Connections = append(app.Connections, Connection{Brand: r.Brand, API: r.API, CreatedAt: r.CreatedAt.UTC()})
	}
	return nil
}

// ticketOf says whose credential has this hash, in use or not, else ErrUnknownCredential.
func ticketOf(tx db.Tx, hash string, kind Kind) (ticket, error) {
	var row credentialRow
	err := tx.SQL().Table("app_credentials").Select("id, app_id").Where("hash = ? AND kind = ?", hash, string(kind)).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return ticket{}, ErrUnknownCredential
	}
	if err != nil {
		return ticket{}, fmt.Errorf("find credential: %w", err)
	}
	return ticket{appID: row.AppID, credentialID: row.ID}, nil
}

// idByClient is the id of the app with this client id, else ErrUnknownClient.
func idByClient(tx db.Tx, clientID string) (string, error) {
	var row appRow
	err := tx.SQL().Table("apps").Select("id").Where("client_id = ?", clientID).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return "", ErrUnknownClient
	}
	if err != nil {
		return "", fmt.Errorf("find app: %w", err)
	}
	return row.ID, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
