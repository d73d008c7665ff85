package enrolments_test

import (
	"errors"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
)

// grants is what an organisation is told that asks for a role.
func (w *world) grants(who enrolments.Who, role string) (err error) {
	w.t.Helper()
	w.in(func(tx db.Tx) error { err = enrolments.Grants(tx, who.OrganisationID, role); return nil })
	return err
}

func TestAnApprovalGrantsItsRolesAndNoOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before := w.grants(w.who, "PSP_AI")
		e := w.approved()

		given, missing, other := w.grants(w.who, "PSP_AI"), w.grants(w.who, "PSP_IC"), w.grants(w.organisation("Other Oy"), "PSP_AI")
		w.in(func(tx db.Tx) error { _, err := w.Suspend(tx, e, "system", "The QWAC was revoked."); return err })

		if !errors.Is(before, enrolments.ErrNotLive) || !errors.Is(other, enrolments.ErrNotLive) || given != nil {
			t.Errorf("before %v, then %v, another organisation %v", before, given, other)
		}
		if f := fault.Of(missing); missing == nil || f.Kind != fault.Conflict || f.Code != "role_not_granted" || !strings.Contains(f.Message, "needs PSP_IC, which your approval does not give") {
			t.Errorf("a role that was not given: %v", missing)
		}
		if after := w.grants(w.who, "PSP_AI"); !errors.Is(after, enrolments.ErrNotLive) {
			t.Errorf("suspended: %v", after)
		}
	})
}
