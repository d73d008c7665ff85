package enrolments_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

func TestHandingInNeedsEverythingAndTellsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var told atomic.Int32
		jobs.On(w.queue, "test.submitted", func(context.Context, enrolments.Submission) error { told.Add(1); return nil })
		testkit.Run(t, w.queue.Run)
		pair := w.pair("")
		e := w.challenged(pair)
		_, unproved := w.Submit(t.Context(), w.who, e.Version)
		e, err := w.Prove(t.Context(), w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text))
		must(t, err)

		done, err := w.Submit(t.Context(), w.who, e.Version)
		must(t, err)
		_, twice := w.Submit(t.Context(), w.who, e.Version)
		_, changed := w.Upload(t.Context(), w.who, done.Version, filesOf(pair))
		testkit.Eventually(t, "the fact", func() bool { return told.Load() == 1 })

		if !errors.Is(unproved, enrolments.ErrUnproved) || !errors.Is(twice, enrolments.ErrChanged) || !errors.Is(changed, enrolments.ErrChanged) {
			t.Errorf("unproved %v, twice %v, changed after it %v", unproved, twice, changed)
		}
		if done.State != enrolments.Submitted || done.SubmittedBy != w.who.PersonID || done.DueAt.Sub(done.SubmittedAt) < 3*24*time.Hour {
			t.Errorf("%s, due %s after %s", done.State, done.DueAt, done.SubmittedAt)
		}
	})
}

func TestDraftsAreBegunTwentyTimesADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.uploaded(pair)
		for range 19 {
			must(t, w.Withdraw(t.Context(), w.who, e.Version))
			e = w.uploaded(pair)
		}
		must(t, w.Withdraw(t.Context(), w.who, e.Version))

		_, uploaded := w.Upload(t.Context(), w.who, 0, filesOf(pair))
		_, again := w.Again(t.Context(), w.who, e.ID)
		other := w.organisation("Other Oy")
		_, elsewhere := w.Upload(t.Context(), other, 0, filesOf(pair))
		w.clock.Advance(24 * time.Hour)
		_, tomorrow := w.Upload(t.Context(), w.who, 0, filesOf(pair))

		if !errors.Is(uploaded, enrolments.ErrTooMany) || !errors.Is(again, enrolments.ErrTooMany) || elsewhere != nil || tomorrow != nil {
			t.Errorf("the next one %v, the same files again %v; at another organisation %v, tomorrow %v", uploaded, again, elsewhere, tomorrow)
		}
	})
}

func TestWhatIsWithdrawnCanBeStartedAgainWithTheSameFiles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.submitted(w.pair(""))
		other := w.organisation("Other Oy")

		must(t, w.Withdraw(t.Context(), w.who, e.Version))
		again := w.Withdraw(t.Context(), w.who, e.Version)
		_, foreign := w.Again(t.Context(), other, e.ID)
		next, err := w.Again(t.Context(), w.who, e.ID)
		must(t, err)
		_, second := w.Again(t.Context(), w.who, e.ID)

		if !errors.Is(again, enrolments.ErrChanged) || !errors.Is(foreign, enrolments.ErrUnknown) || !errors.Is(second, enrolments.ErrChanged) {
			t.Errorf("again %v, another organisation %v, a second start %v", again, foreign, second)
		}
		if next.ID == e.ID || next.State != enrolments.Draft || next.QSeal.Info.SHA256 != e.QSeal.Info.SHA256 || next.Proved() {
			t.Errorf("%+v", next)
		}
	})
}

func TestAQuestionStopsTheClockUntilItIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		start := w.clock.Now()
		defer func() { w.clock.Advance(start.Sub(w.clock.Now())) }()
		e := w.submitted(w.pair(""))
		must(t, w.db.InTx(t.Context(), func(tx db.Tx) error { return w.Ask(tx, e, seen(e), "per_admin", "Which country?") }))
		asked := w.current(w.who)
		w.clock.Advance(7 * 24 * time.Hour)

		empty := w.Reply(t.Context(), w.who, asked.Version, " \n ")
		long := w.Reply(t.Context(), w.who, asked.Version, strings.Repeat("a", 4001))
		must(t, w.Reply(t.Context(), w.who, asked.Version, "Finland.\r\nOnly there."))
		twice := w.Reply(t.Context(), w.who, asked.Version, "Finland.")
		answered := w.current(w.who)

		if said(empty, "answer") == "" || said(long, "answer") == "" || !errors.Is(twice, enrolments.ErrChanged) {
			t.Errorf("empty %v, long %v, twice %v", empty, long, twice)
		}
		if asked.State != enrolments.Question || answered.State != enrolments.Submitted || answered.Answer != "Finland.\nOnly there." || !answered.DueAt.After(e.DueAt.Add(5*24*time.Hour)) {
			t.Errorf("%s, then %s %q, due %s instead of %s", asked.State, answered.State, answered.Answer, answered.DueAt, e.DueAt)
		}
	})
}

func TestADecisionHoldsForExactlyWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.submitted(w.pair(""))
		for name, change := range map[string]func(*enrolments.Seen){
			"another version": func(s *enrolments.Seen) { s.Version-- },
			"another QWAC":    func(s *enrolments.Seen) { s.QWAC = s.QSeal },
			"another seal":    func(s *enrolments.Seen) { s.QSeal = s.QWAC },
			"another id":      func(s *enrolments.Seen) { s.EnrolmentID = "enr_x" },
		} {
			s := seen(e)
			change(&s)

			err := w.db.InTx(t.Context(), func(tx db.Tx) error {
				return w.Approve(tx, e, enrolments.Approval{Seen: s, Rights: e.Roles(), By: "per_admin", Reason: "fine"})
			})

			if !errors.Is(err, enrolments.ErrNotSeen) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if acts := w.acts(e.ID); w.current(w.who).State != enrolments.Submitted || acts["enrolments.approved"] != 0 {
			t.Errorf("%s, %v", w.current(w.who).State, acts)
		}
	})
}

func TestTwoReviewersWhoDisagreeMakeOneDecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.submitted(w.pair(""))
		var done atomic.Int32
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				err := w.db.InTx(context.WithoutCancel(t.Context()), func(tx db.Tx) error {
					if n%2 == 0 {
						return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: e.Roles(), By: "per_one", Reason: "fine"})
					}
					return w.Reject(tx, e, seen(e), "per_two", "not fine")
				})
				if err == nil {
					done.Add(1)
				} else if !errors.Is(err, enrolments.ErrNotSeen) {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		acts := w.acts(e.ID)
		if done.Load() != 1 || acts["enrolments.approved"]+acts["enrolments.rejected"] != 1 {
			t.Errorf("%d decisions, %v", done.Load(), acts)
		}
	})
}

func TestARenewalTakesThePlaceOfTheFormer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.submitted(w.pair(""))
		must(t, w.db.InTx(t.Context(), func(tx db.Tx) error {
			return w.Approve(tx, first, enrolments.Approval{Seen: seen(first), Rights: first.Roles(), By: "per_admin", Reason: "fine"})
		}))
		second := w.submitted(w.pair(""))
		must(t, w.db.InTx(t.Context(), func(tx db.Tx) error {
			return w.Approve(tx, second, enrolments.Approval{Seen: seen(second), Rights: second.Roles(), By: "per_admin", Reason: "fine"})
		}))

		approved, err := w.ApprovedOf(t.Context(), w.who.OrganisationID)
		must(t, err)
		former, err := w.ByID(t.Context(), w.who.OrganisationID, first.ID)
		must(t, err)

		if len(approved) != 1 || approved[0].ID != second.ID || former.State != enrolments.Replaced {
			t.Errorf("%d are approved, the former is %s", len(approved), former.State)
		}
	})
}

func TestStaffSeeWhoElseHandedInTheSameButNoDrafts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		mine := w.submitted(pair)
		w.who = w.organisation("Copy Cat Oy")
		draft := w.uploaded(pair)
		hidden, err := w.Alike(t.Context(), mine)
		must(t, err)
		_, unseen := w.ForReview(t.Context(), draft.ID)
		copied := w.submitted(pair)

		alike, err := w.Alike(t.Context(), mine)

		must(t, err)
		if len(hidden) != 0 || fault.Of(unseen).Kind != fault.NotFound {
			t.Errorf("a draft is seen: %v, %v", hidden, unseen)
		}
		if len(alike) != 1 || alike[0].EnrolmentID != copied.ID || !alike[0].Certificate || !alike[0].Key || !alike[0].Identifier {
			t.Errorf("%+v", alike)
		}
		counts, err := w.Counts(t.Context())
		queue, queueErr := w.Queue(t.Context(), enrolments.Filter{})
		if err != nil || queueErr != nil || counts[enrolments.Submitted] != 2 || counts[enrolments.Draft] != 0 || len(queue) != 2 {
			t.Errorf("%v, %d wait; %v %v", counts, len(queue), err, queueErr)
		}
	})
}
