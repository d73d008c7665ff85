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
	"fairway/internal/secret"
)

// Stage is how far a customer has come at the bank.
type Stage string

// The stages. The last three are the end; a customer may step back before.
//
//	            identify             select             confirm
//	started ──────────────▶ identified ──────▶ selected ────────▶ approved
//	   └──────────────────────┴──────────────────┴──cancel───────▶ denied
//	                          └──────────────────┴──blocked, wrong code, too late, consent ended──▶ failed
const (
	Started    Stage = "started"
	Identified Stage = "identified"
	Selected   Stage = "selected"
	Approved   Stage = "approved"
	Denied     Stage = "denied"
	Failed     Stage = "failed"
)

// Over reports whether nothing more can happen.
func (s Stage) Over() bool { return s == Approved || s == Denied || s == Failed }

// outcomes are the reasons of failed authorisations as rows keep them.
var outcomes = map[string]*fault.Error{
	ErrTries.Code: ErrTries, ErrBlocked.Code: ErrBlocked, ErrTimedOut.Code: ErrTimedOut, ErrWithdrawn.Code: ErrWithdrawn, ErrDenied.Code: ErrDenied,
	ErrSuspended.Code: ErrSuspended, ErrNotApproved.Code: ErrNotApproved, errVisitOver.Code: errVisitOver,
}

// Exit is how the browser leaves the bank: to the TPP with a code, or with the reason why there is none, always with
// state and issuer.
type Exit struct {
	RedirectURI string
	State       string
	Issuer      string
	// Code is empty where Refusal is set.
	Code secret.Text
	// Refusal is why there is no code; nil where there is one.
	Refusal *fault.Error
}

// Authorisation is one visit of a customer at the bank, as it stood when it was opened.
type Authorisation struct {
	ID            string
	Environment   catalog.Environment
	Brand         string
	App           apps.App
	TPP           TPP
	Consent       *consents.Consent
	Stage         Stage
	PSU           string
	RedirectURI   string
	State         string
	Scope         string
	CodeChallenge string
	ExpiresAt     time.Time
	// TriesLeft is how often the code may still be mistyped.
	TriesLeft int
	// Exit is where the browser goes once the authorisation is over. It is nil before, and after a code was exchanged
	// or has expired: then there is nothing left to carry.
	Exit *Exit
	// Unfetched says that the customer said yes at the brand, and that no browser has come back from there for the code.
	Unfetched bool

	secret  secret.Text
	chosen  []string
	outcome string
}

// Open finds the authorisation of a browser's cookie at a bank's address. One whose time or consent is over, or
// whose app's organisation was suspended, has ended when it comes back. Faults: ErrNoAuthorisation, ErrAppGone.
func (o *OAuth) Open(ctx context.Context, env catalog.Environment, brand string, cookie secret.Text) (*Authorisation, error) {
	a, err := o.load(ctx, env, brand, cookie)
	if err != nil {
		return nil, err
	}
	if !a.Stage.Over() {
		if ended := a.timeUp(o.db.Now()); ended != nil {
			return o.end(ctx, a, ended, false)
		}
	}
	return a, o.addExit(ctx, a)
}

// timeUp says why an open authorisation cannot go on, or nil.
func (a *Authorisation) timeUp(now time.Time) *fault.Error {
	switch {
	case !now.Before(a.ExpiresAt):
		return ErrTimedOut
	case a.Consent.Status(now) != consents.Received:
		return ErrWithdrawn
	case a.App.Suspended:
		return ErrSuspended
	case !a.TPP.mayAsk(a.Environment):
		return ErrNotApproved
	}
	return nil
}

func (o *OAuth) load(ctx context.Context, env catalog.Environment, brand string, cookie secret.Text) (*Authorisation, error) {
	row, err := authorisationBySecret(o.db.Reader(ctx), string(env), brand, secret.Hash(cookie))
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrNoAuthorisation
	}
	if err != nil {
		return nil, o.db.Fault(ctx, err)
	}
	app, err := o.apps.ByID(ctx, row.OrganisationID, row.AppID)
	if errors.Is(err, apps.ErrUnknown) || (err == nil && !app.AllowsRedirect(row.RedirectURI)) {
		return nil, ErrAppGone
	}
	if err != nil {
		return nil, err
	}
	door, err := o.apps.ByClient(ctx, app.ClientID)
	if err != nil {
		return nil, err
	}
	app.Suspended = door.Suspended
	consent, err := o.consents.ByID(ctx, consents.Owner{OrganisationID: row.OrganisationID, Environment: env, Brand: brand}, row.ConsentID)
	if errors.Is(err, consents.ErrUnknown) {
		return nil, ErrNoAuthorisation
	}
	if err != nil {
		return nil, err
	}
	tpp, err := o.tpp(ctx, app)
	if err != nil {
		return nil, err
	}
	return &Authorisation{
		ID: row.ID, Environment: env, Brand: brand, App: app, TPP: tpp, Consent: consent, Stage: Stage(row.Status), PSU: row.PSUID,
		RedirectURI: row.RedirectURI, State: row.State, Scope: row.Scope, CodeChallenge: row.CodeChallenge, ExpiresAt: row.ExpiresAt.UTC(),
		TriesLeft: max(0, maxTries-row.Attempts), secret: cookie, chosen: fields(row.Accounts), outcome: row.Outcome,
	}, nil
}

