package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

type provisionCommand struct {
	Email        string   `required:"" help:"Whose account; it is made where there is none."`
	App          string   `required:"" help:"Name of the app; it is made where there is none, and gets new secrets where there is."`
	Brand        string   `required:"" help:"Brand to connect, for example rocker."`
	RedirectURI  []string `required:"" name:"redirect-uri" sep:"none" help:"Redirect URI of the app; may be given several times."`
	Out          string   `required:"" type:"path" help:"Folder for the certificates, keys and app.json."`
	Organisation string   `default:"Fairway Pipeline" help:"Name of the organisation, where the account is new."`
	Country      string   `default:"FI" help:"Country of the organisation, where the account is new."`
	Roles        []string `default:"PSP_AI" help:"PSP roles of the certificates."`
}

// provisioned is app.json: all that a client needs besides the certificates.
type provisioned struct {
	ClientID         string `json:"client_id"`
	ClientSecret     string `json:"client_secret"`
	APIKey           string `json:"api_key"`
	Brand            string `json:"brand"`
	RedirectURI      string `json:"redirect_uri"`
	PortalURL        string `json:"portal_url"`
	TokenURL         string `json:"token_url"`
	AuthorizationURL string `json:"authorization_url"`
	APIURL           string `json:"api_url"`
	PSUID            string `json:"psu_id"`
	PSUCode          string `json:"psu_code"`
}

// testCustomer is the sandbox's first customer, with two cards at every brand.
const testCustomer = "1345611"

// provision does what a newcomer does in the browser, and prints app.json alone. Run again it replaces the certificate
// set and the app's secrets, and makes nothing twice.
func (p *program) provision(ctx context.Context, c provisionCommand) error {
	roles, err := readRoles(c.Roles)
	if err != nil {
		return err
	}
	if _, err := p.catalog.Brand(ctx, c.Brand); err != nil {
		return spoken(err)
	}
	if err := writableFolder(c.Out); err != nil { // before the old set ends
		return err
	}
	person, _, err := p.accounts.Provision(ctx, c.Email, c.Organisation, c.Country)
	if err != nil {
		return spoken(err)
	}
	keys, err := p.certs.Prepare(ctx, certs.Request{OrganisationID: person.OrganisationID, Roles: roles, KeyBits: 2048})
	if err != nil {
		return spoken(err)
	}
	made, err := p.setUp(ctx, c, person, keys)
	if err != nil {
		return spoken(err)
	}
	select { // what a script does next meets servers that know of the new set, and that the old one is revoked
	case <-ctx.Done():
	case <-time.After(db.ReachesWithin):
	}
	return p.hand(c.Out, made)
}

type setUp struct {
	set    certs.Set
	keys   certs.PrivateKeys
	answer provisioned
}

// setUp replaces the set, makes or renews the app and connects it, all or nothing.
func (p *program) setUp(ctx context.Context, c provisionCommand, person accounts.Person, keys certs.Keys) (setUp, error) {
	var made setUp
	var app apps.App
	var issued apps.Issued
	err := p.db.InTx(ctx, func(tx db.Tx) (err error) {
		organisation := certs.Organisation{ID: person.OrganisationID, Name: person.OrganisationName, Country: person.Country}
		if made.set, made.keys, err = p.certs.Generate(ctx, tx, organisation, person.ID, keys, secret.ID("once")); err != nil {
			return err
		}
		if app, issued, err = p.apps.Ensure(ctx, tx, person.OrganisationID, person.ID, catalog.Sandbox, c.App, c.RedirectURI); err != nil {
			return err
		}
		if app.ConnectedTo(c.Brand, "card-account") {
			return nil
		}
		return p.apps.Connect(ctx, tx, person.OrganisationID, app.ID, c.Brand, "card-account", person.ID)
	})
	if err != nil {
		return setUp{}, err
	}
	env := string(catalog.Sandbox)
	made.answer = provisioned{
		ClientID: app.ClientID, ClientSecret: issued.ClientSecret.Reveal(), APIKey: issued.APIKey.Reveal(), Brand: c.Brand, RedirectURI: c.RedirectURI[0],
		PortalURL: p.cfg.BaseURL.String(), TokenURL: p.cfg.AuthURL.String() + "/token",
		AuthorizationURL: p.cfg.BankURL.URL(env, c.Brand) + "/v1/authorizations", APIURL: p.cfg.APIURL.URL(env, c.Brand),
		PSUID: testCustomer, PSUCode: oauth.SandboxCode,
	}
	return made, nil
}

// hand writes the files, keys readable by their owner alone, and prints app.json.
func (p *program) hand(dir string, made setUp) error {
	body, err := json.MarshalIndent(made.answer, "", "  ")
	if err != nil {
		return fmt.Errorf("encode app.json: %w", err)
	}
	body = append(body, '\n')
	files := []struct {
		name string
		body []byte
	}{
		{"ca.pem", p.certs.Roots()},
		{"chain.pem", p.certs.Chain()},
		{"qwac.pem", certificatePEM(made.set.QWAC)},
		{"qwac.key", []byte(made.keys.QWAC().Reveal())},
		{"qseal.pem", certificatePEM(made.set.QSeal)},
		{"qseal.key", []byte(made.keys.QSeal().Reveal())},
		{"app.json", body},
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(dir, f.name), f.body); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	_, err = p.stdout.Write(body)
	return err
}

// writableFolder makes a folder where there is none and tries whether files can be written there.
func writableFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	draft, err := os.CreateTemp(dir, ".draft-*")
	if err != nil {
		return fmt.Errorf("write into the folder: %w", err)
	}
	return errors.Join(draft.Close(), os.Remove(draft.Name()))
}

func certificatePEM(c certs.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.DER})
}

// replaceFile writes a file whole: a reader sees the old one or the new one.
func replaceFile(path string, body []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".draft-*")
	if err != nil {
		return err
	}
	_, err = draft.Write(body)
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		_ = os.Remove(draft.Name())
	}
	return err
}

func readRoles(names []string) ([]qcert.Role, error) {
	roles := make([]qcert.Role, 0, len(names))
	for _, name := range names {
		role, ok := qcert.ParseRole(name)
		if !ok {
			return nil, fmt.Errorf("--roles: %q is none of PSP_AI, PSP_PI, PSP_IC", name)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// spoken gives the sentence of a fault, with its fields, as a command line shows it.
func spoken(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	lines := []string{f.Message}
	for _, field := range f.Fields {
		lines = append(lines, "  - "+field.Name+": "+field.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}
