package playground_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/calls"
	"fairway/internal/httpkit"
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
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/playground/steps" && !httpkit.Polls(r) {
				t.Error("the page that fetches its steps again counts as somebody at it")
			}
			m.handler.ServeHTTP(w, r)
		})
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

func TestTheRequestLogInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	tab.Sound("requests-empty", "/playground/requests")
	app, _ := v.create("Budget app with a name that is rather long")
	for i := range 60 {
		v.logged(func(c *calls.Call) {
			c.AppID = app.ID
			switch i % 6 {
			case 1:
				c.Status, c.Code = 401, "SIGNATURE_INVALID"
			case 3:
				c.Status, c.Code, c.Method, c.Path = 429, "RATE_LIMIT_EXCEEDED", "POST", "/consent/v1/consents"
			case 5:
				c.Environment, c.Path = "live", "/card-account/v1/card-accounts/99391c7e-ad88-49ec-a2ad-99ddcb1f7756/transactions?dateFrom=2026-11-20&bookingStatus=both"
			}
		})
	}
	flush(t, v)
	for name, query := range map[string]string{"requests": "", "requests-errors": "?view=errors", "requests-forged": "?status=9999&from=x&method=DELETE", "requests-more": "?code=SIGNATURE_INVALID&env=sandbox"} {
		tab.Sound(name, "/playground/requests"+query)
	}
}

func TestARequestOfTheLogInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	app, _ := v.create("Budget app")
	v.logged(func(c *calls.Call) { c.AppID = app.ID })
	href := v.logged(func(c *calls.Call) {
		odd(c)
		c.AppID, c.Path = app.ID, "/card-account/v1/card-accounts"
		c.Detail.TLSVersion = "TLS 1.3, resumed"
		c.Detail.Steps = []calls.Step{{Name: "Certificate", Verdict: calls.Passed, Text: "The QWAC of PSDXX-FWYSBX-A0B1C2D3E4 is registered and valid until 20 May 2027, 09:00 UTC.", Micros: 12}, {Name: "API key", Verdict: calls.Passed, Text: "A key of Budget app", Micros: 4},
			{Name: "Token", Verdict: calls.Passed, Text: "A customer's token, bound to this certificate", Micros: 9}, {Name: "Quota", Verdict: calls.Passed, Text: "5 of 1,000 today", Micros: 2},
			{Name: "Signature", Verdict: calls.Failed, Text: "The signature does not match the signing string.", Micros: 61}, {Name: "Operation", Verdict: calls.Skipped}}
	})
	flush(t, v)
	tab.Open(href)
	tab.Press(`#shares form button`, `#link`)
	tab.Sound("request-link")
	link := chrome.Ask[string](tab, `document.querySelector('#link').textContent`)
	tab.Sound("request-with-link", href+"?lang=python")
	tab.Sound("shared", strings.TrimPrefix(link, v.at))
	tab.Sound("shared-gone", "/shared/req_gone")
}

func TestTheLogIsFollowedInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	v.logged(func(*calls.Call) {})
	tab.Open("/playground/requests?tail=on")
	came := v.logged(func(c *calls.Call) { c.Code = "CAME_JUST_NOW" })
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`#row-` + id(came))))
	if news := chrome.Ask[string](tab, `document.querySelector('#log-news').textContent`); !strings.HasPrefix(news, "1 new request.") {
		t.Errorf("what is read out: %q", news)
	}
	tab.Sound("requests-tail")
}
