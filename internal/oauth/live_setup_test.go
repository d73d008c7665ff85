package oauth_test

import (
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

const (
	everyday = "6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b01"
	travel   = "6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b02"
	customer = "20260017"
)

// newInsider is a client whose app is one of Live; rocker and alisa are open there.
func (w world) newInsider(name string) client {
	w.t.Helper()
	org, person := testkit.Organisation(w.t, w.db, name)
	c := client{org: org, thumbprint: secret.Hash(secret.Text(name))}
	var issued apps.Issued
	w.must(w.db.InTx(w.t.Context(), func(tx db.Tx) (err error) {
		for _, b := range []string{brand, "alisa"} {
			backend := catalog.Backend{Upstream: "https://psd2." + b + ".example", Authorise: "https://" + b + ".example/authorise", Callers: []string{strings.Repeat("ab", 32)}}
			if err := catalog.SetBackend(tx, b, backend, "per_admin"); err != nil {
				return err
			}
		}
		c.app, issued, err = w.apps.Create(w.t.Context(), tx, org, person, apps.NewApp{Environment: catalog.Live, Name: name, RedirectURIs: []string{callback}})
		return err
	}))
	w.must(w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		return w.apps.Connect(w.t.Context(), tx, org, c.app.ID, brand, "card-account", person)
	}))
	c.secret = issued.ClientSecret
	return c
}

// live is a request of the client for Live.
func (c client) live(access consents.Access) consents.Request {
	r := c.everything()
	r.Environment, r.Access = catalog.Live, access
	return r
}

var allAccounts = consents.Access{AllPSD2: "allAccounts"}

// sendOff begins a visit at the brand and gives the browser's cookie and the visit's id.
func (w world) sendOff(c client, consent *consents.Consent) oauth.Begun {
	w.t.Helper()
	r := c.request(consent)
	r.Environment = catalog.Live
	begun, err := w.Begin(w.t.Context(), r)
	w.must(err)
	return begun
}

// comeBack is the customer's browser, which comes from the brand's page.
func (w world) comeBack(begun oauth.Begun) *oauth.Authorisation {
	w.t.Helper()
	a, err := w.Return(w.t.Context(), brand, begun.Secret, w.Returns(begun.ID))
	w.must(err)
	return a
}

// decide gives the code of what is wrong with a decision, or "".
func (w world) decide(id string, d oauth.Decision) string {
	w.t.Helper()
	err := w.Decide(w.t.Context(), brand, id, d)
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func opened(id, masked string) oauth.Opened {
	return oauth.Opened{ResourceID: id, MaskedPAN: masked, Currency: "EUR", Balances: true, Transactions: true}
}

// yes opens both cards, or those that are given.
func yes(accounts ...oauth.Opened) oauth.Decision {
	if len(accounts) == 0 {
		accounts = []oauth.Opened{opened(everyday, "4571 91** **** 2204"), opened(travel, "4571 91** **** 7718")}
	}
	return oauth.Decision{Outcome: oauth.Granted, PSU: customer, Accounts: accounts}
}

var (
	no      = oauth.Decision{Outcome: oauth.Refused}
	neither = oauth.Decision{Outcome: oauth.Aborted}
)

// liveCheck gives the code of what is wrong with a token of Live at the client's calls, or "".
func (w world) liveCheck(c client, token secret.Text) string {
	w.t.Helper()
	found, err := w.Check(w.t.Context(), token, c.thumbprint, c.app.ID, catalog.Live, brand)
	if err == nil && found.ConsentID != "" {
		_, err = w.consents.Usable(w.t.Context(), consents.Owner{OrganisationID: c.org, Environment: catalog.Live, Brand: brand}, found.ConsentID)
	}
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

// liveToken brings a code of Live to the token endpoint.
func (w world) liveToken(c client, code secret.Text) oauth.TokenAnswer {
	w.t.Helper()
	return w.exchange(c.inLive(c.redeem(code)))
}

func (c client) inLive(r oauth.TokenRequest) oauth.TokenRequest {
	r.Environment = catalog.Live
	return r
}

// liveWorld runs a test on both databases with a client of Live.
func liveWorld(t *testing.T, test func(t *testing.T, w world, c client)) {
	t.Helper()
	each(t, func(t *testing.T, w world) { test(t, w, w.newInsider("Revontuli")) })
}
