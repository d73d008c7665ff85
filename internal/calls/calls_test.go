package calls_test

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestEveryRecordedCallIsInTheListNewestFirst(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 100 {
					l.Record(newCall(l, "org_1", "app_"+strconv.Itoa(worker), 200+i%2))
				}
			})
		}
		wg.Wait()
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		seen := map[int64]bool{}
		last := int64(math.MaxInt64)
		filter := calls.Filter{Limit: 150}
		for {
			page, err := l.List(t.Context(), "org_1", filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Calls {
				if c.ID >= last || seen[c.ID] {
					t.Fatalf("call %d after %d", c.ID, last)
				}
				seen[c.ID], last = true, c.ID
			}
			if !page.Older {
				break
			}
			filter.Before = last
		}

		if len(seen) != 800 {
			t.Fatalf("%d of 800 calls", len(seen))
		}
	})
}

func TestAPageBackLeadsToWhatWasLeft(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		for range 25 {
			l.Record(newCall(l, "org_1", "app_1", 200))
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		first, err := l.List(t.Context(), "org_1", calls.Filter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		second, err := l.List(t.Context(), "org_1", calls.Filter{Limit: 10, Before: first.Calls[9].ID})
		if err != nil {
			t.Fatal(err)
		}
		back, err := l.List(t.Context(), "org_1", calls.Filter{Limit: 10, After: second.Calls[0].ID})
		if err != nil {
			t.Fatal(err)
		}

		if !slices.EqualFunc(first.Calls, back.Calls, func(a, b calls.Call) bool { return a.ID == b.ID }) || back.Newer || !back.Older {
			t.Fatalf("first %d…, back %d…, newer %v older %v", first.Calls[0].ID, back.Calls[0].ID, back.Newer, back.Older)
		}
	})
}

func TestFiltersNarrowAndForeignCallsAreUnknown(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		good, bad := newCall(l, "org_1", "app_1", 200), newCall(l, "org_1", "app_2", 401)
		bad.Environment, bad.Code, bad.Detail = "live", "SIGNATURE_INVALID", calls.Detail{Reason: "capital letters", Steps: []calls.Step{{Name: "Signature", Verdict: calls.Failed, Micros: 31}}}
		l.Record(good)
		l.Record(bad)
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		for name, f := range map[string]calls.Filter{
			"app": {AppID: "app_2"}, "environment": {Environment: "live"}, "class": {StatusClass: 4}, "code": {Code: "SIGNATURE_INVALID"}, "request": {RequestID: bad.RequestID},
		} {
			page, err := l.List(t.Context(), "org_1", f)
			if err != nil || len(page.Calls) != 1 || page.Calls[0].ID != bad.ID {
				t.Errorf("%s: %+v, %v", name, page, err)
			}
		}
		found, err := l.ByID(t.Context(), "org_1", bad.ID)
		if err != nil || found.Detail.Steps[0].Micros != 31 || found.Detail.Reason != "capital letters" {
			t.Errorf("detail %+v, %v", found.Detail, err)
		}
		if _, err := l.ByID(t.Context(), "org_2", bad.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("foreign call: %v", err)
		}
	})
}

func TestCallsFromBeforeAuthenticationMakeOnlySoManyRows(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		for range 500 {
			recordIf(l, l.AdmitsEarly, newCall(l, "org_1", "", 401))
			recordIf(l, l.AdmitsEarly, newCall(l, "", "", 401))
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		page, err := l.List(t.Context(), "org_1", calls.Filter{Limit: 200})
		if err != nil || len(page.Calls) != 60 || l.Counted() != 940 {
			t.Fatalf("%d rows, %d counted, %v", len(page.Calls), l.Counted(), err)
		}
	})
}

func TestCallsThatNoQuotaCountsMakeOnlySoManyRows(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	l := newLog(t, d)
	for range 1000 {
		recordIf(l, l.AdmitsUncounted, newCall(l, "org_1", "app_1", 429))
	}
	recordIf(l, l.AdmitsUncounted, newCall(l, "org_1", "app_2", 429))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	var rows int
	if err := d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM calls").Scan(&rows); err != nil || rows != 601 || l.Counted() != 400 {
		t.Errorf("%d rows, %d counted, %v", rows, l.Counted(), err)
	}
}

func TestStoppingLosesNothing(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := calls.New(d, testkit.Clock(), testkit.Log(t))
		for range 500 {
			l.Record(newCall(l, "org_1", "app_1", 200))
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()

		if err := l.Run(ctx); err != nil {
			t.Fatal(err)
		}

		var n int64
		if err := d.Native().QueryRowContext(t.Context(), "SELECT count(*) FROM calls").Scan(&n); err != nil || n != 500 {
			t.Fatalf("%d rows, %v", n, err)
		}
	})
}

func TestOldCallsAreForgotten(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		l := calls.New(d, clk, testkit.Log(t))
		testkit.Run(t, l.Run)
		old := newCall(l, "org_1", "app_1", 200)
		old.ID = clk.Now().Add(-31*24*time.Hour).UnixMicro() << 10
		l.Record(old)
		l.Record(newCall(l, "org_1", "app_1", 200))
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		if err := l.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}

		page, err := l.List(t.Context(), "org_1", calls.Filter{})
		if err != nil || len(page.Calls) != 1 || page.Calls[0].ID == old.ID {
			t.Fatalf("%+v, %v", page, err)
		}
	})
}

func TestAnIDThatAnotherProcessTookIsReplaced(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		first, second, third := newCall(l, "org_1", "a", 200), newCall(l, "org_1", "a", 200), newCall(l, "org_1", "a", 200)
		second.ID = first.ID
		for _, c := range []*calls.Call{first, second, third} {
			l.Record(c)
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		page, err := l.List(t.Context(), "org_1", calls.Filter{})
		if err != nil || len(page.Calls) != 3 {
			t.Fatalf("%d calls, %v", len(page.Calls), err)
		}
	})
}

func TestAnIDReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "-1", "0", "Z", "zzzzzzzzzzzzzz", "01", "1 "} {
		if id, ok := calls.ParseID(bad); ok {
			t.Errorf("%q was read as %d", bad, id)
		}
	}

	if id, ok := calls.ParseID(calls.FormatID(7318349394477056123)); !ok || id != 7318349394477056123 {
		t.Errorf("%d %v", id, ok)
	}
}

// recordIf writes a call down where it is admitted.
func recordIf(l *calls.Log, admits func(*calls.Call) bool, c *calls.Call) {
	if admits(c) {
		l.Record(c)
	}
}

func newLog(t *testing.T, d *db.DB) *calls.Log {
	t.Helper()
	return newLogAt(t, d, testkit.Clock())
}

func newLogAt(t *testing.T, d *db.DB, clk clock.Clock) *calls.Log {
	t.Helper()
	l := calls.New(d, clk, testkit.Log(t))
	testkit.Run(t, l.Run)
	return l
}

func newCall(l *calls.Log, organisation, app string, status int) *calls.Call {
	id := l.NewID()
	return &calls.Call{
		ID: id, At: calls.TimeOf(id), Environment: "sandbox", Brand: "rocker", OrganisationID: organisation, AppID: app,
		RequestID: "r" + strconv.FormatInt(id, 10), Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts",
		Status: status, Duration: 3 * time.Millisecond, Detail: calls.Detail{RequestBody: "nul \x00 here"},
	}
}
