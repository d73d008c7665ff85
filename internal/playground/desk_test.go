package playground_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/notebook"
	"fairway/internal/playground"
	"fairway/internal/portal"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/signin"
	"fairway/internal/testkit"
	"fairway/internal/workdays"
)

const (
	base     = "http://localhost:8080"
	auth     = "https://localhost:8443/auth"
	password = "tall otter paints slowly"
)

// desk is a portal with this face, and what a test needs beside it.
type desk struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Manual
	accounts *accounts.Accounts
	apps     *apps.Apps
	certs    *certs.Certs
	calls    *calls.Log
	quota    *quota.Quota
	orders   *rehearsals.Rehearsals

	enrolments *enrolments.Enrolments
	nca        *nca.NCA
	days       workdays.Calendar
	qtsp       *demo.QTSP
	at         string // its address
	door       *portal.Door
	handler    http.Handler
}

// closed stands where the banks' pages would be.
type closed struct{}

func (closed) MountBank(httpkit.Routes)           {}
func (closed) FailBank(c *gin.Context, err error) { c.String(http.StatusNotFound, err.Error()) }

func newDesk(t *testing.T) desk {
	t.Helper()
	clk := testkit.Clock()
	return newDeskOn(t, testkit.SQLiteAt(t, clk), clk, base)
}

func newDeskOn(t *testing.T, d *db.DB, clk *clock.Manual, at string) desk {
	t.Helper()
	log, ring := testkit.Log(t), testkit.Ring(t)
	q := must(jobs.New(d, log))(t)
	list := catalog.New(d, log)
	k := desk{
		t: t, db: d, clock: clk, at: at,
		accounts: accounts.New(d, q, ring, log),
		apps:     apps.New(d, q, ring, apps.Config{PlaygroundCallback: at + playground.CallbackPath, Catalog: list, Live: enrolments.Live, Grants: enrolments.Grants}, log),
		certs:    certs.New(d, q, ring, certs.Config{BaseURL: at, AuthURL: auth}, log),
		calls:    calls.New(d, clk, log),
		quota:    quota.New(d, clk, quota.Limits{PerSecond: 5, PerDay: 1000}),
	}
	if err := k.certs.EnsureAuthorities(t.Context()); err != nil {
		t.Fatal(err)
	}
	testkit.Run(t, k.calls.Run)
	banks := must(address.Parse(at + "/bank/{environment}/{brand}"))(t)
	k.addLive(q)
	k.orders = rehearsals.New(d, k.apps)
	face := playground.New(playground.Deps{
		Enrolments: k.enrolments, NCA: k.nca, LiveDays: k.days,
		DB: d, Clock: clk, Accounts: k.accounts, Apps: k.apps, Certs: k.certs, Catalog: list, Calls: k.calls, Quota: k.quota, Bank: sandbox.New(clk),
		Consents: consents.New(d, consents.Config{MaxDays: 180}), Flows: flows.New(d, ring), Rehearsals: k.orders, Notebook: notebook.New(d),
		Addresses: playground.Addresses{Portal: at, Auth: auth, Bank: banks, API: must(address.Parse("https://localhost:8443/{environment}/{brand}"))(t)},
	})
	k.door = must(portal.New(portal.Deps{
		Faces: []portal.Face{face}, Bank: closed{}, Keeper: signin.NewKeeper(k.accounts.Sessions()), Ring: ring, Log: log,
		BaseURL: must(address.Parse(at))(t), BankURL: banks, Ready: func(context.Context) error { return nil },
	}))(t)
	k.handler = k.door.Handler()
	return k
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// member is somebody of an organisation with a browser that is signed in.
type member struct {
	desk
	org, person string
	cookie      string
	page        answer // the last page
}

func (k desk) member(name string) *member {
	k.t.Helper()
	org, person := testkit.Organisation(k.t, k.db, name)
	cheap := &argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	hash := must(argon2id.CreateHash(password, cheap))(k.t)
	mark := map[db.Dialect]string{db.SQLite: "UPDATE people SET password_hash = ? WHERE id = ?", db.Postgres: "UPDATE people SET password_hash = $1 WHERE id = $2"}
	if _, err := k.db.Native().ExecContext(k.t.Context(), mark[k.db.Dialect()], hash, person); err != nil {
		k.t.Fatal(err)
	}
	token := must(k.accounts.Sessions().Create(k.t.Context(), person, nil, "192.0.2.1", "test"))(k.t)
	return &member{desk: k, org: org, person: person, cookie: token.Reveal()}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

// says reports whether the page holds the text, as a reader sees it.
func (a answer) says(text string) bool { return strings.Contains(html.UnescapeString(a.body), text) }

func (m *member) send(method, path string, form url.Values) answer {
	m.t.Helper()
	r := httptest.NewRequestWithContext(m.t.Context(), method, m.at+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if m.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "fairway", Value: m.cookie})
	}
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (m *member) get(path string) answer {
	m.t.Helper()
	a := m.send(http.MethodGet, path, nil)
	if a.status == http.StatusOK && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		m.page = a
	}
	return a
}

