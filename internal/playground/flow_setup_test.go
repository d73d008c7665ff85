package playground_test

import (
	"context"
	"crypto/tls"
	"html"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/authserver"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/flows"
	"fairway/internal/gateway"
	"fairway/internal/jobs"
	"fairway/internal/notebook"
	"fairway/internal/oauth"
	"fairway/internal/playground"
	"fairway/internal/portal"
	"fairway/internal/qcert"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/signin"
	"fairway/internal/testkit"
	"fairway/internal/xs2a"
)

// street is a desk with both doors behind it: the bank APIs and the token endpoint over mutual TLS, and the bank's pages.
type street struct {
	desk
	flows    *flows.Flows
	consents *consents.Consents
	machines *httptest.Server
	auth     string
	// before, where set, answers a machine's request instead of the door.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func newStreet(t *testing.T) *street {
	t.Helper()
	clk := testkit.Clock()
	s := &street{machines: httptest.NewUnstartedServer(nil)}
	at := "https://" + s.machines.Listener.Addr().String()
	s.auth = at + "/auth"
	s.desk = newStreetDesk(t, s, clk, testkit.SQLiteAt(t, clk), at)
	return s
}

// newStreetDesk wires everything as the program does.
func newStreetDesk(t *testing.T, s *street, clk *clock.Manual, d *db.DB, at string) desk {
	t.Helper()
	logger, ring := testkit.Log(t), testkit.Ring(t)
	q := must(jobs.New(d, logger))(t)
	list := catalog.New(d, logger)
	bank := sandbox.New(clk)
	api, authURL := template(t, at+"/{environment}/{brand}"), template(t, s.auth)
	portalURL, banks := template(t, base), template(t, base+"/bank/{environment}/{brand}")
	k := desk{t: t, db: d, clock: clk, at: base, accounts: accounts.New(d, q, ring, logger),
		apps:  apps.New(d, q, ring, apps.Config{PlaygroundCallback: base + playground.CallbackPath, Catalog: list, Live: func(db.Tx, string) error { return nil }}, logger),
		certs: certs.New(d, q, ring, certs.Config{BaseURL: base, AuthURL: s.auth}, logger), calls: calls.New(d, clk, logger),
		quota: quota.New(d, clk, quota.Limits{PerSecond: 1000, PerDay: 1000}),
	}
	if err := k.certs.EnsureAuthorities(t.Context()); err != nil {
		t.Fatal(err)
	}
	testkit.Run(t, k.calls.Run)
	s.flows, s.consents = flows.New(d, ring), consents.New(d, consents.Config{MaxDays: 180})
	issuer := func(env catalog.Environment, brand string) string { return s.auth + "/" + string(env) + "/" + brand }
	grants := oauth.New(d, k.apps, s.consents, bank, ring, oauth.Config{Issuer: issuer, Catalog: list}, logger)
	face := authserver.New(grants, list, bank, authserver.Config{AuthURL: authURL, BankURL: banks, APIURL: api, PortalURL: base}, logger)
	ready := func(context.Context) error { return nil }
	k.addLive(q)
	k.orders = rehearsals.New(d, k.apps)
	door := gateway.New(gateway.Deps{Clock: clk, Log: logger, Catalog: list, Certs: k.certs, Enrolments: k.enrolments, Apps: k.apps, Consents: s.consents, OAuth: grants, Quota: k.quota, Calls: k.calls, Rehearsals: k.orders,
		XS2A: xs2a.New(s.consents, bank, xs2a.Live{}, ring), Auth: face, APIURL: api, AuthURL: authURL, BaseURL: portalURL, Ready: ready})
	s.open(t, k.certs, door.Handler())
	workbench := playground.New(playground.Deps{Enrolments: k.enrolments, NCA: k.nca, LiveDays: k.days, DB: d, Clock: clk, Accounts: k.accounts, Apps: k.apps, Certs: k.certs, Catalog: list, Consents: s.consents, Flows: s.flows, Rehearsals: k.orders, Notebook: notebook.New(d),
		Calls: k.calls, Quota: k.quota, Bank: bank, Addresses: playground.Addresses{Portal: base, Auth: s.auth, API: api, Bank: banks}})
	k.door = must(portal.New(portal.Deps{Faces: []portal.Face{workbench}, Bank: face, Keeper: signin.NewKeeper(k.accounts.Sessions()), Ring: ring, Log: logger,
		BaseURL: portalURL, BankURL: banks, Ready: ready}))(t)
	k.handler = k.door.Handler()
	return k
}

