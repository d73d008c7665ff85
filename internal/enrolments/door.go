package enrolments

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

// topic is what a change of what an organisation has in Live is told under; the key is the organisation's id.
const topic = "enrolments"

const (
	// Overlap is how long at most a pair goes on beside its successor, so that servers can be changed one after another.
	Overlap = 30 * 24 * time.Hour
	// remembered is how many pairs the machines' door keeps in memory, and for how many organisations.
	remembered = 10_000
)

var (
	// ErrNotLive is an act that needs approved certificates, without any.
	ErrNotLive = fault.New(fault.Conflict, "not_live",
		"Your organisation has no approved certificates, so it has no apps in Live. Hand your qualified certificates in under Live, Certificates; apps open when they are approved.")
	// ErrTaken is an approval of certificates that open the door for another organisation.
	ErrTaken = fault.New(fault.Conflict, "certificates_taken",
		"Another organisation has one of these certificates in Live, and a certificate opens the door for one organisation alone. Nothing was decided. Reject this, or suspend the other first.")
	// ErrSuperseded is a suspended pair that is to come back where others are approved.
	ErrSuperseded = fault.New(fault.Conflict, "enrolment_superseded",
		"The organisation has other certificates in Live by now. Nothing was restored. Suspend those first, or leave this as it is.")
	// ErrNoRights is an approval that gives no role.
	ErrNoRights = fault.New(fault.Conflict, "no_rights",
		"The approval gives no role, so it would open nothing. The register grants none of the certificates' roles; choose those that you have checked yourself, or reject it.")
)

// Admitted is a pair of certificates that opens the machines' door in Live. It is shared and never changes.
type Admitted struct {
	EnrolmentID, OrganisationID string
	QWAC, QSeal                 *Upload
	// Rights are the roles that both certificates name and that the decision gave.
	Rights []qcert.Role
	// Until is when the pair stops beside its successor; zero for the one that is approved.
	Until time.Time
	// Header is the seal as the TPP-Signature-Certificate header carries it, Verifier what was signed with it is checked by.
	Header   string
	Verifier *httpsig.Verifier
}

// Over tells whether the pair has given way to its successor.
func (a *Admitted) Over(now time.Time) bool { return !a.Until.IsZero() && !now.Before(a.Until) }

// AdmittedBy is the pair whose QWAC has this SHA-256 in hex. It comes from memory, and is read again on the next question
// after a change, here or in another process. One that opens nothing is ErrUnknown, which is never remembered.
func (s *Enrolments) AdmittedBy(ctx context.Context, qwac string) (*Admitted, error) {
	return s.pairs.Find(ctx, qwac)
}

// AdmittedOf are the pairs that open the door for an organisation, the approved one first. They come from memory, too.
func (s *Enrolments) AdmittedOf(ctx context.Context, organisationID string) ([]*Admitted, error) {
	return s.owned.Find(ctx, organisationID)
}

func (s *Enrolments) loadPair(ctx context.Context, qwac string) (*Admitted, error) {
	organisationID, err := admittedOwner(s.db.Reader(ctx), qwac, s.db.Now())
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	list, err := s.loadOwned(ctx, organisationID)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.QWAC.Info.SHA256 == qwac {
			return a, nil
		}
	}
	return nil, ErrUnknown
}

func (s *Enrolments) loadOwned(ctx context.Context, organisationID string) ([]*Admitted, error) {
	rows, err := admitted(s.db.Reader(ctx), organisationID, s.db.Now())
	if err != nil {
		return nil, s.db.Fault(ctx, err)
	}
	list := make([]*Admitted, 0, len(rows))
	for _, e := range rows {
		if !e.Complete() {
			continue
		}
		a := &Admitted{EnrolmentID: e.ID, OrganisationID: e.OrganisationID, QWAC: e.QWAC, QSeal: e.QSeal, Rights: e.Rights,
			Header: base64.StdEncoding.EncodeToString(e.QSeal.Cert.Raw), Verifier: httpsig.NewVerifier(e.QSeal.Cert)}
		if e.State != Approved {
			a.Until = e.OverlapEnds
		}
		list = append(list, a)
	}
	return list, nil
}

func (s *Enrolments) forget(organisationID string) {
	if organisationID == "" {
		s.pairs.ForgetAll()
		s.owned.ForgetAll()
		return
	}
	s.owned.Forget(organisationID)
	s.pairs.ForgetWhere(func(_ string, a *Admitted) bool { return a.OrganisationID == organisationID })
}

// Presented is what was handed in last with this QWAC, whatever became of it, for whoever holds its key and asks why the
// door stays shut. Drafts count. Fault: ErrUnknown.
func (s *Enrolments) Presented(ctx context.Context, qwac string) (*Enrolment, error) {
	e, err := presented(s.db.Reader(ctx), qwac)
	return e, s.fault(ctx, err)
}

// Live says whether an organisation may have apps in Live: nil, or ErrNotLive.
func Live(tx db.Tx, organisationID string) error {
	n, err := countApproved(tx, organisationID, "")
	if err == nil && n == 0 {
		return ErrNotLive
	}
	return err
}

// Grants says whether what an organisation has in Live gives a PSD2 role: nil, ErrNotLive, or a Conflict that names the role.
func Grants(tx db.Tx, organisationID, role string) error {
	rights, err := approvedRights(tx, organisationID)
	if err != nil {
		return err
	}
	if rights == nil {
		return ErrNotLive
	}
	if slices.Contains(rights, qcert.Role(role)) {
		return nil
	}
	return fault.New(fault.Conflict, "role_not_granted", "This API needs "+role+", which your approval does not give. "+
		"Hand in certificates that name it under Live, Certificates; the API can be connected once they are approved with it.")
}

// EndOverlap stops a pair that goes on beside its successor, and says whether it did.
func (s *Enrolments) EndOverlap(tx db.Tx, e *Enrolment, by, reason string) (bool, error) {
	done, err := endOverlap(tx, e.ID)
	if err != nil || !done {
		return false, err
	}
	return true, errors.Join(write(tx, e, by, "overlap_ended", map[string]string{"reason": reason}), tx.Tell(topic, e.OrganisationID))
}
