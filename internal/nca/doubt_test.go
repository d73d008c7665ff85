package nca_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
)

const day = 24 * time.Hour

// told collects what is told about doubts.
type told struct {
	mu    sync.Mutex
	codes []string
}

func (s *told) hear(_ context.Context, f nca.Doubted) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes = append(s.codes, f.Code)
	return nil
}

func (s *told) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.codes, " ")
}

// doubted listens to doubts and works the queue.
func (w *world) doubted() *told {
	w.t.Helper()
	heard := &told{}
	jobs.On(w.queue, "test.doubted", heard.hear)
	testkit.Run(w.t, w.queue.Run)
	return heard
}

func (w *world) doubts(e *enrolments.Enrolment) []nca.Doubt {
	w.t.Helper()
	all, err := w.Doubts(w.t.Context(), []string{e.ID})
	must(w.t, err)
	return all[e.ID]
}

func TestAnIssuerThatVanishesIsToldOnceAndEndsTheApprovalAfterAWeek(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(demo.Request{})
		heard := w.doubted()
		w.publish(30*day, demo.Seals)

		must(t, w.Recheck(t.Context(), e.ID))
		testkit.Eventually(t, "the word to the administrators", func() bool { return heard.all() == nca.ChainIncomplete })
		w.clock.Advance(6 * day)
		must(t, w.Recheck(t.Context(), e.ID))
		doubts, before := w.doubts(e), w.state(e)
		w.clock.Advance(day)
		must(t, w.Recheck(t.Context(), e.ID))

		if len(doubts) != 1 || doubts[0].EndsAt.Sub(doubts[0].Since) != 7*day || before != enrolments.Approved {
			t.Errorf("%+v, %s after six days", doubts, before)
		}
		if got := w.now(e); got.State != enrolments.Suspended || !strings.Contains(got.Reason, "not on the EU trusted lists") || heard.all() != nca.ChainIncomplete || len(w.doubts(e)) != 0 {
			t.Errorf("%s after a week: %q; told %q", got.State, got.Reason, heard.all())
		}
	})
}

func TestAnIssuerThatComesBackLeavesNoDoubt(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(demo.Request{})
		w.publish(60*day, demo.Seals)
		must(t, w.Recheck(t.Context(), e.ID))
		w.clock.Advance(5 * day)
		w.publish(60*day, demo.Websites, demo.Seals)
		must(t, w.Recheck(t.Context(), e.ID))
		between := len(w.doubts(e))
		w.publish(60*day, demo.Seals)
		w.clock.Advance(5 * day)

		must(t, w.Recheck(t.Context(), e.ID))

		if between != 0 || w.state(e) != enrolments.Approved {
			t.Errorf("%d doubts once it was back; ten days after it first vanished it is %s", between, w.state(e))
		}
	})
}

func TestAListPastItsDateIsToldOnceAndEndsNothing(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		w.publish(2*day, demo.Websites, demo.Seals)
		e := w.approved(demo.Request{})
		heard := w.doubted()

		for range 3 {
			w.clock.Advance(10 * day)
			must(t, w.Recheck(t.Context(), e.ID))
		}

		testkit.Eventually(t, "the word to the administrators", func() bool { return heard.all() == nca.ListStale })
		if doubts := w.doubts(e); len(doubts) != 1 || !doubts[0].EndsAt.IsZero() || w.state(e) != enrolments.Approved {
			t.Errorf("%+v, %s", doubts, w.state(e))
		}
	})
}

func TestAServiceThatSaysNothingForAWeekEndsTheApproval(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		w.publish(60*day, demo.Websites, demo.Seals)
		e := w.approved(demo.Request{})
		heard := w.doubted()
		w.outside.set(revocation.Unavailable)

		for _, wait := range []time.Duration{0, 23 * time.Hour} {
			w.clock.Advance(wait)
			if err := w.Recheck(t.Context(), e.ID); err == nil {
				t.Error("nobody asks again")
			}
		}
		early := heard.all()
		w.clock.Advance(2 * time.Hour)
		_ = w.Recheck(t.Context(), e.ID) // the source is still silent
		testkit.Eventually(t, "the word to the administrators", func() bool { return heard.all() == nca.RevocationUnavailable })
		between := w.state(e)
		w.clock.Advance(6 * day)
		_ = w.Recheck(t.Context(), e.ID) // the source is still silent

		if early != "" || between != enrolments.Approved || w.state(e) != enrolments.Suspended {
			t.Errorf("told %q within a day, %s after it, %s after a week", early, between, w.state(e))
		}
	})
}
