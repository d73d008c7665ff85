// Package oauth owns the authorisation server's memory: authorisations at the bank, the codes that they end in, and
// the access and refresh tokens of both grants, each bound to an app and a certificate (Implementation Guidelines,
// chapter 13; RFC 6749, 7636, 8705, 9700). How it looks on the wire is authserver's.
package oauth

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"fairway/internal/apps"
	"fairway/internal/bank"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/memo"
	"fairway/internal/quota"
	"fairway/internal/secret"
)

// Topic is what the end of a token is told under; the key is the token's hash.
const Topic = "tokens"

const (
	// remembered is how many access tokens are held in memory.
	remembered = 100_000
	// keepFor is how long what has expired stays, so that whoever still shows it is told what happened.
	keepFor = 24 * time.Hour
	// maxTries is how often a customer may mistype the code.
	maxTries = 3
)

// Config is what a deployment decides. Durations of zero are the usual ones.
type Config struct {
	// Issuer names the authorisation server of a brand in an environment (RFC 8414, RFC 9207).
	Issuer func(env catalog.Environment, brand string) string
	// TPP tells who an organisation is; without it an app's name has to do.
	TPP func(ctx context.Context, organisationID string, env catalog.Environment) (TPP, error)
	// Catalog says which APIs a scope opens. Without it New reads a catalogue of its own.
	Catalog *catalog.Catalog
	// Quota counts what each app asks the token endpoint for, right or wrong, once the app is proved. Without it nothing is
	// counted.
	Quota *quota.Quota
	// AccessLife is how long an access token lives: an hour.
	AccessLife time.Duration
	// CodeLife is how long a code waits for its exchange: a minute.
	CodeLife time.Duration
	// AuthorisationLife is how long a customer has at the bank: ten minutes.
	AuthorisationLife time.Duration
}

// TPP is a third-party provider as it is shown to a bank's customer.
type TPP struct {
	Name string
	// Identifier is the organization identifier of its certificates, as in PSDFI-FINFSA-1234567-8; empty where unknown.
	Identifier string
	// Authority is the nCAId of its certificates, Roles what it may do.
	Authority string
	Roles     []string
}

// OAuth is the service. It is safe for concurrent use.
type OAuth struct {
	db       *db.DB
	apps     *apps.Apps
	consents *consents.Consents
	bank     bank.Bank
	ring     *secret.Ring
	config   Config
	log      *slog.Logger
	tokens   *memo.Cache[digest, *Token]
}

// New makes the service and subscribes it to tokens that end in other processes. Purge wants to be called by a timer.
func New(d *db.DB, a *apps.Apps, c *consents.Consents, b bank.Bank, ring *secret.Ring, config Config, log *slog.Logger) *OAuth {
	config.AccessLife = cmp.Or(config.AccessLife, time.Hour)
	config.CodeLife = cmp.Or(config.CodeLife, time.Minute)
	config.AuthorisationLife = cmp.Or(config.AuthorisationLife, 10*time.Minute)
	if config.Catalog == nil {
		config.Catalog = catalog.New(d, log)
	}
	o := &OAuth{db: d, apps: a, consents: c, bank: b, ring: ring, config: config, log: log}
	o.tokens = memo.New(remembered, o.loadToken)
	d.OnChange(Topic, o.forgetToken)
	return o
}

// Purge removes what expired more than a day ago.
func (o *OAuth) Purge(ctx context.Context) error {
	return o.db.InTx(ctx, func(tx db.Tx) error {
		before := tx.Now.Add(-keepFor)
		if err := deleteAuthorisations(tx, before); err != nil {
			return err
		}
		return deleteTokens(tx, before)
	})
}
