package enrolments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/memo"
	"fairway/internal/secret"
)

const (
	// MaxTries is how many wrong signatures a challenge takes.
	MaxTries = 5
	// maxHistory is how many enrolments of an organisation are listed.
	maxHistory = 50
	// maxBegun is how many drafts an organisation begins within a day. Each keeps its files, also when it is withdrawn.
	maxBegun = 20
	// maxAnswer is the longest answer to a question, in characters.
	maxAnswer = 4000
)

var (
	// ErrUnknown is an enrolment that does not exist, or is another organisation's.
	ErrUnknown = fault.New(fault.NotFound, "enrolment_unknown", "There is no such submission of yours.")
	// ErrChanged is a form that was drawn before something changed.
	ErrChanged = fault.New(fault.Conflict, "enrolment_changed",
		"This was changed meanwhile, by a colleague or in another window. The page shows it as it is now; look at it again and go on from here.")
	// ErrUnsound is a step that the check list does not allow yet.
	ErrUnsound = fault.New(fault.Conflict, "enrolment_unsound", "The certificates do not pass every check yet. The check list says what to do.")
	// ErrKey is the cause of a fault about a private key in place of something else: what was sent is not shown again.
	ErrKey = errors.New("a private key was sent")
	// ErrTooMany is another draft where many were begun within a day.
	ErrTooMany = fault.New(fault.TooMany, "enrolment_too_many",
		"Twenty drafts were begun within a day, so no other one is. Begin the next one tomorrow, and change that one until it is right.")
	// ErrUnproved is a submission without proof of possession.
	ErrUnproved = fault.New(fault.Conflict, "enrolment_unproved", "The key of the seal has not signed the challenge yet.")
)

// Submission is told when an organisation handed in, or answered a question.
type Submission struct {
	EnrolmentID string `json:"enrolment_id"`
}

// Kind is the fact's stable name.
func (Submission) Kind() string { return "enrolments.submitted" }

// Config is what a deployment decides.
type Config struct {
	// Audience is the portal's host, as the challenge names it.
	Audience string
	// Deadline is when a decision is due that was asked for at an instant: the end of the third working day.
	Deadline func(time.Time) time.Time
	// Resume moves a deadline by the time that a question waited for its answer.
	Resume func(due, asked, answered time.Time) time.Time
}

// Enrolments is the service. It is safe for concurrent use.
type Enrolments struct {
	db     *db.DB
	queue  *jobs.Queue
	config Config
	pairs  *memo.Cache[string, *Admitted]
	owned  *memo.Cache[string, []*Admitted]
}

// New makes the service, and has it forget what other processes change.
func New(d *db.DB, q *jobs.Queue, config Config) *Enrolments {
	s := &Enrolments{db: d, queue: q, config: config}
	s.pairs = memo.New(remembered, s.loadPair)
	s.owned = memo.New(remembered, s.loadOwned)
	d.OnChange(topic, s.forget)
	return s
}

// Who acts: a person for an organisation.
type Who struct{ OrganisationID, PersonID string }

// Current is the open enrolment of an organisation, else its newest. Without any it is ErrUnknown.
func (s *Enrolments) Current(ctx context.Context, organisationID string) (*Enrolment, error) {
	e, err := current(s.db.Reader(ctx), organisationID)
	return e, s.fault(ctx, err)
}

// ByID is an enrolment of an organisation.
func (s *Enrolments) ByID(ctx context.Context, organisationID, id string) (*Enrolment, error) {
	e, err := byID(s.db.Reader(ctx), organisationID, id)
	return e, s.fault(ctx, err)
}

// History are an organisation's enrolments, newest first.
func (s *Enrolments) History(ctx context.Context, organisationID string) ([]*Enrolment, error) {
	list, err := history(s.db.Reader(ctx), organisationID, maxHistory)
	return list, s.fault(ctx, err)
}

func (s *Enrolments) fault(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, ErrUnknown) {
		return err
	}
	return s.db.Fault(ctx, err)
}

// draft is the organisation's draft at the version that the form saw.
func (s *Enrolments) draft(ctx context.Context, who Who, version int) (*Enrolment, error) {
	e, err := s.Current(ctx, who.OrganisationID)
	switch {
	case err != nil:
		return nil, err
	case e.State != Draft || e.Version != version:
		return nil, ErrChanged
	}
	return e, nil
}

