package bank

import (
	"fmt"
	"strings"
	"time"
)

// Which transactions a Query asks for.
const (
	StatusBooked  = "booked"
	StatusPending = "pending"
	StatusBoth    = "both"
)

// Limits of a page.
const (
	DefaultLimit = 50   // where Query.Limit is 0
	MaxLimit     = 1000 // more is ErrBadQuery
	MaxCursor    = 200  // longest cursor in bytes
)

// CursorEnd in Query.Before asks for the last page: the rows that remain after all full pages.
const CursorEnd = "end"

// Period is a span of days, both included. An empty end is open: as far back as the bank remembers, or until today.
type Period struct {
	From string // ISO date
	To   string // ISO date
}

// Query says which transactions and which page of them. Booked transactions are in the period when their booking
// date is, pending ones when their transaction date is.
type Query struct {
	Period
	Status string // StatusBooked, StatusPending or StatusBoth
	After  string // Page.Next of the page before: continue with the rows older than it
	Before string // Page.Prev of the page after, or CursorEnd: the rows newer than it
	Limit  int    // rows a page, 1 to MaxLimit; 0 is DefaultLimit
}

// Page is one page of transactions, newest first: pending ones before booked ones, these by booking date. The order
// of two rows never changes, so that following Next (or Prev) meets each row once even while new rows arrive.
// A cursor means something only together with the query's other fields.
type Page struct {
	Transactions []Transaction
	Total        int // rows of all pages together
	Offset       int // rows newer than this page's first
	HasPrev      bool
	HasNext      bool
	Prev         string // for Query.Before; empty unless HasPrev
	Next         string // for Query.After; empty unless HasNext
}

// PageSize is the number of rows that the query asks for.
func (q Query) PageSize() int {
	if q.Limit == 0 {
		return DefaultLimit
	}
	return q.Limit
}

// Validate checks everything but the cursors' content, which only the implementation that made them can read.
// It answers ErrBadQuery or ErrPeriodOrder.
func (q Query) Validate() error {
	if _, _, err := q.Dates(); err != nil {
		return err
	}
	switch q.Status {
	case StatusBooked, StatusPending, StatusBoth:
	default:
		return ErrBadQuery.At("bookingStatus").Saying(fmt.Sprintf("bookingStatus is %q; it is booked, pending or both.", clip(q.Status)))
	}
	if q.Limit < 0 || q.Limit > MaxLimit {
		return ErrBadQuery.At("limit").Saying(fmt.Sprintf("A page has 1 to %d rows.", MaxLimit))
	}
	if q.After != "" && q.Before != "" {
		return BadCursor()
	}
	if len(q.After) > MaxCursor || len(q.Before) > MaxCursor {
		return BadCursor()
	}
	return nil
}

// BadCursor is the ErrBadQuery for a cursor that no page gave out.
func BadCursor() error {
	return ErrBadQuery.At("page").Saying("This is not a page that the bank linked to. Start again from the first page.")
}

// Dates reads both ends of the period, at midnight UTC; an open end is the zero time. A date that cannot be read is
// ErrBadQuery, a period that begins after it ends ErrPeriodOrder.
func (p Period) Dates() (from, to time.Time, err error) {
	if from, err = openDate("dateFrom", p.From); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if to, err = openDate("dateTo", p.To); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if p.From != "" && p.To != "" && from.After(to) {
		return time.Time{}, time.Time{}, ErrPeriodOrder.At("dateFrom")
	}
	return from, to, nil
}

func openDate(parameter, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, ok := ParseDate(s)
	if !ok {
		return time.Time{}, ErrBadQuery.At(parameter).Saying(fmt.Sprintf("%s is %q; it is a date like 2026-01-31.", parameter, clip(s)))
	}
	return day, nil
}

// clip shortens what a client sent before it is repeated in an answer.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// ParseDate reads an ISO date, YYYY-MM-DD and nothing else, of the years 0001 to 9999, as midnight UTC.
func ParseDate(s string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || day.Year() < 1 || day.Format(time.DateOnly) != s {
		return time.Time{}, false
	}
	return day, true
}
