package quota_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/quota"
	"fairway/internal/testkit"
)

func take(t *testing.T, q *quota.Quota, app string) quota.Decision {
	t.Helper()
	d, err := q.Take(t.Context(), quota.Caller{Environment: "sandbox", App: app})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func used(t *testing.T, q *quota.Quota, app string) int {
	t.Helper()
	all, err := q.Used(t.Context(), "sandbox", app)
	if err != nil {
		t.Fatal(err)
	}
	return all[app]
}

func TestTheSixthRequestInASecondWaitsUntilTheFirstHasLeft(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	q := quota.New(testkit.SQLite(t), clk, quota.Limits{PerSecond: 5, PerDay: 1000})
	for range 5 {
		if d := take(t, q, "app_1"); !d.OK {
			t.Fatalf("refused early: %+v", d)
		}
		clk.Advance(100 * time.Millisecond)
	}

	refused := take(t, q, "app_1")
	clk.Advance(refused.RetryAfter - time.Microsecond)
	still := take(t, q, "app_1")
	clk.Advance(time.Microsecond)
	accepted := take(t, q, "app_1")

	if refused.OK || refused.Which != "second" || refused.RetryAfter != 500*time.Millisecond {
		t.Errorf("the sixth: %+v", refused)
	}
	if still.OK || !accepted.OK {
		t.Errorf("a microsecond before %v, then %v", still.OK, accepted.OK)
	}
}

func TestNoWindowOfASecondHoldsMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	q := quota.New(testkit.SQLite(t), clk, quota.Limits{PerSecond: 5, PerDay: 100000})
	var accepted []time.Time
	for i := range 5000 {
		if take(t, q, "app_1").OK {
			accepted = append(accepted, clk.Now())
		}
		clk.Advance(time.Duration(1+i*7919%97) * time.Millisecond)
	}

	for i := 5; i < len(accepted); i++ {
		if gap := accepted[i].Sub(accepted[i-5]); gap < time.Second {
			t.Fatalf("six requests within %v", gap)
		}
	}
	if len(accepted) < 1000 {
		t.Fatalf("only %d were accepted", len(accepted))
	}
}

func TestTheDayEndsAtMidnightUTC(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 11, 21, 23, 59, 50, 0, time.UTC))
	q := quota.New(testkit.SQLite(t), clk, quota.Limits{PerSecond: 100, PerDay: 3})
	for range 3 {
		take(t, q, "app_1")
	}

	refused := take(t, q, "app_1")
	other := take(t, q, "app_2")
	clk.Advance(10 * time.Second)
	next := take(t, q, "app_1")

	if refused.OK || refused.Which != "day" || refused.RetryAfter != 10*time.Second || refused.UsedToday != 3 {
		t.Errorf("the fourth of the day: %+v", refused)
	}
	if !other.OK || !next.OK || next.LeftInDay != 2 {
		t.Errorf("another app %+v, the next day %+v", other, next)
	}
}

func TestFourHundredAtOnceTakeExactlyTheDay(t *testing.T) {
	t.Parallel()
	q := quota.New(testkit.SQLite(t), testkit.Clock(), quota.Limits{PerSecond: 1000, PerDay: 250})
	var accepted atomic.Int32
	var wg sync.WaitGroup
	for range 400 {
		wg.Go(func() {
			if take(t, q, "app_1").OK {
				accepted.Add(1)
			}
		})
	}
	wg.Wait()

	if accepted.Load() != 250 {
		t.Fatalf("%d were accepted", accepted.Load())
	}
}

func TestARestartGivesNobodyASecondDay(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		limits := quota.Limits{PerSecond: 100, PerDay: 4}
		before := quota.New(d, clk, limits)
		for range 3 {
			take(t, before, "app_1")
		}
		if err := before.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		after := quota.New(d, clk, limits)
		if err := after.Restore(t.Context()); err != nil {
			t.Fatal(err)
		}

		if used := used(t, after, "app_1"); used != 3 {
			t.Errorf("used %d", used)
		}
		if first, second := take(t, after, "app_1"), take(t, after, "app_1"); !first.OK || second.OK {
			t.Errorf("first %+v, second %+v", first, second)
		}
	})
}

// The clocks of machines are put right now and then.
func TestAClockThatIsPutBackGivesNoSecondDay(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 11, 22, 0, 0, 1, 0, time.UTC))
	q := quota.New(testkit.SQLite(t), clk, quota.Limits{PerSecond: 100, PerDay: 3})
	for range 3 {
		take(t, q, "app_1")
	}

	clk.Advance(-2 * time.Second)
	before := take(t, q, "app_1")
	clk.Advance(2 * time.Second)
	after := take(t, q, "app_1")

	if before.OK || after.OK {
		t.Errorf("yesterday again %+v, and today again %+v", before, after)
	}
}

func TestAClockThatIsPutBackHoldsNobodyUpForLong(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	q := quota.New(testkit.SQLite(t), clk, quota.Limits{PerSecond: 5, PerDay: 1000})
	for range 5 {
		take(t, q, "app_1")
	}

	clk.Advance(-time.Hour)
	first := take(t, q, "app_1")
	clk.Advance(time.Second)
	second := take(t, q, "app_1")

	if first.OK || first.RetryAfter > time.Second || first.RetryAfter <= 0 || !second.OK {
		t.Errorf("at once %+v, a second later %+v", first, second)
	}
}

func TestProcessesThatShareADatabaseShareTheDay(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		limits := quota.Limits{PerSecond: 100, PerDay: 10}
		one, two := quota.New(d, clk, limits), quota.New(d, clk, limits)
		for range 4 {
			take(t, one, "app_1")
			take(t, two, "app_1")
		}
		for _, q := range []*quota.Quota{one, two, one} {
			take(t, q, "app_2")
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		take(t, one, "app_1")
		if err := one.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		last, over := take(t, one, "app_1"), take(t, one, "app_1")

		restarted := quota.New(d, clk, limits)
		if err := restarted.Restore(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !last.OK || last.UsedToday != 10 || over.OK || used(t, restarted, "app_1") != 9 || used(t, two, "app_1") != 8 {
			t.Errorf("the tenth %+v, the eleventh %+v, written %d, the other knows of %d", last, over, used(t, restarted, "app_1"), used(t, two, "app_1"))
		}
	})
}

func TestWhatCouldNotBeWrittenIsWrittenOnce(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	q := quota.New(d, clk, quota.Limits{PerSecond: 100, PerDay: 10})
	take(t, q, "app_1")
	ended, end := context.WithCancel(t.Context())
	end()

	failed := q.Flush(ended)
	take(t, q, "app_1")
	err := q.Flush(t.Context())

	after := quota.New(d, clk, quota.Limits{PerSecond: 100, PerDay: 10})
	if restored := after.Restore(t.Context()); failed == nil || err != nil || restored != nil || used(t, after, "app_1") != 2 || used(t, q, "app_1") != 2 {
		t.Errorf("%v %v %v: %d written, %d counted", failed, err, restored, used(t, after, "app_1"), used(t, q, "app_1"))
	}
}
