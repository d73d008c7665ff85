// Package apps owns the applications of a TPP: their names and redirect URIs, the client secrets and API keys that
// open the machines' door, and the APIs that they are connected to. A second pair of credentials belongs to the
// playground.
package apps

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/secret"
)

// Topic is what a change of an app is told under; the key is the app's id.
const Topic = "apps"

// Limits of an organisation and of an app.
const (
	MaxApps         = 20
	MaxName         = 60
	MaxRedirectURIs = 10
	MaxRedirectURI  = 512
	// MaxOverlap is how long an old secret may stay beside its successor.
	MaxOverlap = 168 * time.Hour
)

// Faults of this package. Each says what to do; a foreign app is answered like one that does not exist.
var (
	ErrUnknown = fault.New(fault.NotFound, "app_unknown",
		"There is no such app in your organisation. It may have been deleted; the Apps page lists what is there.")
	ErrUnknownCredential = fault.New(fault.NotFound, "credential_unknown",
		"This app has no such secret or key that is still in use. The app's page lists them under Credentials.")
	ErrUnknownClient = fault.New(fault.NotFound, "client_unknown",
		"No app has this client id. Compare it with the one on the app's page; it begins with fwy_.")
	ErrTooMany = fault.New(fault.Conflict, "app_limit",
		"Your organisation has 20 apps, which is the limit. Delete one that is no longer used, then create the new one.")
	ErrNotOffered = fault.New(fault.Conflict, "api_not_offered",
		"This brand does not offer the API in this environment at the moment. The APIs page shows what is open.")
	ErrNoPlayground = fault.New(fault.NotFound, "playground_revoked",
		"The playground has no credentials for this app. It works in the sandbox only; where they were revoked, make new ones under Credentials.")
	ErrNoLive  = fault.New(fault.Conflict, "live_closed", "This portal has no apps in Live.")
	ErrOverlap = fault.New(fault.Invalid, "overlap_invalid",
		"The old one can stay for 0 to 168 hours. Choose a time in between.")
	ErrAPIKey = fault.New(fault.Unauthenticated, "API_KEY_INVALID",
		"The API key is not valid. Send a current key of the app in X-API-Key; the app's page shows under Credentials which ones are in use.").At("X-API-Key")
	ErrClient = fault.New(fault.Unauthenticated, "invalid_client",
		"The client id and client secret do not match a current app. Check both on the app's page, under Credentials.")
)

// App is an application. Lists are in the order in which they are shown.
type App struct {
	ID             string
	OrganisationID string
	Environment    catalog.Environment
	Name           string
	// ClientID is its public name in OAuth.
	ClientID     string
	RedirectURIs []RedirectURI
	CreatedAt    time.Time
	Connections  []Connection
	// Credentials are those in use; revoked and expired ones are left out.
	Credentials []Credential
	// Suspended tells that its organisation is suspended: no call and no token of it passes. ByAPIKey, ByClient and
	// CheckSecret fill it in.
	Suspended bool
}

// RedirectURI is an address that the bank may send a customer back to.
type RedirectURI struct {
	URI string
	// Playground marks our own, which is added by us and stays.
	Playground bool
}

// Connection is an API of a brand that the app may call.
type Connection struct {
	Brand     string
	API       string
	CreatedAt time.Time
}

// Kind is what a credential is for.
type Kind string

// The kinds of credentials.
const (
	ClientSecret Kind = "client_secret"
	APIKey       Kind = "api_key"
)

// Credential is a secret or key as it may be shown: never its value.
type Credential struct {
	ID   string
	Kind Kind
	// Playground marks the pair that the playground uses.
	Playground bool
	// Hint is the end of the value.
	Hint      string
	CreatedAt time.Time
	// ExpiresAt is set for one that was replaced and still works for a while.
	ExpiresAt *time.Time
	// LastUsedAt is exact to a minute.
	LastUsedAt *time.Time
}

// Issued are credentials in clear. This is the only time that they are.
type Issued struct {
	ClientSecret secret.Text
	APIKey       secret.Text
	// Repeated means that the form was sent before: the app is the one that it made, and its secrets were shown then.
	Repeated bool
}

