package main

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"fairway/bench/load"
	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/bank/sandbox"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/oauth"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

const (
	redirectURI = "https://load.example/callback"
	cardsPath   = "/card-account/v1/card-accounts"
	consentDays = 180
	api         = "card-account"
)

// customers are the sandbox's test customers with cards. A consent ends the former one of the same TPP, brand and
// customer, so each app of a TPP has a pair of brand and customer for itself.
var customers = []string{"1345611", "1345618", "1345620", "1345612", "1345615", "1345617", "1345616", "1345613"}

// tpp is one provider with everything that it calls with.
type tpp struct {
	organisation certs.Organisation
	person       string
	qwac         tls.Certificate
	seal         load.Seal
	apps         []app
}

// app is one app with a customer's consent and token.
type app struct {
	brand, key, consent, token string
}

// world is the domains on the database of the program under test, while that does not run.
type world struct {
	db       *db.DB
	accounts *accounts.Accounts
	certs    *certs.Certs
	apps     *apps.Apps
	consents *consents.Consents
	oauth    *oauth.OAuth
	brands   []catalog.Brand
}

func openWorld(ctx context.Context, s settings) (*world, error) {
	ring, err := secret.ParseRing(secret.Text(s.keys))
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	d, err := db.Open(ctx, db.Options{URL: s.database, Clock: clock.System{}, Log: log})
	if err != nil {
		return nil, err
	}
	queue, err := jobs.New(d, log)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	brands := catalog.New(d, log)
	w := &world{db: d, accounts: accounts.New(d, queue, ring, log)}
	w.certs = certs.New(d, queue, ring, certs.Config{BaseURL: s.baseURL(), AuthURL: s.authURL()}, log)
	w.apps = apps.New(d, queue, ring, apps.Config{PlaygroundCallback: s.baseURL() + "/playground/callback", Catalog: brands}, log)
	w.consents = consents.New(d, consents.Config{MaxDays: consentDays})
	w.oauth = oauth.New(d, w.apps, w.consents, sandbox.New(clock.System{}), ring, oauth.Config{
		Issuer: func(env catalog.Environment, brand string) string {
			return s.authURL() + "/" + string(env) + "/" + brand
		},
	}, log)
	if err := w.certs.EnsureAuthorities(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	w.brands, err = brands.Brands(ctx)
	return w, err
}

// newTPP makes an organisation with its certificates.
func (w *world) newTPP(ctx context.Context, n int) (*tpp, error) {
	person, _, err := w.accounts.Provision(ctx, "owner@tpp"+strconv.Itoa(n)+".example", "Load "+strconv.Itoa(n)+" Oy", "FI")
	if err != nil {
		return nil, err
	}
	keys, err := w.certs.Prepare(ctx, certs.Request{Roles: []qcert.Role{qcert.RoleAI}, KeyBits: certs.DefaultKeyBits})
	if err != nil {
		return nil, err
	}
	t := &tpp{person: person.ID, organisation: certs.Organisation{ID: person.OrganisationID, Name: person.OrganisationName, Country: person.Country}}
	err = w.db.InTx(ctx, func(tx db.Tx) error {
		set, private, err := w.certs.Generate(ctx, tx, t.organisation, person.ID, keys, "")
		if err != nil {
			return err
		}
		return t.hold(set, private)
	})
	return t, err
}

func (t *tpp) hold(set certs.Set, private certs.PrivateKeys) error {
	qwac, err := readKey(private.QWAC())
	if err != nil {
		return err
	}
	seal, err := readKey(private.QSeal())
	if err != nil {
		return err
	}
	t.qwac = tls.Certificate{Certificate: [][]byte{set.QWAC.DER}, PrivateKey: qwac, Leaf: set.QWAC.X509}
	t.seal = load.Seal{Certificate: set.QSeal.X509, Key: seal}
	return nil
}

// adopt takes over the TPP and the app that `portal provision` made, from the folder that it wrote.
func (w *world) adopt(ctx context.Context, dir string) (*tpp, error) {
	var made struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		APIKey       string `json:"api_key"`
		Brand        string `json:"brand"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "app.json"))
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was provisioned: %w", err)
	}
	app, err := w.apps.ByClient(ctx, made.ClientID)
	if err != nil {
		return nil, err
	}
	t := &tpp{organisation: certs.Organisation{ID: app.OrganisationID}, person: "command"}
	if t.qwac, err = tls.LoadX509KeyPair(filepath.Join(dir, "qwac.pem"), filepath.Join(dir, "qwac.key")); err != nil {
		return nil, fmt.Errorf("read the provisioned QWAC: %w", err)
	}
	seal, err := tls.LoadX509KeyPair(filepath.Join(dir, "qseal.pem"), filepath.Join(dir, "qseal.key"))
	if err != nil {
		return nil, fmt.Errorf("read the provisioned seal: %w", err)
	}
	signer, ok := seal.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("read the provisioned seal: its key cannot sign")
	}
	t.seal = load.Seal{Certificate: seal.Leaf, Key: signer}
	return t, w.authorise(ctx, t, credentials{app: app, brand: made.Brand, key: made.APIKey, secret: secret.Text(made.ClientSecret), customer: customers[0]})
}

// addApp makes the n-th app of a TPP, connects it, and has a customer authorise its consent.
func (w *world) addApp(ctx context.Context, t *tpp, n int) error {
	c := credentials{brand: w.brands[n%len(w.brands)].ID, customer: customers[n/len(w.brands)%len(customers)]}
	err := w.db.InTx(ctx, func(tx db.Tx) error {
		form := apps.NewApp{Environment: catalog.Sandbox, Name: "Load " + strconv.Itoa(n), RedirectURIs: []string{redirectURI}, Once: secret.ID("once")}
		app, issued, err := w.apps.Create(ctx, tx, t.organisation.ID, t.person, form)
		if err != nil {
			return err
		}
		c.app, c.key, c.secret = app, issued.APIKey.Reveal(), issued.ClientSecret
		return w.apps.Connect(ctx, tx, t.organisation.ID, app.ID, c.brand, api, t.person)
	})
	if err != nil {
		return fmt.Errorf("make an app: %w", err)
	}
	return w.authorise(ctx, t, c)
}

// credentials are an app with its secrets, and whose accounts it is to read at which brand.
type credentials struct {
	app             apps.App
	brand, customer string
	key             string
	secret          secret.Text
}

// authorise does what TPP and customer do: a consent, the customer's yes, the code for a token.
func (w *world) authorise(ctx context.Context, t *tpp, c credentials) error {
	owner := consents.Owner{OrganisationID: t.organisation.ID, Environment: catalog.Sandbox, Brand: c.brand}
	consent, _, err := w.consents.Create(ctx, consents.Request{
		Owner: owner, AppID: c.app.ID, Access: consents.Access{AllPSD2: "allAccounts"}, Recurring: true, ValidUntil: "9999-12-31", FrequencyPerDay: 4,
		RequestID: secret.UUID(), RequestDigest: "SHA-256=" + secret.UUID(),
	})
	if err != nil {
		return fmt.Errorf("make a consent: %w", err)
	}
	verifier := secret.Token("").Reveal()
	sum := sha256.Sum256([]byte(verifier))
	code, err := w.approve(ctx, c.customer, oauth.AuthRequest{
		Environment: catalog.Sandbox, Brand: c.brand, ClientID: c.app.ClientID, RedirectURI: redirectURI, ResponseType: "code", Scope: "AIS:" + consent.ID,
		State: "load", CodeChallenge: base64.RawURLEncoding.EncodeToString(sum[:]), CodeChallengeMethod: "S256",
	})
	if err != nil {
		return fmt.Errorf("authorise a consent: %w", err)
	}
	answer, err := w.oauth.Exchange(ctx, oauth.TokenRequest{
		ClientID: c.app.ClientID, ClientSecret: c.secret, Thumbprint: qcert.Thumbprint(t.qwac.Leaf), OrganisationID: t.organisation.ID,
		GrantType: "authorization_code", Code: code, RedirectURI: redirectURI, CodeVerifier: verifier,
	})
	if err != nil {
		return fmt.Errorf("exchange a code: %w", err)
	}
	t.apps = append(t.apps, app{brand: c.brand, key: c.key, consent: consent.ID, token: answer.AccessToken.Reveal()})
	return nil
}

// approve is the customer at the bank.
func (w *world) approve(ctx context.Context, customer string, r oauth.AuthRequest) (secret.Text, error) {
	begun, err := w.oauth.Begin(ctx, r)
	if err != nil {
		return "", err
	}
	visit, err := w.oauth.Open(ctx, r.Environment, r.Brand, begun.Secret)
	if err == nil {
		visit, err = w.oauth.Identify(ctx, visit, customer)
	}
	if err == nil {
		visit, err = w.oauth.Select(ctx, visit, nil)
	}
	if err == nil {
		visit, err = w.oauth.Confirm(ctx, visit, w.oauth.SandboxCode(visit))
	}
	if err != nil {
		return "", err
	}
	if visit.Exit == nil || visit.Exit.Code == "" {
		return "", fmt.Errorf("the authorisation is %s and has no code", visit.Stage)
	}
	return visit.Exit.Code, nil
}

// call is the GET of an app's card accounts before it is signed.
func (t *tpp) call(s settings, a app) load.Call {
	h := http.Header{}
	h.Set("Accept", "application/json")
	h.Set("Authorization", "Bearer "+a.token)
	h.Set("Consent-Id", a.consent)
	h.Set("Psu-Ip-Address", "192.0.2.10")
	h.Set("X-Api-Key", a.key)
	return load.Call{Host: s.machines, Path: "/" + string(catalog.Sandbox) + "/" + a.brand + cardsPath, Header: h, Seal: t.seal}
}

func readKey(text secret.Text) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		return nil, errors.New("read a key: it is no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("read a key: it cannot sign")
	}
	return signer, nil
}
