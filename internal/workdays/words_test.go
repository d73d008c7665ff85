package workdays_test

import (
	"testing"

	"fairway/internal/workdays"
)

func TestAPromiseAndItsStandingSayTheSame(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	for _, day := range []struct{ handedIn, promise, standing string }{
		{"2026-11-23 10:00", "by the end of Thursday 26 November 2026, Helsinki time: three working days.", "3 working days left"},
		{"2026-11-23 16:30", "by the end of Friday 27 November 2026, Helsinki time: three working days. What comes after 16:00 or on a day off counts as handed in on the next working day: here, Tuesday 24 November 2026, Helsinki time.", "3 working days left"},
		{"2026-11-21 11:00", "by the end of Thursday 26 November 2026, Helsinki time: three working days. What comes after 16:00 or on a day off counts as handed in on the next working day: here, Monday 23 November 2026, Helsinki time.", "3 working days left"},
	} {
		now := at(t, c, day.handedIn)

		promise := c.Promise(now, workdays.Decision)
		left, standing := c.Standing(now, c.Deadline(now, workdays.Decision), workdays.Decision)

		if promise != day.promise || standing != day.standing || left != workdays.Decision {
			t.Errorf("%s: %q and %d, %q", day.handedIn, promise, left, standing)
		}
	}
}

func TestADeadlineStandsAsItsDaysGoBy(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	due := c.Deadline(at(t, c, "2026-11-23 16:30"), workdays.Decision)
	for _, day := range []struct{ now, standing string }{
		{"2026-11-23 16:30", "3 working days left"}, {"2026-11-24 09:00", "3 working days left"}, {"2026-11-24 17:00", "3 working days left"},
		{"2026-11-25 09:00", "2 working days left"}, {"2026-11-26 18:00", "1 working day left"}, {"2026-11-27 18:00", "Due today"},
		{"2026-11-28 12:00", "1 working day late"}, {"2026-12-01 12:00", "2 working days late"},
	} {
		if _, got := c.Standing(at(t, c, day.now), due, workdays.Decision); got != day.standing {
			t.Errorf("%s: %q, want %q", day.now, got, day.standing)
		}
	}
}

func TestTheDayOnWhichSomethingCountsIsNamed(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	for handedIn, want := range map[string]struct {
		day   string
		later bool
	}{
		"2026-11-23 16:00": {"Monday 23 November 2026, Helsinki time", false}, "2026-11-23 16:01": {"Tuesday 24 November 2026, Helsinki time", true},
		"2026-12-05 12:00": {"Monday 7 December 2026, Helsinki time", true},
	} {
		counted, later := c.Counted(at(t, c, handedIn))

		if got := c.Day(counted); got != want.day || later != want.later {
			t.Errorf("%s: %s, %v", handedIn, got, later)
		}
	}
	if got := c.Promise(at(t, c, "2026-11-23 10:00"), 7); got != "by the end of Wednesday 2 December 2026, Helsinki time: 7 working days." {
		t.Errorf("seven days: %q", got)
	}
}