func template(t *testing.T, text string) address.Template {
	t.Helper()
	return must(address.Parse(text))(t)
}

// open starts the machines' door.
func (s *street) open(t *testing.T, c *certs.Certs, door http.Handler) {
	t.Helper()
	s.machines.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.before == nil || !s.before(w, r) {
			door.ServeHTTP(w, r)
		}
	})
	s.machines.Config.ErrorLog = log.New(io.Discard, "", 0)
	served := must(c.ServerCertificate([]string{"127.0.0.1"}))(t)
	s.machines.TLS = gateway.TLSConfig(nil)
	s.machines.TLS.Certificates = []tls.Certificate{served} // the test server brings one of its own where there is none
	s.machines.StartTLS()
	t.Cleanup(s.machines.Close)
}

// tpp is a member of an organisation with certificates and an app that is connected to a brand.
func (s *street) tpp(name string) (*member, apps.App) {
	s.t.Helper()
	m := s.member(name)
	keys := must(m.certs.Prepare(s.t.Context(), certs.Request{OrganisationID: m.org, Roles: []qcert.Role{qcert.RoleAI}}))(s.t)
	app, _ := m.create("My app")
	err := m.db.InTx(s.t.Context(), func(tx db.Tx) error {
		if _, _, err := m.certs.Generate(s.t.Context(), tx, certs.Organisation{ID: m.org, Name: name, Country: "FI"}, m.person, keys, "first"); err != nil {
			return err
		}
		return m.apps.Connect(s.t.Context(), tx, m.org, app.ID, "rocker", "card-account", m.person)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return m, must(m.apps.ByID(s.t.Context(), m.org, app.ID))(s.t)
}

// started is a run that waits for its customer, and the address of the bank's page.
func (m *member) started(fields ...string) (path, bank string) {
	m.t.Helper()
	app := m.list()[0]
	a := m.post("/playground/flow", append([]string{"app", app.ID, "brand", "rocker", "access", "all"}, fields...)...)
	if a.status != http.StatusSeeOther {
		m.t.Fatalf("%d %s", a.status, a.body)
	}
	page := m.mustGet(a.to())
	return a.to(), page.bankHref()
}

var bankLink = regexp.MustCompile(`href="([^"]*/v1/authorizations[^"]*)"`)

// bankHref is where the button of step 3 leads.
func (a answer) bankHref() string {
	found := bankLink.FindStringSubmatch(a.body)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

var (
	onwardForm  = regexp.MustCompile(`(?s)<form[^>]*class="[^"]*go-on[^"]*".*?</form>`)
	input       = regexp.MustCompile(`<input[^>]*>`)
	sandboxCode = regexp.MustCompile(`id="sandbox-code">([^<]+)<`)
)

func attributeOf(tag, name string) string {
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// customer plays the customer at the bank, and gives the address that the browser is sent back to.
func (m *member) customer(bank string, denies bool) string {
	m.t.Helper()
	cookies := map[string]string{}
	method, at, form := http.MethodGet, bank, url.Values(nil)
	for range 12 {
		r := httptest.NewRequestWithContext(m.t.Context(), method, at, strings.NewReader(form.Encode()))
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for name, value := range cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		m.handler.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			cookies[c.Name] = c.Value
		}
		if to := w.Header().Get("Location"); to != "" {
			if strings.HasPrefix(to, base+playground.CallbackPath) {
				return strings.TrimPrefix(to, base)
			}
			method, at, form = http.MethodGet, must(must(url.Parse(at))(m.t).Parse(to))(m.t).String(), nil
			continue
		}
		if w.Code != http.StatusOK {
			m.t.Fatalf("the bank says %d: %s", w.Code, w.Body)
		}
		method, form = http.MethodPost, bankForm(w.Body.String(), denies)
		at = must(must(url.Parse(at))(m.t).Parse(attributeOf(onwardForm.FindString(w.Body.String()), "action")))(m.t).String()
	}
	m.t.Fatal("the bank's pages do not end")
	return ""
}

// bankForm fills in the form that goes on, or the one that denies.
func bankForm(page string, denies bool) url.Values {
	form := url.Values{}
	for _, tag := range input.FindAllString(onwardForm.FindString(page), -1) {
		form.Add(attributeOf(tag, "name"), attributeOf(tag, "value"))
	}
	if form.Has("psu_id") {
		form.Set("psu_id", "1345611")
	}
	if found := sandboxCode.FindStringSubmatch(page); found != nil {
		form.Set("code", found[1])
	}
	if denies {
		form.Set("step", "deny")
	}
	return form
}