// act runs a deed that changes one row, with its record; somebody who was faster is ErrChanged.
func (s *Enrolments) act(ctx context.Context, who Who, e *Enrolment, act string, detail map[string]string, deed func(tx db.Tx) (bool, error)) error {
	return s.db.InTx(ctx, func(tx db.Tx) error {
		done, err := deed(tx)
		if err != nil {
			return err
		}
		if !done {
			return ErrChanged
		}
		return audit.Write(tx, audit.Entry{Actor: who.PersonID, Organisation: who.OrganisationID, Act: "enrolments." + act, Object: e.ID, Detail: detail})
	})
}

// Submit hands the draft in. From here on the authorities are asked and somebody decides. Faults: ErrChanged, ErrUnsound,
// ErrUnproved, accounts.ErrSuspended.
func (s *Enrolments) Submit(ctx context.Context, who Who, version int) (*Enrolment, error) {
	e, err := s.draft(ctx, who, version)
	if err != nil {
		return nil, err
	}
	now := s.db.Now()
	switch {
	case !e.Sound(now):
		return nil, ErrUnsound
	case !e.Proved():
		return nil, ErrUnproved
	}
	err = s.act(ctx, who, e, "submitted", fingerprints(e), func(tx db.Tx) (bool, error) {
		if err := accounts.Standing(tx, who.OrganisationID); err != nil {
			return false, err
		}
		done, err := submit(tx, e, who.PersonID, s.config.Deadline(tx.Now))
		if err != nil || !done {
			return done, err
		}
		return true, s.queue.Tell(tx, Submission{EnrolmentID: e.ID})
	})
	if err != nil {
		return nil, err
	}
	return s.ByID(ctx, who.OrganisationID, e.ID)
}

func fingerprints(e *Enrolment) map[string]string {
	detail := map[string]string{}
	if e.QWAC != nil {
		detail["qwac"] = e.QWAC.Info.SHA256
	}
	if e.QSeal != nil {
		detail["qseal"] = e.QSeal.Info.SHA256
	}
	return detail
}

// Withdraw ends an open enrolment. Its files stay for a new start.
func (s *Enrolments) Withdraw(ctx context.Context, who Who, version int) error {
	e, err := s.Current(ctx, who.OrganisationID)
	if err != nil {
		return err
	}
	if !e.State.Open() || e.Version != version {
		return ErrChanged
	}
	return s.act(ctx, who, e, "withdrawn", nil, func(tx db.Tx) (bool, error) { return withdraw(tx, e) })
}

// Reply answers the question that a reviewer asked. The clock goes on from there.
func (s *Enrolments) Reply(ctx context.Context, who Who, version int, text string) error {
	e, err := s.Current(ctx, who.OrganisationID)
	if err != nil {
		return err
	}
	if e.State != Question || e.Version != version {
		return ErrChanged
	}
	text, problem := checkAnswer(text)
	if problem != "" {
		return fault.Form(fault.Field{Name: "answer", Message: problem})
	}
	return s.act(ctx, who, e, "answered", nil, func(tx db.Tx) (bool, error) {
		done, err := answer(tx, e, text, s.config.Resume(e.DueAt, e.AskedAt, tx.Now))
		if err != nil || !done {
			return done, err
		}
		return true, s.queue.Tell(tx, Submission{EnrolmentID: e.ID})
	})
}

// Again makes a new draft with the files of one that was rejected or withdrawn. Faults: ErrUnknown, ErrChanged, ErrTooMany.
func (s *Enrolments) Again(ctx context.Context, who Who, id string) (*Enrolment, error) {
	former, err := s.ByID(ctx, who.OrganisationID, id)
	if err != nil {
		return nil, err
	}
	if former.State != Rejected && former.State != Withdrawn {
		return nil, ErrChanged
	}
	return s.begin(ctx, who, &Enrolment{QWAC: former.QWAC, QSeal: former.QSeal}, map[string]string{"former": id})
}

// begin stores a first draft. Where another window was faster, that one is the draft.
func (s *Enrolments) begin(ctx context.Context, who Who, e *Enrolment, detail map[string]string) (*Enrolment, error) {
	e.ID, e.OrganisationID, e.State, e.Version, e.CreatedBy = secret.ID("enr"), who.OrganisationID, Draft, 1, who.PersonID
	err := s.db.InTx(ctx, func(tx db.Tx) error {
		if begun, err := begunSince(tx, e.OrganisationID, tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		} else if begun >= maxBegun {
			return ErrTooMany
		}
		if err := insert(tx, e); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: who.PersonID, Organisation: who.OrganisationID, Act: "enrolments.begun", Object: e.ID, Detail: detail})
	})
	if db.Duplicate(err, "enrolments_organisation_id") {
		return nil, ErrChanged
	}
	if err != nil {
		return nil, fmt.Errorf("begin an enrolment: %w", err)
	}
	return s.ByID(ctx, who.OrganisationID, e.ID)
}
