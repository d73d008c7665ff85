package apps_test

import (
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

const callback = "http://localhost:8080/playground/flow/callback"

// desk is a portal's apps with one organisation that uses them.
type desk struct {
	*apps.Apps
	t     testing.TB
	db    *db.DB
	clock *clock.Manual
	org   string
	actor string
}

// eachDesk runs a test on both databases.
func eachDesk(t *testing.T, test func(t *testing.T, d desk)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, newDesk(t, open(t, clk), clk))
		})
	}
}

func newDesk(t testing.TB, d *db.DB, clk *clock.Manual) desk {
	t.Helper()
	org, actor := testkit.Organisation(t, d, "Budget Buddy Oy")
	return desk{Apps: newApps(t, d), t: t, db: d, clock: clk, org: org, actor: actor}
}

func newApps(t testing.TB, d *db.DB) *apps.Apps {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	return apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: callback, Live: func(db.Tx, string) error { return nil }}, testkit.Log(t))
}

// create makes an app in a transaction of its own.
func (d desk) create(n apps.NewApp) (app apps.App, issued apps.Issued, err error) {
	if n.Environment == "" {
		n.Environment = catalog.Sandbox
	}
	err = d.db.InTx(d.t.Context(), func(tx db.Tx) error {
		var err error
		app, issued, err = d.Create(d.t.Context(), tx, d.org, d.actor, n)
		return err
	})
	return app, issued, err
}

func (d desk) mustCreate(name string, uris ...string) (apps.App, apps.Issued) {
	d.t.Helper()
	app, issued, err := d.create(apps.NewApp{Name: name, RedirectURIs: uris})
	if err != nil {
		d.t.Fatalf("create %s: %v", name, err)
	}
	return app, issued
}

func (d desk) ensure(name string, uris ...string) (app apps.App, issued apps.Issued, err error) {
	err = d.db.InTx(d.t.Context(), func(tx db.Tx) error {
		var err error
		app, issued, err = d.Ensure(d.t.Context(), tx, d.org, "command", catalog.Sandbox, name, uris)
		return err
	})
	return app, issued, err
}

func (d desk) connect(appID, brand, api string) error {
	return d.db.InTx(d.t.Context(), func(tx db.Tx) error {
		return d.Connect(d.t.Context(), tx, d.org, appID, brand, api, d.actor)
	})
}

func (d desk) mustConnect(appID, brand string) {
	d.t.Helper()
	if err := d.connect(appID, brand, "card-account"); err != nil {
		d.t.Fatalf("connect: %v", err)
	}
}

func (d desk) mustByID(appID string) apps.App {
	d.t.Helper()
	app, err := d.ByID(d.t.Context(), d.org, appID)
	if err != nil {
		d.t.Fatalf("load app: %v", err)
	}
	return app
}

// opens reports whether a key opens the door.
func (d desk) opens(key secret.Text) bool {
	d.t.Helper()
	_, err := d.ByAPIKey(d.t.Context(), key)
	if err != nil && fault.Of(err).Code != "API_KEY_INVALID" {
		d.t.Errorf("unexpected fault: %v", err)
	}
	return err == nil
}

// matches reports whether a client secret belongs to the app.
func (d desk) matches(app apps.App, s secret.Text) bool {
	d.t.Helper()
	_, _, err := d.CheckSecret(d.t.Context(), app.ClientID, s)
	if err != nil && fault.Of(err).Code != "invalid_client" {
		d.t.Errorf("unexpected fault: %v", err)
	}
	return err == nil
}

// count is the number of credentials of a kind that are shown.
func count(app apps.App, kind apps.Kind, playground bool) int {
	n := 0
	for _, c := range app.Credentials {
		if c.Kind == kind && c.Playground == playground {
			n++
		}
	}
	return n
}
