package enrolments

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// ErrNotSeen is a decision on something else than what was shown: the files, the answer or the state changed meanwhile.
var ErrNotSeen = fault.New(fault.Conflict, "enrolment_not_seen",
	"This submission changed after the page was shown, or a colleague decided it. Nothing was decided now. Look at it as it is and decide again.")

// ErrHeld is an approval of a suspended organisation.
var ErrHeld = fault.New(fault.Conflict, "organisation_held",
	"The organisation is suspended, and nothing of it can be approved now. Nothing was decided. Restore the organisation first, or reject this.")

// Seen is what a reviewer had in front of them: a decision holds for exactly that.
type Seen struct {
	EnrolmentID string
	Version     int
	// QWAC and QSeal are the SHA-256 of the certificates, in hex.
	QWAC, QSeal string
}

// ForReview is an enrolment for staff, whosever it is. Drafts are nobody's business: they are ErrUnknown.
func (s *Enrolments) ForReview(ctx context.Context, id string) (*Enrolment, error) {
	e, err := forReview(s.db.Reader(ctx), id)
	return e, s.fault(ctx, err)
}

// Filter narrows the queue.
type Filter struct {
	// State is any but Draft; empty is Submitted, what waits for us.
	State State
	Limit int
}

// Queue lists enrolments of a state: open ones as they are due, closed ones with the last change first. A filter for drafts
// finds nothing.
func (s *Enrolments) Queue(ctx context.Context, f Filter) ([]*Enrolment, error) {
	if f.State == "" {
		f.State = Submitted
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 100
	}
	list, err := queue(s.db.Reader(ctx), f)
	return list, s.fault(ctx, err)
}

// Counts are how many enrolments are in each state; drafts are not counted.
func (s *Enrolments) Counts(ctx context.Context) (map[State]int, error) {
	counts, err := counts(s.db.Reader(ctx))
	return counts, s.fault(ctx, err)
}

// LastDecision is when somebody, or the evidence alone, last decided; zero where that never was.
func (s *Enrolments) LastDecision(ctx context.Context) (time.Time, error) {
	last, err := lastDecision(s.db.Reader(ctx))
	return last, s.fault(ctx, err)
}

// Likeness is another organisation's enrolment that has something of this one.
type Likeness struct {
	EnrolmentID, OrganisationID string
	State                       State
	// Certificate, Key and Identifier tell what is alike.
	Certificate, Key, Identifier bool
}

// Alike finds the same certificates, keys or organisation identifier at other organisations, for staff alone. Only what
// was handed in counts: certificates are public, and whoever handed in has proved the seal's key.
func (s *Enrolments) Alike(ctx context.Context, e *Enrolment) ([]Likeness, error) {
	list, err := alike(s.db.Reader(ctx), e)
	return list, s.fault(ctx, err)
}

// ApprovedOf is what an organisation has in Live now, newest first.
func (s *Enrolments) ApprovedOf(ctx context.Context, organisationID string) ([]*Enrolment, error) {
	list, err := approvedOf(s.db.Reader(ctx), organisationID)
	return list, s.fault(ctx, err)
}

// ApprovedIn is ApprovedOf in the caller's transaction. It holds the organisation and what it has in Live until the commit,
// so that what a decision rests on does not end meanwhile.
func (s *Enrolments) ApprovedIn(tx db.Tx, organisationID string) ([]*Enrolment, error) {
	if err := accounts.Standing(tx, organisationID); err != nil && !errors.Is(err, accounts.ErrSuspended) {
		return nil, err
	}
	return lockApproved(tx, organisationID)
}

// ApprovedAfter are ids of what opens the door in Live, in their order behind the given one.
func (s *Enrolments) ApprovedAfter(ctx context.Context, after string, most int) ([]string, error) {
	ids, err := approvedAfter(s.db.Reader(ctx), after, s.db.Now(), most)
	return ids, s.fault(ctx, err)
}

// Approval is what a decision gives.
type Approval struct {
	Seen Seen
	// Rights are the roles that may be used; those that the certificates do not name are left out.
	Rights []qcert.Role
	// Beside are those of the rights that the register does not grant: whoever decides answers for them.
	Beside []qcert.Role
	// By is who decides, Reason what the organisation reads.
	By, Reason string
}

