package accounts

import (
	"strings"
	"unicode/utf8"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/secret"
)

// TopicOrganisations is what the suspension and the return of an organisation are told under; the key is its id.
const TopicOrganisations = "organisations"

// How long a reason of staff is, in characters.
const (
	minReason = 10
	maxReason = 2000
)

var (
	// ErrSuspended is a deed that a suspended organisation may not do.
	ErrSuspended = fault.New(fault.Conflict, "organisation_suspended",
		"Your organisation is suspended. You can still read everything here, but nothing new can be made or handed in until it is restored. The banner at the top says why; write to us if you think that it is wrong.")
	// ErrOwnOrganisation is a suspension by a member.
	ErrOwnOrganisation = fault.New(fault.Forbidden, "own_organisation", "You belong to this organisation. Somebody else has to decide.")
	// ErrStandsAlready is a suspension or a return that a colleague was faster with.
	ErrStandsAlready = fault.New(fault.Conflict, "organisation_changed", "A colleague was faster: the organisation is in this state already. Nothing was changed now; the page shows it as it is.")
)

// Sanction is a decision of staff about an organisation.
type Sanction struct {
	OrganisationID string
	// By is the person who decides.
	By string
	// Reason is what the organisation reads: 10 to 2,000 characters.
	Reason string
}

// Standing tells, as the first part of the caller's transaction, whether an organisation may go on; nobody suspends it
// until the transaction ends. Faults: ErrSuspended, ErrNoOrganisation.
func Standing(tx db.Tx, organisationID string) error {
	row, err := lockOrganisation(tx, organisationID)
	if err == nil && row.SuspendedAt != nil {
		return ErrSuspended
	}
	return err
}

// Suspended tells whether an organisation is suspended at this moment, for whoever remembers it until
// TopicOrganisations is told. An organisation that is gone is suspended.
func Suspended(tx db.Tx, organisationID string) (bool, error) { return suspended(tx, organisationID) }

// CheckReason trims the reason of a decision of staff. Its fault is that of a form, at the field "reason".
func CheckReason(typed string) (string, error) {
	reason := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(reason); {
	case n < minReason:
		return reason, fault.Form(fault.Field{Name: "reason", Message: "Write a reason of at least ten characters."})
	case n > maxReason:
		return reason, fault.Form(fault.Field{Name: "reason", Message: "The reason is longer than 2,000 characters. Shorten it."})
	}
	return reason, nil
}

// Suspend stops an organisation in the caller's transaction: after the commit the machines' door refuses its calls, in
// other processes within a second, and Standing refuses what is new. Faults: ErrNoOrganisation, ErrOwnOrganisation,
// ErrStandsAlready, a form fault at "reason".
func (a *Accounts) Suspend(tx db.Tx, s Sanction) error {
	if err := judge(tx, &s); err != nil {
		return err
	}
	done, err := suspend(tx, s)
	if err != nil {
		return err
	}
	if !done {
		return ErrStandsAlready
	}
	return a.turned(tx, s, OrganisationSuspended{ID: secret.ID("fact"), OrganisationID: s.OrganisationID})
}

// Restore lets a suspended organisation go on, in the caller's transaction. Faults: those of Suspend.
func (a *Accounts) Restore(tx db.Tx, s Sanction) error {
	if err := judge(tx, &s); err != nil {
		return err
	}
	done, err := restore(tx, s.OrganisationID)
	if err != nil {
		return err
	}
	if !done {
		return ErrStandsAlready
	}
	return a.turned(tx, s, OrganisationRestored{ID: secret.ID("fact"), OrganisationID: s.OrganisationID})
}

// judge trims the reason and says whether this person may decide about this organisation. It holds the organisation's row.
func judge(tx db.Tx, s *Sanction) (err error) {
	if s.Reason, err = CheckReason(s.Reason); err != nil {
		return err
	}
	if _, err := lockOrganisation(tx, s.OrganisationID); err != nil {
		return err
	}
	own, err := isMember(tx, s.By, s.OrganisationID)
	if err == nil && own {
		err = ErrOwnOrganisation
	}
	return err
}

// turned puts the decision on record and has every process drop what it remembers of the organisation.
func (a *Accounts) turned(tx db.Tx, s Sanction, fact jobs.Fact) error {
	if err := audit.Write(tx, audit.Entry{Actor: s.By, Organisation: s.OrganisationID, Act: fact.Kind(), Object: s.OrganisationID, Detail: map[string]string{"reason": s.Reason}}); err != nil {
		return err
	}
	if err := tx.Tell(TopicOrganisations, s.OrganisationID); err != nil {
		return err
	}
	return a.queue.Tell(tx, fact)
}
