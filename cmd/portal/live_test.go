package main

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/qcert"
)

func TestAnApprovedTPPReadsAccountsAtTheBrandsOwnSystem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent := i.newConsent()

	code := i.visit(consent, "approve")
	token := i.token(url.Values{"grant_type": {"authorization_code"}, "code": {code.Get("code")}, "redirect_uri": {liveRedirect}, "code_verifier": {verifier}})
	bearer := token.field(t, "access_token")
	list := i.call("GET", "/card-account/v1/card-accounts", bearer, "", "Consent-ID", consent)
	balances := i.call("GET", "/card-account/v1/card-accounts/6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b01/balances", bearer, "", "Consent-ID", consent)
	other := i.call("GET", "/card-account/v1/card-accounts/6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b02", bearer, "", "Consent-ID", consent)

	if code.Get("state") != "s1" || !strings.HasPrefix(code.Get("code"), "live_ac_") || code.Get("iss") != w.cfg.AuthURL.String()+"/live/rocker" || !strings.HasPrefix(bearer, "live_at_") {
		t.Errorf("back with %v, then %s", code, token.body)
	}
	if list.status != http.StatusOK || !strings.Contains(list.body, "4571 91** **** 2204") || strings.Contains(list.body, "7718") || !strings.Contains(list.body, `"/live/rocker/card-account/v1/`) {
		t.Errorf("the list: %d %s", list.status, list.body)
	}
	if balances.status != http.StatusOK || !strings.Contains(balances.body, "-312.40") || balances.header.Get("Cache-Control") != "no-store" || balances.header.Get("RateLimit") == "" {
		t.Errorf("balances: %d %s %v", balances.status, balances.body, balances.header)
	}
	if other.status != http.StatusUnauthorized || !strings.Contains(other.body, "CONSENT_INVALID") {
		t.Errorf("an account that was not opened: %d %s", other.status, other.body)
	}
	if status := i.call("GET", "/consent/v1/consents/"+consent+"/status", bearer, ""); !strings.Contains(status.body, `"valid"`) {
		t.Errorf("the consent is %s", status.body)
	}

	stop()
	if gone := i.call("GET", "/card-account/v1/card-accounts", bearer, "", "Consent-ID", consent); gone.status != http.StatusBadGateway || !strings.Contains(gone.body, "BANK_UNREACHABLE") {
		t.Errorf("without the bank: %d %s", gone.status, gone.body)
	}
}

func TestACustomerWhoDeniesOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent := i.newConsent()

	back := i.visit(consent, "deny")

	if back.Get("error") != "access_denied" || back.Get("code") != "" {
		t.Errorf("back with %v", back)
	}
	if status := i.call("GET", "/consent/v1/consents/"+consent+"/status", i.own(), ""); !strings.Contains(status.body, `"rejected"`) {
		t.Errorf("the consent is %s", status.body)
	}
}

// TestNothingOfOneEnvironmentOpensTheOther is security T39: the cross product of certificates, keys and tokens.
func TestNothingOfOneEnvironmentOpensTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	sandbox := w.client("mine@tpp.example")
	liveToken, sandboxToken := i.own(), sandbox.clientToken(t)
	passed := 0
	for _, env := range []string{"sandbox", "live"} {
		for certName, via := range map[string]http.RoundTripper{"sandbox": sandbox.via, "live": i.via} {
			for keyName, key := range map[string]string{"sandbox": sandbox.APIKey, "live": i.issued.APIKey.Reveal()} {
				for tokenName, token := range map[string]string{"sandbox": sandboxToken, "live": liveToken} {
					at := w.cfg.APIURL.URL(env, "rocker") + "/consent/v1/consents/99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
					a := w.call(via, "GET", at, "X-Request-ID", newRequestID(), "X-API-Key", key, "Authorization", "Bearer "+token)

					same := certName == env && keyName == env && tokenName == env
					if same && strings.Contains(a.body, "SIGNATURE") {
						passed++ // up to the signature, which this request has not
						continue
					}
					if same || a.status != http.StatusUnauthorized || !strings.Contains(a.body, "andbox") || !strings.Contains(a.body, "Live") {
						t.Errorf("%s with certificate of %s, key of %s, token of %s: %d %s", env, certName, keyName, tokenName, a.status, a.body)
					}
				}
			}
		}
	}
	if passed != 2 {
		t.Errorf("%d of 2 that fit went on", passed)
	}
	mixed := *i
	mixed.via = sandbox.via
	if a := mixed.token(url.Values{"grant_type": {"client_credentials"}}); a.status != http.StatusUnauthorized {
		t.Errorf("a token of Live over a sandbox certificate: %d %s", a.status, a.body)
	}
}

