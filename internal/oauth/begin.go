package oauth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	maxState       = 512
	maxClientID    = 64
	maxRedirectURI = apps.MaxRedirectURI
	// maxVisits is how often a customer may be sent to the bank for one consent.
	maxVisits = 100
)

// AuthRequest is an authorisation request as it arrived at a bank's address (Implementation Guidelines, 13.1).
type AuthRequest struct {
	Environment         catalog.Environment
	Brand               string
	ClientID            string
	RedirectURI         string
	ResponseType        string
	ResponseMode        string
	Scope               string
	State               string
	CodeChallenge       string
	CodeChallengeMethod string
	// Repeated names the parameters that were sent more than once.
	Repeated []string
}

// Begun is an authorisation that was opened. Secret belongs into the browser's cookie and is stored as a hash only.
type Begun struct {
	ID        string
	Secret    secret.Text
	ExpiresAt time.Time
}

// Refusal is an authorisation request that is not taken. Where Back is nil the browser must not be redirected: client
// or redirect URI are wrong, and Sent may be compared with what is Registered.
type Refusal struct {
	Fault      *fault.Error
	Back       *Exit
	Sent       string
	Registered []string
}

// Error is the fault's text for logs.
func (r *Refusal) Error() string { return r.Fault.Error() }

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.Fault }

// Begin checks an authorisation request and opens an authorisation. What is wrong with it comes back as a *Refusal;
// any other error is ours. The order matters: nobody is redirected before client and redirect URI are known.
func (o *OAuth) Begin(ctx context.Context, r AuthRequest) (Begun, error) {
	a, err := o.Examine(ctx, r)
	if err != nil {
		return Begun{}, err
	}
	b := Begun{ID: secret.UUID(), Secret: secret.Token("bank_")}
	err = o.db.InTx(ctx, func(tx db.Tx) error {
		visits, err := countVisits(tx, a.OrganisationID, a.ConsentID)
		if err != nil {
			return err
		}
		if visits >= maxVisits {
			return o.tooOften(r, a.ConsentID)
		}
		b.ExpiresAt = tx.Now.Add(o.config.AuthorisationLife)
		return insertAuthorisation(tx, authorisationRow{
			ID: b.ID, Environment: string(r.Environment), BrandID: r.Brand, OrganisationID: a.OrganisationID, AppID: a.AppID, ConsentID: a.ConsentID,
			RedirectURI: r.RedirectURI, State: r.State, Scope: consentScope(a.ConsentID), CodeChallenge: r.CodeChallenge,
			Status: string(Started), SecretHash: secret.Hash(b.Secret), CreatedAt: tx.Now, ExpiresAt: b.ExpiresAt,
		})
	})
	return b, err
}

// tooOften refuses a visit more: anybody who has the address can open it, and each visit is a row.
func (o *OAuth) tooOften(r AuthRequest, consentID string) *Refusal {
	problem := say(ErrConsent, "The customer was sent to the bank %d times for the consent %s and never finished. Create a new consent.", maxVisits, consentID)
	return &Refusal{Fault: problem, Back: o.back(r.Environment, r.Brand, r.RedirectURI, r.State, problem)}
}

// Asked is what a sound authorisation request asks for.
type Asked struct{ OrganisationID, AppID, ConsentID string }

// Examine is the checks of Begin without its effect.
func (o *OAuth) Examine(ctx context.Context, r AuthRequest) (Asked, error) {
	app, err := o.client(ctx, r)
	if err != nil {
		return Asked{}, err
	}
	consentID, problem := r.check()
	if problem == nil && app.Suspended {
		problem = ErrSuspended
	}
	if problem == nil {
		problem, err = o.checkApproval(ctx, app)
	}
	if problem == nil && err == nil {
		problem, err = o.checkConsent(ctx, r, app, consentID)
	}
	if err != nil {
		return Asked{}, err
	}
	if problem != nil {
		return Asked{}, &Refusal{Fault: problem, Back: o.back(r.Environment, r.Brand, r.RedirectURI, r.State, problem)}
	}
	return Asked{OrganisationID: app.OrganisationID, AppID: app.ID, ConsentID: consentID}, nil
}

