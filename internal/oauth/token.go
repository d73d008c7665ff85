package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// Kind is what a token is for.
type Kind string

// The kinds of tokens: one opens the bank's API, the other gives new ones.
const (
	Access  Kind = "access"
	Refresh Kind = "refresh"
)

// Grant is how a token was obtained (RFC 6749 §1.3).
type Grant string

// The grants: on the TPP's own behalf, or on its customer's.
const (
	ClientCredentials Grant = "client_credentials"
	AuthorisationCode Grant = "authorization_code"
)

// Token is one token as it was stored. It is shared between requests and never changes.
type Token struct {
	Hash        string
	Kind        Kind
	Grant       Grant
	Environment catalog.Environment
	// Brand is the bank it is for; empty where it serves all that the app is connected to.
	Brand          string
	OrganisationID string
	AppID          string
	// ConsentID and PSU are empty for client credentials.
	ConsentID, PSU string
	Scope          string
	// Thumbprint is the SHA-256, in hex, of the client certificate that it is bound to (RFC 8705 §3).
	Thumbprint string
	ExpiresAt  time.Time
	// RevokedAt is zero for a token that lives.
	RevokedAt time.Time

	revokedFor string
}

// Why tokens die before their time, as rows keep it.
const (
	codeReused    = "code_reused"
	refreshReused = "refresh_reused"
	appOver       = "app_over"
)

type digest [sha256.Size]byte

// tokenLength is what secret.Token writes behind a prefix: 256 bits in base64.
const tokenLength = 43

func (o *OAuth) loadToken(ctx context.Context, h digest) (*Token, error) {
	row, err := tokenByHash(o.db.Reader(ctx), hex.EncodeToString(h[:]), Access)
	if err != nil {
		return nil, o.db.Fault(ctx, err)
	}
	return row.token(), nil
}

func (o *OAuth) forgetToken(hash string) {
	var h digest
	if n, err := hex.Decode(h[:], []byte(hash)); err != nil || n != len(h) {
		o.tokens.ForgetAll()
		return
	}
	o.tokens.Forget(h)
}

// Check holds an access token against who shows it: the app of the API key, the certificate of this connection, the
// bank that is called. What it returns must not be changed. It allocates nothing once the token is remembered. Faults:
// TOKEN_UNKNOWN, TOKEN_INVALID, TOKEN_EXPIRED.
func (o *OAuth) Check(ctx context.Context, bearer secret.Text, thumbprint, appID string, env catalog.Environment, brand string) (*Token, error) {
	if problem := misshapen(bearer.Reveal()); problem != nil {
		return nil, problem
	}
	t, err := o.tokens.Find(ctx, digestOf(bearer.Reveal()))
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrTokenUnknown
	}
	if err != nil {
		return nil, err
	}
	if problem := t.problem(o.db.Now(), thumbprint, appID, env, brand); problem != nil {
		return nil, problem
	}
	return t, nil
}

// misshapen saves the look-up of what cannot be an access token of ours, and knows what else is sent by mistake.
func misshapen(bearer string) *fault.Error {
	kind, ok := cutPrefix(bearer)
	switch {
	case ok && kind == "at_" && len(bearer) <= len("live_at_")+tokenLength:
		return nil
	case ok && kind == "rt_":
		return say(ErrTokenUnknown, "This is a refresh token. Send it to the token endpoint with grant_type=refresh_token, and the access_token of the answer here.")
	case ok && kind == "ac_":
		return say(ErrTokenUnknown, "This is an authorisation code. Exchange it at the token endpoint, and send the access_token of the answer here.")
	case ok && kind == "ak_":
		return say(ErrTokenUnknown, "This is an API key. It belongs in X-API-Key; Authorization carries the access token.")
	}
	return ErrTokenUnknown
}

// cutPrefix reads what kind of secret a value of ours is.
func cutPrefix(s string) (kind string, ok bool) {
	rest, ok := strings.CutPrefix(s, "sbx_")
	if !ok {
		rest, ok = strings.CutPrefix(s, "live_")
	}
	if !ok || len(rest) < 3 {
		return "", false
	}
	return rest[:3], true
}

// digestOf is secret.Hash without its hexadecimal form.
func digestOf(s string) digest {
	var buf [len("live_at_") + tokenLength]byte
	return sha256.Sum256(buf[:copy(buf[:], s)])
}

// problem says why a token does not fit a call. Whoever holds a token of another app learns no more than that.
func (t *Token) problem(now time.Time, thumbprint, appID string, env catalog.Environment, brand string) *fault.Error {
	switch {
	case t.AppID != appID:
		return say(ErrTokenInvalid, "The access token belongs to another app than the API key. Use client id, client secret and API key of one app.")
	case !t.RevokedAt.IsZero():
		return say(ErrTokenInvalid, "The access token was revoked on %s%s", instant(t.RevokedAt), revocation(t.revokedFor))
	case !secret.Equal(t.Thumbprint, thumbprint):
		return say(ErrTokenInvalid, "The access token is bound to another client certificate (RFC 8705): to the one whose SHA-256 begins with %s; this connection presented %s. "+
			"Get a new token over a connection with the certificate that you call with.", begin(t.Thumbprint), begin(thumbprint))
	case !now.Before(t.ExpiresAt):
		return say(ErrTokenExpired, "The access token expired on %s; it is now %s. %s", instant(t.ExpiresAt), instant(now), t.renewal())
	case t.Environment != env:
		return say(ErrTokenInvalid, "The access token is for %s; this is an address of %s. Get a token with the app of this environment.", t.Environment.Name(), env.Name())
	case t.Brand != "" && t.Brand != brand:
		return say(ErrTokenInvalid, "The access token is for the brand %s; this is the address of %s. Call the bank at which the customer authorised the consent.", t.Brand, quote(brand))
	}
	return nil
}

func (t *Token) renewal() string {
	if t.Grant == ClientCredentials {
		return "Get a new one with grant_type=client_credentials."
	}
	return "Get a new one with the refresh token; without one, create a new consent."
}

func revocation(reason string) string {
	switch reason {
	case codeReused:
		return ", because its authorisation code was used a second time. Send the customer to the bank with a new consent, and exchange each code once."
	case refreshReused:
		return ", because an older refresh token was used a second time. Send the customer to the bank with a new consent, and keep the refresh token of the newest answer."
	case appOver:
		return ", because its app was deleted."
	}
	return "."
}

// begin is enough of a thumbprint to recognise it by.
func begin(thumbprint string) string {
	if thumbprint == "" {
		return "no certificate"
	}
	return thumbprint[:min(len(thumbprint), 16)]
}

// RevokeApp ends every token of an app.
func (o *OAuth) RevokeApp(ctx context.Context, organisationID, appID string) error {
	return o.db.InTx(ctx, func(tx db.Tx) error { return o.revoke(tx, organisationID, lot{app: appID}, appOver) })
}

// revoke ends tokens and tells every process which.
func (o *OAuth) revoke(tx db.Tx, organisationID string, l lot, reason string) error {
	hashes, err := revoke(tx, organisationID, l, reason)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := tx.Tell(Topic, hash); err != nil {
			return fmt.Errorf("tell about a revoked token: %w", err)
		}
	}
	return nil
}
