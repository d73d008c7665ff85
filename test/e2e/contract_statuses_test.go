package e2e

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// everything is what a call of every operation needs: a TPP, a customer's grant, a token of its own, an account.
type everything struct {
	p       *tpp
	g       grant
	own     string
	account string
}

// calls are one good call of every operation, the one that ends the consent last.
func (e everything) calls() []*call {
	one := e.p.call(http.MethodGet, consentsPath+"/"+e.g.consent, e.own, nil)
	status := e.p.call(http.MethodGet, consentsPath+"/"+e.g.consent+"/status", e.own, nil)
	account := cardsPath + "/" + e.account
	return []*call{
		e.p.call(http.MethodPost, consentsPath, e.own, []byte(allAccounts)), one, status,
		e.p.read(cardsPath, e.g), e.p.read(account, e.g), e.p.read(account+"/balances", e.g),
		e.p.read(account+"/transactions?bookingStatus=both&dateFrom=2026-01-01", e.g),
		e.p.call(http.MethodDelete, consentsPath+"/"+e.g.consent, e.own, nil),
	}
}

func (sv *server) everything(t *testing.T) everything {
	t.Helper()
	p := sv.newTPP(t)
	e := everything{p: p, own: p.ownToken(t), g: p.granted(t, allAccounts)}
	e.account = p.cards(t, p.ask(t, p.read(cardsPath, e.g)))[0].ResourceID
	return e
}

// sweep spoils a call of every operation and expects the same status of each.
func (e everything) sweep(t *testing.T, status int, spoil func(*call)) {
	t.Helper()
	e.expect(t, e.calls(), status, spoil)
}

func (e everything) expect(t *testing.T, calls []*call, status int, spoil func(*call)) {
	t.Helper()
	for _, c := range calls {
		spoil(c)
		if a := e.p.ask(t, c); a.status != status {
			t.Errorf("%s %s: want %d, got %s", c.method, c.url, status, a)
		}
	}
}

func TestEveryOperationAnswersEachStatusOfItsDocument(t *testing.T) {
	t.Parallel()
	e := town(t, wideLimits).everything(t)

	for status, spoil := range map[int]func(*call){
		http.StatusBadRequest:            func(c *call) { c.set("X-Request-ID", "12345") },
		http.StatusUnauthorized:          func(c *call) { c.without("X-API-Key") },
		http.StatusNotFound:              func(c *call) { c.url = strings.Replace(c.url, "/rocker/", "/nobank/", 1) },
		http.StatusNotAcceptable:         func(c *call) { c.set("Accept", "text/xml") },
		http.StatusRequestEntityTooLarge: func(c *call) { c.body = bytes.Repeat([]byte(" "), 65<<10) },
		http.StatusUnsupportedMediaType:  func(c *call) { c.set("Content-Encoding", "gzip") },
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) { e.sweep(t, status, spoil) })
	}
	for _, c := range e.calls() {
		if a := e.p.ask(t, c); a.status >= http.StatusBadRequest {
			t.Errorf("%s %s: %s", c.method, c.url, a)
		}
	}
	e.sweepTokens(t)
}

// sweepTokens asks the authorisation server for what it refuses.
func (e everything) sweepTokens(t *testing.T) {
	t.Helper()
	for path, status := range map[string]int{"/sandbox/rocker": http.StatusOK, "/sandbox/nobank": http.StatusNotFound} {
		res, err := e.p.http.Get(strings.TrimSuffix(e.p.app.TokenURL, "/token") + path + "/.well-known/oauth-authorization-server")
		if err != nil {
			t.Fatal(err)
		}
		if a := readAnswer(t, res); a.status != status {
			t.Errorf("%s: %s", path, a)
		}
	}
	if a := e.p.askToken(t, "grant_type", "password"); a.status != http.StatusBadRequest {
		t.Errorf("an unknown grant: %s", a)
	}
	other := *e.p
	other.app.ClientSecret = "sbx_cs_" + randomText(32)
	if a := other.askToken(t, "grant_type", "client_credentials"); a.status != http.StatusUnauthorized {
		t.Errorf("a wrong secret: %s", a)
	}
}

func TestEveryOperationKeepsToTheLimits(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: "1000/s,12/d"})
	e := sv.everything(t)

	for a := (answer{}); a.status != http.StatusTooManyRequests; a = e.p.ask(t, e.calls()[1]) {
		if a.status >= http.StatusBadRequest {
			t.Fatal(a)
		}
	}
	for a := (answer{}); a.status != http.StatusTooManyRequests; a = e.p.askToken(t, "grant_type", "client_credentials") {
		if a.status >= http.StatusBadRequest {
			t.Fatal(a)
		}
		e.p.sv.book.hide("an access token", tokenIn(a.body))
	}

	e.sweep(t, http.StatusTooManyRequests, func(*call) {})
	e.expect(t, e.p.ordering(), http.StatusTooManyRequests, func(*call) {})
}

// tokenIn is the access token of an answer, where it has one.
func tokenIn(body string) string {
	if m := regexp.MustCompile(`"access_token":"([^"]+)"`).FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

func TestASuspendedOrganisationIsRefusedByEveryOperation(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: wideLimits})
	sv.book.hide("the password", password)
	e := sv.everything(t)
	admin := sv.browser(t)
	admin.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	admin.open("/admin/organisations?q=TPP")
	path := regexp.MustCompile(`/admin/organisations/org_[A-Za-z0-9]+`).FindString(admin.page.body)
	admin.open(path + "/suspend")
	admin.submit(admin.formTo(path+"/suspend"), "reason", "It is under investigation for this test.")

	e.sweep(t, http.StatusForbidden, func(*call) {})
	e.expect(t, e.p.ordering(), http.StatusForbidden, func(*call) {})
	if a := e.p.askToken(t, "grant_type", "client_credentials"); a.status != http.StatusBadRequest || a.oauthCode() != "unauthorized_client" {
		t.Errorf("a token: %s", a)
	}
}
