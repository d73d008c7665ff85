package nca

import (
	"context"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// Verdict is what a reviewer decides.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
	Ask     Verdict = "ask"
)

// Decision is a reviewer's act on exactly what was shown.
type Decision struct {
	Seen enrolments.Seen
	// Evidence is the fingerprint of the examination on the page.
	Evidence string
	Verdict  Verdict
	// Roles are those that an approval gives, of the ones that both certificates name. Nil gives what the register grants.
	Roles []qcert.Role
	// Reason is what the organisation reads; By is the person who decides.
	Reason, By string
}

var (
	// ErrStale is a decision on evidence that is missing, old, or was gathered anew since.
	ErrStale = fault.New(fault.Conflict, "evidence_stale",
		"The evidence on the page is older than a day, or was gathered anew since. Nothing was decided. Refresh the sources, look at what they say and decide then.")
	// ErrOwn is a decision on the reviewer's own organisation.
	ErrOwn = fault.New(fault.Forbidden, "own_organisation", "You belong to this organisation. Somebody else has to decide.")
	// ErrSecond is a second approval by the first person.
	ErrSecond = fault.New(fault.Conflict, "second_person", "You approved this already. A second person has to approve it, too.")
	// ErrUnreached is an approval while nobody could say whether a certificate was revoked.
	ErrUnreached = fault.New(fault.Conflict, "source_unreached",
		"A source did not answer, so nobody knows whether a certificate was revoked, and nothing was approved. Refresh the sources and decide when all have answered.")
	// ErrStands is an approval against a check that failed.
	ErrStands = fault.New(fault.Conflict, "check_failed", "A check failed, and what failed cannot be approved: the certificate was revoked or has ended, its issuer is not granted, or the authorisation was withdrawn. Reject it, or ask.")
)

// Decide approves, rejects or asks. One decision is one row in the audit and one fact; whoever is second is told that
// something changed. Pending says that a second person has to approve. Faults: enrolments.ErrNotSeen, ErrStale, ErrOwn,
// ErrSecond, ErrStands, ErrUnreached, those of enrolments.Approve, and a Form fault on reason or verdict.
func (n *NCA) Decide(ctx context.Context, d Decision) (pending bool, err error) {
	if err := d.Check(); err != nil {
		return false, err
	}
	c, err := n.Case(ctx, d.Seen.EnrolmentID)
	if err != nil {
		return false, err
	}
	if c.Enrolment.State != enrolments.Submitted || c.Enrolment.Version != d.Seen.Version {
		return false, enrolments.ErrNotSeen
	}
	if !c.Fresh(n) || c.Fingerprint != d.Evidence {
		return false, ErrStale
	}
	if err := n.notOwn(ctx, d.By, c.Enrolment.OrganisationID); err != nil {
		return false, err
	}
	switch d.Verdict {
	case Approve:
		return n.approveBy(ctx, c, d)
	case Reject:
		return false, n.reject(ctx, c.Enrolment, d)
	}
	return false, n.ask(ctx, c.Enrolment, d)
}

// Check brings the reason into its form and says what is wrong with what was typed: a Form fault on verdict and reason.
func (d *Decision) Check() error {
	var wrong []fault.Field
	if d.Verdict != Approve && d.Verdict != Reject && d.Verdict != Ask {
		wrong = append(wrong, fault.Field{Name: "verdict", Message: "Choose what you decide."})
	}
	var err error
	if d.Reason, err = accounts.CheckReason(d.Reason); err != nil {
		wrong = append(wrong, fault.Of(err).Fields...)
	}
	if len(wrong) > 0 {
		return fault.Form(wrong...)
	}
	return nil
}

// notOwn refuses a member of the organisation.
func (n *NCA) notOwn(ctx context.Context, personID, organisationID string) error {
	members, err := n.Accounts.Members(ctx, organisationID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID == personID {
			return ErrOwn
		}
	}
	return nil
}

func (n *NCA) approveBy(ctx context.Context, c *Case, d Decision) (pending bool, err error) {
	switch {
	case c.Examination.Worst() == "error":
		return false, ErrStands
	case c.Examination.Unreachable:
		return false, ErrUnreached
	}
	if !n.config.FourEyes {
		return false, n.approve(ctx, c, d)
	}
	switch c.FirstBy {
	case "":
		return true, n.DB.InTx(ctx, func(tx db.Tx) error {
			if err := stillNewest(tx, c.Enrolment.ID, d.Evidence); err != nil {
				return err
			}
			if err := keepFirst(tx, c.Enrolment.ID, c.Enrolment.Version, d.By, d.Reason); err != nil {
				return err
			}
			return audit.Write(tx, audit.Entry{Actor: d.By, Organisation: c.Enrolment.OrganisationID, Act: "nca.approved_first", Object: c.Enrolment.ID})
		})
	case d.By:
		return false, ErrSecond
	}
	return false, n.approve(ctx, c, d)
}

// approve is the one place where an organisation gets into Live. The files are looked at once more at this instant, and the
// evidence has to be the newest still.
func (n *NCA) approve(ctx context.Context, c *Case, d Decision) error {
	e, rights := c.Enrolment, d.Roles
	if rights == nil {
		rights = c.Examination.Register.Granted
	}
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		if !e.Sound(tx.Now) || !e.Proved() {
			return ErrStands
		}
		if err := stillNewest(tx, e.ID, d.Evidence); err != nil {
			return err
		}
		if err := n.Enrolments.Approve(tx, e, enrolments.Approval{Seen: d.Seen, Rights: rights, By: d.By, Reason: d.Reason}); err != nil {
			return err
		}
		return n.Queue.Tell(tx, Decided{EnrolmentID: e.ID, Approved: true})
	})
}

// stillNewest keeps newer evidence out until the transaction ends.
func stillNewest(tx db.Tx, enrolmentID, evidence string) error {
	if err := tx.Lock(evidenceLock(enrolmentID)); err != nil {
		return err
	}
	x, err := latest(tx, enrolmentID)
	if err != nil {
		return err
	}
	if x == nil {
		return ErrStale
	}
	newest, err := x.Fingerprint()
	if err == nil && newest != evidence {
		return ErrStale
	}
	return err
}

func (n *NCA) reject(ctx context.Context, e *enrolments.Enrolment, d Decision) error {
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		if err := n.Enrolments.Reject(tx, e, d.Seen, d.By, d.Reason); err != nil {
			return err
		}
		return n.Queue.Tell(tx, Decided{EnrolmentID: e.ID})
	})
}

func (n *NCA) ask(ctx context.Context, e *enrolments.Enrolment, d Decision) error {
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		if err := n.Enrolments.Ask(tx, e, d.Seen, d.By, d.Reason); err != nil {
			return err
		}
		return n.Queue.Tell(tx, Asked{EnrolmentID: e.ID, Version: e.Version + 1})
	})
}
