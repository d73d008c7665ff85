package nca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/register"
)

// recheckEvery is how often what is approved is looked at again.
const recheckEvery = 24 * time.Hour

// askAgainEvery is how often what waits is looked at again where a source did not answer.
const askAgainEvery = time.Hour

// recheckChunk is how many are told of in one transaction.
const recheckChunk = 100

// ending are the findings that end an approval at once: whoever relies on it must not wait for a person.
var ending = []string{CertRevoked, qcert.CertExpired, RegisterWithdrawn, QTSPNotGranted}

// listenAgain has approvals looked at every day, and whenever the register is another one.
func (n *NCA) listenAgain(q *jobs.Queue) {
	jobs.OnOutside(q, "nca.recheck", func(ctx context.Context, f Due) error { return n.Recheck(ctx, f.EnrolmentID) })
	jobs.On(q, "nca.register_imported", func(ctx context.Context, _ register.Imported) error { return n.recheckAll(ctx) })
	jobs.On(q, "nca.organisation_restored", n.cameBack)
	q.Every("nca.recheck_all", recheckEvery, n.recheckAll)
	q.Every("nca.ask_again", askAgainEvery, n.AskAgain)
}

// recheckAll has each approval looked at in a job of its own, so that a service that is down holds up nobody else.
func (n *NCA) recheckAll(ctx context.Context) error {
	for after := ""; ; {
		ids, err := n.Enrolments.ApprovedAfter(ctx, after, recheckChunk)
		if err != nil || len(ids) == 0 {
			return err
		}
		err = n.DB.InTx(ctx, func(tx db.Tx) error {
			for _, id := range ids {
				if err := n.Queue.Tell(tx, Due{EnrolmentID: id}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("look at approvals again: %w", err)
		}
		after = ids[len(ids)-1]
	}
}

// cameBack has looked at what came back to Live with its organisation: nobody looked while it was away.
func (n *NCA) cameBack(ctx context.Context, f accounts.OrganisationRestored) error {
	pairs, err := n.Enrolments.AdmittedOf(ctx, f.OrganisationID)
	if err != nil || len(pairs) == 0 {
		return err
	}
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		for _, pair := range pairs {
			if err := n.Queue.Tell(tx, Due{EnrolmentID: pair.EnrolmentID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// AskAgain has what waits for a decision examined again where a source did not answer. The queue gives up after half a
// day; a service may be down for longer.
func (n *NCA) AskAgain(ctx context.Context) error {
	list, err := n.Enrolments.Queue(ctx, enrolments.Filter{Limit: recheckChunk})
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	known, err := latestOf(n.DB.Reader(ctx), ids)
	if err != nil {
		return n.DB.Fault(ctx, err)
	}
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		for _, id := range ids {
			x := known[id]
			if x == nil || !x.Unreachable || tx.Now.Sub(x.At) < askAgainEvery {
				continue
			}
			if err := n.Queue.Tell(tx, enrolments.Submission{EnrolmentID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Recheck asks the sources about one approval, and suspends or narrows it where they say so. What changed since the last
// time is put on record. What is not in Live is not asked about; a source that did not answer is an error, after everything
// else was done.
func (n *NCA) Recheck(ctx context.Context, enrolmentID string) error {
	e, err := n.Enrolments.ForReview(ctx, enrolmentID)
	if errors.Is(err, enrolments.ErrUnknown) || err == nil && e.State != enrolments.Approved && !e.Overlaps(n.DB.Now()) {
		return nil
	}
	if err != nil {
		return err
	}
	x, err := n.Examine(ctx, e)
	if err != nil {
		return err
	}
	if err := n.DB.InTx(ctx, func(tx db.Tx) error { return n.settle(tx, e, x) }); err != nil {
		return err
	}
	return retry(x)
}

// settle draws the consequences of a new look at an approval. Nothing that a source says gives a role back: that is a
// decision, and decisions are people's.
func (n *NCA) settle(tx db.Tx, e *enrolments.Enrolment, x *Examination) error {
	if err := tx.Lock(evidenceLock(e.ID)); err != nil {
		return err
	}
	outlasted, err := n.doubt(tx, e, x)
	if err != nil {
		return err
	}
	reasons := append(endings(x), outlasted...)
	lost, sentences := takenBack(e, x)
	if len(lost) > 0 && len(lost) == len(e.Rights) {
		reasons = append(reasons, sentences...)
	}
	known, err := latest(tx, e.ID)
	if err != nil {
		return err
	}
	if known == nil || !slices.Equal(codes(known), codes(x)) || len(reasons) > 0 || len(lost) > 0 {
		if err := n.keepLook(tx, e, x); err != nil {
			return err
		}
	}
	switch {
	case len(reasons) > 0:
		return n.suspend(tx, e, strings.Join(reasons, " "))
	case len(lost) > 0:
		return n.narrow(tx, e, lost, strings.Join(sentences, " "))
	}
	return nil
}

func (n *NCA) keepLook(tx db.Tx, e *enrolments.Enrolment, x *Examination) error {
	if err := keepExamination(tx, e.ID, x); err != nil {
		return err
	}
	return audit.Write(tx, audit.Entry{Actor: System, Organisation: e.OrganisationID, Act: "nca.examined", Object: e.ID,
		Detail: map[string]string{"version": fmt.Sprint(x.Version), "worst": x.Worst()}})
}

func (n *NCA) suspend(tx db.Tx, e *enrolments.Enrolment, reason string) error {
	suspended, err := n.Enrolments.Suspend(tx, e, System, reason)
	if err != nil || !suspended {
		return err
	}
	if err := dropDoubts(tx, e.ID); err != nil {
		return err
	}
	return n.Queue.Tell(tx, Suspended{EnrolmentID: e.ID})
}

// narrow takes from an approval what the register took back.
func (n *NCA) narrow(tx db.Tx, e *enrolments.Enrolment, lost []qcert.Role, reason string) error {
	narrowed, err := n.Enrolments.Narrow(tx, e, lost, System, reason)
	if err != nil || !narrowed {
		return err
	}
	return n.Queue.Tell(tx, Narrowed{EnrolmentID: e.ID, Version: e.Version + 1})
}

// retry has the queue try again where a source did not answer.
func retry(x *Examination) error {
	if x.Unreachable {
		return errAgain
	}
	return nil
}

// endings are the sentences of what ends an approval at once.
func endings(x *Examination) []string {
	var texts []string
	for _, f := range findings(x) {
		if f.Level == qcert.LevelError && slices.Contains(ending, f.Code) && !slices.Contains(texts, f.Text) {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

// codes are what was found, in the order of the page.
func codes(x *Examination) []string {
	var all []string
	for _, s := range x.Sections {
		for _, c := range s.Checks {
			for _, f := range c.Findings {
				all = append(all, c.ID+" "+f.Code)
			}
		}
	}
	return all
}
