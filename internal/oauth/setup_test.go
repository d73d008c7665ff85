package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/bank/sandbox"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/oauth"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

const (
	callback = "https://app.example/callback"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	brand    = "rocker"
	twoCards = "1345611"
)

// world is an authorisation server with the domains below it, on a database that others may share.
type world struct {
	*oauth.OAuth
	t        testing.TB
	db       *db.DB
	clock    *clock.Manual
	apps     *apps.Apps
	consents *consents.Consents
	// tpps are those of whom something else is known than usual.
	tpps map[string]oauth.TPP
}

// client is a TPP with an app, its secret and its certificate.
type client struct {
	org        string
	app        apps.App
	secret     secret.Text
	thumbprint string
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, newWorld(t, open(t, clk), clk))
		})
	}
}

func newWorld(t testing.TB, d *db.DB, clk *clock.Manual) world {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	w := world{t: t, db: d, clock: clk, tpps: map[string]oauth.TPP{}, consents: consents.New(d, consents.Config{MaxDays: 180})}
	w.apps = apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: "http://localhost:8080/playground/flow/callback", Live: func(db.Tx, string) error { return nil },
		Grants: func(db.Tx, string, string) error { return nil }}, testkit.Log(t))
	w.OAuth = oauth.New(d, w.apps, w.consents, sandbox.New(clk), testkit.Ring(t), oauth.Config{
		Issuer: func(env catalog.Environment, brand string) string {
			return "https://auth.example/" + string(env) + "/" + brand
		},
		TPP: func(_ context.Context, org string, _ catalog.Environment) (oauth.TPP, error) {
			if changed, ok := w.tpps[org]; ok {
				return changed, nil
			}
			return oauth.TPP{Name: "TPP " + org, Identifier: "PSDXX-FWYSBX-TEST", Roles: []string{"PSP_AI"}}, nil
		},
	}, testkit.Log(t))
	return w
}

// newClient makes an organisation with an app that is connected to one brand.
func (w world) newClient(name string, uris ...string) client {
	w.t.Helper()
	org, person := testkit.Organisation(w.t, w.db, name)
	c := client{org: org, thumbprint: secret.Hash(secret.Text(name))}
	c.app, c.secret = w.newApp(org, person, name, uris...)
	return c
}

func (w world) newApp(org, person, name string, uris ...string) (apps.App, secret.Text) {
	w.t.Helper()
	if len(uris) == 0 {
		uris = []string{callback}
	}
	var app apps.App
	var issued apps.Issued
	err := w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		var err error
		if app, issued, err = w.apps.Create(w.t.Context(), tx, org, person, apps.NewApp{Environment: catalog.Sandbox, Name: name, RedirectURIs: uris}); err != nil {
			return err
		}
		return w.apps.Connect(w.t.Context(), tx, org, app.ID, brand, "card-account", person)
	})
	w.must(err)
	return app, issued.ClientSecret
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// everything asks for all accounts, recurring, for as long as possible.
func (c client) everything() consents.Request {
	return consents.Request{Owner: consents.Owner{OrganisationID: c.org, Environment: catalog.Sandbox, Brand: brand}, AppID: c.app.ID,
		Access: consents.Access{AllPSD2: "allAccounts"}, Recurring: true, ValidUntil: "9999-12-31", FrequencyPerDay: 4}
}

func (w world) consent(r consents.Request) *consents.Consent {
	w.t.Helper()
	r.RequestID, r.RequestDigest = secret.UUID(), "SHA-256=x"
	made, _, err := w.consents.Create(w.t.Context(), r)
	w.must(err)
	return made
}

