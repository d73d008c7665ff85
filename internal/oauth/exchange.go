package oauth

import (
	"context"
	"errors"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/quota"
	"fairway/internal/secret"
)

// TokenRequest is a request to the token endpoint over a connection whose client certificate was found good.
type TokenRequest struct {
	ClientID     string
	ClientSecret secret.Text
	// Thumbprint is the SHA-256 of the client certificate in hex; OrganisationID and Environment are whose it is and
	// where. An empty environment is the sandbox.
	Thumbprint     string
	OrganisationID string
	Environment    catalog.Environment
	GrantType      string
	Code           secret.Text
	RedirectURI    string
	CodeVerifier   string
	RefreshToken   secret.Text
	Scope          string
}

// TokenAnswer is what the token endpoint gives. AppID and OrganisationID are set as soon as the client is known, also
// beside an error; the rest only without one.
type TokenAnswer struct {
	AppID          string
	OrganisationID string
	Environment    catalog.Environment
	// Playground says that the client secret is the playground's own.
	Playground  bool
	AccessToken secret.Text
	ExpiresIn   time.Duration
	// RefreshToken is empty where none is given.
	RefreshToken secret.Text
	Scope        string
}

// Exchange authenticates the client by its secret and its certificate and gives it tokens (RFC 6749 §4.1.3, §4.4, §6).
// Whatever is spent is spent by the statement that checks it, before anything is minted.
func (o *OAuth) Exchange(ctx context.Context, r TokenRequest) (TokenAnswer, error) {
	app, playground, err := o.authenticate(ctx, r)
	if err != nil {
		return TokenAnswer{}, err
	}
	answer := TokenAnswer{AppID: app.ID, OrganisationID: app.OrganisationID, Environment: app.Environment, Playground: playground}
	if app.Suspended {
		return answer, ErrSuspended
	}
	if err := o.count(ctx, app); err != nil {
		return answer, err
	}
	switch r.GrantType {
	case "client_credentials":
		err = o.ownBehalf(ctx, r, app, &answer)
	case "authorization_code":
		err = o.redeem(ctx, r, app, &answer)
	case "refresh_token":
		err = o.refresh(ctx, r, app, &answer)
	case "":
		err = say(ErrMissing, "grant_type is missing. Send client_credentials, authorization_code or refresh_token.").At("grant_type")
	case "authorisation_code":
		err = say(ErrGrantType, "grant_type is authorisation_code. RFC 6749 spells it with a z: authorization_code.")
	default:
		err = say(ErrGrantType, "grant_type is %s. It must be client_credentials, authorization_code or refresh_token.", quote(r.GrantType))
	}
	if err != nil {
		answer.AccessToken, answer.RefreshToken = "", ""
	}
	return answer, err
}

// authenticate asks for both: the secret, and a certificate of the organisation that owns the app. There is one answer
// for all that can be wrong with them.
func (o *OAuth) authenticate(ctx context.Context, r TokenRequest) (apps.App, bool, error) {
	if !printable(r.ClientID, maxClientID) || r.Thumbprint == "" || r.OrganisationID == "" {
		return apps.App{}, false, errClient
	}
	env := r.Environment
	if env == "" {
		env = catalog.Sandbox
	}
	app, playground, err := o.apps.CheckSecret(ctx, r.ClientID, r.ClientSecret)
	if errors.Is(err, apps.ErrClient) {
		return apps.App{}, false, errClient.With(err)
	}
	if err != nil {
		return apps.App{}, false, err
	}
	if app.OrganisationID != r.OrganisationID || app.Environment != env {
		return apps.App{}, false, errClient
	}
	return app, playground, nil
}

// count holds an app to as many token requests as calls: each leaves rows behind that live for a day.
func (o *OAuth) count(ctx context.Context, app apps.App) error {
	if o.config.Quota == nil {
		return nil
	}
	d, err := o.config.Quota.Take(ctx, quota.Caller{Environment: string(app.Environment), OrganisationID: app.OrganisationID, App: quota.Tokens(app.ID)})
	if err != nil || d.OK {
		return err
	}
	if d.Which == "day" {
		return say(ErrTooManyTokens, "The app has used its %d token requests of today. The count starts again at 00:00 UTC. Keep a token until expires_in is over.", d.Limits.PerDay).After(d.RetryAfter)
	}
	return say(ErrTooManyTokens, "The app sent more than %d token requests within one second. Keep a token until expires_in is over instead of asking before each call.", d.Limits.PerSecond).After(d.RetryAfter)
}

