package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/testkit/pg"
)

func TestWhatIsWithdrawnIsRefusedOnTheNextCall(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	withdraw(t, sv, sv)
}

func TestWhatIsWithdrawnIsRefusedByAnotherProcessWithinASecond(t *testing.T) {
	t.Parallel()
	database, keys := pg.URL(t), sealingKeys()
	here := start(t, settings{database: database, limits: wideLimits, extra: []string{keys}})
	there := start(t, settings{database: database, limits: wideLimits, extra: []string{keys}})
	there.book = here.book
	withdraw(t, here, there)
}

// person is somebody with an app, in a browser at one server and with a client at perhaps another.
type person struct {
	t           *testing.T
	browser     *browser
	client      *tpp
	here, there *server
	grant       grant
}

// withdraw takes away, one after the other, all that a call needs, and looks how soon the call is refused.
func withdraw(t *testing.T, here, there *server) {
	w := &person{t: t, browser: here.browser(t), here: here, there: there}
	w.browser.signUp(t, "fresh-"+randomHex(4)+"@acme.example")
	dir, _ := here.unpack(t, w.browser.setUp(t))
	w.client = here.unpacked(t, dir).at(there)
	w.renew()

	w.disconnect()
	w.expectRefused("API_NOT_CONNECTED")
	w.connect()
	w.expectServed()

	key := w.rotate("api_key", "sbx_ak_")
	w.expectRefused("API_KEY_INVALID")
	w.client.app.APIKey = key
	w.expectServed()

	secret := w.rotate("client_secret", "sbx_sk_")
	w.eventually("the old client secret", func() bool {
		return w.client.askToken(t, "grant_type", "client_credentials").oauthCode() == "invalid_client"
	})
	w.client.app.ClientSecret = secret
	w.renew()

	mine := w.client.at(here)
	if a := mine.ask(t, mine.call(http.MethodDelete, consentsPath+"/"+w.grant.consent, w.grant.access, nil)); a.status != http.StatusNoContent {
		t.Fatalf("delete: %s", a)
	}
	w.expectRefused("CONSENT_INVALID")
	w.renew()

	w.browser.regenerate(t)
	w.expectRefused("CERTIFICATE_REVOKED")
}

// at is the TPP at another server of the same installation.
func (p *tpp) at(sv *server) *tpp {
	other := *p
	other.app.APIURL = strings.Replace(p.app.APIURL, p.sv.machines, sv.machines, 1)
	other.app.TokenURL = strings.Replace(p.app.TokenURL, p.sv.machines, sv.machines, 1)
	other.app.AuthorizationURL = strings.Replace(p.app.AuthorizationURL, p.sv.portal, sv.portal, 1)
	other.sv = sv
	return &other
}

// renew gets a new grant from the customer.
func (w *person) renew() {
	w.t.Helper()
	w.grant = w.client.granted(w.t, allAccounts)
	w.expectServed()
}

func (w *person) expectServed() {
	w.t.Helper()
	w.eventually("the call's success", func() bool {
		return w.client.ask(w.t, w.client.read(cardsPath, w.grant)).status == http.StatusOK
	})
}

func (w *person) expectRefused(code string) {
	w.t.Helper()
	w.eventually("the refusal with "+code, func() bool {
		a := w.client.ask(w.t, w.client.read(cardsPath, w.grant))
		if a.code() != code && a.code() != "" {
			w.t.Fatalf("want %s, got %s", code, a)
		}
		return a.code() == code
	})
}

// eventually asks once where the deed was done in the same process, and for a second elsewhere.
func (w *person) eventually(what string, yes func() bool) {
	w.t.Helper()
	if w.here != w.there {
		within(w.t, time.Second, what, yes)
	} else if !yes() {
		w.t.Errorf("%s did not come with the next call", what)
	}
}

// linkWith is the page's first link that holds a text.
func (b *browser) linkWith(t testing.TB, text string) string {
	t.Helper()
	for _, link := range b.page.links() {
		if strings.Contains(link, text) {
			return link
		}
	}
	t.Fatalf("the page has no link with %q: %v\n%s", text, b.page.links(), b.page)
	return ""
}

// openApp goes to the page of the only app.
func (w *person) openApp() {
	w.t.Helper()
	w.browser.open("/playground/apps")
	w.browser.open(w.browser.linkWith(w.t, "/playground/apps/app_"))
}

func (w *person) disconnect() {
	w.t.Helper()
	w.openApp()
	w.browser.open(w.browser.linkWith(w.t, "/playground/apis/disconnect"))
	w.browser.submit(w.browser.formTo("/playground/apis/disconnect"))
	w.browser.follow()
}

func (w *person) connect() {
	w.t.Helper()
	w.browser.open("/playground/apis")
	for _, f := range w.browser.page.forms() {
		if f.action == "/playground/apis/connect" && f.values().Get("brand") == "rocker" {
			w.browser.submit(f)
			w.browser.follow()
			return
		}
	}
	w.t.Fatalf("no form connects: %s", w.browser.page)
}

// rotate replaces a secret at once and gives the new one, which is shown this once.
func (w *person) rotate(kind, prefix string) string {
	w.t.Helper()
	w.openApp()
	w.browser.open(w.browser.linkWith(w.t, "rotate?kind="+kind))
	action := strings.TrimPrefix(strings.Split(w.browser.page.url, "?")[0], w.here.portal)
	p := w.browser.submit(w.browser.formTo(action), "overlap", "now", "password", password)
	found := regexp.MustCompile(prefix + `[A-Za-z0-9_-]{43}`).FindString(p.body)
	if p.status != http.StatusOK || found == "" {
		w.t.Fatalf("no new secret: %s", p)
	}
	w.here.book.hide("a rotated secret", found)
	return found
}
