package backoffice_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/backoffice"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/notify"
	"fairway/internal/portal"
	"fairway/internal/qcert"
	"fairway/internal/signin"
	"fairway/internal/testkit"
)

// house is a portal with this face, and what a test needs beside it.
type house struct {
	t          *testing.T
	db         *db.DB
	clock      *clock.Manual
	queue      *jobs.Queue
	accounts   *accounts.Accounts
	apps       *apps.Apps
	certs      *certs.Certs
	calls      *calls.Log
	enrolments *enrolments.Enrolments
	outbox     *mail.Outbox
	handler    http.Handler
	at         string
}

// eachHouse runs a test on both databases, each with a clock of its own.
func eachHouse(t *testing.T, test func(t *testing.T, h house)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, newHouseOn(t, open(t, clk), clk, base))
		})
	}
}

func newHouse(t *testing.T) house {
	t.Helper()
	clk := testkit.Clock()
	return newHouseOn(t, testkit.SQLiteAt(t, clk), clk, base)
}

func newHouseOn(t *testing.T, d *db.DB, clk *clock.Manual, at string) house {
	t.Helper()
	log, ring := testkit.Log(t), testkit.Ring(t)
	q := must(jobs.New(d, log))(t)
	h := house{
		t: t, db: d, clock: clk, queue: q, at: at,
		accounts:   accounts.New(d, q, ring, log, accounts.WithLimits(accounts.Limits{FailuresPerIP: 1000})),
		apps:       apps.New(d, q, ring, apps.Config{PlaygroundCallback: at + "/cb", Catalog: catalog.New(d, log), Live: func(db.Tx, string) error { return nil }}, log),
		certs:      certs.New(d, q, ring, certs.Config{BaseURL: at, AuthURL: "https://auth.example"}, log),
		calls:      calls.New(d, clk, log),
		enrolments: enrolments.New(d, q, enrolments.Config{Audience: "portal.example", Deadline: func(t time.Time) time.Time { return t.AddDate(0, 0, 3) }}),
		outbox:     mail.NewOutbox(d),
	}
	if err := h.certs.EnsureAuthorities(t.Context()); err != nil {
		t.Fatal(err)
	}
	testkit.Run(t, h.calls.Run)
	letters := must(notify.New(notify.Deps{DB: d, Queue: q, Accounts: h.accounts, Certs: h.certs, Enrolments: h.enrolments, Out: h.outbox, Home: at}))(t)
	letters.Listen(q)
	face := backoffice.New(backoffice.Deps{
		DB: d, Clock: clk, Accounts: h.accounts, Apps: h.apps, Certs: h.certs, Calls: h.calls, Consents: consents.New(d, consents.Config{MaxDays: 180}),
		Catalog: catalog.New(d, log), Enrolments: h.enrolments, Letters: letters,
	})
	door := must(portal.New(portal.Deps{
		Faces: []portal.Face{face}, Bank: closed{}, Keeper: signin.NewKeeper(h.accounts.Sessions()), Ring: ring, Log: log,
		BaseURL: must(address.Parse(at))(t), BankURL: must(address.Parse(at + "/bank/{environment}/{brand}"))(t), Ready: func(context.Context) error { return nil },
	}))(t)
	h.handler = door.Handler()
	return h
}

// visitor is somebody with a browser.
type visitor struct {
	house
	cookie string
	app    accountstest.App
	person string
}

func (h house) colleague(role accounts.Role) visitor {
	h.t.Helper()
	c := accountstest.Enter(h.t, h.accounts, string(role)+"@fairway.example", role, h.clock.Now())
	return visitor{house: h, cookie: c.Token.Reveal(), app: c.App, person: c.Person.ID}
}

// member is somebody of a new organisation who is signed in.
func (h house) member(email, organisation string) (visitor, accounts.Person) {
	h.t.Helper()
	p, _, err := h.accounts.Provision(h.t.Context(), email, organisation, "FI")
	if err != nil {
		h.t.Fatal(err)
	}
	token := must(h.accounts.Sessions().Create(h.t.Context(), p.ID, nil, "192.0.2.1", "test"))(h.t)
	return visitor{house: h, cookie: token.Reveal(), person: p.ID}, p
}