func TestWhatIsNotApprovedIsToldWhereItStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	q := demotest.New(t, w.clock.Now())
	i := w.insider("Revontuli Oy", q, qcert.RoleAI)
	at := w.cfg.APIURL.URL("live", "rocker") + "/card-account/v1/card-accounts"
	ask := func(via http.RoundTripper) answer {
		return w.call(via, "GET", at, "X-Request-ID", newRequestID(), "X-API-Key", i.issued.APIKey.Reveal())
	}
	strange := demotest.Issue(t, q, demo.Request{At: w.clock.Now(), Organisation: "Nobody Oy", Number: "NOBODY"})
	v := w.member("Waiting Oy")
	waiting := demotest.Issue(t, q, demo.Request{At: w.clock.Now(), Organisation: "Waiting Oy", Number: "WAITING"})
	enrolmentstest.HandIn(t, w.enrols, enrolments.Who{OrganisationID: v.person.OrganisationID, PersonID: v.person.ID}, waiting)

	for name, c := range map[string]struct {
		via        http.RoundTripper
		code, text string
	}{
		"nothing":    {w.transport(nil), "CERTIFICATE_MISSING", "carried no client certificate"},
		"a stranger": {i.connection(strange), "CERTIFICATE_INVALID", "was not handed in for Live"},
		"undecided":  {i.connection(waiting), "CERTIFICATE_INVALID", "nobody has decided yet"},
		"the seal":   {w.transport(&tls.Certificate{Certificate: [][]byte{i.pair.Seal.Raw}, PrivateKey: i.pair.SealKey}), "CERTIFICATE_INVALID", "was not handed in for Live"},
	} {
		if a := ask(c.via); a.status != http.StatusUnauthorized || !strings.Contains(a.body, `"`+c.code+`"`) || !strings.Contains(a.body, c.text) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}

	err := w.db.InTx(t.Context(), func(tx db.Tx) error {
		_, err := w.enrols.Suspend(tx, i.e, "system", "The certificate was revoked.")
		return err
	})
	if a := ask(i.via); err != nil || !strings.Contains(a.body, `"CERTIFICATE_BLOCKED"`) || strings.Contains(a.body, "was revoked") {
		t.Errorf("a suspended one: %v, %d %s", err, a.status, a.body)
	}
	if row := w.newest(i.e.OrganisationID, "/card-accounts"); row.Code != "CERTIFICATE_BLOCKED" || row.Detail.Thumbprint != i.e.QWAC.Info.SHA256 {
		t.Errorf("its owner reads %s of %s", row.Code, row.Detail.Thumbprint)
	}
	token := i.token(url.Values{"grant_type": {"client_credentials"}})
	rows := w.loggedAll(i.e.OrganisationID, calls.Filter{Operation: "token", Limit: 5}, 1)
	if token.status != http.StatusUnauthorized || !strings.Contains(token.body, "taken out of Live") || rows[0].Environment != "live" {
		t.Errorf("a token: %d %s, logged %s", token.status, token.body, rows[0].Environment)
	}
}

