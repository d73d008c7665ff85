package rehearsals_test

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/rehearsals"
	"fairway/internal/testkit"
)

func itoa(n int) string { return strconv.Itoa(n) }

// desk is a keeper with one organisation that has an app in the sandbox and one in Live.
type desk struct {
	*rehearsals.Rehearsals
	t         *testing.T
	db        *db.DB
	clock     *clock.Manual
	apps      *apps.Apps
	org, app  string
	live      string
	otherOrg  string
	otherwise string // an app of the other organisation
}

func each(t *testing.T, test func(t *testing.T, d desk)) {
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

func newDesk(t *testing.T, d *db.DB, clk *clock.Manual) desk {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	k := desk{t: t, db: d, clock: clk, apps: apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: "http://localhost:8080/playground/callback",
		Live: func(db.Tx, string) error { return nil }}, testkit.Log(t))}
	k.Rehearsals = rehearsals.New(d, k.apps)
	k.org, _ = testkit.Organisation(t, d, "Budget Buddy Oy")
	k.otherOrg, _ = testkit.Organisation(t, d, "Other Oy")
	k.app, k.live, k.otherwise = k.create(k.org, catalog.Sandbox), k.create(k.org, catalog.Live), k.create(k.otherOrg, catalog.Sandbox)
	return k
}

func (d desk) create(org string, env catalog.Environment) string {
	d.t.Helper()
	var app apps.App
	err := d.db.InTx(d.t.Context(), func(tx db.Tx) (err error) {
		app, _, err = d.apps.Create(d.t.Context(), tx, org, "per_x", apps.NewApp{Name: "Budget", Environment: env, RedirectURIs: []string{"https://tpp.example/cb"}})
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return app.ID
}

func mustOrder(t testing.TB, w rehearsals.Wish) rehearsals.Order {
	t.Helper()
	o, err := w.Order()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (d desk) arm(w rehearsals.Wish) {
	d.t.Helper()
	if _, err := d.Arm(d.t.Context(), d.org, d.app, mustOrder(d.t, w)); err != nil {
		d.t.Fatal(err)
	}
}

// next is the outcome that the next call of the app meets; empty for none.
func (d desk) next(operation string) string {
	d.t.Helper()
	o, err := d.Spend(d.t.Context(), d.app, operation)
	if err != nil {
		d.t.Fatal(err)
	}
	if o == nil {
		return ""
	}
	return o.Outcome.Name
}

const list = "card-accounts.list"

func TestAnOrderIsMetByAsManyCallsAsItIsFor(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		before := d.next(list)
		d.arm(rehearsals.Wish{Outcome: "CONSENT_EXPIRED", Calls: 2})

		first, second, third := d.next(list), d.next("consents.create"), d.next(list)

		if before != "" || first != "CONSENT_EXPIRED" || second != "CONSENT_EXPIRED" || third != "" {
			t.Errorf("before %q, then %q, %q, %q", before, first, second, third)
		}
	})
}

func TestAnOrderForOneOperationWaitsForIt(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arm(rehearsals.Wish{Outcome: "503", Operation: list})

		other, meant, after := d.next("consents.create"), d.next(list), d.next(list)

		if other != "" || meant != "503" || after != "" {
			t.Errorf("%q, %q, %q", other, meant, after)
		}
	})
}

func TestTheLastOrderHoldsAndCanBeTakenBack(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arm(rehearsals.Wish{Outcome: "503", Calls: 10})
		d.arm(rehearsals.Wish{Outcome: "CONSENT_UNKNOWN", Status: 403, Calls: 3})
		listed, err := d.List(t.Context(), d.org)
		first := d.next(list)
		if err != nil {
			t.Fatal(err)
		}

		err = errors.Join(d.Disarm(t.Context(), d.org, d.app), d.Disarm(t.Context(), d.org, d.app))

		if a := listed[d.app]; len(listed) != 1 || a.Outcome.Name != "CONSENT_UNKNOWN" || a.Status != 403 || a.Left != 3 || !a.EndsAt.Equal(d.clock.Now().Add(time.Hour)) {
			t.Errorf("listed %+v", listed)
		}
		if err != nil || first != "CONSENT_UNKNOWN" || d.next(list) != "" {
			t.Errorf("%v, first %q", err, first)
		}
	})
}

func TestAnOrderEndsAfterAnHour(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arm(rehearsals.Wish{Outcome: "503", Calls: 2})
		d.clock.Advance(time.Hour - time.Microsecond)
		last := d.next(list)

		d.clock.Advance(time.Microsecond)

		if last != "503" || d.next(list) != "" {
			t.Errorf("a microsecond before %q, then %q", last, d.next(list))
		}
		if listed, err := d.List(t.Context(), d.org); err != nil || len(listed) != 0 {
			t.Errorf("listed %v, %v", listed, err)
		}
		if err := d.Purge(t.Context()); err != nil || len(testkit.Rows(t, d.db, "rehearsals")) != 0 {
			t.Errorf("%v; left %v", err, testkit.Rows(t, d.db, "rehearsals"))
		}
	})
}

