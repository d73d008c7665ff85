package enrolments_test

import (
	"errors"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// TestAnApprovalThatCouldNotBeWrittenOpensNothing breaks each statement of the approval of a renewal in turn.
func TestAnApprovalThatCouldNotBeWrittenOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := w.approved()
		e := w.submitted(w.pair(""))
		admitted := func(e *enrolments.Enrolment) bool {
			_, err := w.AdmittedBy(t.Context(), e.QWAC.Info.SHA256)
			if err != nil && !errors.Is(err, enrolments.ErrUnknown) {
				t.Error(err)
			}
			return err == nil
		}

		statements := []string{"UPDATE OF decided_by enrolments", "UPDATE OF rights enrolments", "UPDATE OF overlap_ends enrolments", "INSERT audit_log"}
		testkit.BreakEach(t, w.db, statements, func() error {
			err := w.db.InTx(t.Context(), func(tx db.Tx) error {
				return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: []qcert.Role{qcert.RoleAI}, By: "per_admin", Reason: "fine"})
			})
			if err != nil && (admitted(e) || !admitted(former)) {
				t.Errorf("the door knows the new pair %v, the former %v", admitted(e), admitted(former))
			}
			return err
		})

		if !admitted(e) || !admitted(former) {
			t.Errorf("a try later the door knows the new pair %v, the former in its overlap %v", admitted(e), admitted(former))
		}
	})
}

// TestEachActOnTheWayToLiveDoesEverythingOrNothing breaks each statement of the other acts in turn, in the order of a life.
func TestEachActOnTheWayToLiveDoesEverythingOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, pair := t.Context(), w.pair("")
		var e *enrolments.Enrolment
		keep := func(next *enrolments.Enrolment, err error) error {
			if err == nil {
				e = next
			}
			return err
		}
		staff := func(act func(tx db.Tx) error) func() error {
			return func() error {
				err := w.db.InTx(ctx, act)
				if err == nil {
					e = w.current(w.who)
				}
				return err
			}
		}
		turned := func(do func(db.Tx, *enrolments.Enrolment, string, string) (bool, error)) func() error {
			return staff(func(tx db.Tx) error { _, err := do(tx, e, "per_admin", why); return err })
		}
		change := []string{"UPDATE enrolments", "INSERT audit_log"}

		for _, act := range []struct {
			name       string
			statements []string
			do         func() error
		}{
			{"upload", []string{"INSERT enrolments", "INSERT audit_log"}, func() error { return keep(w.Upload(ctx, w.who, 0, filesOf(pair))) }},
			{"upload again", change, func() error { return keep(w.Upload(ctx, w.who, e.Version, filesOf(pair))) }},
			{"challenge", change, func() error { return keep(w.NewChallenge(ctx, w.who, e.Version)) }},
			{"proof", nil, func() error { return keep(w.Prove(ctx, w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text))) }},
			{"hand in", change, func() error { return keep(w.Submit(ctx, w.who, e.Version)) }},
			{"question", change, staff(func(tx db.Tx) error { return w.Ask(tx, e, seen(e), "per_admin", why) })},
			{"answer", change, func() error {
				return errors.Join(w.Reply(ctx, w.who, e.Version, "The first."), keep(w.current(w.who), nil))
			}},
			{"rejection", change, staff(func(tx db.Tx) error { return w.Reject(tx, e, seen(e), "per_admin", why) })},
			{"again", []string{"INSERT enrolments", "INSERT audit_log"}, func() error { return keep(w.Again(ctx, w.who, e.ID)) }},
			{"withdrawal", change, func() error { return w.Withdraw(ctx, w.who, e.Version) }},
			{"approval", nil, func() error {
				w.clock.Advance(time.Minute) // so that this one is the newest
				return keep(w.approved(), nil)
			}},
			{"suspension", change, turned(w.Suspend)},
			{"restoration", change, turned(w.Restore)},
		} {
			t.Log(act.name)
			testkit.BreakEach(t, w.db, act.statements, act.do)
		}
		if e.State != enrolments.Approved {
			t.Errorf("it ends as %s", e.State)
		}
	})
}
