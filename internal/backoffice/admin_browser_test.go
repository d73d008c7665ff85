package backoffice_test

import (
	"net/http"
	"testing"

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
