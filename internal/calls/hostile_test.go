package calls_test

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

// One call must not be able to take others out of the log, whatever was in its address.
func TestTextThatADatabaseRefusesCostsNoCall(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		hostile := []string{"/x\x00y", "/\xff\xfe", "/\xed\xa0\x80", "/\u202eevil", "/" + strings.Repeat("a", 10_000)}
		for _, path := range hostile {
			l.Record(newCall(l, "org_1", "app_1", 200))
			c := newCall(l, "org_1", "app_1", 404)
			c.Path, c.RequestID, c.Brand, c.Environment, c.Code, c.Method = path, path, path, path, path, path
			l.Record(c)
		}

		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		page, err := l.List(t.Context(), "org_1", calls.Filter{})
		if err != nil || len(page.Calls) != 2*len(hostile) || l.Counted() != 0 {
			t.Fatalf("%d calls are listed, %d were dropped, %v", len(page.Calls), l.Counted(), err)
		}
		if got := page.Calls[len(page.Calls)-2].Path; got != "/x\ufffdy" {
			t.Errorf("the path is %q", got)
		}
	})
}

// refuse refuses some rows with an error of this SQLSTATE; SQLite knows one kind of refusal.
func refuse(t *testing.T, d *db.DB, rows, sqlstate string) (mend func()) {
	t.Helper()
	statements := []string{"CREATE TRIGGER broken BEFORE INSERT ON calls WHEN " + rows + " BEGIN SELECT RAISE(ABORT, 'broken'); END"}
	undo := "DROP TRIGGER broken"
	if d.Dialect() == db.Postgres {
		statements = []string{
			"CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = '" + sqlstate + "'; END $$ LANGUAGE plpgsql",
			"CREATE TRIGGER broken BEFORE INSERT ON calls FOR EACH ROW WHEN (" + rows + ") EXECUTE FUNCTION broken()",
		}
		undo = "DROP TRIGGER broken ON calls"
	}
	for _, s := range statements {
		if _, err := d.Native().ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := d.Native().ExecContext(context.WithoutCancel(t.Context()), undo); err != nil {
			t.Error(err)
		}
	}
}

func TestARowThatIsRefusedIsTheOnlyOneThatIsLost(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		refuse(t, d, "NEW.app_id = 'poison'", "22000")
		l := newLog(t, d)
		for i := range 300 {
			app := "app_1"
			if i%100 == 42 {
				app = "poison"
			}
			l.Record(newCall(l, "org_1", app, 200))
		}

		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}

		page, err := l.List(t.Context(), "org_1", calls.Filter{Limit: 200})
		if len(page.Calls) == 0 {
			t.Fatalf("no row is there, %v", err)
		}
		older, olderErr := l.List(t.Context(), "org_1", calls.Filter{Limit: 200, Before: page.Calls[len(page.Calls)-1].ID})
		if err != nil || olderErr != nil || len(page.Calls)+len(older.Calls) != 297 || l.Counted() != 3 {
			t.Errorf("%d rows are there, %d are lost, %v %v", len(page.Calls)+len(older.Calls), l.Counted(), err, olderErr)
		}
	})
}

// A full queue slows the door down and drops nothing, however long the database is away.
func TestWhileTheDatabaseIsAwayCallersWaitAndNothingIsLost(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.PostgresAt(t, clk)
	mend := refuse(t, d, "true", "53100")
	l := newLog(t, d)
	const sent = 20_000
	var recorded atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range sent {
			l.Record(newCall(l, "org_1", "app_1", 200))
			recorded.Add(1)
		}
	}()
	before := int64(-1)
	testkit.Eventually(t, "the caller waits", func() bool {
		now := recorded.Load()
		waits := now == before && now > 1000
		before = now
		return waits
	})
	if recorded.Load() == sent {
		t.Fatal("nobody waited: where are the rows?")
	}

	mend()
	<-done
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	var rows int
	if err := d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM calls").Scan(&rows); err != nil || rows != sent || l.Counted() != 0 {
		t.Errorf("%d of %d rows are there, %d were dropped, %v", rows, sent, l.Counted(), err)
	}
}

func TestTheEndSaysHowManyRowsAreLost(t *testing.T) {
	t.Parallel()
	d := testkit.PostgresAt(t, testkit.Clock())
	refuse(t, d, "true", "53100")
	l := calls.New(d, testkit.Clock(), testkit.Log(t))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	for range 25 {
		l.Record(newCall(l, "org_1", "app_1", 200))
	}

	stop()

	if err := <-done; err == nil || !strings.Contains(err.Error(), strconv.Itoa(25)) {
		t.Errorf("%v", err)
	}
}
