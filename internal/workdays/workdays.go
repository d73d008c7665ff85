// Package workdays owns working days: which days are none in the bank's place, and when a promise of so many of them ends.
package workdays

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// cutOff is the local hour after which a submission counts as one of the next working day.
const cutOff = 16

// mostDays bounds every count, so that a wrong year costs no more than ten years of days.
const mostDays = 3660

// Calendar is the working days of one place. The zero value has none; Named gives one.
type Calendar struct {
	name   string
	zone   *time.Location
	closed []rule
}

// place is what a calendar's name stands for.
type place struct {
	zone   string
	closed []rule
}

var places = map[string]place{
	"finland": {"Europe/Helsinki", finland},
	"aland":   {"Europe/Mariehamn", aland},
	"sweden":  {"Europe/Stockholm", sweden},
	"target":  {"Europe/Berlin", target},
}

// Names are the calendars that there are, in alphabetical order.
func Names() []string {
	names := make([]string, 0, len(places))
	for name := range places {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Named finds a calendar: "finland", "aland", "sweden", or "target", the days on which the euro's payment system settles.
func Named(name string) (Calendar, error) {
	p, ok := places[name]
	if !ok {
		return Calendar{}, fmt.Errorf("there is no calendar %q; choose one of %s", name, strings.Join(Names(), ", "))
	}
	zone, err := time.LoadLocation(p.zone)
	if err != nil {
		return Calendar{}, fmt.Errorf("load the time zone of the calendar %q: %w", name, err)
	}
	return Calendar{name: name, zone: zone, closed: p.closed}, nil
}

// Name is what the calendar is called, to be stored beside a deadline.
func (c Calendar) Name() string { return c.name }

// Zone is where the calendar's days begin and end.
func (c Calendar) Zone() *time.Location { return c.zone }

// Works tells whether the instant lies on a working day of the calendar's place.
func (c Calendar) Works(t time.Time) bool { return c.works(c.day(t)) }

// Deadline is the last second of the last of so many working days after a submission, as a UTC instant. The day of the
// submission is not counted (Regulation 1182/71, article 3). What comes after 16:00 local time or on a day that is no
// working day counts as one of the next working day.
func (c Calendar) Deadline(submitted time.Time, days int) time.Time {
	return c.end(c.after(c.counted(submitted), days))
}

// Left is how many working days there are after today until a deadline: 0 on its last day. Once it has passed, the number
// is negative: -1 on the first working day of delay and on days before it that are none.
func (c Calendar) Left(now, deadline time.Time) int {
	if now.After(deadline) {
		return -max(1, c.between(c.day(deadline), c.day(now)))
	}
	return c.between(c.day(now), c.day(deadline))
}

// Moved is a deadline after a pause in which others had to act. It moves by the working days of the pause, counted as those
// of a deadline are: not the day on which it began, and an end after 16:00 or on a day off is one of the next working day.
// So as many days are left as before. A pause that began after the deadline, or has no end, moves nothing.
func (c Calendar) Moved(deadline, from, to time.Time) time.Time {
	if from.IsZero() || !to.After(from) || from.After(deadline) {
		return deadline
	}
	return c.end(c.after(c.day(deadline), c.between(c.day(from), c.counted(to))))
}

// A day is the midnight in UTC that has the date of the place, so that adding days knows no summer time.

func (c Calendar) day(t time.Time) time.Time {
	y, m, d := t.In(c.zone).Date()
	return date(y, m, d)
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func next(day time.Time) time.Time { return day.AddDate(0, 0, 1) }

// end is the last second of a day in its place.
func (c Calendar) end(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, c.zone).UTC()
}

func (c Calendar) works(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return false
	}
	return !slices.ContainsFunc(c.closed, func(r rule) bool { return r(day.Year()).Equal(day) })
}

// counted is the working day that something belongs to.
func (c Calendar) counted(t time.Time) time.Time {
	day := c.day(t)
	y, m, d := day.Date()
	if !c.works(day) || t.After(time.Date(y, m, d, cutOff, 0, 0, 0, c.zone)) {
		return c.after(day, 1)
	}
	return day
}

// after is the last of so many working days after a day.
func (c Calendar) after(day time.Time, days int) time.Time {
	for range min(days, mostDays) {
		day = next(day)
		for !c.works(day) {
			day = next(day)
		}
	}
	return day
}

// between counts the working days after one day up to and with another.
func (c Calendar) between(day, last time.Time) int {
	n := 0
	for range mostDays {
		if !day.Before(last) {
			break
		}
		if day = next(day); c.works(day) {
			n++
		}
	}
	return n
}
