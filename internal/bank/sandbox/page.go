package sandbox

import (
	"math"
	"sort"

	"fairway/internal/bank"
)

// span is a run of ledger entries [from, to).
type span struct{ from, to int }

// selection is what a query finds: a run of pending entries, then a run of booked ones.
type selection struct{ pending, booked span }

func (s selection) total() int { return s.pending.to - s.pending.from + s.booked.to - s.booked.from }

// index is the place of the i-th row in the ledger.
func (s selection) index(i int) int {
	if n := s.pending.to - s.pending.from; i >= n {
		return s.booked.from + i - n
	}
	return s.pending.from + i
}

// rowsBefore counts the rows that lie before a place in the ledger.
func (s selection) rowsBefore(place int) int {
	within := func(r span) int { return min(max(place, r.from), r.to) - r.from }
	return within(s.pending) + within(s.booked)
}

// find selects the entries of a period and status as of now. Pending entries count by the day of the card's use,
// booked ones by booking day.
func (l *ledger) find(q bank.Query, now int64) (selection, error) {
	from, to, err := q.Dates()
	if err != nil {
		return selection{}, err
	}
	first, last := day(math.MinInt32), day(math.MaxInt32)
	if q.From != "" {
		first = dayOf(from)
	}
	if q.To != "" {
		last = dayOf(to)
	}

	s := selection{}
	if q.Status != bank.StatusBooked {
		s.pending = l.span(l.happened(now), l.pending, first, last, func(e *entry) day { return e.on })
	}
	if q.Status != bank.StatusPending {
		s.booked = l.span(l.pending, len(l.entries), first, last, func(e *entry) day { return e.book })
	}
	return s, nil
}

// span finds the entries of entries[low:high] whose day is from first to last; days fall from low to high.
func (l *ledger) span(low, high int, first, last day, of func(*entry) day) span {
	n := high - low
	from := sort.Search(n, func(i int) bool { return of(&l.entries[low+i]) <= last })
	to := sort.Search(n, func(i int) bool { return of(&l.entries[low+i]) < first })
	return span{low + from, low + max(from, to)}
}

// window is the part of a selection that a page shows.
func (l *ledger) window(s selection, q bank.Query) (from, to int, err error) {
	total, size := s.total(), q.PageSize()
	switch {
	case q.After != "":
		k, err := readCursor(q.After)
		if err != nil {
			return 0, 0, err
		}
		from = s.rowsBefore(l.place(k, true))
		return from, min(from+size, total), nil
	case q.Before == bank.CursorEnd:
		return max(0, (total-1)/size*size), total, nil
	case q.Before != "":
		k, err := readCursor(q.Before)
		if err != nil {
			return 0, 0, err
		}
		to = s.rowsBefore(l.place(k, false))
		return max(0, to-size), to, nil
	default:
		return 0, min(size, total), nil
	}
}

// place is the index of the first entry that is older than the key or, if not past, as old as it.
func (l *ledger) place(k key, past bool) int {
	return sort.Search(len(l.entries), func(i int) bool {
		order := k.compare(l.entries[i].key())
		return order < 0 || order == 0 && !past
	})
}

// page answers a query.
func (l *ledger) page(c *card, q bank.Query, now int64) (bank.Page, error) {
	s, err := l.find(q, now)
	if err != nil {
		return bank.Page{}, err
	}
	from, to, err := l.window(s, q)
	if err != nil {
		return bank.Page{}, err
	}

	p := bank.Page{Total: s.total(), Offset: from, HasPrev: from > 0, HasNext: to < s.total()}
	p.Transactions = make([]bank.Transaction, 0, to-from)
	for i := from; i < to; i++ {
		p.Transactions = append(p.Transactions, c.transaction(&l.entries[s.index(i)], l.today))
	}
	if p.HasPrev {
		p.Prev = bank.CursorEnd
		if from < to {
			p.Prev = l.entries[s.index(from)].key().cursor()
		}
	}
	if p.HasNext {
		p.Next = newest.cursor()
		if from < to {
			p.Next = l.entries[s.index(to-1)].key().cursor()
		}
	}
	return p, nil
}