// ownBehalf is the client credentials grant: a token for the app's consents at every bank that it is connected to.
func (o *OAuth) ownBehalf(ctx context.Context, r TokenRequest, app apps.App, answer *TokenAnswer) error {
	if r.Scope != "" && !strings.EqualFold(r.Scope, scopeAIS) {
		return say(ErrScopeNotGranted, "scope is %s. With client_credentials it is AIS, or is left out; a consent's own scope comes with the code of the customer's authorisation.", quote(r.Scope))
	}
	return o.db.InTx(ctx, func(tx db.Tx) error {
		return o.mint(tx, tokenRow{GrantType: string(ClientCredentials), Family: secret.ID("fam"), Environment: string(app.Environment),
			OrganisationID: app.OrganisationID, AppID: app.ID, Scope: scopeAIS, Thumbprint: r.Thumbprint}, nil, answer)
	})
}

// redeem is the authorisation code grant. A code that another app shows stays as it is; shown by its own app it is
// spent, right or wrong, and a second time it ends every token that it gave (RFC 9700 §4.2.4).
func (o *OAuth) redeem(ctx context.Context, r TokenRequest, app apps.App, answer *TokenAnswer) error {
	switch {
	case r.Code == "":
		return say(ErrMissing, "code is missing. Send the code that the customer brought back to your redirect URI.").At("code")
	case r.RedirectURI == "":
		return say(ErrMissing, "redirect_uri is missing. Send the one of the authorisation, byte for byte.").At("redirect_uri")
	}
	hash := secret.Hash(r.Code)
	code, err := codeOf(o.db.Reader(ctx), app.OrganisationID, app.ID, hash)
	if errors.Is(err, db.ErrNotFound) {
		return ErrCode
	}
	if err != nil {
		return o.db.Fault(ctx, err)
	}
	consent, err := o.consentOf(ctx, app, code.BrandID, code.ConsentID)
	if err != nil {
		return err
	}
	var problem *fault.Error
	err = o.db.InTx(ctx, func(tx db.Tx) error {
		problem = nil
		if err := tx.Lock("tokens|" + code.Family); err != nil {
			return err
		}
		fresh, err := spendCode(tx, hash)
		switch {
		case err != nil:
			return err
		case !fresh:
			problem = ErrCodeUsed
			return o.revoke(tx, app.OrganisationID, lot{family: code.Family}, codeReused)
		}
		if problem = o.judge(code, r, consent, tx.Now); problem != nil {
			return nil
		}
		return o.mint(tx, tokenRow{GrantType: string(AuthorisationCode), Family: code.Family, Environment: code.Environment, BrandID: code.BrandID,
			OrganisationID: app.OrganisationID, AppID: app.ID, ConsentID: code.ConsentID, PSUID: code.PSUID, Scope: consentScope(code.ConsentID),
			Thumbprint: r.Thumbprint}, consent, answer)
	})
	if err != nil {
		return err
	}
	return asError(problem)
}

// judge says what is wrong with an exchange whose code was good.
func (o *OAuth) judge(code issuedCode, r TokenRequest, consent *consents.Consent, now time.Time) *fault.Error {
	if !now.Before(code.ExpiresAt) {
		return say(ErrCodeExpired, "The code expired on %s, %d seconds after the customer confirmed. Exchange it at once; send the customer to the bank again.",
			instant(code.ExpiresAt), int(o.config.CodeLife.Seconds()))
	}
	if r.RedirectURI != code.RedirectURI {
		return say(ErrRedirect, "redirect_uri differs from the one of the authorisation, which was %s. Send the same one byte for byte. The code is spent: send the customer to the bank again.",
			quote(code.RedirectURI))
	}
	if problem := verify(code.CodeChallenge, r.CodeVerifier); problem != nil {
		return problem
	}
	if r.Scope != "" && !within(r.Scope, consentScope(code.ConsentID)) {
		return say(ErrScopeNotGranted, "scope is %s, but the customer authorised %s. Leave scope out here.", quote(r.Scope), consentScope(code.ConsentID))
	}
	return ended(consent, now)
}

