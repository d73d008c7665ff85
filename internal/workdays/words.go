package workdays

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Decision is how many working days a decision about Live takes at most.
const Decision = 3

// Counted is the last second of the working day on which something counts as handed in; later says that it is not the day
// on which it was.
func (c Calendar) Counted(submitted time.Time) (day time.Time, later bool) {
	counted := c.counted(submitted)
	return c.end(counted), !counted.Equal(c.day(submitted))
}

// Day is the date of an instant in words, with whose date it is: "Thursday 26 November 2026, Helsinki time".
func (c Calendar) Day(t time.Time) string { return DayIn(t, c.zone) }

// DayIn is the date of an instant at the place of a time zone, as Day writes it.
func DayIn(t time.Time, zone *time.Location) string {
	_, city, _ := strings.Cut(zone.String(), "/")
	return t.In(zone).Format("Monday 2 January 2006") + ", " + city + " time"
}

// Standing says how a promise of so many working days stands: "3 working days left", "Due today", "1 working day late". Of
// days before the first one that counts none is left: in the evening of the submission there are as many as were promised.
// Left is as Left gives it.
func (c Calendar) Standing(now, deadline time.Time, days int) (left int, text string) {
	left = min(c.Left(now, deadline), days)
	switch {
	case left < 0:
		return left, workingDays(-left) + " late"
	case left == 0:
		return left, "Due today"
	}
	return left, workingDays(left) + " left"
}

// Promise says what somebody is promised who hands in now: the last day, how many working days that is, and from which day
// they are counted where it is not this one.
func (c Calendar) Promise(now time.Time, days int) string {
	text := fmt.Sprintf("by the end of %s: %s.", c.Day(c.Deadline(now, days)), spelt(days))
	if from, later := c.Counted(now); later {
		text += fmt.Sprintf(" What comes after %d:00 or on a day off counts as handed in on the next working day: here, %s.", cutOff, c.Day(from))
	}
	return text
}

func workingDays(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return strconv.Itoa(n) + " working days"
}

// spelt writes small numbers as words, as a sentence has them.
func spelt(n int) string {
	words := []string{"no working days", "one working day", "two working days", "three working days", "four working days", "five working days"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return workingDays(n)
}
