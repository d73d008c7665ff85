package workdays_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fairway/internal/workdays"
)

const minute = "2006-01-02 15:04"

func mustNamed(t testing.TB, name string) workdays.Calendar {
	t.Helper()
	c, err := workdays.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at reads a local time of the calendar's place.
func at(t testing.TB, c workdays.Calendar, text string) time.Time {
	t.Helper()
	instant, err := time.ParseInLocation(minute, text, c.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return instant.UTC()
}

func TestAnUnknownCalendarIsAnError(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Finland", "norway"} {
		_, err := workdays.Named(name)

		if err == nil || !strings.Contains(err.Error(), "aland, finland, sweden, target") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if c := mustNamed(t, "aland"); c.Name() != "aland" {
		t.Errorf("it is called %q", c.Name())
	}
}

func TestADeadlineIsTheEndOfTheThirdWorkingDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ calendar, submitted, day string }{
		{"finland", "2026-04-01 11:00", "2026-04-08"}, // over Easter
		{"sweden", "2026-04-01 11:00", "2026-04-08"},
		{"target", "2026-04-01 11:00", "2026-04-08"},
		{"finland", "2026-04-03 11:00", "2026-04-10"}, // Good Friday counts as Tuesday
		{"target", "2026-12-23 11:00", "2026-12-29"},
		{"sweden", "2026-12-23 11:00", "2026-12-30"},
		{"finland", "2026-12-23 11:00", "2026-12-30"},
		{"target", "2026-12-30 11:00", "2027-01-05"},
		{"sweden", "2026-12-30 11:00", "2027-01-07"},
		{"finland", "2026-12-30 11:00", "2027-01-05"},
		{"finland", "2026-11-21 11:00", "2026-11-26"}, // Saturday counts as Monday
		{"target", "2026-06-17 11:00", "2026-06-22"},
		{"sweden", "2026-06-17 11:00", "2026-06-23"},
		{"finland", "2026-06-17 11:00", "2026-06-23"},
		{"finland", "2026-06-08 11:00", "2026-06-11"},
		{"aland", "2026-06-08 11:00", "2026-06-12"},
		{"finland", "2026-11-23 00:00", "2026-11-26"},
		{"finland", "2026-11-23 16:00", "2026-11-26"},
		{"finland", "2026-11-23 16:01", "2026-11-27"},
		{"finland", "2026-11-23 23:59", "2026-11-27"},
		{"finland", "2026-11-27 16:01", "2026-12-03"}, // Friday evening counts as Monday
		{"finland", "2027-12-03 16:00", "2027-12-09"}, // Friday before a Monday off
		{"finland", "2028-04-28 16:00", "2028-05-04"},
		{"sweden", "2028-04-28 16:00", "2028-05-04"},
		{"aland", "2028-04-28 16:00", "2028-05-04"},
		{"target", "2028-04-28 16:00", "2028-05-04"},
	} {
		calendar := mustNamed(t, c.calendar)

		deadline := calendar.Deadline(at(t, calendar, c.submitted), 3)

		if got := deadline.In(calendar.Zone()).Format(time.DateTime); got != c.day+" 23:59:59" {
			t.Errorf("%s, %s: %s, want the end of %s", c.calendar, c.submitted, got, c.day)
		}
		if deadline.Location() != time.UTC {
			t.Errorf("%s, %s: it is told in %s", c.calendar, c.submitted, deadline.Location())
		}
	}
}

func TestADayEndsInItsPlaceAndNotInUTC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ calendar, submitted, deadline string }{
		{"finland", "2026-11-23T09:00:00Z", "2026-11-24T21:59:59Z"}, // winter
		{"finland", "2026-06-01T09:00:00Z", "2026-06-02T20:59:59Z"}, // summer
		{"sweden", "2026-11-23T09:00:00Z", "2026-11-24T22:59:59Z"},
		{"finland", "2026-11-23T13:59:59Z", "2026-11-24T21:59:59Z"}, // 15:59:59
		{"finland", "2026-11-23T14:00:01Z", "2026-11-25T21:59:59Z"}, // 16:00:01
		{"sweden", "2026-11-23T14:00:01Z", "2026-11-24T22:59:59Z"},  // 15:00:01
		{"finland", "2026-11-22T22:30:00Z", "2026-11-24T21:59:59Z"}, // Monday already
		{"finland", "2026-03-27T09:00:00Z", "2026-03-30T20:59:59Z"}, // over the change to summer time
		{"finland", "2026-10-23T09:00:00Z", "2026-10-26T21:59:59Z"}, // and back
	} {
		submitted, err := time.Parse(time.RFC3339, c.submitted)
		if err != nil {
			t.Fatal(err)
		}

		got := mustNamed(t, c.calendar).Deadline(submitted, 1).Format(time.RFC3339)

		if got != c.deadline {
			t.Errorf("%s, %s: %s, want %s", c.calendar, c.submitted, got, c.deadline)
		}
	}
}