func fields(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// tpp is who the customer is told about.
func (o *OAuth) tpp(ctx context.Context, app apps.App) (TPP, error) {
	who := TPP{}
	if o.config.TPP != nil {
		var err error
		if who, err = o.config.TPP(ctx, app.OrganisationID, app.Environment); err != nil {
			return TPP{}, err
		}
	}
	if who.Name == "" {
		who.Name = app.Name
	}
	return who, nil
}

// addExit works out where the browser of an authorisation that is over goes.
func (o *OAuth) addExit(ctx context.Context, a *Authorisation) error {
	switch a.Stage {
	case Denied, Failed:
		reason := outcomes[a.outcome]
		if reason == nil {
			reason = ErrDenied
		}
		a.Exit = o.back(a.Environment, a.Brand, a.RedirectURI, a.State, reason)
	case Approved:
		return o.addCode(ctx, a)
	}
	return nil
}

// addCode leads to the TPP with the code while it can be exchanged. In Live there is none before the browser is back.
func (o *OAuth) addCode(ctx context.Context, a *Authorisation) error {
	q := o.db.Reader(ctx)
	if a.Environment == catalog.Live {
		n, err := countCodes(q, a.ID)
		if err != nil {
			return o.db.Fault(ctx, err)
		}
		if n == 0 {
			a.Unfetched = true
			return nil
		}
	}
	code := o.code(a)
	open, err := codeOpen(q, a.ID, secret.Hash(code), o.db.Now())
	if err != nil {
		return o.db.Fault(ctx, err)
	}
	if open {
		a.Exit = o.exitWith(a, code)
	}
	return nil
}

func (o *OAuth) exitWith(a *Authorisation, code secret.Text) *Exit {
	return &Exit{RedirectURI: a.RedirectURI, State: a.State, Issuer: o.config.Issuer(a.Environment, a.Brand), Code: code}
}

// code is the authorisation's code: 256 bits that follow from the browser's cookie and a key of ours, so that a button
// pressed twice leads to the same address although only the hash is stored.
func (o *OAuth) code(a *Authorisation) secret.Text {
	return secret.Text(a.Environment.Prefix() + "ac_" + o.ring.MAC("authorisation code", a.ID+"|"+a.secret.Reveal()))
}

// end closes an open authorisation with a reason and gives it as it stands then; another request may have been first.
func (o *OAuth) end(ctx context.Context, a *Authorisation, reason *fault.Error, reject bool) (*Authorisation, error) {
	stage := Failed
	if reason.Code == ErrDenied.Code {
		stage = Denied
	}
	err := o.db.InTx(ctx, func(tx db.Tx) error {
		ended, err := endAuthorisation(tx, a.ID, stage, reason.Code)
		if err != nil || !ended || !reject {
			return err
		}
		return o.consents.Reject(tx, a.Consent)
	})
	if err != nil {
		return nil, err
	}
	return o.reload(ctx, a)
}

// reload is an authorisation as it stands now.
func (o *OAuth) reload(ctx context.Context, a *Authorisation) (*Authorisation, error) {
	now, err := o.load(ctx, a.Environment, a.Brand, a.secret)
	if err != nil {
		return nil, err
	}
	return now, o.addExit(ctx, now)
}

// FormToken proves that a form was drawn for this authorisation.
func (o *OAuth) FormToken(a *Authorisation) string { return o.ring.MAC("bank", a.secret.Reveal()) }

// CheckForm reports whether a form was drawn for this authorisation, else ErrStaleForm.
func (o *OAuth) CheckForm(a *Authorisation, token string) error {
	if !o.ring.CheckMAC("bank", a.secret.Reveal(), token) {
		return ErrStaleForm
	}
	return nil
}