// holds reports whether the page holds the text, markup and all.
func (a answer) holds(text string) bool { return strings.Contains(html.UnescapeString(a.body), text) }

func (v visitor) send(method, path string, form url.Values) answer {
	v.t.Helper()
	r := httptest.NewRequestWithContext(v.t.Context(), method, v.at+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "fairway", Value: v.cookie})
		r.AddCookie(&http.Cookie{Name: "fairway_device", Value: v.accounts.DeviceToken(v.person).Reveal()})
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (v visitor) get(path string) answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, nil)
}

func (v visitor) find(text string) answer {
	v.t.Helper()
	return v.get("/support-desk?q=" + url.QueryEscape(text))
}

var formToken = regexp.MustCompile(`name="_token" value="([^"]+)"`)

// post sends a form with the token of a page.
func (v visitor) post(path string, fields ...string) answer {
	v.t.Helper()
	found := formToken.FindStringSubmatch(v.get("/support-desk").body)
	if found == nil {
		v.t.Fatal("the page has no form token")
	}
	form := url.Values{"_token": {found[1]}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.send(http.MethodPost, path, form)
}

// tpp is an organisation that has something of everything.
type tpp struct {
	person accounts.Person
	app    apps.App
	issued apps.Issued
	set    certs.Set
	keys   certs.PrivateKeys
}

func (h house) tpp(email, organisation string) tpp {
	h.t.Helper()
	ctx := h.t.Context()
	_, p := h.member(email, organisation)
	out := tpp{person: p}
	keys := must(h.certs.Prepare(ctx, certs.Request{Roles: []qcert.Role{qcert.RoleAI}, KeyBits: 2048}))(h.t)
	err := h.db.InTx(ctx, func(tx db.Tx) (err error) {
		if out.set, out.keys, err = h.certs.Generate(ctx, tx, certs.Organisation{ID: p.OrganisationID, Name: organisation, Country: "FI"}, p.ID, keys, ""); err != nil {
			return err
		}
		out.app, out.issued, err = h.apps.Create(ctx, tx, p.OrganisationID, p.ID, apps.NewApp{Environment: catalog.Sandbox, Name: "Buddy", RedirectURIs: []string{"https://tpp.example/cb"}})
		if err != nil {
			return err
		}
		return h.apps.Connect(ctx, tx, p.OrganisationID, out.app.ID, "rocker", "card-account", p.ID)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// called records a call as the machines' door does, and gives its id in addresses.
func (h house) called(organisationID, requestID string, status int, code string) string {
	h.t.Helper()
	h.clock.Advance(time.Second)
	c := &calls.Call{ID: h.calls.NewID(), At: h.clock.Now(), Environment: "sandbox", Brand: "rocker", OrganisationID: organisationID, RequestID: requestID,
		Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: status, Code: code,
		Detail: calls.Detail{Reason: "Why it was so.", Steps: []calls.Step{{Name: "Certificate", Verdict: calls.Passed, Micros: 12}}}}
	h.calls.Record(c)
	if err := h.calls.Flush(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return calls.FormatID(c.ID)
}

// handIn uploads a pair for Live.
func (h house) handIn(p accounts.Person) demo.Pair {
	h.t.Helper()
	pair := demotest.Issue(h.t, demotest.New(h.t, h.clock.Now()), demo.Request{At: h.clock.Now()})
	_, err := h.enrolments.Upload(h.t.Context(), enrolments.Who{OrganisationID: p.OrganisationID, PersonID: p.ID}, 0,
		enrolments.Files{QWAC: pair.QWAC.Raw, QSeal: pair.Seal.Raw})
	if err != nil {
		h.t.Fatal(err)
	}
	return pair
}

// submission is the reference of what an organisation handed in.
func (h house) submission(organisationID string) string {
	h.t.Helper()
	list, err := h.enrolments.History(h.t.Context(), organisationID)
	if err != nil || len(list) == 0 {
		h.t.Fatalf("%d submissions, %v", len(list), err)
	}
	return list[0].ID
}
