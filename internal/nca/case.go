package nca

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
)

// Case is an enrolment with the evidence that is on record about it.
type Case struct {
	Enrolment *enrolments.Enrolment
	// Examination is the newest; nil until the sources were asked.
	Examination *Examination
	// Fingerprint names the examination; empty where there is none.
	Fingerprint string
	// FirstBy is who approved first where a second person has to; empty otherwise.
	FirstBy, FirstReason string
	FirstAt              time.Time
	// FirstRoles are those that the first approval gives.
	FirstRoles []qcert.Role
	// Doubts are what casts doubt on an approval, the oldest first.
	Doubts []Doubt
}

// Fresh tells whether the evidence is of this version and young enough to decide on.
func (c *Case) Fresh(n *NCA) bool {
	return c.Examination != nil && c.Examination.Version == c.Enrolment.Version && n.DB.Now().Sub(c.Examination.At) < freshFor
}

// Case is an enrolment for staff. Fault: enrolments.ErrUnknown.
func (n *NCA) Case(ctx context.Context, enrolmentID string) (*Case, error) {
	e, err := n.Enrolments.ForReview(ctx, enrolmentID)
	if err != nil {
		return nil, err
	}
	q := n.DB.Reader(ctx)
	x, err := latest(q, e.ID)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	first, _, err := findFirst(q, e.ID)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	c, err := newCase(e, x, first)
	if err != nil {
		return nil, err
	}
	doubts, err := n.Doubts(ctx, []string{e.ID})
	c.Doubts = doubts[e.ID]
	return c, err
}

// newCase puts a case together. A first approval of an earlier version does not count.
func newCase(e *enrolments.Enrolment, x *Examination, first firstApproval) (*Case, error) {
	c := &Case{Enrolment: e, Examination: x}
	if x != nil {
		var err error
		if c.Fingerprint, err = x.Fingerprint(); err != nil {
			return nil, err
		}
	}
	if first.Version == e.Version {
		c.FirstBy, c.FirstReason, c.FirstAt, c.FirstRoles = first.ApprovedBy, first.Reason, first.CreatedAt.UTC(), qcert.SplitRoles(first.Rights)
	}
	return c, nil
}

// Cases are the enrolments of a filter with the evidence that is on record about each, in the order of the queue.
func (n *NCA) Cases(ctx context.Context, f enrolments.Filter) ([]*Case, error) {
	list, err := n.Enrolments.Queue(ctx, f)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]string, 0, len(list))
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	q := n.DB.Reader(ctx)
	examined, err := latestOf(q, ids)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	firsts, err := firstsOf(q, ids)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	doubts, err := n.Doubts(ctx, ids)
	if err != nil {
		return nil, err
	}
	cases := make([]*Case, 0, len(list))
	for _, e := range list {
		c, err := newCase(e, examined[e.ID], firsts[e.ID])
		if err != nil {
			return nil, err
		}
		c.Doubts = doubts[e.ID]
		cases = append(cases, c)
	}
	return cases, nil
}

// OnRecord is what the sources said about an organisation's own enrolment, nil until they were asked. What staff alone may
// know is left out.
func (n *NCA) OnRecord(ctx context.Context, e *enrolments.Enrolment) (*Examination, error) {
	x, err := latest(n.DB.Reader(ctx), e.ID)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	if x != nil {
		x.Alike = nil
	}
	return x, nil
}

// Refresh asks every source anew and puts the answers on record.
func (n *NCA) Refresh(ctx context.Context, by, enrolmentID string) error {
	e, err := n.Enrolments.ForReview(ctx, enrolmentID)
	if err != nil {
		return err
	}
	_, err = n.record(ctx, by, e)
	return err
}

// record examines and stores. No transaction is open while the sources are asked.
func (n *NCA) record(ctx context.Context, by string, e *enrolments.Enrolment) (*Examination, error) {
	x, err := n.Examine(ctx, e)
	if err != nil {
		return nil, err
	}
	err = n.DB.InTx(ctx, func(tx db.Tx) error {
		if err := keepExamination(tx, e.ID, x); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: by, Organisation: e.OrganisationID, Act: "nca.examined", Object: e.ID,
			Detail: map[string]string{"version": fmt.Sprint(x.Version), "worst": x.Worst()}})
	})
	return x, err
}

// keepExamination puts an examination on record. A first approval was of what the one before found: where the new one found
// something else, both people have to look at that.
func keepExamination(tx db.Tx, enrolmentID string, x *Examination) error {
	if err := tx.Lock(evidenceLock(enrolmentID)); err != nil {
		return err
	}
	before, err := latest(tx, enrolmentID)
	if err != nil {
		return err
	}
	if before != nil && !before.agrees(x) {
		if err := dropFirst(tx, enrolmentID); err != nil {
			return err
		}
	}
	return insertExamination(tx, enrolmentID, x)
}

// evidenceLock names what makes decisions and new evidence on one enrolment wait for one another.
func evidenceLock(enrolmentID string) string { return "evidence|" + enrolmentID }