func TestCallsAtTheSameTimeSpendNoMoreThanWasOrdered(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for _, ordered := range []int{1, 7} {
			d.arm(rehearsals.Wish{Outcome: "503", Calls: ordered})
			var met atomic.Int32
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					o, err := d.Spend(t.Context(), d.app, list)
					if err != nil {
						t.Error(err)
					} else if o != nil {
						met.Add(1)
					}
				})
			}
			wg.Wait()

			if int(met.Load()) != ordered {
				t.Errorf("%d of 20 calls met what was ordered for %d", met.Load(), ordered)
			}
		}
	})
}

func TestNobodyArmsAnAppOfAnotherOrganisationOrOfLive(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		o := mustOrder(t, rehearsals.Wish{Outcome: "503"})
		for name, c := range map[string][2]string{
			"another's app": {d.org, d.otherwise}, "our app, by another": {d.otherOrg, d.app}, "an app of Live": {d.org, d.live}, "no app": {d.org, "app_00000000000000000000000000"},
		} {
			_, arm := d.Arm(t.Context(), c[0], c[1], o)
			disarm := d.Disarm(t.Context(), c[0], c[1])

			if !errors.Is(arm, apps.ErrUnknown) || !errors.Is(disarm, apps.ErrUnknown) {
				t.Errorf("%s: %v, %v", name, arm, disarm)
			}
		}
		if rows := testkit.Rows(t, d.db, "rehearsals"); len(rows) != 0 {
			t.Errorf("left: %v", rows)
		}
	})
}

func TestTheDatabaseItselfTakesNoOrderForLive(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		_, err := d.db.Native().ExecContext(t.Context(), "INSERT INTO rehearsals (app_id, environment, organisation_id, id, outcome, status, seconds, calls, calls_left, armed_at, ends_at) "+
			"VALUES ('"+d.live+"', 'live', '"+d.org+"', 'reh_1', '503', 503, 0, 1, 1, '2026-11-21 09:00:00', '2026-11-21 10:00:00')")

		if err == nil {
			t.Error("an app of Live is armed")
		}
	})
}

func TestASuspendedOrganisationOrdersNothing(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		if _, err := d.db.Native().ExecContext(t.Context(), "UPDATE organisations SET suspended_at = '2026-11-20 09:00:00', suspended_for = 'x' WHERE id = '"+d.org+"'"); err != nil {
			t.Fatal(err)
		}

		_, err := d.Arm(t.Context(), d.org, d.app, mustOrder(t, rehearsals.Wish{Outcome: "503"}))

		if !errors.Is(err, accounts.ErrSuspended) {
			t.Errorf("%v", err)
		}
	})
}

func TestADeletedAppLeavesNoOrder(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arm(rehearsals.Wish{Outcome: "503"})

		if err := d.apps.Delete(t.Context(), d.org, d.app, "per_x"); err != nil {
			t.Fatal(err)
		}

		if rows := testkit.Rows(t, d.db, "rehearsals"); len(rows) != 0 {
			t.Errorf("left: %v", rows)
		}
	})
}

func TestArmingAndSpendingDoEverythingOrNothing(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		o := mustOrder(t, rehearsals.Wish{Outcome: "503"})
		testkit.BreakEach(t, d.db, []string{"INSERT rehearsals"}, func() error {
			_, err := d.Arm(t.Context(), d.org, d.app, o)
			return err
		})
		testkit.BreakEach(t, d.db, []string{"UPDATE rehearsals", "DELETE rehearsals"}, func() error {
			met, err := d.Spend(t.Context(), d.app, list)
			if err == nil && met == nil {
				return errors.New("nothing was ordered any more")
			}
			return err
		})
	})
}

func TestAnOrderOfAnotherProcessIsMetWithinASecondAndSpentInBoth(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, clk := url(t), testkit.Clock()
			here := newDesk(t, testkit.Open(t, at, clk), clk)
			there := here
			there.db = testkit.Open(t, at, clk)
			there.Rehearsals = rehearsals.New(there.db, here.apps)
			watching := make(chan struct{}, 1)
			there.db.OnChange(rehearsals.Topic, func(string) {
				select {
				case watching <- struct{}{}:
				default:
				}
			})
			testkit.Run(t, there.db.WatchChanges)
			<-watching
			before := there.next(list)

			start := time.Now()
			here.arm(rehearsals.Wish{Outcome: "503", Calls: 2})

			testkit.Eventually(t, "the order", func() bool { return there.next(list) == "503" })
			if took := time.Since(start); before != "" || took > time.Second {
				t.Errorf("before %q, it took %v", before, took)
			}
			if second, third := here.next(list), there.next(list); second != "503" || third != "" || here.next(list) != "" {
				t.Errorf("then %q and %q", second, third)
			}
		})
	}
}