// client finds the app and its redirect URI, else the refusal that is shown on a page.
func (o *OAuth) client(ctx context.Context, r AuthRequest) (apps.App, error) {
	if slices.Contains(r.Repeated, "client_id") || slices.Contains(r.Repeated, "redirect_uri") {
		return apps.App{}, &Refusal{Fault: ErrClientRepeated}
	}
	if r.ClientID == "" {
		return apps.App{}, &Refusal{Fault: say(ErrClientUnknown, "client_id is missing. Send the client id that the app's page in the portal shows; it begins with fwy_.")}
	}
	if !printable(r.ClientID, maxClientID) {
		return apps.App{}, &Refusal{Fault: ErrClientUnknown}
	}
	app, err := o.apps.ByClient(ctx, r.ClientID)
	if fault.Is(err, fault.NotFound) {
		return apps.App{}, &Refusal{Fault: ErrClientUnknown}
	}
	if err != nil {
		return apps.App{}, err
	}
	switch {
	case app.Environment != r.Environment:
		return apps.App{}, &Refusal{Fault: say(ErrClientUnknown, "This client_id belongs to an app of the other environment: %s. This is the address of %s.",
			app.Environment.Name(), r.Environment.Name())}
	case r.RedirectURI == "":
		return apps.App{}, &Refusal{Fault: say(ErrRedirectUnknown, "redirect_uri is missing. Send one of the addresses that are registered for this app."), Registered: registered(app)}
	case len(r.RedirectURI) > maxRedirectURI || !app.AllowsRedirect(r.RedirectURI):
		return apps.App{}, &Refusal{Fault: ErrRedirectUnknown, Sent: r.RedirectURI, Registered: registered(app)}
	}
	return app, nil
}

// registered are an app's redirect URIs, the TPP's own first.
func registered(app apps.App) []string {
	var own, ours []string
	for _, u := range app.RedirectURIs {
		if u.Playground {
			ours = append(ours, u.URI)
		} else {
			own = append(own, u.URI)
		}
	}
	return append(own, ours...)
}

// check holds the parameters against the rules that need nothing but them.
func (r AuthRequest) check() (consentID string, problem *fault.Error) {
	switch {
	case len(r.Repeated) > 0:
		return "", say(ErrRepeated, "%s was sent more than once. Send each parameter once.", quote(strings.Join(r.Repeated, ", ")))
	case r.ResponseType == "":
		return "", say(ErrMissing, "response_type is missing. Send response_type=code.").At("response_type")
	case r.ResponseType != "code":
		return "", say(ErrResponseType, "response_type is %s. Only code is offered.", quote(r.ResponseType))
	case r.ResponseMode != "" && r.ResponseMode != "query":
		return "", say(ErrResponseMode, "response_mode is %s. Send query, or leave it out.", quote(r.ResponseMode))
	case r.State == "":
		return "", say(ErrState, "state is missing. Send a fresh random value and compare it when the customer is back.")
	case !printable(r.State, maxState):
		return "", say(ErrState, "state has at most %d characters, all of them printable ASCII. Send a random value and keep what belongs to it on your side.", maxState)
	}
	if problem := checkChallenge(r.CodeChallenge, r.CodeChallengeMethod); problem != nil {
		return "", problem
	}
	return readScope(r.Scope)
}

// checkConsent binds the scope to the app: a consent of this TPP, at this bank, that waits for its customer.
func (o *OAuth) checkConsent(ctx context.Context, r AuthRequest, app apps.App, consentID string) (*fault.Error, error) {
	consent, err := o.consents.ByID(ctx, consents.Owner{OrganisationID: app.OrganisationID, Environment: r.Environment, Brand: r.Brand}, consentID)
	if errors.Is(err, consents.ErrUnknown) {
		return say(ErrScope, "scope names the consent %s, and no consent of yours has this id at this bank. Check the id, the brand and the environment of the address.", consentID), nil
	}
	if err != nil {
		return nil, err
	}
	if status := consent.Status(o.db.Now()); status != consents.Received {
		return say(ErrConsent, "The consent %s is %s and not waiting for an authorisation. Create a new consent and send the customer to authorise that one.", consentID, status), nil
	}
	if consent.RedirectURI != "" && consent.RedirectURI != r.RedirectURI {
		return say(ErrElsewhere, "redirect_uri differs from the TPP-Redirect-URI that the consent was created with (%s). Send the same address in both.", quote(consent.RedirectURI)), nil
	}
	connected, err := o.connected(ctx, app, r.Brand)
	if err != nil || connected {
		return nil, err
	}
	return say(ErrNotConnected, "The app is not connected to an account information API of this bank. Connect it under APIs in the portal."), nil
}

// connected reports whether an app may call an API that an account information scope opens.
func (o *OAuth) connected(ctx context.Context, app apps.App, brand string) (bool, error) {
	all, err := o.config.Catalog.APIs(ctx)
	if err != nil {
		return false, err
	}
	for _, api := range all {
		if api.Scope == scopeAIS && app.ConnectedTo(brand, api.ID) {
			return true, nil
		}
	}
	return false, nil
}

func (o *OAuth) back(env catalog.Environment, brand, redirectURI, state string, problem *fault.Error) *Exit {
	return &Exit{RedirectURI: redirectURI, State: state, Issuer: o.config.Issuer(env, brand), Refusal: problem}
}
