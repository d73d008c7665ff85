package playground_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

// newVisit is a member in front of a real browser.
func newVisit(t *testing.T) (m *member, tab *chrome.Tab) {
	t.Helper()
	chrome.Need(t)
	clk := testkit.Clock()
	chrome.Serve(t, func(at string) http.Handler {
		m = newDeskOn(t, testkit.SQLiteAt(t, clk), clk, at).member("Budget Buddy Oy")
		return m.handler
	})
	return m, chrome.Open(t, m.at, m.cookie)
}

func TestTheWorkbenchInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	for name, path := range map[string]string{"dashboard-empty": "", "certificates-empty": "/certificates", "apps-empty": "/apps", "apis-empty": "/apis"} {
		tab.Sound(name, "/playground"+path)
	}
	tab.Open("/playground")
	tab.Press(`#set-up button`, `#client-secret`)
	tab.Sound("shown-once")
	app := v.list()[0]
	tab.Open("/playground")
	v.called(app.ID, "consents.create", 201, "")
	v.called(app.ID, "card-accounts.list", 401, "SIGNATURE_INVALID")
	v.called(app.ID, "card-accounts.list", 429, "RATE_LIMIT_EXCEEDED")
	tab.Sound("dashboard-busy")
	v.called(app.ID, "card-accounts.list", 200, "")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`#steps .alert.ok`))) // nobody loads the page again
	v.create("Savings planner")
	v.post("/playground/certificates/regenerate", "once", v.active().ID, "roles", "PSP_AI", "roles", "PSP_PI", "key_bits", "2048")
	v.post("/playground/apps/"+app.ID+"/rotate", "kind", "api_key", "once", app.Credentials[1].ID, "overlap", "24h")
	v.clock.Advance(6 * time.Minute)
	paths := map[string]string{
		"dashboard": "", "certificates": "/certificates", "regenerate": "/certificates/regenerate", "download": "/certificates/download", "apps": "/apps",
		"app-new": "/apps/new", "app": "/apps/" + app.ID, "app-edit": "/apps/" + app.ID + "/edit", "app-rotate": "/apps/" + app.ID + "/rotate?kind=client_secret",
		"app-revoke": "/apps/" + app.ID + "/credentials/" + app.Credentials[0].ID + "/revoke", "app-delete": "/apps/" + app.ID + "/delete", "apis": "/apis",
		"disconnect": "/apis/disconnect?brand=rocker&api=card-account&app=" + app.ID,
	}
	for name, path := range paths {
		tab.Sound(name, "/playground"+path)
	}
	tab.Open("/playground/apps/" + app.ID + "/delete")
	tab.Press(`form .btn.danger`, `.error-summary`)
	tab.Sound("app-delete-refused")
	tab.Open("/playground/certificates/download")
	tab.Press(`main form .btn.primary`, `.error-summary`)
	tab.Sound("download-refused")
}

func TestRehearsalsInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	tab.Sound("rehearsals-empty", "/playground/rehearsals")
	app, _ := v.create("Savings planner")
	long, _ := v.create("An app whose name has as many letters as a name may have, 60")
	tab.Sound("rehearsals-none", "/playground/rehearsals")
	v.post("/playground/rehearsals", "app", app.ID, "outcome", "CONSENT_EXPIRED")
	v.post("/playground/rehearsals", "app", long.ID, "outcome", "PARAMETER_NOT_CONSISTENT", "operation", "card-accounts.transactions", "calls", "10")
	tab.Sound("rehearsals", "/playground/rehearsals")
	tab.Do(chromedp.SetValue(chromedp.CSS(`#calls`), "99"))
	tab.Press(`#order .btn.primary`, `.error-summary`)
	tab.Sound("rehearsals-refused")
}
