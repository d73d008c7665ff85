package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/demo"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

func TestTheQueueShowsWhatIsDueFirstAtTheTop(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	first := o.examined("First Oy", demo.Request{})
	o.clock.Advance(5 * 24 * time.Hour)
	second := o.submitted("Second Oy", demo.Request{Flaw: "withdrawn"})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	queue := admin.mustGet("/admin/reviews")

	if strings.Index(queue.body, path(first)) > strings.Index(queue.body, path(second)) || !strings.Contains(queue.body, path(second)) {
		t.Error("the queue is not sorted by what is due")
	}
	for _, want := range []string{"Waiting (2)", "Approved (0)", "First Oy", "PSDFI-FINFSA-9900001-4", "21 Nov 2026", "Due today", "3 working days left", "checks passed", "Being examined", "Review next"} {
		if !queue.says(want) {
			t.Errorf("the queue does not say %q", want)
		}
	}
	if queue.says("was not imported") || queue.says("out of date") {
		t.Error("the queue warns of sources that are current")
	}
	o.clock.Advance(48 * time.Hour)
	if late := o.colleague("bea@fairway.example", accounts.Admin).mustGet("/admin/reviews"); !late.says("1 working day late") {
		t.Error("what is late is not marked")
	}
}

func TestAnEmptyQueueSaysSoAndWhenTheLastDecisionWas(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	never := admin.mustGet("/admin/reviews")
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin.decide(a, "verdict", "approve", "reason", reason)

	after := admin.mustGet("/admin/reviews")

	if !never.says("Nothing waits for a decision") || !never.says("Nothing was decided so far.") || never.says("Review next") {
		t.Error("the first empty queue does not say so")
	}
	if !after.says("The last decision was on 21 Nov 2026, 09:00 UTC.") || !after.says("Approved (1)") {
		t.Error("an empty queue does not say when the last decision was")
	}
	if approved := admin.mustGet("/admin/reviews?state=approved"); !approved.says("Budget Buddy Oy") || !approved.says("Closed") {
		t.Error("the filter does not show what was approved")
	}
	if drafts := admin.mustGet("/admin/reviews?state=draft"); !drafts.says("Nothing waits for a decision") {
		t.Error("drafts are shown")
	}
}

func TestTheQueueWarnsOfSourcesThatAreMissingOrOld(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	o := newOfficeOn(t, testkit.SQLiteAt(t, clk), clk, nca.Config{}, base)
	missing := o.colleague("anna@fairway.example", accounts.Support).mustGet("/admin/reviews")
	o.importAll()

	clk.Advance(200 * 24 * time.Hour)
	old := o.colleague("bea@fairway.example", accounts.Support).mustGet("/admin/reviews")

	for _, want := range []string{"No trusted list was imported yet", "The EBA’s register was not imported yet"} {
		if !missing.says(want) {
			t.Errorf("without sources the queue does not say %q", want)
		}
	}
	for _, want := range []string{"Trusted lists are out of date", "FI (number 7 of 16 Nov 2026, imported on 21 Nov 2026)", "The copy of the EBA’s register is old", "imported on 21 Nov 2026, 09:00 UTC"} {
		if !old.says(want) {
			t.Errorf("with old sources the queue does not say %q", want)
		}
	}
}

func TestTheStartPageCountsWhatWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	empty := admin.mustGet("/admin")
	o.examined("Budget Buddy Oy", demo.Request{})
	waiting := admin.mustGet("/admin")
	o.clock.Advance(7 * 24 * time.Hour)
	late := o.colleague("sam@fairway.example", accounts.Support).mustGet("/support-desk")

	if !empty.says("Nothing waits") || !waiting.says("1 waiting") || !late.says("1 late") {
		t.Error("the start page does not say how the queue stands")
	}
	if !strings.Contains(waiting.body, `href="/admin/reviews"`) {
		t.Error("the navigation does not lead to the queue")
	}
}

func TestWhoIsNoAdministratorDecidesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin, support := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("sam@fairway.example", accounts.Support)
	member := *admin
	member.cookie = must(o.accounts.Sessions().Create(t.Context(), a.who.PersonID, nil, "192.0.2.1", "test"))(t).Reveal()
	form := admin.mustGet(path(a)).form("verdict", "approve", "reason", reason)

	screen := support.mustGet(path(a))

	if screen.says("Record decision") || screen.says("Ask the sources again") || !screen.says("checks passed") {
		t.Error("support does not see the evidence alone")
	}
	if looks := must(o.trail.List(t.Context(), audit.Filter{Act: "support.viewed", Object: a.ID, Limit: 10}))(t).Lines; len(looks) != 1 || looks[0].Actor != support.Person.ID {
		t.Errorf("support's look is not on record once: %+v", looks)
	}
	form.Set("_token", screen.field("_token"))
	for _, act := range []string{"/decide", "/refresh"} {
		if got := support.send(http.MethodPost, path(a)+act, form); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("support: %s: %d", act, got.status)
		}
	}
	for _, at := range []string{"/admin/reviews", path(a), path(a) + "/state"} {
		if got := member.get(at); got.status != http.StatusNotFound || got.says("PSDFI") {
			t.Errorf("a member: %s: %d", at, got.status)
		}
	}
	if a.now().State != "submitted" || a.deeds("nca.examined") != 1 {
		t.Error("something was done")
	}
}
