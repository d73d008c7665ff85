package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestWhatBelongsBeforeTheCommitRunsLastAndInItsOrder(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var ran []string
		note := func(what string) func(db.Tx) error {
			return func(tx db.Tx) error {
				ran = append(ran, what)
				return addThrottle(tx, what)
			}
		}

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			tx.AfterCommit(func() { ran = append(ran, "after") })
			err := tx.BeforeCommit(func(tx db.Tx) error { return errors.Join(note("first")(tx), tx.BeforeCommit(note("third"))) })
			ran = append(ran, "deed")
			return errors.Join(err, tx.BeforeCommit(note("second")))
		})

		if got := strings.Join(ran, " "); err != nil || got != "deed first second third after" || countThrottles(t, d) != 3 {
			t.Errorf("%q, %d rows, %v", got, countThrottles(t, d), err)
		}
	})
}

func TestWhatFailsBeforeTheCommitUndoesTheDeed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		full, told := errors.New("the disk is full"), false

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			tx.AfterCommit(func() { told = true })
			return errors.Join(tx.BeforeCommit(func(db.Tx) error { return full }), addThrottle(tx, "deed"))
		})

		if !errors.Is(err, full) || told || countThrottles(t, d) != 0 {
			t.Errorf("%v, told %v, %d rows", err, told, countThrottles(t, d))
		}
	})
}

func TestWhatASavepointUndidIsNotDoneBeforeTheCommit(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var ran []string
		note := func(what string) func(db.Tx) error {
			return func(db.Tx) error { ran = append(ran, what); return nil }
		}

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			err := tx.BeforeCommit(note("before"))
			undone := tx.Try(func(tx db.Tx) error { return errors.Join(tx.BeforeCommit(note("undone")), errors.New("no")) })
			if undone == nil {
				t.Error("the savepoint was kept")
			}
			return errors.Join(err, tx.Try(func(tx db.Tx) error { return tx.BeforeCommit(note("done")) }))
		})

		if got := strings.Join(ran, " "); err != nil || got != "before done" {
			t.Errorf("ran %q, %v", got, err)
		}
	})
}

func TestWithoutACommitNothingRunsBeforeIt(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	never := func(db.Tx) error { t.Error("it ran"); return nil }

	outside := d.Reader(t.Context()).BeforeCommit(never)
	inside := d.Read(t.Context(), func(tx db.Tx) error { return tx.BeforeCommit(never) })

	if outside == nil || inside == nil {
		t.Errorf("%v, %v", outside, inside)
	}
}

func TestAStepOfTheMigrationEndsIt(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.SQLiteURL(t), clock.System{})
	broken, ran := errors.New("broken"), 0

	err := d.Migrate(t.Context(), func(context.Context) error { ran++; return nil }, func(context.Context) error { return broken }, func(context.Context) error { ran++; return nil })

	if !errors.Is(err, broken) || ran != 1 {
		t.Errorf("%v after %d steps", err, ran)
	}
}
