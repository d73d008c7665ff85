package site_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

// connect connects apps of the visitor's organisation to the card accounts of a bank.
func (w *world) connect(organisation, brand string, ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		err := w.d.InTx(w.t.Context(), func(tx db.Tx) error {
			return w.apps.Connect(w.t.Context(), tx, organisation, id, brand, "card-account", w.visitor.PersonID)
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// entry is the part of the changelog that has this heading.
func entry(t *testing.T, html, title string) string {
	t.Helper()
	_, rest, found := strings.Cut(html, "<h3>"+title+"</h3>")
	text, _, whole := strings.Cut(rest, "</section>")
	if !found || !whole {
		t.Fatalf("the changelog has no entry %q", title)
	}
	return text
}

func TestAChangeSaysWhichOfTheReadersAppsItAffects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.release(testkit.Start.AddDate(0, 1, 0)) // at Rocker alone
	const everywhere, atRocker = "Card accounts v1 is the current version", "Card accounts v2 is announced"
	stranger := w.page("/docs/changelog")
	organisation, ids := w.tpp("Budget <b>", "Second", "Third", "Fourth", "Idle")
	none := w.page("/docs/changelog")
	w.connect(organisation, "alisa", ids[0])
	one := w.page("/docs/changelog")
	w.connect(organisation, "rocker", ids[:4]...)
	w.deps.Clock.(*clock.Manual).Advance(8 * 24 * time.Hour) // by then the debugger is there

	many := w.page("/docs/changelog")
	w.visitor.Role = "support"
	staff := w.page("/docs/changelog")
	w.tpp("Another's")
	other := w.page("/docs/changelog")

	for name, html := range map[string]string{"a stranger": stranger, "staff": staff} {
		if strings.Contains(html, "Affects") {
			t.Errorf("%s is told of apps", name)
		}
	}
	mustContain(t, "without a connection", entry(t, none, everywhere), "Affects none of your apps.")
	mustContain(t, "connected elsewhere", entry(t, one, everywhere), "Affects 1 of your apps: Budget &lt;b&gt;.")
	mustContain(t, "another bank's change", entry(t, one, atRocker), "Affects none of your apps.")
	mustContain(t, "with many", entry(t, many, atRocker), "Affects 4 of your apps: Budget &lt;b&gt;, ", " and 1 more.")
	mustContain(t, "another organisation", entry(t, other, everywhere), "Affects none of your apps.")
	if strings.Contains(many, "Idle") {
		t.Error("an app that is not connected is named")
	}
	if portal := entry(t, many, "A signature debugger"); strings.Contains(portal, "Affects") {
		t.Error("a change of the portal affects apps")
	}
}

func TestVersionsSayThatOneOfTheReadersEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	organisation := w.signIn()
	w.calls.Record(&calls.Call{ID: w.calls.NewID(), At: testkit.Start, Environment: "sandbox", Brand: "rocker", OrganisationID: organisation, AppID: "app_1",
		Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: 200})
	if err := w.calls.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := w.page("/docs/versions")
	deprecated, removed := testkit.Start.Add(-time.Hour), testkit.Start.AddDate(0, 6, 0)
	if _, err := w.d.Native().ExecContext(t.Context(), "UPDATE api_versions SET deprecated_at = ?, removed_at = ? WHERE brand_id = 'rocker'", deprecated, removed); err != nil {
		t.Fatal(err)
	}
	if err := w.d.InTx(t.Context(), func(tx db.Tx) error { return tx.Tell("catalog", "") }); err != nil {
		t.Fatal(err)
	}

	after := w.page("/docs/versions")
	w.visitor = httpkit.Visitor{}

	mustContain(t, "before", before, "Your apps use Card accounts v1: 1 call in the last 7 days.")
	mustContain(t, "after", after, "Your apps use Card accounts v1", "It is deprecated and stays at Rocker until "+removed.Format("2 Jan 2006"))
	for name, html := range map[string]string{"before": before, "to a stranger": w.page("/docs/versions")} {
		if strings.Contains(html, "It is deprecated and stays") {
			t.Errorf("%s it ends", name)
		}
	}
}