func TestWhatIsLeftIsCountedInWorkingDays(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	deadline := c.Deadline(at(t, c, "2026-12-02 11:00"), 3) // Thursday, Friday, Monday 7 December

	for _, step := range []struct {
		now  string
		left int
	}{
		{"2026-12-02 11:00", 3},
		{"2026-12-02 23:59", 3},
		{"2026-12-03 00:00", 2},
		{"2026-12-04 12:00", 1},
		{"2026-12-05 12:00", 1},
		{"2026-12-06 12:00", 1},
		{"2026-12-07 00:00", 0},
		{"2026-12-07 23:59", 0},
		{"2026-12-08 00:00", -1},
		{"2026-12-09 09:00", -2},
		{"2026-12-12 09:00", -4},
	} {
		if got := c.Left(at(t, c, step.now), deadline); got != step.left {
			t.Errorf("%s: %d, want %d", step.now, got, step.left)
		}
	}
}

func TestADeadlineThatPassedOnFridayIsLateOnSaturday(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	deadline := c.Deadline(at(t, c, "2026-11-24 11:00"), 3)

	left := c.Left(at(t, c, "2026-11-28 09:00"), deadline)

	if left != -1 {
		t.Errorf("%d days are left", left)
	}
}

func TestAPauseMovesADeadlineByItsWorkingDays(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	deadline := c.Deadline(at(t, c, "2026-11-23 11:00"), 3) // Thursday 26 November

	for _, p := range []struct{ from, to, day string }{
		{"2026-11-24 10:00", "2026-11-24 15:00", "2026-11-26"}, // within a day
		{"2026-11-24 10:00", "2026-11-25 10:00", "2026-11-27"},
		{"2026-11-24 10:00", "2026-11-26 10:00", "2026-11-30"}, // over the weekend
		{"2026-11-24 10:00", "2026-11-24 17:00", "2026-11-27"}, // back after 16:00 is back tomorrow
		{"2026-11-24 10:00", "2026-11-28 10:00", "2026-12-02"}, // back on Saturday is back on Monday
		{"2026-11-24 10:00", "2026-12-28 10:00", "2026-12-30"}, // over Independence Day, a Sunday, and Christmas
		{"2026-11-24 10:00", "2026-11-24 10:00", "2026-11-26"},
		{"2026-11-25 10:00", "2026-11-24 10:00", "2026-11-26"}, // ended before it began
		{"2026-11-27 10:00", "2026-12-01 10:00", "2026-11-26"}, // began after the deadline
	} {
		from, to := at(t, c, p.from), at(t, c, p.to)

		got := c.Moved(deadline, from, to)

		if day := got.In(c.Zone()).Format(time.DateTime); day != p.day+" 23:59:59" {
			t.Errorf("%s to %s: %s, want %s", p.from, p.to, day, p.day)
		}
	}
	for _, none := range [][2]time.Time{{}, {at(t, c, "2026-11-24 10:00"), {}}, {{}, at(t, c, "2026-11-24 10:00")}} {
		if got := c.Moved(deadline, none[0], none[1]); !got.Equal(deadline) {
			t.Errorf("a pause without both ends moved it to %s", got)
		}
	}
}

func TestAPauseLeavesAsManyDaysAsThereWere(t *testing.T) {
	t.Parallel()
	for _, name := range workdays.Names() {
		c := mustNamed(t, name)
		submitted := at(t, c, "2026-12-01 10:00")
		for range 40 {
			submitted = submitted.Add(24 * time.Hour)
			if !c.Works(submitted) {
				continue
			}
			deadline := c.Deadline(submitted, 3)
			for hours := range 200 {
				from := submitted.Add(20 * time.Hour)
				to := from.Add(time.Duration(hours) * time.Hour)
				if local := to.In(c.Zone()); !c.Works(to) || local.Hour() >= 16 || from.After(deadline) {
					continue
				}

				moved := c.Moved(deadline, from, to)

				if before, after := c.Left(from, deadline), c.Left(to, moved); before != after {
					t.Fatalf("%s: %d days were left at %s, %d at %s", name, before, from, after, to)
				}
			}
		}
	}
}

func TestAWrongYearEndsSoon(t *testing.T) {
	t.Parallel()
	c := mustNamed(t, "finland")
	now := at(t, c, "2026-11-23 10:00")

	left, late := c.Left(now, now.AddDate(5000, 0, 0)), c.Left(now, time.Time{})

	if left < 2000 || left > 3660 || late > -2000 || late < -3660 {
		t.Errorf("%d and %d days are left", left, late)
	}
}

func TestTheCalendarsAreNamedInOrder(t *testing.T) {
	t.Parallel()

	names := workdays.Names()

	if !slices.Equal(names, []string{"aland", "finland", "sweden", "target"}) {
		t.Errorf("%v", names)
	}
}
