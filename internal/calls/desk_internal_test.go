package calls

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestACallIsFoundByItsXRequestIDWhoseverItIs(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := New(d, testkit.Clock(), testkit.Log(t))
		testkit.Run(t, l.Run)
		for i := range 30 {
			l.Record(&Call{ID: l.NewID(), At: testkit.Start, OrganisationID: fmt.Sprint("org_", i%2), RequestID: fmt.Sprint("id-", i), Status: 200 + 200*(i%2)})
		}
		for range 25 {
			l.Record(&Call{ID: l.NewID(), At: testkit.Start, OrganisationID: "org_1", RequestID: "same", Status: 400})
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := d.Reader(t.Context())
		found := func(calls []Call, err error) int {
			if err != nil {
				t.Error(err)
			}
			return len(calls)
		}

		for id, want := range map[string]int{"id-3": 1, "id-4": 1, "same": maxFound, "ID-3": 0, "id-": 0, "id-%": 0, "": 0, "\x00": 0, "\xff": 0} {
			if n := found(l.Sent(q, id)); n != want {
				t.Errorf("%q is found %d times, want %d", id, n, want)
			}
		}
		if far, near := found(newestBy(q, "id-4", 50, 20)), found(newestBy(q, "id-4", 51, 20)); far != 0 || near != 1 {
			t.Errorf("beyond what is searched it is found %d times, within %d", far, near)
		}
	})
}

func TestRefusedCallsAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)

	var id, parent, unused int
	var detail string
	err := d.Native().QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN SELECT "+columns+" FROM calls WHERE request_id = 'x' AND status >= 400 ORDER BY id DESC LIMIT 20").Scan(&id, &parent, &unused, &detail)

	if err != nil || !strings.Contains(detail, "calls_refused") {
		t.Errorf("%s, %v", detail, err)
	}
}

func TestAnyCallIsReadWithItsDetails(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := New(d, testkit.Clock(), testkit.Log(t))
		testkit.Run(t, l.Run)
		c := &Call{ID: l.NewID(), At: testkit.Start, OrganisationID: "org_1", RequestID: "x", Environment: "sandbox", Operation: "token", Status: 201, Duration: time.Millisecond, Detail: Detail{Reason: "because"}}
		l.Record(c)
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := d.Reader(t.Context())

		got, err := l.AnyByID(q, c.ID)
		_, missing := l.AnyByID(q, c.ID+1)
		first, firstErr := l.FirstSuccessIn(q, "org_1", "sandbox", "token")
		live, liveErr := l.FirstSuccessIn(q, "org_1", "live", "token")

		if err != nil || got.Detail.Reason != "because" || missing == nil || firstErr != nil || !first.Equal(testkit.Start) || liveErr != nil || !live.IsZero() {
			t.Errorf("%+v %v, %v, %s %v", got, err, missing, first, firstErr)
		}
	})
}
