package nca

import (
	"context"
	"slices"

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
	// Roles are those that an approval gives, of the ones that Case.Offers lists. Nil gives what the register grants; what
	// it does not grant is given by the person who decides, and the audit says so.
	Roles []qcert.Role
	// Anew begins the approval again where somebody else has approved other roles: this is the first approval then.
	Anew bool
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
	// ErrNoIssuer is an approval of a certificate whose issuer is on no list.
	ErrNoIssuer = fault.New(fault.Conflict, "issuer_unknown",
		"The issuer of a certificate is on no trusted list that is held. Live takes certificates of qualified trust service providers alone, so nothing was approved. Import the current lists if they are old, ask the organisation for the whole chain, or reject it.")
	// ErrUnasked is an approval while nobody has said that each certificate is not revoked.
	ErrUnasked = fault.New(fault.Conflict, "revocation_unknown",
		"Nobody has said that both certificates are not revoked, and the certificate names no other way to find out. Nothing was approved. Ask the organisation for a certificate that names its issuer’s revocation service, or reject it.")
	// ErrOtherRoles is a second approval that gives other roles than the first.
	ErrOtherRoles = fault.Form(fault.Field{Name: "roles",
		Message: "The first approval gives other roles. Choose the same to confirm it, or say below that yours begins the approval anew."})
	// ErrStands is an approval against a check that failed.
	ErrStands = fault.New(fault.Conflict, "check_failed", "A check failed, and what failed cannot be approved: the certificate was revoked or has ended, its issuer is not granted, or the authorisation was withdrawn. Reject it, or ask.")
)

// Decide approves, rejects or asks. One decision is one row in the audit and one fact; whoever is second is told that
// something changed. Pending says that a second person has to approve. Faults: enrolments.ErrNotSeen, ErrStale, ErrOwn,
// ErrSecond, ErrOtherRoles, those of Approvable and of enrolments.Approve, and a Form fault on reason, roles or verdict.
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

// Check brings the reason into its form and says what is wrong with what was typed: a Form fault on verdict, roles and
// reason.
func (d *Decision) Check() error {
	var wrong []fault.Field
	if d.Verdict != Approve && d.Verdict != Reject && d.Verdict != Ask {
		wrong = append(wrong, fault.Field{Name: "verdict", Message: "Choose what you decide."})
	}
	if d.Verdict == Approve && d.Roles != nil && len(d.Roles) == 0 {
		wrong = append(wrong, fault.Field{Name: "roles", Message: "Choose at least one role. An approval without any opens nothing."})
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
	if err := c.Examination.Approvable(); err != nil {
		return false, err
	}
	rights, _ := c.Gives(d.Roles)
	if len(rights) == 0 {
		return false, enrolments.ErrNoRights
	}
	same := slices.Equal(rights, c.FirstRoles)
	switch {
	case !n.config.FourEyes:
	case c.FirstBy == d.By:
		return false, ErrSecond
	case c.FirstBy != "" && !same && !d.Anew:
		return false, ErrOtherRoles
	case c.FirstBy == "" || !same:
		return true, n.DB.InTx(ctx, func(tx db.Tx) error { return n.approveFirst(tx, c, d) })
	}
	return false, n.DB.InTx(ctx, func(tx db.Tx) error { return n.approve(tx, c, d) })
}

// approveFirst keeps an approval that waits for a second person, who has to confirm the same roles.
func (n *NCA) approveFirst(tx db.Tx, c *Case, d Decision) error {
	if err := stillNewest(tx, c.Enrolment.ID, d.Evidence); err != nil {
		return err
	}
	rights, beside := c.Gives(d.Roles)
	first := firstApproval{EnrolmentID: c.Enrolment.ID, Version: c.Enrolment.Version, ApprovedBy: d.By, Reason: d.Reason, Rights: qcert.JoinRoles(rights, " ")}
	if err := keepFirst(tx, first); err != nil {
		return err
	}
	detail := map[string]string{"rights": first.Rights}
	if len(beside) > 0 {
		detail["beside_register"] = qcert.JoinRoles(beside, " ")
	}
	return audit.Write(tx, audit.Entry{Actor: d.By, Organisation: c.Enrolment.OrganisationID, Act: "nca.approved_first", Object: c.Enrolment.ID, Detail: detail})
}

// approve is the one place where an organisation gets into Live. The files are looked at once more at this instant, and the
// evidence has to be the newest still.
func (n *NCA) approve(tx db.Tx, c *Case, d Decision) error {
	e := c.Enrolment
	if !e.Sound(tx.Now) || !e.Proved() {
		return ErrStands
	}
	if err := stillNewest(tx, e.ID, d.Evidence); err != nil {
		return err
	}
	rights, beside := c.Gives(d.Roles)
	if err := n.Enrolments.Approve(tx, e, enrolments.Approval{Seen: d.Seen, Rights: rights, Beside: beside, By: d.By, Reason: d.Reason}); err != nil {
		return err
	}
	return n.Queue.Tell(tx, Decided{EnrolmentID: e.ID, Approved: true})
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
