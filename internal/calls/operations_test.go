package calls_test

import (
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestCallsAreCountedByOperationForTheirOwnerSinceADay(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		for range 3 {
			l.Record(newCall(l, "org_1", "app_1", 200))
		}
		other := newCall(l, "org_1", "app_2", 401)
		other.Operation = "consents.create"
		l.Record(other)
		nameless := newCall(l, "org_1", "app_2", 404)
		nameless.Operation = ""
		l.Record(nameless)
		l.Record(newCall(l, "org_2", "app_3", 200))
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		counts, err := l.ByOperation(t.Context(), "org_1", testkit.Start.Add(-time.Hour))
		later, laterErr := l.ByOperation(t.Context(), "org_1", testkit.Start.Add(time.Hour))

		if err != nil || len(counts) != 2 || counts["card-accounts.list"] != 3 || counts["consents.create"] != 1 {
			t.Errorf("%v, %v", counts, err)
		}
		if laterErr != nil || len(later) != 0 {
			t.Errorf("since later: %v, %v", later, laterErr)
		}
		if calls.MostCounted < 1000 {
			t.Errorf("only %d are counted", calls.MostCounted)
		}
	})
}
