package enrolments

import (
	"errors"
	"slices"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/qcert"
)

// Whether what is suspended comes back with its organisation, as rows write it.
const (
	byItself = iota
	withOrganisation
)

// Suspend takes approved certificates out of Live, and says whether anything changed. What was suspended with its
// organisation has a reason of its own from then on, and does not come back with it; what was replaced no longer goes on
// beside its successor.
func (s *Enrolments) Suspend(tx db.Tx, e *Enrolment, by, reason string) (bool, error) {
	if e.State == Replaced {
		return s.EndOverlap(tx, e, by, reason)
	}
	done, err := turn(tx, e.ID, Approved, Suspended, reason)
	if err == nil && !done {
		done, err = hold(tx, e.ID, byItself, reason)
	}
	if err != nil {
		return false, err
	}
	if !done { // it may have been replaced since it was looked at
		return s.EndOverlap(tx, e, by, reason)
	}
	return true, s.turned(tx, e, by, "suspended")
}

// Narrow takes roles from what was approved, and says whether anything changed. Taking the last one is Suspend's work: it
// changes nothing here.
func (s *Enrolments) Narrow(tx db.Tx, e *Enrolment, lost []qcert.Role, by, reason string) (bool, error) {
	left := slices.DeleteFunc(slices.Clone(e.Rights), func(r qcert.Role) bool { return slices.Contains(lost, r) })
	if len(left) == 0 || len(left) == len(e.Rights) {
		return false, nil
	}
	done, err := narrow(tx, e.ID, qcert.JoinRoles(e.Rights, " "), qcert.JoinRoles(left, " "), reason)
	if err != nil || !done {
		return false, err
	}
	if err := write(tx, e, by, "narrowed", map[string]string{"rights": qcert.JoinRoles(left, " "), "was": qcert.JoinRoles(e.Rights, " ")}); err != nil {
		return false, err
	}
	return true, tx.Tell(topic, e.OrganisationID)
}

// turned puts a turn on record and has every process forget what the door knows.
func (s *Enrolments) turned(tx db.Tx, e *Enrolment, by, act string) error {
	if err := write(tx, e, by, act, nil); err != nil {
		return err
	}
	return tx.Tell(topic, e.OrganisationID)
}

// Restore gives suspended certificates back, and says whether anything changed. Those of a suspended organisation come back
// with it, and not before. Faults: ErrTaken, ErrSuperseded.
func (s *Enrolments) Restore(tx db.Tx, e *Enrolment, by, reason string) (bool, error) {
	held := accounts.Standing(tx, e.OrganisationID)
	if held != nil && !errors.Is(held, accounts.ErrSuspended) {
		return false, held
	}
	if err := s.alone(tx, e); err != nil {
		return false, err
	}
	if held != nil {
		done, err := hold(tx, e.ID, withOrganisation, reason)
		if err != nil || !done {
			return false, err
		}
		return true, write(tx, e, by, "restored", map[string]string{"with": "organisation"})
	}
	done, err := turn(tx, e.ID, Suspended, Approved, reason)
	if err != nil || !done {
		return false, err
	}
	return true, s.turned(tx, e, by, "restored")
}

// alone finds out that what is to come back has no successor, and that nobody else has it.
func (s *Enrolments) alone(tx db.Tx, e *Enrolment) error {
	if err := s.free(tx, e); err != nil {
		return err
	}
	n, err := countStanding(tx, e.OrganisationID, e.ID)
	if err == nil && n > 0 {
		return ErrSuperseded
	}
	return err
}

// SuspendWith suspends what an organisation has in Live along with it, in the transaction that suspends the organisation.
func (s *Enrolments) SuspendWith(tx db.Tx, organisationID, by, reason string) error {
	return s.along(tx, along{organisationID, by, reason, Approved, Suspended, "enrolments.suspended"})
}

// RestoreWith gives back what SuspendWith took, in the transaction that restores the organisation. What was suspended for
// a reason of its own stays so.
func (s *Enrolments) RestoreWith(tx db.Tx, organisationID, by, reason string) error {
	return s.along(tx, along{organisationID, by, reason, Suspended, Approved, "enrolments.restored"})
}

// along is what happens to enrolments with their organisation.
type along struct {
	organisationID, by, reason string
	from, to                   State
	act                        string
}

func (s *Enrolments) along(tx db.Tx, a along) error {
	before, after := byItself, withOrganisation
	if a.to == Approved {
		before, after = withOrganisation, byItself
	}
	ids, err := decided(tx, a.organisationID, a.from, before)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := turnWith(tx, id, a.to, after, a.reason); err != nil {
			return err
		}
		entry := audit.Entry{Actor: a.by, Organisation: a.organisationID, Act: a.act, Object: id, Detail: map[string]string{"with": "organisation"}}
		if err := audit.Write(tx, entry); err != nil {
			return err
		}
	}
	return tx.Tell(topic, a.organisationID)
}