// mustGet opens a page that is there.
func (m *member) mustGet(path string) answer {
	m.t.Helper()
	a := m.get(path)
	if a.status != http.StatusOK {
		m.t.Fatalf("GET %s: %d %s", path, a.status, a.to())
	}
	return a
}

var formToken = regexp.MustCompile(`name="_token" value="([^"]+)"`)

// token is the form token of the member's session; it is the same on all pages.
func (m *member) token() string {
	m.t.Helper()
	found := formToken.FindStringSubmatch(m.send(http.MethodGet, "/playground/apis", nil).body)
	if found == nil {
		m.t.Fatal("the page has no form token")
	}
	return found[1]
}

// post sends a form with its token.
func (m *member) post(path string, fields ...string) answer {
	m.t.Helper()
	return m.send(http.MethodPost, path, m.form(fields...))
}

func (m *member) form(fields ...string) url.Values {
	form := url.Values{"_token": {m.token()}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

// field is the value of a field of a page.
func (a answer) field(name string) string {
	found := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `"[^>]*value="([^"]*)"`).FindStringSubmatch(a.body)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// create makes an app without the browser.
func (m *member) create(name string) (app apps.App, issued apps.Issued) {
	m.t.Helper()
	err := m.db.InTx(m.t.Context(), func(tx db.Tx) (err error) {
		app, issued, err = m.apps.Create(m.t.Context(), tx, m.org, m.person, apps.NewApp{
			Environment: catalog.Sandbox, Name: name, RedirectURIs: []string{"https://app.example/callback"}})
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return app, issued
}

func (m *member) list() []apps.App {
	m.t.Helper()
	return must(m.apps.List(m.t.Context(), m.org, catalog.Sandbox))(m.t)
}

func (m *member) sets() []certs.Set {
	m.t.Helper()
	return must(m.certs.History(m.t.Context(), m.org, catalog.Sandbox))(m.t)
}

func (m *member) active() certs.Set {
	m.t.Helper()
	return must(m.certs.Active(m.t.Context(), m.org, catalog.Sandbox))(m.t)
}

// called records a call as the machines' door does.
func (m *member) called(appID, operation string, status int, code string) {
	m.t.Helper()
	m.calls.Record(&calls.Call{ID: m.calls.NewID(), At: m.clock.Now(), Environment: "sandbox", Brand: "rocker", OrganisationID: m.org, AppID: appID,
		RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Operation: operation, Method: "GET", Path: "/card-account/v1/card-accounts", Status: status, Code: code})
	if err := m.calls.Flush(m.t.Context()); err != nil && !errors.Is(err, context.Canceled) {
		m.t.Fatal(err)
	}
}

var secretValue = regexp.MustCompile(`(?:sbx|live)_[sa]k_[A-Za-z0-9_-]{20,}`)

// secrets are the secrets that a page shows.
func (a answer) secrets() []string { return secretValue.FindAllString(a.body, -1) }
