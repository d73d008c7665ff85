package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheAddressOfAFilteredLogShowsTheSameInAnotherBrowser(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	email := "filters-" + randomHex(4) + "@acme.example"
	b := sv.browser(t)
	b.signUp(t, email)
	dir, _ := sv.unpack(t, b.setUp(t))
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	for range 3 {
		if a := p.send(t, p.read(cardsPath, g).sign(t).without("Signature")); a.status != http.StatusUnauthorized {
			t.Fatal(a)
		}
	}
	b.open("/playground/requests")
	at := slices.IndexFunc(b.page.forms(), func(f form) bool { return f.has("app") && f.has("status") })
	if at < 0 {
		t.Fatalf("no filters: %s", b.page)
	}
	app := ""
	for _, link := range b.open("/playground/apps").links() {
		if id, found := strings.CutPrefix(link, sv.portal+"/playground/apps/app_"); found && !strings.Contains(id, "/") {
			app = "app_" + id
		}
	}
	b.open("/playground/requests")

	started := time.Now()
	b.submit(b.page.forms()[at], "status", "4", "app", app, "time", "today")
	took := time.Since(started)
	address, mine := b.page.url, b.page.logged()

	second := sv.browser(t)
	second.logIn(email)
	second.open(address)
	t.Logf("%s lists %d rows after %d ms", address, len(mine), took.Milliseconds())
	if len(mine) != 3 || !slices.Equal(mine, second.page.logged()) {
		t.Errorf("%s lists %v, in another browser %v", address, mine, second.page.logged())
	}
	stranger := sv.browser(t)
	stranger.signUp(t, "stranger-"+randomHex(4)+"@acme.example")
	if stranger.open(address); len(stranger.page.logged()) > 0 {
		t.Errorf("another organisation sees %v", stranger.page.logged())
	}
}

// logged are the addresses of the rows of a log.
func (p page) logged() (rows []string) {
	for _, link := range p.links() {
		if at := strings.Index(link, "/playground/requests/"); at >= 0 && !strings.Contains(link, "/tail") {
			rows = append(rows, link[at:])
		}
	}
	return rows
}
