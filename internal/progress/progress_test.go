package progress_test

import (
	"testing"
	"time"

	"fairway/internal/progress"
)

func TestTheNextStepIsTheFirstThatWasNotTaken(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		taken progress.Taken
		next  progress.Step
		since time.Time
		ok    bool
	}{
		"nothing was taken":       {progress.Taken{}, progress.Verify, time.Time{}, true},
		"the address is verified": {progress.Taken{at(1)}, progress.Certify, at(1), true},
		"in another order":        {progress.Taken{at(1), {}, at(3), at(2)}, progress.Certify, at(3), true},
		"one is left":             {progress.Taken{at(1), at(2), at(3), at(4), at(5)}, progress.Answer, at(5), true},
		"all were taken":          {progress.Taken{at(1), at(2), at(3), at(4), at(5), at(6)}, progress.Steps, at(6), false},
	} {
		next, since, ok := test.taken.Next()

		if next != test.next || !since.Equal(test.since) || ok != test.ok {
			t.Errorf("%s: %d since %s, %t", name, next, since, ok)
		}
	}
}

func TestEveryStepHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for s := range progress.Step(progress.Steps) {
		if s.String() == "" || seen[s.String()] {
			t.Errorf("step %d is called %q", s, s)
		}
		seen[s.String()] = true
	}
}