// Approve makes exactly what was seen the organisation's certificates in Live. Those before are replaced, and go on beside
// the new ones for at most Overlap. It joins the caller's transaction. Faults: ErrNotSeen, ErrHeld, ErrTaken, ErrNoRights.
func (s *Enrolments) Approve(tx db.Tx, e *Enrolment, a Approval) error {
	if err := accounts.Standing(tx, e.OrganisationID); errors.Is(err, accounts.ErrSuspended) {
		return ErrHeld
	} else if err != nil {
		return err
	}
	rights := given(e, a.Rights)
	if len(rights) == 0 {
		return ErrNoRights
	}
	if err := s.free(tx, e); err != nil {
		return err
	}
	beside := slices.DeleteFunc(given(e, a.Beside), func(r qcert.Role) bool { return !slices.Contains(rights, r) })
	detail := map[string]string{"rights": qcert.JoinRoles(rights, " ")}
	if len(beside) > 0 {
		detail["beside_register"] = qcert.JoinRoles(beside, " ")
	}
	if err := s.decide(tx, e, a.Seen, verdict{Approved, a.By, a.Reason, detail}); err != nil {
		return err
	}
	if err := grant(tx, e.ID, qcert.JoinRoles(rights, " "), qcert.JoinRoles(beside, " ")); err != nil {
		return err
	}
	if err := replaceFormer(tx, e.OrganisationID, e.ID, tx.Now.Add(Overlap)); err != nil {
		return err
	}
	if err := s.yield(tx, e, rights, a.By); err != nil {
		return err
	}
	return tx.Tell(topic, e.OrganisationID)
}

// withheld is the reason in the trail where a former pair loses what the new approval does not give.
const withheld = "The approval of its successor does not give this role."

// yield leaves the pairs that go on beside a new approval no role that it does not give: the last decision counts for both.
func (s *Enrolments) yield(tx db.Tx, e *Enrolment, rights []qcert.Role, by string) error {
	beside, err := admitted(tx, e.OrganisationID, tx.Now)
	if err != nil {
		return err
	}
	for _, former := range beside {
		lost := slices.DeleteFunc(slices.Clone(former.Rights), func(r qcert.Role) bool { return slices.Contains(rights, r) })
		switch {
		case former.ID == e.ID || len(lost) == 0:
			continue
		case len(lost) == len(former.Rights):
			_, err = s.EndOverlap(tx, former, by, withheld)
		default:
			_, err = s.Narrow(tx, former, lost, by, withheld)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// free holds off approvals at the same time, and finds out that nobody else has the pair in Live.
func (s *Enrolments) free(tx db.Tx, e *Enrolment) error {
	if err := tx.Lock("live certificates"); err != nil {
		return err
	}
	other, err := taken(tx, e)
	if err == nil && other {
		return ErrTaken
	}
	return err
}

// Reject ends it with a reason that the organisation reads. Fault: ErrNotSeen.
func (s *Enrolments) Reject(tx db.Tx, e *Enrolment, seen Seen, by, reason string) error {
	return s.decide(tx, e, seen, verdict{to: Rejected, by: by, reason: reason})
}

// verdict is how a matter ends, and what else goes on record about that.
type verdict struct {
	to         State
	by, reason string
	detail     map[string]string
}

func (s *Enrolments) decide(tx db.Tx, e *Enrolment, seen Seen, v verdict) error {
	done, err := decide(tx, seen, v.to, v.by, v.reason)
	if err != nil {
		return err
	}
	if !done {
		return ErrNotSeen
	}
	detail := map[string]string{"qwac": seen.QWAC, "qseal": seen.QSeal, "version": fmt.Sprint(seen.Version)}
	maps.Copy(detail, v.detail)
	return write(tx, e, v.by, string(v.to), detail)
}

// write puts an act of staff, or of the system, on record.
func write(tx db.Tx, e *Enrolment, by, act string, detail map[string]string) error {
	return audit.Write(tx, audit.Entry{Actor: by, Organisation: e.OrganisationID, Act: "enrolments." + act, Object: e.ID, Detail: detail})
}

// Ask puts a question to the organisation; the clock stands still until it answers. Fault: ErrNotSeen.
func (s *Enrolments) Ask(tx db.Tx, e *Enrolment, seen Seen, by, question string) error {
	done, err := ask(tx, seen, question)
	if err != nil {
		return err
	}
	if !done {
		return ErrNotSeen
	}
	return write(tx, e, by, "asked", nil)
}

// DueBefore lists what waits for us and is due before an instant.
func (s *Enrolments) DueBefore(ctx context.Context, instant time.Time) ([]*Enrolment, error) {
	list, err := dueBefore(s.db.Reader(ctx), instant)
	return list, s.fault(ctx, err)
}

// Ending is an approved enrolment and when the first of its certificates ends.
type Ending struct {
	EnrolmentID string
	EndsAt      time.Time
}

// endingPage is how many approved enrolments are read at a time.
const endingPage = 200

// Ending lists what is approved, whosever it is, and ends after one instant and not after another.
func (s *Enrolments) Ending(ctx context.Context, after, until time.Time) ([]Ending, error) {
	var list []Ending
	for last := (place{}); ; {
		page, err := approvedPage(s.db.Reader(ctx), last)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		for _, e := range page {
			last = place{e.DueAt, e.ID}
			if end := e.EndsAt(); end.After(after) && !end.After(until) {
				list = append(list, Ending{EnrolmentID: e.ID, EndsAt: end})
			}
		}
		if len(page) < endingPage {
			return list, nil
		}
	}
}
