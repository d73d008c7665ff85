package enrolments_test

import (
	"context"
	"testing"
	"time"

	"fairway/internal/db"
)

// What a renewal rests on is read in the transaction that approves, and stays until that has ended.
func TestWhatADecisionRestsOnStaysUntilItIsMade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.approved()
		ended := make(chan error, 1)

		w.in(func(tx db.Tx) error {
			if list, err := w.ApprovedIn(tx, w.who.OrganisationID); err != nil || len(list) != 1 {
				t.Errorf("%d are approved, %v", len(list), err)
			}
			go func() {
				ended <- w.db.InTx(context.WithoutCancel(t.Context()), func(tx db.Tx) error {
					_, err := w.Suspend(tx, e, "system", "The certificate was revoked.")
					return err
				})
			}()
			select {
			case err := <-ended:
				t.Errorf("it ended while a decision rested on it: %v", err)
				ended <- err
			case <-time.After(300 * time.Millisecond):
			}
			return nil
		})

		must(t, <-ended)
		if list, err := w.ApprovedOf(t.Context(), w.who.OrganisationID); err != nil || len(list) != 0 {
			t.Errorf("%d are approved after it, %v", len(list), err)
		}
	})
}
