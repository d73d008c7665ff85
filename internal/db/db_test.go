package db_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestARefusedTransactionLeavesNothingAndTellsNobody(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var told atomic.Int32
		d.OnChange("things", func(string) { told.Add(1) })

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if err := addThrottle(tx, "a"); err != nil {
				return err
			}
			if err := tx.Tell("things", "a"); err != nil {
				return err
			}
			return errors.New("changed my mind")
		})

		if err == nil || countThrottles(t, d) != 0 || told.Load() != 0 {
			t.Fatalf("err %v, rows %d, told %d", err, countThrottles(t, d), told.Load())
		}
	})
}

func TestADuplicateIsAConflictThatKnowsItsIndex(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		testkit.Organisation(t, d, "One")
		add := func(tx db.Tx) error { return addPerson(tx, "same@tpp.example") }
		if err := d.InTx(t.Context(), add); err != nil {
			t.Fatal(err)
		}

		err := d.InTx(t.Context(), add)

		if !fault.Is(err, fault.Conflict) || !db.Duplicate(err, "people_email_key") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestASavepointKeepsTheTransactionUsableAfterADuplicate(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if err := addPerson(tx, "a@tpp.example"); err != nil {
				return err
			}
			if err := tx.Try(func(tx db.Tx) error { return addPerson(tx, "a@tpp.example") }); !db.Duplicate(err, "people_email_key") {
				t.Errorf("the second insert: %v", err)
			}
			return addPerson(tx, "b@tpp.example")
		})

		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAChangeReachesTheOtherProcess(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := url(t)
			here, there := testkit.Open(t, where, clock.System{}), testkit.Open(t, where, clock.System{})
			var heard sync.Map
			there.OnChange("things", func(key string) { heard.Store(key, true) })
			testkit.Run(t, there.WatchChanges)
			testkit.Eventually(t, "the watcher is on", func() bool { _, ok := heard.Load(""); return ok })

			if err := here.InTx(t.Context(), func(tx db.Tx) error { return tx.Tell("things", "k|1") }); err != nil {
				t.Fatal(err)
			}

			testkit.Eventually(t, "the change arrives", func() bool { _, ok := heard.Load("k|1"); return ok })
		})
	}
}

func TestFiftyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return addThrottle(tx, "hot") }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := d.InTx(t.Context(), func(tx db.Tx) error {
					var n int64
					if err := tx.ForUpdate().Table("throttles").Select("n").Where("key = ?", "hot").Take(&n).Error; err != nil {
						return err
					}
					return tx.SQL().Exec("UPDATE throttles SET n = ? WHERE key = ?", n+1, "hot").Error
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		var n int64
		if err := d.Reader(t.Context()).SQL().Table("throttles").Select("n").Where("key = ?", "hot").Take(&n).Error; err != nil || n != 50 {
			t.Fatalf("n = %d, %v", n, err)
		}
	})
}

func TestTwoProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	url := testkit.SQLiteURL(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { testkit.Open(t, url, clock.System{}) })
	}
	wg.Wait()

	d := testkit.Open(t, url, clock.System{})

	if ok, err := d.Migrated(t.Context()); !ok || err != nil {
		t.Fatalf("migrated %v, %v", ok, err)
	}
}

func TestAClosedContextIsNotAFaultOfTheDatabase(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		err := d.InTx(ctx, func(tx db.Tx) error { return addThrottle(tx, "x") })

		if !errors.Is(err, context.Canceled) || fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestTheAuditTrailCannotBeChanged(t *testing.T) {
	t.Parallel()
	const zeros = "'0000000000000000000000000000000000000000000000000000000000000000'"
	statements := []string{
		"UPDATE audit_log SET actor = 'z'", "DELETE FROM audit_log", "UPDATE audit_log SET seq = NULL WHERE seq = 1", "UPDATE audit_log SET hash = 'z' WHERE seq = 1",
		"UPDATE audit_log SET seq = 2, prev_hash = 'y', hash = 'z', actor = 'z' WHERE seq IS NULL", "UPDATE audit_log SET seq = 2, hash = 'z' WHERE seq IS NULL",
		"UPDATE audit_head SET hash = 'z'", "UPDATE audit_head SET seq = 0", "DELETE FROM audit_head",
	}
	more := map[db.Dialect][]string{
		db.Postgres: {"TRUNCATE audit_log", "TRUNCATE audit_head"},
		db.SQLite: {"INSERT OR REPLACE INTO audit_log (id, at, actor, act, object) VALUES (1, '2026-11-21', 'z', 'b', 'c')",
			"INSERT OR REPLACE INTO audit_log (seq, at, actor, act, object) VALUES (1, '2026-11-21', 'z', 'b', 'c')",
			"UPDATE OR REPLACE audit_log SET seq = 1, prev_hash = 'y', hash = 'z' WHERE seq IS NULL",
			"REPLACE INTO audit_head (id, seq, hash) VALUES (1, 9, " + zeros + ")"},
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		const insert = "INSERT INTO audit_log (at, actor, act, object) VALUES ('2026-11-21', 'a', 'b', 'c')"
		for _, s := range []string{insert, "UPDATE audit_log SET seq = 1, prev_hash = 'y', hash = 'z'", "UPDATE audit_head SET seq = 1", insert} {
			if err := d.InTx(t.Context(), func(tx db.Tx) error { return tx.SQL().Exec(s).Error }); err != nil {
				t.Fatal(s, err)
			}
		}

		for _, statement := range append(more[d.Dialect()], statements...) {
			if err := d.InTx(t.Context(), func(tx db.Tx) error { return tx.SQL().Exec(statement).Error }); !errors.Is(err, db.ErrAppendOnly) {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

func TestAnUnknownURLIsRefusedWithAWordAboutTheForm(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "mysql://x", "sqlite:", "sqlite:a?b=c"} {
		if _, err := db.Open(t.Context(), db.Options{URL: url, Clock: clock.System{}}); err == nil {
			t.Errorf("%q was opened", url)
		}
	}
}

func addThrottle(tx db.Tx, key string) error {
	return tx.SQL().Exec("INSERT INTO throttles (key, win, n, ends_at) VALUES (?, 1, 0, ?)", key, tx.Now).Error
}

func addPerson(tx db.Tx, email string) error {
	return tx.SQL().Exec("INSERT INTO people (id, email, email_key, password_hash, role, created_at) VALUES (?, ?, ?, '', 'tpp', ?)",
		"per_"+tx.Now.String()+email+string(rune(serial.Add(1))), email, email, tx.Now).Error
}

var serial atomic.Int32

func countThrottles(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var n int64
	if err := d.Reader(t.Context()).SQL().Table("throttles").Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
