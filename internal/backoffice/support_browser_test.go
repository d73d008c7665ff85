package backoffice_test

import (
	"net/http"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

func TestTheDeskInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	var v visitor
	clk := testkit.Clock()
	chrome.Serve(t, func(at string) http.Handler {
		v = newHouseOn(t, testkit.SQLiteAt(t, clk), clk, at).colleague(accounts.Support)
		return v.handler
	})
	tab := chrome.Open(t, v.at, v.cookie)
	one := v.tpp("ada@buddy.example", "Budget Buddy Oy")
	v.member("bob@other.example", "Budget Other Oy")
	v.handIn(one.person)
	org := one.person.OrganisationID
	var failing string
	for i, code := range []string{"", "SIGNATURE_INVALID", "TOKEN_EXPIRED", "SIGNATURE_INVALID"} {
		failing = v.called(org, secret.UUID(), []int{200, 401}[min(i, 1)], code)
	}
	newcomer := v.signUp("new@tpp.example")

	for name, path := range map[string]string{
		"desk": "", "desk-found": "?q=budget", "desk-nothing": "?q=nobody", "desk-organisation": "/organisations/" + org, "desk-newcomer": "/organisations/" + newcomer.OrganisationID,
		"desk-person": "/organisations/" + newcomer.OrganisationID + "/people/" + newcomer.ID, "desk-request": "/requests/" + failing,
	} {
		tab.Sound(name, "/support-desk"+path)
	}
	v.clock.Advance(6 * time.Minute)
	tab.Sound("desk-person-stale", "/support-desk/organisations/"+org+"/people/"+one.person.ID)
}