// refresh rotates a refresh token. Shown a second time it ends its whole family.
func (o *OAuth) refresh(ctx context.Context, r TokenRequest, app apps.App, answer *TokenAnswer) error {
	if r.RefreshToken == "" {
		return say(ErrMissing, "refresh_token is missing. Send the one of the newest answer.").At("refresh_token")
	}
	hash := secret.Hash(r.RefreshToken)
	row, err := refreshOf(o.db.Reader(ctx), app.OrganisationID, app.ID, hash)
	if errors.Is(err, db.ErrNotFound) {
		return ErrRefresh
	}
	if err != nil {
		return o.db.Fault(ctx, err)
	}
	consent, err := o.consentOf(ctx, app, row.BrandID, row.ConsentID)
	if err != nil {
		return err
	}
	if row.UsedAt == nil {
		if problem := judgeRefresh(row, r, consent, o.db.Now()); problem != nil {
			return problem
		}
	}
	var problem *fault.Error
	err = o.db.InTx(ctx, func(tx db.Tx) error {
		problem = nil
		if err := tx.Lock("tokens|" + row.Family); err != nil {
			return err
		}
		fresh, err := spendRefresh(tx, hash)
		switch {
		case err != nil:
			return err
		case !fresh:
			problem = ErrRefreshUsed
			return o.revoke(tx, app.OrganisationID, lot{family: row.Family}, refreshReused)
		}
		next := row
		next.Thumbprint = r.Thumbprint
		return o.mint(tx, next, consent, answer)
	})
	if err != nil {
		return err
	}
	return asError(problem)
}

// judgeRefresh says why a refresh token that was not used yet gives nothing. It stays unused.
func judgeRefresh(row tokenRow, r TokenRequest, consent *consents.Consent, now time.Time) *fault.Error {
	switch {
	case row.RevokedAt != nil:
		return say(ErrRefreshRevoked, "The refresh token was revoked on %s%s", instant(*row.RevokedAt), revocation(row.RevokedFor))
	case !now.Before(row.ExpiresAt):
		return ErrRefreshExpired
	case !within(r.Scope, row.Scope):
		return say(ErrScopeNotGranted, "scope is %s, but the customer authorised %s. Leave scope out when you refresh.", quote(r.Scope), row.Scope)
	}
	return ended(consent, now)
}

// consentOf finds the consent behind a code or a token, as the app's organisation owns it.
func (o *OAuth) consentOf(ctx context.Context, app apps.App, brand, id string) (*consents.Consent, error) {
	consent, err := o.consents.Latest(ctx, consents.Owner{OrganisationID: app.OrganisationID, Environment: app.Environment, Brand: brand}, id)
	if errors.Is(err, consents.ErrUnknown) {
		return nil, say(ErrConsentEnded, "The consent behind this grant is gone. Create a new consent and send the customer to authorise it.")
	}
	return consent, err
}

func ended(consent *consents.Consent, now time.Time) *fault.Error {
	if status := consent.Status(now); status != consents.Valid {
		return say(ErrConsentEnded, "The consent %s is %s. Create a new consent and send the customer to authorise it.", consent.ID, status)
	}
	return nil
}

// mint makes an access token and, for a recurring consent, a refresh token; neither outlives the consent.
func (o *OAuth) mint(tx db.Tx, row tokenRow, consent *consents.Consent, answer *TokenAnswer) error {
	prefix := catalog.Environment(row.Environment).Prefix()
	ends := tx.Now.Add(o.config.AccessLife)
	if consent != nil && consent.EndsAt().Before(ends) {
		ends = consent.EndsAt()
	}
	token := secret.Token(prefix + "at_")
	row.Hash, row.Kind, row.CreatedAt, row.ExpiresAt, row.UsedAt, row.RevokedAt = secret.Hash(token), string(Access), tx.Now, ends, nil, nil
	if err := insertToken(tx, row); err != nil {
		return err
	}
	answer.AccessToken, answer.ExpiresIn, answer.Scope = token, ends.Sub(tx.Now), row.Scope
	if consent == nil || !consent.Recurring {
		return nil
	}
	next := secret.Token(prefix + "rt_")
	row.Hash, row.Kind, row.ExpiresAt = secret.Hash(next), string(Refresh), consent.EndsAt()
	answer.RefreshToken = next
	return insertToken(tx, row)
}

// asError keeps a nil fault a nil error.
func asError(f *fault.Error) error {
	if f == nil {
		return nil
	}
	return f
}