func (w world) status(c *consents.Consent) consents.Status {
	w.t.Helper()
	found, err := w.consents.ForBank(w.t.Context(), c.ID)
	w.must(err)
	return found.Status(w.clock.Now())
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// request is a sound authorisation request for a consent.
func (c client) request(consent *consents.Consent) oauth.AuthRequest {
	return oauth.AuthRequest{Environment: catalog.Sandbox, Brand: brand, ClientID: c.app.ClientID, RedirectURI: callback, ResponseType: "code",
		Scope: "AIS:" + consent.ID, State: "state-1", CodeChallenge: challenge(verifier), CodeChallengeMethod: "S256"}
}

func (w world) begin(c client, consent *consents.Consent) *oauth.Authorisation {
	w.t.Helper()
	begun, err := w.Begin(w.t.Context(), c.request(consent))
	w.must(err)
	return w.open(begun.Secret)
}

func (w world) open(cookie secret.Text) *oauth.Authorisation {
	w.t.Helper()
	a, err := w.Open(w.t.Context(), catalog.Sandbox, brand, cookie)
	w.must(err)
	return a
}

func (w world) identify(a *oauth.Authorisation, psu string) *oauth.Authorisation {
	w.t.Helper()
	a, err := w.Identify(w.t.Context(), a, psu)
	w.must(err)
	return a
}

// selected brings an authorisation to its last step.
func (w world) selected(c client, consent *consents.Consent, psu string) *oauth.Authorisation {
	w.t.Helper()
	a := w.identify(w.begin(c, consent), psu)
	a, err := w.Select(w.t.Context(), a, nil)
	w.must(err)
	return a
}

// approve plays the customer who says yes and gives the code.
func (w world) approve(c client, consent *consents.Consent) secret.Text {
	w.t.Helper()
	a := w.selected(c, consent, twoCards)
	a, err := w.Confirm(w.t.Context(), a, w.SandboxCode(a))
	w.must(err)
	if a.Stage != oauth.Approved || a.Exit == nil || a.Exit.Code == "" {
		w.t.Fatalf("not approved: %s, %+v", a.Stage, a.Exit)
	}
	return a.Exit.Code
}

// own is a request for a token of the client's own.
func (c client) own() oauth.TokenRequest {
	return oauth.TokenRequest{ClientID: c.app.ClientID, ClientSecret: c.secret, Thumbprint: c.thumbprint, OrganisationID: c.org, GrantType: "client_credentials"}
}

func (c client) redeem(code secret.Text) oauth.TokenRequest {
	r := c.own()
	r.GrantType, r.Code, r.RedirectURI, r.CodeVerifier = "authorization_code", code, callback, verifier
	return r
}

func (c client) refresh(token secret.Text) oauth.TokenRequest {
	r := c.own()
	r.GrantType, r.RefreshToken = "refresh_token", token
	return r
}

func (w world) exchange(r oauth.TokenRequest) oauth.TokenAnswer {
	w.t.Helper()
	answer, err := w.Exchange(w.t.Context(), r)
	w.must(err)
	return answer
}

// refused is the code of the fault that an exchange ends in.
func (w world) refused(r oauth.TokenRequest) string {
	w.t.Helper()
	answer, err := w.Exchange(w.t.Context(), r)
	if err == nil {
		return ""
	}
	if answer.AccessToken != "" || answer.RefreshToken != "" {
		w.t.Error("a refusal carries tokens")
	}
	return fault.Of(err).Code
}

// check gives the code of what is wrong with a token at the client's calls, or "".
func (w world) check(c client, token secret.Text) string {
	w.t.Helper()
	_, err := w.Check(w.t.Context(), token, c.thumbprint, c.app.ID, catalog.Sandbox, brand)
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

// refusal is how Begin refuses.
func (w world) refusal(r oauth.AuthRequest) *oauth.Refusal {
	w.t.Helper()
	_, err := w.Begin(w.t.Context(), r)
	var refusal *oauth.Refusal
	if err != nil && !errors.As(err, &refusal) {
		w.t.Fatalf("not a refusal: %v", err)
	}
	return refusal
}

// newLiteWorld is a world on SQLite, for rules that no database can bend.
func newLiteWorld(t testing.TB) world {
	t.Helper()
	clk := testkit.Clock()
	return newWorld(t, testkit.SQLiteAt(t, clk), clk)
}
