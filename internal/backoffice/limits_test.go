package backoffice_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fairway/internal/audit"
	"fairway/internal/quota"
)

// limitFields are those of a limit that can be set, and then what differs.
func limitFields(organisation string, differs ...string) []string {
	return with([]string{"environment", "sandbox", "organisation", organisation, "per_second", "50", "per_day", "20,000", "ends_at", "2026-12-24", "reason", "They test their load."}, differs...)
}

func (o *bureau) limits(organisation string) quota.Limits {
	o.t.Helper()
	return must(o.quota.For(o.t.Context(), "sandbox", organisation))(o.t)
}

func TestALimitIsSetForAnOrganisationAndEnded(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, _ := o.organisation("Budget Buddy Oy")
		other, _ := o.organisation("Budget Rival Oy")
		ada := o.admin()
		before := ada.mustGet("/admin/limits")
		ada.mustGet("/admin/limits/new?organisation=" + org)

		after := ada.mustPost("/admin/limits/new", limitFields("budget buddy")...)
		applied := o.limits(org)
		change := ada.mustGet("/admin/limits/new?environment=sandbox&organisation=" + org)
		end := ada.mustGet("/admin/limits/end?environment=sandbox&organisation=" + org)
		none := ada.post("/admin/limits/end", "environment", "sandbox", "organisation", org, "reason", "")
		ended := ada.mustPost("/admin/limits/end", "environment", "sandbox", "organisation", org, "reason", "The load test is over.")
		ada.page = end
		twice := ada.post("/admin/limits/end", "environment", "sandbox", "organisation", org, "reason", "The load test is over.")
		gone := ada.get("/admin/limits/end?environment=sandbox&organisation=" + org)

		if !change.says(`value="20000"`) || !change.says(`value="2026-12-24"`) {
			t.Errorf("the form that changes it: %s", change.body)
		}
		if !before.says("PORTAL_LIMITS") || before.says("Budget Buddy") {
			t.Errorf("before: %s", before.body)
		}
		if !after.says("Budget Buddy Oy") || !after.says("20,000") || !after.says("24 Dec 2026") || !after.says("by ada@fairway.example") {
			t.Errorf("after: %s", after.body)
		}
		if applied != (quota.Limits{PerSecond: 50, PerDay: 20000}) || o.limits(other).PerDay != 1000 || o.limits(org).PerDay != 1000 {
			t.Errorf("%+v applied, now %+v", applied, o.limits(org))
		}
		if !end.says("They test their load.") || none.status != http.StatusUnprocessableEntity || !ended.says("The limit behind it applies") || strings.Contains(ended.body, "/admin/limits/end") {
			t.Errorf("the end: %d", none.status)
		}
		if twice.status != http.StatusConflict || !twice.says("does not hold any more") || gone.status != http.StatusSeeOther {
			t.Errorf("a second time %d, the page %d", twice.status, gone.status)
		}
		if got := o.acts(audit.Filter{Organisation: org}); !slices.Equal(got, []string{"quota.limit_set", "quota.limit_ended"}) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestAnEnvironmentsLimitStandsBeforeTheConfiguredOne(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, _ := o.organisation("Budget Buddy Oy")
		ada := o.admin()
		ada.mustGet("/admin/limits/new")

		a := ada.mustPost("/admin/limits/new", limitFields("Everybody", "ends_at", "")...)

		if o.limits(org).PerDay != 20000 || !a.says("Behind another") || !a.says("Everybody") {
			t.Errorf("%+v\n%s", o.limits(org), a.body)
		}
	})
}

func TestALimitThatCannotBeIsShownAgainWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, _ := o.organisation("Budget Buddy Oy")
	o.organisation("Budget Rival Oy")
	ada := o.admin()
	ada.mustGet("/admin/limits/new")
	for name, c := range map[string]struct {
		differs []string
		says    string
	}{
		"two of them":  {[]string{"organisation", "budget"}, "Several organisations have a name that begins so."},
		"nobody":       {[]string{"organisation", "org_00000000000000000000000000"}, "No organisation has this id."},
		"no name":      {[]string{"organisation", "nobody"}, "No organisation has this id or a name that begins so."},
		"left empty":   {[]string{"organisation", " "}, "or the word everybody for all in the environment."},
		"no end":       {[]string{"ends_at", ""}, "A limit of one organisation has an end."},
		"an end today": {[]string{"ends_at", "2026-11-21"}, "This day has begun already."},
		"no day":       {[]string{"ends_at", "soon"}, "This is no day."},
		"no number":    {[]string{"per_day", "many"}, "Enter a whole number from 1 to 100,000,000."},
		"too many":     {[]string{"per_second", "1001"}, "Enter a whole number from 1 to 1,000."},
		"no reason":    {[]string{"reason", "short"}, "Write a reason of at least ten characters."},
		"elsewhere":    {[]string{"environment", "prod"}, "Choose Sandbox or Live."},
	} {
		a := ada.post("/admin/limits/new", limitFields(org, c.differs...)...)
		if a.status != http.StatusUnprocessableEntity || !a.says(c.says) || strings.Count(a.body, `aria-invalid="true"`) != 1 {
			t.Errorf("%s: %d\n%s", name, a.status, a.body)
		}
	}
	if o.limits(org).PerDay != 1000 {
		t.Error("one of them was set")
	}
}
