package nca

import (
	"context"
	"strings"

	"fairway/internal/db"
	"fairway/internal/enrolments"
)

// Restore gives a suspended approval back by a person's decision, after every source was asked again: what cannot be approved
// now cannot come back either. It has the roles that it had, less those that the register does not grant any more. Where the
// organisation is suspended, it comes back with it. Faults: enrolments.ErrUnknown, ErrNotSeen, ErrSuperseded, ErrTaken and
// ErrNoRights, ErrOwn, those of Approvable, and a Form fault on reason.
func (n *NCA) Restore(ctx context.Context, enrolmentID, by, reason string) error {
	e, err := n.Enrolments.ForReview(ctx, enrolmentID)
	if err != nil {
		return err
	}
	if e.State != enrolments.Suspended {
		return enrolments.ErrNotSeen
	}
	if err := n.notOwn(ctx, by, e.OrganisationID); err != nil {
		return err
	}
	x, err := n.record(ctx, by, e)
	if err != nil {
		return err
	}
	if err := x.Approvable(); err != nil {
		return err
	}
	lost, sentences := takenBack(e, x)
	if len(lost) == len(e.Rights) {
		return enrolments.ErrNoRights
	}
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		if !e.Sound(tx.Now) {
			return ErrStands
		}
		done, err := n.Enrolments.Restore(tx, e, by, reason)
		if err != nil {
			return err
		}
		if !done {
			return enrolments.ErrNotSeen
		}
		if err := n.Queue.Tell(tx, Restored{EnrolmentID: e.ID, Version: e.Version + 1}); err != nil || len(lost) == 0 {
			return err
		}
		e.Version++ // which the return has written
		return n.narrow(tx, e, lost, strings.Join(sentences, " "))
	})
}
