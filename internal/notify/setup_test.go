package notify_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

// monday is a working day at ten in Helsinki; what is handed in now is due at the end of Thursday.
var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// each runs a test on both databases with an office at work and a clock that shows monday.
func each(t *testing.T, test func(t *testing.T, o office, clk *clock.Manual)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := clock.NewManual(monday)
			o := newOffice(t, open(t, clk))
			o.work()
			test(t, o, clk)
		})
	}
}

func (o office) tell(facts ...jobs.Fact) {
	o.t.Helper()
	o.deed(func(tx db.Tx) error {
		for _, f := range facts {
			if err := o.queue.Tell(tx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o office) deed(do func(tx db.Tx) error) {
	o.t.Helper()
	if err := o.db.InTx(o.t.Context(), do); err != nil {
		o.t.Fatal(err)
	}
}

// hand hands in a pair that lasts a year for an organisation of its own, and tells nobody.
func (o office) hand(organisation string) *enrolments.Enrolment {
	o.t.Helper()
	organisationID, person := testkit.Organisation(o.t, o.db, organisation)
	who := enrolments.Who{OrganisationID: organisationID, PersonID: person}
	ends := enrolmentstest.Both(o.db.Now().AddDate(1, 0, 0))
	return enrolmentstest.Submit(o.t, o.db, o.enrolments, who, ends, o.days.Deadline(o.db.Now(), 3))
}

// submit is hand with its fact.
func (o office) submit(organisation string) *enrolments.Enrolment {
	o.t.Helper()
	e := o.hand(organisation)
	o.tell(enrolments.Submission{EnrolmentID: e.ID})
	return e
}

func (o office) ask(e *enrolments.Enrolment, question string) *enrolments.Enrolment {
	o.t.Helper()
	o.deed(func(tx db.Tx) error {
		if err := o.enrolments.Ask(tx, e, enrolmentstest.Seen(e), "per_reviewer", question); err != nil {
			return err
		}
		return o.queue.Tell(tx, nca.Asked{EnrolmentID: e.ID, Version: e.Version + 1})
	})
	return enrolmentstest.Now(o.t, o.enrolments, e)
}

func (o office) reply(e *enrolments.Enrolment, answer string) *enrolments.Enrolment {
	o.t.Helper()
	who := enrolments.Who{OrganisationID: e.OrganisationID, PersonID: e.SubmittedBy}
	if err := o.enrolments.Reply(o.t.Context(), who, e.Version, answer); err != nil {
		o.t.Fatal(err)
	}
	return enrolmentstest.Now(o.t, o.enrolments, e)
}

func (o office) decide(e *enrolments.Enrolment, approved bool, reason string) *enrolments.Enrolment {
	o.t.Helper()
	decide := func(tx db.Tx) error {
		return o.enrolments.Reject(tx, e, enrolmentstest.Seen(e), "per_reviewer", reason)
	}
	if approved {
		decide = func(tx db.Tx) error {
			return o.enrolments.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: e.Roles(), By: "per_reviewer", Reason: reason})
		}
	}
	o.deed(func(tx db.Tx) error {
		if err := decide(tx); err != nil {
			return err
		}
		return o.queue.Tell(tx, nca.Decided{EnrolmentID: e.ID, Approved: approved})
	})
	return enrolmentstest.Now(o.t, o.enrolments, e)
}

func (o office) withdraw(e *enrolments.Enrolment) {
	o.t.Helper()
	err := o.enrolments.Withdraw(o.t.Context(), enrolments.Who{OrganisationID: e.OrganisationID, PersonID: e.SubmittedBy}, e.Version)
	if err != nil {
		o.t.Fatal(err)
	}
}

// settled is every letter once all facts have been worked.
func (o office) settled() []mail.Message {
	o.t.Helper()
	return o.wait(0)
}

// walk works a timer at each step until an instant and notes which letters came when, in the time of Helsinki.
func (o office) walk(clk *clock.Manual, step time.Duration, until time.Time, timer func(context.Context) error) []string {
	o.t.Helper()
	var came []string
	before := len(o.settled())
	for !clk.Now().After(until) {
		if err := timer(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
		for _, m := range o.settled()[before:] {
			came = append(came, clk.Now().In(o.days.Zone()).Format("Mon 2 Jan 15:04 ")+m.Subject)
		}
		before += len(o.settled()[before:])
		clk.Advance(step)
	}
	return came
}

// told is a fact of a kind whose type is the package's own.
type told struct {
	kind string
	body json.RawMessage
}

func (f told) Kind() string                 { return f.kind }
func (f told) MarshalJSON() ([]byte, error) { return f.body, nil }