// ConnectedTo reports whether the app is connected to an API of a brand.
func (a App) ConnectedTo(brand, api string) bool {
	return slices.ContainsFunc(a.Connections, func(c Connection) bool { return c.Brand == brand && c.API == api })
}

// ConnectedBrand reports whether the app is connected to any API of a brand.
func (a App) ConnectedBrand(brand string) bool {
	return slices.ContainsFunc(a.Connections, func(c Connection) bool { return c.Brand == brand })
}

// AllowsRedirect reports whether uri is registered, byte for byte (RFC 9700 §2.1).
func (a App) AllowsRedirect(uri string) bool {
	return slices.ContainsFunc(a.RedirectURIs, func(r RedirectURI) bool { return r.URI == uri })
}

// Config is what a deployment decides.
type Config struct {
	// PlaygroundCallback is the playground's own redirect URI; every sandbox app has it.
	PlaygroundCallback string
	// Catalog says what can be connected. Without it New reads a catalogue of its own.
	Catalog *catalog.Catalog
	// Live says whether an organisation may have apps in Live, by its error. Without it none has.
	Live func(tx db.Tx, organisationID string) error
	// Grants says whether an organisation may connect in Live what needs a PSD2 role, by its error. Without it none may.
	Grants func(tx db.Tx, organisationID, role string) error
}

// Apps is the service. It is safe for concurrent use.
type Apps struct {
	db      *db.DB
	queue   *jobs.Queue
	ring    *secret.Ring
	config  Config
	catalog *catalog.Catalog
	log     *slog.Logger
	door    *doorkeeper
	uses    *uses
}

// New makes the service. Run must be running for the times of last use to be kept.
func New(d *db.DB, q *jobs.Queue, ring *secret.Ring, config Config, log *slog.Logger) *Apps {
	a := &Apps{db: d, queue: q, ring: ring, config: config, catalog: config.Catalog, uses: newUses(d, log), log: log}
	if a.catalog == nil {
		a.catalog = catalog.New(d, log)
	}
	a.door = newDoorkeeper(d, config.PlaygroundCallback, a.uses)
	return a
}

// List gives an organisation's apps of one environment by name.
func (a *Apps) List(ctx context.Context, organisationID string, env catalog.Environment) ([]App, error) {
	var list []App
	err := a.db.Read(ctx, func(tx db.Tx) (err error) {
		list, err = a.ListIn(tx, organisationID, env)
		return err
	})
	return list, err
}

// ListIn is List in the caller's transaction.
func (a *Apps) ListIn(tx db.Tx, organisationID string, env catalog.Environment) ([]App, error) {
	records, err := inEnvironment(tx, organisationID, env)
	if err != nil {
		return nil, err
	}
	list := make([]App, 0, len(records))
	for _, rec := range records {
		rec.app.settle(a.config.PlaygroundCallback)
		list = append(list, rec.app)
	}
	return list, nil
}

// OwnerOf says whose app has this client id, for staff. Fault: ErrUnknownClient.
func (a *Apps) OwnerOf(tx db.Tx, clientID string) (organisationID, appID string, err error) {
	if appID, err = idByClient(tx, clientID); err != nil {
		return "", "", err
	}
	rec, err := forDoor(tx, appID)
	return rec.app.OrganisationID, appID, err
}

// ByIDIn is ByID in the caller's transaction: nobody changes or deletes the app until it ends.
func (a *Apps) ByIDIn(tx db.Tx, organisationID, appID string) (App, error) {
	rec, err := a.lock(tx, organisationID, appID)
	return rec.app, err
}

// ByID is one app of an organisation, else ErrUnknown.
func (a *Apps) ByID(ctx context.Context, organisationID, appID string) (App, error) {
	var rec record
	err := a.db.Read(ctx, func(tx db.Tx) error {
		var err error
		rec, err = a.byID(tx, organisationID, appID)
		return err
	})
	return rec.app, err
}
