package backoffice_test

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
	"time"
	_ "time/tzdata" // working days are those of a place

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/address"
	"fairway/internal/audit"
	"fairway/internal/backoffice"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/outbound"
	"fairway/internal/portal"
	"fairway/internal/quota"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/signin"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
)

// bureau is a portal with this face, and what a test needs beside it.
type bureau struct {
	t          *testing.T
	db         *db.DB
	clock      *clock.Manual
	accounts   *accounts.Accounts
	certs      *certs.Certs
	enrolments *enrolments.Enrolments
	trail      *audit.Trail
	catalog    *catalog.Catalog
	quota      *quota.Quota
	at         string // its address
	handler    http.Handler
	refresh    *refresh.Refresh
}

// unreachable is a network on which nobody answers.
type unreachable struct{}

func (unreachable) Fetch(context.Context, outbound.Request) ([]byte, error) {
	return nil, errors.New("nobody answers")
}

// each runs a test on both databases, with a clock that stands still.
func each(t *testing.T, test func(t *testing.T, o *bureau)) {
	t.Helper()
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) { test(t, newBureauOn(t, d, clk, base)) })
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	clk := testkit.Clock()
	return newBureauOn(t, testkit.SQLiteAt(t, clk), clk, base)
}

func newBureauOn(t *testing.T, d *db.DB, clk *clock.Manual, at string) *bureau {
	t.Helper()
	log, ring := testkit.Log(t), testkit.Ring(t)
	q := must(jobs.New(d, log))(t)
	o := &bureau{t: t, db: d, clock: clk, at: at, accounts: accounts.New(d, q, ring, log), trail: audit.New(d, log), catalog: catalog.New(d, log),
		quota: quota.New(d, clk, quota.Limits{PerSecond: 5, PerDay: 1000}),
		certs: certs.New(d, q, ring, certs.Config{BaseURL: at, AuthURL: "https://localhost:8443/auth"}, log),
		enrolments: enrolments.New(d, q, enrolments.Config{Audience: "portal.example",
			Deadline: func(t time.Time) time.Time { return t.AddDate(0, 0, 3) }, Resume: func(due, _, _ time.Time) time.Time { return due }}),
	}
	if err := o.certs.EnsureAuthorities(t.Context()); err != nil {
		t.Fatal(err)
	}
	lists, reg := trustlist.New(d, nil, log), register.New(d, q)
	o.refresh = refresh.New(refresh.Deps{DB: d, Lists: lists, Register: reg, Log: log}, refresh.Config{Register: "https://eba.example/register.zip", Outside: unreachable{}})
	face := backoffice.New(backoffice.Deps{DB: d, Clock: clk, Accounts: o.accounts, Trail: o.trail, Certs: o.certs, Enrolments: o.enrolments,
		NCA: nca.New(nca.Deps{DB: d}, nca.Config{}), Lists: lists, Register: reg, Refresh: o.refresh, Catalog: o.catalog, Quota: o.quota,
		Addresses: backoffice.Addresses{Portal: must(address.Parse(at))(t), Auth: must(address.Parse("https://live.tokens.bank.example"))(t),
			API: must(address.Parse("https://{environment}.api.{brand}.bank.example"))(t), Bank: must(address.Parse("https://{environment}.{brand}.bank.example"))(t)}})
	door := must(portal.New(portal.Deps{
		Faces: []portal.Face{face}, Bank: closed{}, Keeper: signin.NewKeeper(o.accounts.Sessions()), Ring: ring, Log: log,
		BaseURL: must(address.Parse(at))(t), BankURL: must(address.Parse(at + "/bank/{environment}/{brand}"))(t), Ready: func(context.Context) error { return nil },
	}))(t)
	o.handler = door.Handler()
	return o
}

// organisation is a new one with one member.
func (o *bureau) organisation(name string) (id, person string) {
	o.t.Helper()
	return testkit.Organisation(o.t, o.db, name)
}

// set gives an organisation certificates.
func (o *bureau) set(organisation, person, name string) certs.Set {
	o.t.Helper()
	ctx := o.t.Context()
	keys := must(o.certs.Prepare(ctx, certs.Request{OrganisationID: organisation, Roles: certs.OfferedRoles()[:1], KeyBits: certs.DefaultKeyBits}))(o.t)
	var set certs.Set
	err := o.db.InTx(ctx, func(tx db.Tx) (err error) {
		set, _, err = o.certs.Generate(ctx, tx, certs.Organisation{ID: organisation, Name: name, Country: "FI"}, person, keys, "")
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return set
}

func (o *bureau) active(organisation string) certs.Set {
	o.t.Helper()
	return must(o.certs.Active(o.t.Context(), organisation, catalog.Sandbox))(o.t)
}

// clerk is somebody of the service provider with a browser that is signed in with both factors.
type clerk struct {
	*bureau
	accountstest.Colleague
	cookie string
	page   reply // the last page
}

func (o *bureau) staff(email string, role accounts.Role) *clerk {
	o.t.Helper()
	c := accountstest.Enter(o.t, o.accounts, email, role, o.clock.Now())
	return &clerk{bureau: o, Colleague: c, cookie: c.Token.Reveal()}
}

func (o *bureau) admin() *clerk {
	o.t.Helper()
	return o.staff("ada@fairway.example", accounts.Admin)
}

type reply struct {
	status int
	header http.Header
	body   string
}

// says reports whether the page holds the text, as a reader sees it.
func (a reply) says(text string) bool { return strings.Contains(html.UnescapeString(a.body), text) }

func (c *clerk) send(method, path string, form url.Values) reply {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, c.at+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "fairway", Value: c.cookie})
	r.AddCookie(&http.Cookie{Name: "fairway_device", Value: c.Device.Reveal()})
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func (c *clerk) get(path string) reply {
	c.t.Helper()
	c.page = c.send(http.MethodGet, path, nil)
	return c.page
}

func (c *clerk) mustGet(path string) reply {
	c.t.Helper()
	a := c.get(path)
	if a.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d\n%s", path, a.status, a.body)
	}
	return a
}

var tokenField = regexp.MustCompile(`name="_token" value="([^"]+)"`)

// post sends a form with the token of the last page.
func (c *clerk) post(path string, fields ...string) reply {
	c.t.Helper()
	found := tokenField.FindStringSubmatch(c.page.body)
	if found == nil {
		c.t.Fatalf("the last page has no form:\n%s", c.page.body)
	}
	form := url.Values{"_token": {found[1]}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return c.send(http.MethodPost, path, form)
}

// mustPost follows the act to the page behind it.
func (c *clerk) mustPost(path string, fields ...string) reply {
	c.t.Helper()
	a := c.post(path, fields...)
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("POST %s: %d\n%s", path, a.status, a.body)
	}
	return c.mustGet(a.header.Get("Location"))
}

// acts are the lines of the trail about an object, oldest first.
func (o *bureau) acts(f audit.Filter) (acts []string) {
	o.t.Helper()
	page := must(o.trail.List(o.t.Context(), f))(o.t)
	for _, l := range page.Lines {
		acts = append([]string{l.Act}, acts...)
	}
	return acts
}
