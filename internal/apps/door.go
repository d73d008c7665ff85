package apps

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/memo"
	"fairway/internal/secret"
)

const (
	remembered = 100_000
	// tokenLength is what secret.Token writes behind a prefix: 256 bits in base64.
	tokenLength = 43
	maxClientID = 64
	maxSecret   = 64
)

// Door is an app as the machines' door meets it: behind an API key. It is shared and never changes; a change of the
// app makes a new one.
type Door struct {
	App
	// CredentialID names the key that opened it.
	CredentialID string
	// Playground means that the key is the playground's own.
	Playground bool
}

// doorkeeper remembers apps for the machines' door. Whose a hash or client id is never changes, so those two lists
// need no invalidation; all that can change stands in records, under the app's id.
type doorkeeper struct {
	db       *db.DB
	callback string
	uses     *uses
	tickets  *memo.Cache[digest, ticket]
	clients  *memo.Cache[string, string]
	records  *memo.Cache[string, *entry]
}

type digest [sha256.Size]byte

type ticket struct{ appID, credentialID string }

// entry is one app with its credentials, made once and only read.
type entry struct {
	app  App
	keys []key
}

type key struct {
	door    *Door
	kind    Kind
	hash    digest
	expires *time.Time
	// used is when a use was last noted, in Unix microseconds.
	used *atomic.Int64
}

func newDoorkeeper(d *db.DB, callback string, u *uses) *doorkeeper {
	k := &doorkeeper{db: d, callback: callback, uses: u}
	k.tickets = memo.New(remembered, func(ctx context.Context, h digest) (ticket, error) {
		q := d.Reader(ctx)
		t, err := ticketOf(q, hex.EncodeToString(h[:]), APIKey)
		return t, d.Fault(ctx, err)
	})
	k.clients = memo.New(remembered, func(ctx context.Context, clientID string) (string, error) {
		id, err := idByClient(d.Reader(ctx), clientID)
		return id, d.Fault(ctx, err)
	})
	k.records = memo.New(remembered, k.load)
	d.OnChange(Topic, k.forget)
	d.OnChange(accounts.TopicOrganisations, k.forgetOrganisation)
	return k
}

// forgetOrganisation drops the apps of an organisation that was suspended or restored.
func (k *doorkeeper) forgetOrganisation(organisationID string) {
	k.records.ForgetWhere(func(_ string, e *entry) bool { return organisationID == "" || e.app.OrganisationID == organisationID })
}

func (k *doorkeeper) forget(appID string) {
	if appID != "" {
		k.records.Forget(appID)
		return
	}
	k.records.ForgetAll()
	k.tickets.ForgetAll()
	k.clients.ForgetAll()
}

func (k *doorkeeper) load(ctx context.Context, appID string) (*entry, error) {
	var rec record
	err := k.db.Read(ctx, func(tx db.Tx) error {
		var err error
		if rec, err = forDoor(tx, appID); err != nil {
			return err
		}
		rec.app.Suspended, err = accounts.Suspended(tx, rec.app.OrganisationID)
		return err
	})
	if err != nil {
		return nil, err
	}
	rec.app.settle(k.callback)
	e := &entry{app: rec.app}
	for _, c := range rec.credentials {
		var h digest
		if n, err := hex.Decode(h[:], []byte(c.Hash)); err != nil || n != len(h) {
			return nil, errors.New("load app: a credential's hash cannot be read")
		}
		door := &Door{App: rec.app, CredentialID: c.ID, Playground: c.Owner == ownerPlayground}
		e.keys = append(e.keys, key{door: door, kind: Kind(c.Kind), hash: h, expires: c.ExpiresAt, used: &atomic.Int64{}})
	}
	return e, nil
}

