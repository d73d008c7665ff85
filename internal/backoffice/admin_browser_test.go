package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

func TestTheAdministrationInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	var v *clerk
	clk := testkit.Clock()
	chrome.Serve(t, func(at string) http.Handler {
		v = newBureauOn(t, testkit.SQLiteAt(t, clk), clk, at).admin()
		return v.handler
	})
	tab := chrome.Open(t, v.at, v.cookie)
	org, person := v.organisation("Budget Buddy Oy")
	v.organisation("Revontuli Maksupalvelut Osuuskunta with a name that is as long as names get")
	set := v.set(org, person, "Budget Buddy Oy")
	for _, act := range []string{"apps.created", "certs.generated", "accounts.logged_in"} {
		v.deed(audit.Entry{Actor: person, Organisation: org, Act: act, Object: set.ID, Detail: map[string]string{"app": "Buddy", "qwac_serial": set.QWAC.Serial}})
	}
	at := "/admin/organisations/" + org
	tab.Sound("audit", "/admin/audit")
	tab.Sound("audit-refused", "/admin/audit?from=yesterday")
	tab.Sound("audit-verified", "/admin/audit/verify")
	tab.Sound("sources", "/admin/sources")
	tab.Sound("organisations", "/admin/organisations")
	tab.Sound("organisation", at)
	tab.Sound("suspend", at+"/suspend")
	v.clock.Advance(accounts.FactorLasts)
	tab.Sound("revoke", at+"/certificates/"+set.QWAC.ID+"/revoke")
	v.mustGet(at + "/suspend")
	v.mustPost(at+"/suspend", "reason", why, "code", v.App.Code(v.clock.Now()))
	tab.Sound("suspended", at)
	tab.Sound("restore", at+"/restore")
}

// newClerk is an administrator in front of a real browser.
func newClerk(t *testing.T) (v *clerk, tab *chrome.Tab) {
	t.Helper()
	chrome.Need(t)
	clk := testkit.Clock()
	chrome.Serve(t, func(at string) http.Handler {
		v = newBureauOn(t, testkit.SQLiteAt(t, clk), clk, at).admin()
		return v.handler
	})
	return v, chrome.Open(t, v.at, v.cookie)
}

func TestTheBrandsInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newClerk(t)
	v.mustGet("/admin/brands/new")
	v.mustPost("/admin/brands/new", brandFields("name", "A bank with a name that is as long as the names of banks get")...)
	v.mustGet("/admin/brands/rocker/live")
	v.mustPost("/admin/brands/rocker/live", "upstream", "https://psd2.rocker.example/v2", "authorise", "https://rocker.example/authorise", "callers", strings.Repeat("ab", 32))
	v.clock.Advance(accounts.FactorLasts) // the last code is too old to change anything with

	tab.Sound("brands", "/admin/brands")
	tab.Sound("brand", "/admin/brands/rocker")
	tab.Sound("brand-new", "/admin/brands/new")
	tab.Sound("brand-live", "/admin/brands/rocker/live")
	tab.Open("/admin/brands/alisa")
	tab.Do(chromedp.SetValue(chromedp.CSS(`#light_link`), "#8fb4ff"))
	tab.Press(`button[value=save]`, `.error-summary`)
	tab.Sound("brand-refused")
	tab.Open("/admin/brands/alisa")
	tab.Press(`button[value=preview]`, `.bank #back`)
	tab.Sound("preview")
}

func TestTheVersionsInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newClerk(t)
	v.mustGet("/admin/apis/card-account/alisa/new")
	v.mustPost("/admin/apis/card-account/alisa/new", "version", "v2", "sandbox_from", "2026-12-01", "released_at", "2027-03-01")
	v.clock.Advance(accounts.FactorLasts)

	tab.Sound("apis", "/admin/apis")
	tab.Sound("api", "/admin/apis/card-account")
	tab.Sound("version", "/admin/apis/card-account/alisa/v2")
	tab.Sound("version-old", "/admin/apis/card-account/alisa/v1")
	tab.Sound("version-new", "/admin/apis/card-account/rocker/new")
}

func TestTheLimitsInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newClerk(t)
	org, _ := v.organisation("Revontuli Maksupalvelut Osuuskunta with a name that is as long as names get")
	v.mustGet("/admin/limits/new")
	v.mustPost("/admin/limits/new", limitFields(org)...)
	v.clock.Advance(accounts.FactorLasts)

	tab.Sound("limits", "/admin/limits")
	tab.Sound("limit-new", "/admin/limits/new?organisation="+org)
	tab.Sound("limit-end", "/admin/limits/end?environment=sandbox&organisation="+org)
	tab.Sound("organisation-limits", "/admin/organisations/"+org)
}