func TestARoleThatTheApprovalDoesNotGiveOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	q := demotest.New(t, w.clock.Now())
	v := w.member("Halves Oy")
	i := &insider{w: w, person: v.person.ID}
	i.pair = demotest.Issue(t, q, demo.Request{At: w.clock.Now(), Organisation: "Halves Oy", Number: "HALVES", Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}})
	who := enrolments.Who{OrganisationID: v.person.OrganisationID, PersonID: v.person.ID}
	i.e = i.approve(enrolmentstest.HandIn(t, w.enrols, who, i.pair), []qcert.Role{qcert.RolePI})
	i.via = i.connection(i.pair)
	err := w.db.InTx(t.Context(), func(tx db.Tx) (err error) {
		i.app, i.issued, err = w.apps.Create(t.Context(), tx, who.OrganisationID, who.PersonID, apps.NewApp{Environment: catalog.Live, Name: "Budget"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	a := i.call("GET", "/card-account/v1/card-accounts", i.own(), "")
	b := i.call("POST", "/consent/v1/consents", i.own(), "{}")

	if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "TOKEN_INVALID") { // card accounts take customers' tokens alone
		t.Errorf("%d %s", a.status, a.body)
	}
	if b.status != http.StatusUnauthorized || !strings.Contains(b.body, "ROLE_INVALID") || !strings.Contains(b.body, "your approval for Live gives PSP_PI") {
		t.Errorf("%d %s", b.status, b.body)
	}
}

func TestARenewedPairWorksBesideTheFormerOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	q := demotest.New(t, w.clock.Now())
	i := w.insider("Revontuli Oy", q, qcert.RoleAI)
	former := *i
	next := demotest.Issue(t, q, demo.Request{At: w.clock.Now(), Organisation: "Revontuli Oy", Number: "REVONTULIOY"})
	e := enrolmentstest.HandIn(t, w.enrols, enrolments.Who{OrganisationID: i.e.OrganisationID, PersonID: i.person}, next)
	i.approve(e, []qcert.Role{qcert.RoleAI})
	i.pair, i.via = next, i.connection(next)
	ask := func(x *insider) answer {
		return x.call("GET", "/consent/v1/consents/99391c7e-ad88-49ec-a2ad-99ddcb1f7756", x.own(), "")
	}
	mixed := *i
	mixed.pair = former.pair

	for name, x := range map[string]*insider{"the new pair": i, "the former": &former, "the new QWAC with the former seal": &mixed} {
		if a := ask(x); a.status != http.StatusForbidden || !strings.Contains(a.body, "CONSENT_UNKNOWN") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}

	replaced := enrolmentstest.Now(t, w.enrols, i.e)
	bearer := former.own()
	err := w.db.InTx(t.Context(), func(tx db.Tx) error {
		_, err := w.enrols.EndOverlap(tx, replaced, i.person, "The servers are changed.")
		return err
	})
	if a := former.call("GET", "/consent/v1/consents/99391c7e-ad88-49ec-a2ad-99ddcb1f7756", bearer, ""); err != nil || a.status != http.StatusUnauthorized || !strings.Contains(a.body, "were replaced by others") {
		t.Errorf("the former after its end: %v, %d %s", err, a.status, a.body)
	}
	if a := ask(&mixed); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "not the seal that was approved") {
		t.Errorf("the former seal after its end: %d %s", a.status, a.body)
	}
}

func TestOnlyTheBrandSaysWhatItsCustomersDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	at := w.cfg.AuthURL.String() + "/live/"
	for name, by := range map[string]struct {
		via   http.RoundTripper
		brand string
	}{"nobody": {w.transport(nil), "rocker"}, "a TPP": {i.via, "rocker"}, "of a brand that is closed": {i.via, "alisa"}, "of no brand": {i.via, "nobody%0A"}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+by.brand+"/authorisations/99391c7e-ad88-49ec-a2ad-99ddcb1f7756", bytes.NewReader([]byte(`{"decision":"denied"}`)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")

		a := exchange(t, by.via, r)

		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "no client certificate that this brand is known by") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.call(i.via, "GET", w.cfg.AuthURL.String()+"/live/jwks.json"); a.status != http.StatusOK || !strings.Contains(a.body, `"crv":"P-256"`) || strings.Contains(a.body, `"d"`) {
		t.Errorf("the keys: %d %s", a.status, a.body)
	}
}
