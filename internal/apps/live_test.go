package apps_test

import (
	"errors"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

// granting is the desk with apps that ask these two about Live.
func (d desk) granting(live func(db.Tx, string) error, grants func(db.Tx, string, string) error) desk {
	d.t.Helper()
	q, err := jobs.New(d.db, testkit.Log(d.t))
	if err != nil {
		d.t.Fatal(err)
	}
	d.Apps = apps.New(d.db, q, testkit.Ring(d.t), apps.Config{PlaygroundCallback: callback, Live: live, Grants: grants}, testkit.Log(d.t))
	return d
}

// reach opens a brand in Live.
func (d desk) reach(brand string) {
	d.t.Helper()
	b := catalog.Backend{Upstream: "https://psd2.bank.example", Authorise: "https://bank.example/authorise", Callers: []string{strings.Repeat("ab", 32)}}
	if err := d.db.InTx(d.t.Context(), func(tx db.Tx) error { return catalog.SetBackend(tx, brand, b, "per_admin") }); err != nil {
		d.t.Fatal(err)
	}
}

var (
	errShut = fault.New(fault.Conflict, "shut", "Nothing is approved.")
	errRole = fault.New(fault.Conflict, "role", "The role is missing.")
)

func yes(db.Tx, string) error { return nil }

func TestAConnectionInLiveAsksForTheApprovalAndForTheRole(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		d.reach("rocker")
		app, _, err := d.create(apps.NewApp{Environment: catalog.Live, Name: "Buddy"})
		if err != nil {
			t.Fatal(err)
		}
		var asked string
		for name, c := range map[string]struct {
			live   func(db.Tx, string) error
			grants func(db.Tx, string, string) error
			brand  string
			want   error
		}{
			"nobody to ask":        {yes, nil, "rocker", apps.ErrNoLive},
			"no approval":          {func(db.Tx, string) error { return errShut }, func(db.Tx, string, string) error { return nil }, "rocker", errShut},
			"another role":         {yes, func(_ db.Tx, _, role string) error { asked = role; return errRole }, "rocker", errRole},
			"a brand that is shut": {yes, func(db.Tx, string, string) error { return nil }, "alisa", apps.ErrNotOffered},
		} {
			if got := d.granting(c.live, c.grants).connect(app.ID, c.brand, "card-account"); !errors.Is(got, c.want) {
				t.Errorf("%s: %v", name, got)
			}
		}
		if asked != "PSP_AI" || len(d.mustByID(app.ID).Connections) != 0 {
			t.Errorf("asked for %q, connected to %v", asked, d.mustByID(app.ID).Connections)
		}

		granted := d.granting(yes, func(db.Tx, string, string) error { return nil })
		granted.mustConnect(app.ID, "rocker")

		if !d.mustByID(app.ID).ConnectedTo("rocker", "card-account") {
			t.Error("what was granted is not connected")
		}
	})
}

func TestASuspendedOrganisationConnectsNothingInLive(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		d = d.granting(yes, func(db.Tx, string, string) error { return nil })
		d.reach("rocker")
		app, _, err := d.create(apps.NewApp{Environment: catalog.Live, Name: "Buddy"})
		if err != nil {
			t.Fatal(err)
		}

		d.sanctioned(newAccounts(t, d.db), d.org, true)

		if got := d.connect(app.ID, "rocker", "card-account"); !errors.Is(got, accounts.ErrSuspended) {
			t.Error(got)
		}
	})
}
