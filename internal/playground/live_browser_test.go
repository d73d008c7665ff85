package playground_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/qcert"
)

func TestLiveInABrowser(t *testing.T) {
	t.Parallel()
	m, tab := newVisit(t)
	m.reach("rocker")
	for name, path := range map[string]string{"live-apps-shut": "/apps", "live-apis-shut": "/apis", "live-shell-shut": "/shell"} {
		tab.Sound(name, "/playground/live"+path)
	}
	former := m.granted(qcert.RolePI)
	tab.Sound("live-apis-role", "/playground/live/apis")
	m.clock.Advance(time.Minute)
	m.granted(qcert.RoleAI)
	tab.Sound("live-apps-empty", "/playground/live/apps")
	tab.Sound("live-former", live)
	tab.Sound("live-former-end", live+"/former/"+former.ID+"/end")
	tab.Open("/playground/live/apps/new")
	tab.Do(chromedp.SendKeys(chromedp.CSS(`#name`), "Budget"), chromedp.SendKeys(chromedp.CSS(`#redirect_uris`), "https://app.example/cb"))
	tab.Press(`main form .btn.primary`, `#client-secret`)
	tab.Sound("live-shown-once")
	app := m.listIn(catalog.Live)[0]
	if a := m.post("/playground/live/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account"); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	tab.Open("/playground/live/apis") // takes what the last act said
	m.logged(func(c *calls.Call) { c.Environment, c.AppID, c.Status, c.Code = "live", app.ID, 403, "SERVICE_BLOCKED" })
	logged := m.logged(func(c *calls.Call) { c.Environment, c.AppID = "live", app.ID })
	for name, path := range map[string]string{
		"live-apps": "/playground/live/apps", "live-app": "/playground/live/apps/" + app.ID, "live-app-new": "/playground/live/apps/new", "live-apis": "/playground/live/apis",
		"live-shell": shell, "live-shell-call": shell + "?operation=consents.create", "live-ready": live, "live-dashboard": "/playground",
		"live-requests": "/playground/requests?env=live", "live-request": logged,
	} {
		tab.Sound(name, path)
	}
}
