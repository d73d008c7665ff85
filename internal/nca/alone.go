package nca

import (
	"context"
	"errors"
	"slices"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/register"
)

// submitted examines what was handed in. It is told at least once: what was examined at this version is not examined
// again, unless a source did not answer then.
func (n *NCA) submitted(ctx context.Context, f enrolments.Submission) error {
	e, err := n.Enrolments.ForReview(ctx, f.EnrolmentID)
	if errors.Is(err, enrolments.ErrUnknown) || err == nil && e.State != enrolments.Submitted {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := latest(n.DB.Reader(ctx), e.ID)
	if err != nil {
		return err
	}
	if known == nil || known.Version != e.Version || known.Unreachable {
		if known, err = n.record(ctx, System, e); err != nil {
			return err
		}
	}
	if known.Unreachable {
		return errAgain
	}
	return n.decideAlone(ctx, e, known)
}

// decideAlone approves where every check agrees and nobody has to look: by configuration, or because the organisation
// renews what is approved. Where two people have to approve, they have to approve renewals, too.
func (n *NCA) decideAlone(ctx context.Context, e *enrolments.Enrolment, x *Examination) error {
	if !x.Clear() || n.config.FourEyes {
		return nil
	}
	known, err := n.signedUpAs(ctx, e)
	if err != nil {
		return err
	}
	fingerprint, err := x.Fingerprint()
	if err != nil {
		return err
	}
	d := Decision{Seen: seen(e), Evidence: fingerprint, By: System, Reason: "Every check passed."}
	err = n.DB.InTx(ctx, func(tx db.Tx) error {
		if err := stillNewest(tx, e.ID, fingerprint); err != nil { // first, as whoever decides does: nobody waits for another's lock
			return err
		}
		former, err := n.renewed(tx, e)
		switch {
		case err != nil:
			return err
		case former != nil:
			d.Roles, d.Reason = former.Rights, "Every check passed, and organisation, authority and roles are those that were approved before."
		case !n.config.Automatic || !known:
			return nil
		}
		return n.approve(tx, &Case{Enrolment: e, Examination: x}, d)
	})
	if fault.Is(err, fault.Conflict) {
		return nil // somebody was faster
	}
	return err
}

// signedUpAs tells whether the organisation signed up under the name that its certificates bear. Anybody can call itself
// anything: where the two differ, a person looks.
func (n *NCA) signedUpAs(ctx context.Context, e *enrolments.Enrolment) (bool, error) {
	names, err := n.Accounts.OrganisationNames(ctx, []string{e.OrganisationID})
	return err == nil && register.SameCompany(names[e.OrganisationID], e.QSeal.Info.Organization), err
}

// renewed is what the organisation has in Live already with the same identifier, authority and roles; nil where there is
// nothing. It stays so until the transaction ends. The new pair gets the rights of that approval and no more: what a person
// withheld, and what the register took back, stays away until a person decides.
func (n *NCA) renewed(tx db.Tx, e *enrolments.Enrolment) (*enrolments.Enrolment, error) {
	before, err := n.Enrolments.ApprovedIn(tx, e.OrganisationID)
	if err != nil {
		return nil, err
	}
	for _, b := range before {
		if !b.Complete() || b.DecidedBy == "" || len(b.Rights) == 0 {
			continue
		}
		same := b.QSeal.Info.OrganizationIdentifier == e.QSeal.Info.OrganizationIdentifier && b.QSeal.Info.NCAID == e.QSeal.Info.NCAID
		if same && slices.Equal(b.Roles(), e.Roles()) {
			return b, nil
		}
	}
	return nil, nil
}

func seen(e *enrolments.Enrolment) enrolments.Seen {
	return enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256}
}
