//go:build e2e_full

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	// crowdedApps is how many apps an organisation may have, crowdedCalls more requests than three pages of the log show.
	crowdedApps, crowdedCalls, crowdedSaved = 20, 220, 12
	// unbroken is a name without a blank, as long as a name may be.
	unbroken = "Wärmepumpenfinanzierungsvermittlungsgesellschaftsdirektorium"
)

// lists are the pages that show a list, each with the table whose loss makes it fail.
var lists = map[string]string{
	"/playground/certificates": "certificates", "/playground/apps": "apps", "/playground/apis": "connections", "/playground/requests": "calls",
	"/playground/history": "saved_requests",
}

// TestEveryListReadsWellWithManyAndLongRows fills an organisation up to its limits, with the longest names that are taken,
// and looks at its lists in every view; and once more where the table behind them is missing.
func TestEveryListReadsWellWithManyAndLongRows(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: wideLimits})
	tab := newTabFor(t, sv, 20*time.Minute)
	tab.axe = axeSource(t)
	owner, ada := sv.browser(t), sv.browser(t)
	owner.signUpAs(t, "crowd@acme.example", strings.Repeat("Ää<b>&amp;", 7)+"W4x! é")
	ada.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	for at := range lists {
		for _, n := range nextActions(owner.open(at)) {
			if n != 1 {
				t.Errorf("%s, with nothing in it, has %d ways on", at, n)
			}
		}
	}
	app := owner.crowd(t)

	for _, at := range []string{"/playground", app, "/playground/flow", "/playground/request", "/playground/rehearsals", "/playground/live/certificates", "/docs/limits",
		"/docs/versions", "/account", "/playground/requests?code=SIGNATURE_MISSING&errors=1"} {
		owner.lookAt(t, tab, at)
	}
	for at := range lists {
		owner.lookAt(t, tab, at)
	}
	for _, at := range []string{"/admin/organisations", "/admin/audit", "/support-desk?q=crowd"} {
		ada.lookAt(t, tab, at)
	}

	sv.broken = true
	conn := sv.writable(t)
	for at, table := range lists {
		mustExec(t, conn, "ALTER TABLE "+table+" RENAME TO mislaid_"+table)
		p := owner.open(at)
		mustExec(t, conn, "ALTER TABLE mislaid_"+table+" RENAME TO "+table)
		if words := p.words(); p.status != http.StatusInternalServerError || !strings.Contains(words, "reference") || strings.Contains(words, "omething went wrong") {
			t.Errorf("%s without its table: %d %s", at, p.status, words)
		}
		if again := owner.open(at); again.status != http.StatusOK {
			t.Errorf("%s with its table again: %s", at, again)
		}
	}
}

// crowd makes what there may be at most, and gives the address of the last app.
func (b *browser) crowd(t *testing.T) (app string) {
	t.Helper()
	dir, _ := b.sv.unpack(t, b.setUp(t))
	p := b.sv.unpacked(t, dir)
	for n := range crowdedApps - 1 {
		name := fmt.Sprintf("%.56s %d", unbroken, n)
		if n%4 == 0 {
			name = fmt.Sprintf(`<i>"%d"</i> &amp; مدفوعات شركة الدفع الإلكتروني`, n)
		}
		b.open("/playground/apps/new")
		b.submit(b.formTo("/playground/apps/new"), "name", name, "redirect_uris", "https://"+strings.Repeat("very-long-label.", 9)+"example/callback/"+strings.Repeat("p", 60))
		if b.page.status >= http.StatusBadRequest {
			t.Fatalf("app %d: %s", n, b.page)
		}
	}
	g := p.granted(t, allAccounts)
	for n := range crowdedCalls {
		c := p.read(cardsPath, g)
		if n%3 > 0 {
			c.sign(t)
		}
		p.send(t, c)
	}
	for n := range crowdedSaved {
		b.open("/playground/request")
		b.submit(b.formTo("/playground/request#result"))
		b.open("/playground/history")
		b.open(b.linkWith(t, "/playground/saved/new"))
		b.submit(b.formTo("/playground/saved"), "name", fmt.Sprintf("%s%.19s%d", unbroken, unbroken, n))
	}
	b.open("/playground/apps")
	return strings.TrimPrefix(b.linkWith(t, "/playground/apps/app_"), b.sv.portal)
}

// lookAt judges a page by its text and in every view.
func (b *browser) lookAt(t *testing.T, tab *tab, at string) {
	t.Helper()
	p := b.open(at)
	if p.status == http.StatusSeeOther {
		p = b.follow()
		at = strings.TrimPrefix(p.url, b.sv.portal)
	}
	if p.status != http.StatusOK {
		t.Errorf("%s: %s", at, p)
		return
	}
	for _, problem := range judgeText(p) {
		t.Errorf("%s: %s", at, problem)
	}
	tab.as(b, at)
	tab.expectLight(at, len(gzipped(p.body)))
	tab.lookOnce(at, "crowd"+strings.Map(fileName, at))
}
