package playground_test

import (
	"testing"

	"fairway/internal/db"
	"fairway/internal/quota"
)

func TestDashboardAndAppSayTheLimitsOfTheOrganisation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m, other := d.member("Budget Buddy Oy"), d.member("Other Oy")
	app, _ := m.create("Buddy")
	other.create("Rival")
	end := m.clock.Now().AddDate(0, 0, 7)

	err := m.db.InTx(t.Context(), func(tx db.Tx) error {
		return quota.Set(tx, quota.Limit{Environment: "sandbox", OrganisationID: app.OrganisationID, Limits: quota.Limits{PerSecond: 50, PerDay: 20000},
			EndsAt: &end, Reason: "They test their load.", By: "per_admin"})
	})

	if err != nil {
		t.Fatal(err)
	}
	if page := m.mustGet("/playground"); !page.says("0 of 20,000 requests") || !page.says("20,000 requests a day and 50 in a second") {
		t.Errorf("its dashboard: %s", page.body)
	}
	if page := m.mustGet("/playground/apps/" + app.ID); !page.says("0 of 20,000 requests") {
		t.Errorf("its app: %s", page.body)
	}
	if page := other.mustGet("/playground"); !page.says("0 of 1,000 requests") {
		t.Errorf("another's dashboard: %s", page.body)
	}
}
