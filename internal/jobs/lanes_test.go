package jobs_test

import (
	"context"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

func TestWhatWaitsForServersOfOthersHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		heard, waiting, answer := make(chan string, 9), make(chan string, 99), make(chan struct{})
		jobs.OnOutside(q, "asker", func(ctx context.Context, f happened) error {
			waiting <- f.ID
			select {
			case <-answer:
			case <-ctx.Done():
			}
			return nil
		})
		jobs.On(q, "letter", func(_ context.Context, f ended) error { heard <- f.ID; return nil })
		begin(t, q)
		defer close(answer)
		for range 20 {
			tell(t, d, q, happened{"slow"})
		}
		next(t, waiting)

		tell(t, d, q, ended{"a letter"})

		if got := next(t, heard); got != "a letter" {
			t.Errorf("heard %q", got)
		}
	})
}

func TestATimerThatFetchesHasTimeAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		heard, left, answer := make(chan string, 9), make(chan time.Duration, 9), make(chan struct{})
		for _, name := range []string{"one", "two", "three", "four"} {
			q.EveryOutside(name, time.Hour, func(ctx context.Context) error {
				deadline, _ := ctx.Deadline()
				left <- time.Until(deadline)
				select {
				case <-answer:
				case <-ctx.Done():
				}
				return nil
			})
		}
		jobs.On(q, "letter", func(_ context.Context, f ended) error { heard <- f.ID; return nil })
		begin(t, q)
		defer close(answer)

		given := <-left
		tell(t, d, q, ended{"a letter"})

		if got := next(t, heard); got != "a letter" || given < 5*time.Minute {
			t.Errorf("heard %q; a fetch has %s", got, given)
		}
	})
}
