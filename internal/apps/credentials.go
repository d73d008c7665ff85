package apps

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/secret"
)

// keepEnded is how long the row of an ended credential stays.
const keepEnded = 30 * 24 * time.Hour

// RotateSecret makes a new client secret. The one before it works for the overlap, 0 to 168 hours; one that was
// replaced earlier ends now, so that there are never more than two. Faults: ErrUnknown, ErrOverlap.
func (a *Apps) RotateSecret(ctx context.Context, organisationID, appID, actor string, overlap time.Duration) (secret.Text, error) {
	return a.rotate(ctx, organisationID, appID, actor, ClientSecret, overlap)
}

// RotateAPIKey is RotateSecret for the API key.
func (a *Apps) RotateAPIKey(ctx context.Context, organisationID, appID, actor string, overlap time.Duration) (secret.Text, error) {
	return a.rotate(ctx, organisationID, appID, actor, APIKey, overlap)
}

func (a *Apps) rotate(ctx context.Context, organisationID, appID, actor string, kind Kind, overlap time.Duration) (secret.Text, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return "", ErrOverlap
	}
	var issued secret.Text
	err := a.deed(ctx, organisationID, appID, func(tx db.Tx, rec record) error {
		if err := endBefore(tx, rec, ownerTPP, kind, overlap); err != nil {
			return err
		}
		if err := deleteEnded(tx, appID, tx.Now.Add(-keepEnded)); err != nil {
			return err
		}
		var err error
		if issued, err = a.issue(tx, rec.app, kind, ownerTPP, actor); err != nil {
			return err
		}
		return a.changed(tx, rec.app, actor, "apps.credential_rotated", map[string]string{"kind": string(kind), "overlap": overlap.String()})
	})
	if err != nil {
		return "", err
	}
	return issued, nil
}

// endBefore lets the current credential end after the overlap, and those that have an end already end now.
func endBefore(tx db.Tx, rec record, owner string, kind Kind, overlap time.Duration) error {
	for _, c := range rec.credentials {
		if c.Owner != owner || c.Kind != string(kind) {
			continue
		}
		end := tx.Now
		if c.ExpiresAt == nil {
			end = tx.Now.Add(overlap)
		}
		if err := endCredential(tx, rec.app.ID, c.ID, end); err != nil {
			return err
		}
	}
	return nil
}

// Revoke ends one credential now, whoever it belongs to. Faults: ErrUnknown, ErrUnknownCredential for one that is not
// in use.
func (a *Apps) Revoke(ctx context.Context, organisationID, appID, credentialID, actor string) error {
	return a.deed(ctx, organisationID, appID, func(tx db.Tx, rec record) error {
		for _, c := range rec.credentials {
			if c.ID != credentialID {
				continue
			}
			if err := endCredential(tx, appID, c.ID, tx.Now); err != nil {
				return err
			}
			detail := map[string]string{"kind": c.Kind, "owner": c.Owner, "credential": c.ID}
			return a.changed(tx, rec.app, actor, "apps.credential_revoked", detail)
		}
		return ErrUnknownCredential
	})
}

// RenewPlayground gives the playground new credentials for a sandbox app and ends those it had. Faults: ErrUnknown,
// ErrNoPlayground for an app in Live.
func (a *Apps) RenewPlayground(ctx context.Context, organisationID, appID, actor string) error {
	return a.deed(ctx, organisationID, appID, func(tx db.Tx, rec record) error {
		if rec.app.Environment != catalog.Sandbox {
			return ErrNoPlayground
		}
		for _, kind := range []Kind{ClientSecret, APIKey} {
			if err := endBefore(tx, rec, ownerPlayground, kind, 0); err != nil {
				return err
			}
		}
		if _, err := a.issuePair(tx, rec.app, ownerPlayground, actor); err != nil {
			return err
		}
		return a.changed(tx, rec.app, actor, "apps.playground_renewed", nil)
	})
}

// PlaygroundCredentials opens the playground's own credentials of an app. They are for calls that our server makes,
// and are never shown. Faults: ErrUnknown, ErrNoPlayground where one was revoked or the app is in Live.
func (a *Apps) PlaygroundCredentials(ctx context.Context, organisationID, appID string) (clientID string, clientSecret, apiKey secret.Text, err error) {
	var rec record
	err = a.db.Read(ctx, func(tx db.Tx) error {
		var err error
		rec, err = a.byID(tx, organisationID, appID)
		return err
	})
	if err != nil {
		return "", "", "", err
	}
	opened := map[Kind]secret.Text{}
	for _, c := range rec.credentials {
		if c.Owner != ownerPlayground {
			continue
		}
		clear, err := a.ring.Open(place(c.ID), c.Sealed)
		if err != nil {
			return "", "", "", fmt.Errorf("open the playground's credential: %w", err)
		}
		opened[Kind(c.Kind)] = secret.Text(clear)
	}
	if opened[ClientSecret] == "" || opened[APIKey] == "" {
		return "", "", "", ErrNoPlayground
	}
	return rec.app.ClientID, opened[ClientSecret], opened[APIKey], nil
}

func (a *Apps) issuePair(tx db.Tx, app App, owner, actor string) (Issued, error) {
	clientSecret, err := a.issue(tx, app, ClientSecret, owner, actor)
	if err != nil {
		return Issued{}, err
	}
	apiKey, err := a.issue(tx, app, APIKey, owner, actor)
	return Issued{ClientSecret: clientSecret, APIKey: apiKey}, err
}

// issue makes one credential and keeps its hash; the playground's is sealed besides.
func (a *Apps) issue(tx db.Tx, app App, kind Kind, owner, actor string) (secret.Text, error) {
	value := secret.Token(app.Environment.Prefix() + kind.prefix())
	row := credentialRow{ID: secret.ID("cred"), AppID: app.ID, Kind: string(kind), Owner: owner, Hash: secret.Hash(value),
		Hint: secret.Hint(value), CreatedBy: actor, CreatedAt: tx.Now}
	if owner == ownerPlayground {
		var err error
		if row.Sealed, err = a.ring.Seal(place(row.ID), []byte(value.Reveal())); err != nil {
			return "", fmt.Errorf("seal the playground's credential: %w", err)
		}
	}
	return value, insertCredential(tx, row)
}

func (k Kind) prefix() string {
	if k == APIKey {
		return "ak_"
	}
	return "sk_"
}

func place(credentialID string) string { return "app_credentials|" + credentialID + "|sealed" }
