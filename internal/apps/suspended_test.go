package apps_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

// sanctioned suspends or restores the desk's organisation.
func (d desk) sanctioned(a *accounts.Accounts, organisation string, suspend bool) {
	d.t.Helper()
	err := d.db.InTx(d.t.Context(), func(tx db.Tx) error {
		s := accounts.Sanction{OrganisationID: organisation, By: "per_admin", Reason: "They asked us to."}
		if suspend {
			return a.Suspend(tx, s)
		}
		return a.Restore(tx, s)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func newAccounts(t *testing.T, d *db.DB) *accounts.Accounts {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	return accounts.New(d, q, testkit.Ring(t), testkit.Log(t))
}

// suspended is what the door says in each of its three ways in; they must agree.
func (d desk) suspended(app apps.App, issued apps.Issued) bool {
	d.t.Helper()
	door, err := d.ByAPIKey(d.t.Context(), issued.APIKey)
	client, clientErr := d.ByClient(d.t.Context(), app.ClientID)
	checked, _, secretErr := d.CheckSecret(d.t.Context(), app.ClientID, issued.ClientSecret)
	if err := errors.Join(err, clientErr, secretErr); err != nil {
		d.t.Fatal(err)
	}
	if door.Suspended != client.Suspended || door.Suspended != checked.Suspended {
		d.t.Errorf("the key says %v, the client id %v, the secret %v", door.Suspended, client.Suspended, checked.Suspended)
	}
	return door.Suspended
}

func TestTheDoorKnowsASuspendedOrganisationAtOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		a := newAccounts(t, d.db)
		app, issued := d.mustCreate("Buddy")
		other := d
		other.org, other.actor = testkit.Organisation(t, d.db, "Other Oy")
		otherApp, otherIssued := other.mustCreate("Other")
		before := d.suspended(app, issued)

		d.sanctioned(a, d.org, true)
		during, others := d.suspended(app, issued), d.suspended(otherApp, otherIssued)
		_, _, create := d.create(apps.NewApp{Name: "Another"})
		_, _, ensure := d.ensure("Another")
		d.sanctioned(a, d.org, false)

		if before || !during || others || d.suspended(app, issued) {
			t.Errorf("before %v, suspended %v, another organisation %v", before, during, others)
		}
		if !errors.Is(create, accounts.ErrSuspended) || !errors.Is(ensure, accounts.ErrSuspended) {
			t.Errorf("new apps: %v, %v", create, ensure)
		}
		d.mustCreate("Another")
	})
}

// Whoever asks the door after the commit of a suspension, or of a return, is told so, however many ask meanwhile.
func TestNoCallPassesAfterTheSuspensionThatCameBeforeIt(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		a := newAccounts(t, d.db)
		app, issued := d.mustCreate("Buddy")
		done := make(chan struct{})
		var asking sync.WaitGroup
		for range 4 {
			asking.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						if _, err := d.ByAPIKey(t.Context(), issued.APIKey); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}

		for i := range 40 {
			suspend := i%2 == 0
			d.sanctioned(a, d.org, suspend)
			if d.suspended(app, issued) != suspend {
				t.Errorf("round %d: the door does not know", i)
			}
		}

		close(done)
		asking.Wait()
	})
}

func TestAnotherProcessLearnsOfASuspensionWithinASecond(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, clk := url(t), testkit.Clock()
			here := newDesk(t, testkit.Open(t, at, clk), clk)
			there := testkit.Open(t, at, clk)
			elsewhere := desk{Apps: newApps(t, there), t: t, db: there, clock: clock.NewManual(clk.Now()), org: here.org, actor: here.actor}
			watch(t, there)
			app, issued := here.mustCreate("Buddy")
			if elsewhere.suspended(app, issued) {
				t.Fatal("it is suspended from the beginning")
			}

			here.sanctioned(newAccounts(t, here.db), here.org, true)

			start := time.Now()
			testkit.Eventually(t, "the suspension", func() bool { return elsewhere.suspended(app, issued) })
			if took := time.Since(start); took > time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