// ByAPIKey is the app that an API key opens. Whether the key is unknown, expired or revoked, the fault is ErrAPIKey; a
// database that does not answer is its own. It allocates nothing once the app is remembered.
func (a *Apps) ByAPIKey(ctx context.Context, apiKey secret.Text) (*Door, error) {
	if !wellFormed(apiKey.Reveal()) {
		return nil, ErrAPIKey
	}
	h := hashOf(apiKey.Reveal())
	t, err := a.door.tickets.Find(ctx, h)
	if err != nil {
		return nil, insteadOf(err, ErrAPIKey)
	}
	e, err := a.door.records.Find(ctx, t.appID)
	if err != nil {
		return nil, insteadOf(err, ErrAPIKey)
	}
	now := a.db.Now()
	for i := range e.keys {
		k := &e.keys[i]
		if k.kind == APIKey && k.door.CredentialID == t.credentialID && k.inUse(now) {
			a.uses.mark(k, now)
			return k.door, nil
		}
	}
	return nil, ErrAPIKey
}

// Remembers reports whether ByAPIKey knows whose a key is without asking the database. The key may have ended since.
func (a *Apps) Remembers(apiKey secret.Text) bool {
	return wellFormed(apiKey.Reveal()) && a.door.tickets.Holds(hashOf(apiKey.Reveal()))
}

// ByClient is the app with that client id, else ErrUnknownClient. What it returns is shared and must not be changed.
func (a *Apps) ByClient(ctx context.Context, clientID string) (App, error) {
	e, err := a.door.byClient(ctx, clientID)
	if err != nil {
		return App{}, insteadOf(err, ErrUnknownClient)
	}
	return e.app, nil
}

func (k *doorkeeper) byClient(ctx context.Context, clientID string) (*entry, error) {
	if len(clientID) > maxClientID {
		return nil, ErrUnknownClient
	}
	id, err := k.clients.Find(ctx, clientID)
	if err != nil {
		return nil, err
	}
	return k.records.Find(ctx, id)
}

// slots is how many hashes a secret is compared with, whether or not so many are there: two of the TPP's, one of the
// playground's, one to spare.
const slots = 4

// CheckSecret is the app of a client id and its client secret, and whether the secret is the playground's. All that
// can be wrong with either is ErrClient, after the same comparisons.
func (a *Apps) CheckSecret(ctx context.Context, clientID string, clientSecret secret.Text) (App, bool, error) {
	e, err := a.door.byClient(ctx, clientID)
	if err != nil {
		if err := insteadOf(err, ErrClient); !errors.Is(err, ErrClient) {
			return App{}, false, err
		}
		e = &entry{}
	}
	now, h := a.db.Now(), hashOf(clientSecret.Reveal())
	var match *key
	dummy, seen := digest{}, 0
	for i := range e.keys {
		if k := &e.keys[i]; k.kind == ClientSecret && k.inUse(now) {
			seen++
			if subtle.ConstantTimeCompare(h[:], k.hash[:]) == 1 {
				match = k
			}
		}
	}
	for ; seen < slots; seen++ {
		_ = subtle.ConstantTimeCompare(h[:], dummy[:])
	}
	if match == nil {
		return App{}, false, ErrClient
	}
	a.uses.mark(match, now)
	return e.app, match.door.Playground, nil
}

func (k *key) inUse(now time.Time) bool { return k.expires == nil || now.Before(*k.expires) }

// insteadOf answers fallback for what is not there, and everything else as it is.
func insteadOf(err, fallback error) error {
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrUnknownCredential) || errors.Is(err, ErrUnknownClient) {
		return fallback
	}
	return err
}

// wellFormed reports whether s looks like an API key of ours, so that other text costs no look-up.
func wellFormed(s string) bool {
	return len(s) == len("sbx_ak_")+tokenLength && strings.HasPrefix(s, "sbx_ak_") ||
		len(s) == len("live_ak_")+tokenLength && strings.HasPrefix(s, "live_ak_")
}

// hashOf is secret.Hash without its hexadecimal form. A secret of ours fits the buffer; a longer one matches nothing.
func hashOf(s string) digest {
	var buf [maxSecret]byte
	if len(s) > len(buf) {
		s = ""
	}
	return sha256.Sum256(buf[:copy(buf[:], s)])
}
