package quota_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/quota"
	"fairway/internal/testkit"
)

func TestTwoProcessesShareASecond(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		clk := clock.NewManual(clk.Now())
		limits := quota.Limits{PerSecond: 5, PerDay: 1000}
		one, two := quota.NewShared(d, clk, limits), quota.NewShared(d, clk, limits)
		for i := range 5 {
			if d := take(t, []*quota.Quota{one, two}[i%2], "app_1"); !d.OK || d.LeftInSecond != 4-i || d.UsedToday != i+1 {
				t.Fatalf("request %d: %+v", i+1, d)
			}
			clk.Advance(100 * time.Millisecond)
		}

		refused := take(t, two, "app_1")
		other := take(t, two, "app_2")
		clk.Advance(refused.RetryAfter - time.Microsecond)
		still := take(t, one, "app_1")
		clk.Advance(time.Microsecond)
		accepted, next := take(t, two, "app_1"), take(t, one, "app_1")

		if refused.OK || refused.Which != "second" || refused.RetryAfter != 500*time.Millisecond || !other.OK {
			t.Errorf("the sixth: %+v; another app: %+v", refused, other)
		}
		if still.OK || !accepted.OK || next.OK || used(t, one, "app_1") != 6 {
			t.Errorf("a microsecond before %v, then %v, then %v; used %d", still.OK, accepted.OK, next.OK, used(t, one, "app_1"))
		}
	})
}

func TestTwoProcessesShareADay(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		clk := clock.NewManual(time.Date(2026, 11, 21, 23, 59, 50, 0, time.UTC))
		limits := quota.Limits{PerSecond: 100, PerDay: 3}
		one, two := quota.NewShared(d, clk, limits), quota.NewShared(d, clk, limits)
		first, second, third := take(t, one, "app_1"), take(t, two, "app_1"), take(t, one, "app_1")

		refused := take(t, two, "app_1")
		restarted := take(t, quota.NewShared(d, clk, limits), "app_1")
		clk.Advance(10 * time.Second)
		before, next := used(t, one, "app_1"), take(t, two, "app_1")
		behind := clock.NewManual(clk.Now().Add(-time.Second))
		yesterday := take(t, quota.NewShared(d, behind, limits), "app_1")

		if !first.OK || !second.OK || !third.OK || refused.OK || refused.Which != "day" || refused.RetryAfter != 10*time.Second || restarted.OK {
			t.Errorf("%+v %+v %+v, the fourth %+v, after a restart %+v", first, second, third, refused, restarted)
		}
		if before != 0 || !next.OK || next.UsedToday != 1 || yesterday.UsedToday != 2 {
			t.Errorf("the next day %d %+v, and by a clock that is behind %+v", before, next, yesterday)
		}
	})
}

func TestFourHundredAtTwoProcessesTakeWhatASecondHolds(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		limits := quota.Limits{PerSecond: 5, PerDay: 1000}
		processes := []*quota.Quota{quota.NewShared(d, clk, limits), quota.NewShared(d, clk, limits)}
		var accepted, failed atomic.Int32
		var wg sync.WaitGroup
		for i := range 400 {
			wg.Go(func() {
				got, err := processes[i%2].Take(t.Context(), quota.Caller{Environment: "sandbox", App: "app_1"})
				if err != nil {
					failed.Add(1)
				}
				if got.OK {
					accepted.Add(1)
				}
			})
		}
		wg.Wait()

		if accepted.Load() != 5 || failed.Load() != 0 {
			t.Errorf("%d were accepted, %d failed", accepted.Load(), failed.Load())
		}
	})
}

func TestALimitThatChangesBeginsAWindowAnew(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		for range 2 {
			take(t, quota.NewShared(d, clk, quota.Limits{PerSecond: 2, PerDay: 1000}), "app_1")
		}

		after := take(t, quota.NewShared(d, clk, quota.Limits{PerSecond: 3, PerDay: 1000}), "app_1")

		if !after.OK || after.LeftInSecond != 2 || after.UsedToday != 3 {
			t.Errorf("%+v", after)
		}
	})
}

func TestDaysThatAreOverAreForgotten(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		q := quota.NewShared(d, clk, quota.Limits{PerSecond: 2, PerDay: 1000})
		take(t, q, "app_1")

		kept := q.Purge(t.Context(), clk.Now())
		before := used(t, q, "app_1")
		gone := q.Purge(t.Context(), clk.Now().AddDate(0, 0, 1))

		if kept != nil || gone != nil || before != 1 || used(t, q, "app_1") != 0 {
			t.Errorf("%v, %d; %v, %d", kept, before, gone, used(t, q, "app_1"))
		}
	})
}

func TestAFloodIsRefusedWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	q := quota.NewShared(d, clk, quota.Limits{PerSecond: 1, PerDay: 1000})
	take(t, q, "app_1")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	refused := take(t, q, "app_1")
	_, err := q.Take(t.Context(), quota.Caller{Environment: "sandbox", App: "app_2"})

	if refused.OK || refused.Which != "second" || refused.UsedToday != 1 || err == nil {
		t.Errorf("%+v, and another app %v", refused, err)
	}
}
