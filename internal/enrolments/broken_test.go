package enrolments_test

import (
	"errors"
	"testing"

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
