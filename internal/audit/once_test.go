package audit_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

var looked = audit.Entry{Actor: "per_1", Organisation: "org_1", Act: "support.viewed", Object: "org_1"}

func TestWhatIsWrittenOnceIsWrittenOnceHoweverManyDoIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var written atomic.Int32
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				err := d.InTx(t.Context(), func(tx db.Tx) error {
					ok, err := audit.WriteOnce(tx, looked, testkit.Start)
					if ok {
						written.Add(1)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()

		if got := trail(t, d); len(got) != 1 || written.Load() != 1 {
			t.Errorf("%d lines, %d times told", len(got), written.Load())
		}
	})
}

func TestAnotherActorActObjectOrHourIsAnotherLine(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		write := func(e audit.Entry, since time.Time) (ok bool) {
			err := d.InTx(t.Context(), func(tx db.Tx) (err error) {
				ok, err = audit.WriteOnce(tx, e, since)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		write(looked, testkit.Start)
		actor, act, object := looked, looked, looked
		actor.Actor, act.Act, object.Object = "per_2", "support.found", "org_2"

		if write(looked, testkit.Start) {
			t.Error("the same is written twice")
		}
		for name, done := range map[string]bool{
			"another actor": write(actor, testkit.Start), "another act": write(act, testkit.Start), "another object": write(object, testkit.Start),
			"a later beginning": write(looked, testkit.Start.Add(time.Second)),
		} {
			if !done {
				t.Errorf("%s is not written", name)
			}
		}
	})
}

func TestTheLastOfAnActIsTold(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return audit.Write(tx, looked) }); err != nil {
			t.Fatal(err)
		}

		at, err := audit.LastIn(d.Reader(t.Context()), "support.viewed", "org_1")
		never, neverErr := audit.LastIn(d.Reader(t.Context()), "support.viewed", "org_2")

		if err != nil || neverErr != nil || !at.Equal(testkit.Start) || !never.IsZero() {
			t.Errorf("%s %v, %s %v", at, err, never, neverErr)
		}
	})
}
