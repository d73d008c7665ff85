package sandbox

import (
	"slices"
	"sort"
	"time"

	"fairway/internal/bank"
)

const (
	history      = 13 // full months before the current one
	longestDelay = longestReturn + 2
)

// ledger is a card account as it stands on one day: pending entries first, then booked ones, newest first. It holds
// the whole of that day; what has not happened yet at the moment of asking is left off by the reader.
type ledger struct {
	today   day
	entries []entry
	pending int   // entries[:pending] are not booked yet
	closed  int64 // owed on closed invoices
	open    int64 // booked and not invoiced yet
	paid    day   // of the newest payment, 0 where there was none
}

// newLedger writes the ledger of the current month and the thirteen before it. Each invoice is in it as a whole, with
// its payment, or not at all.
func newLedger(c *card, today day) *ledger {
	current, _ := today.monthAndDay()
	oldest := current - history
	first := dayIn(oldest, 1)

	var entries []entry
	for on := first - longestDelay; on <= today; on++ {
		entries = c.appendDay(entries, on)
	}
	entries = slices.DeleteFunc(entries, func(e entry) bool { return e.on > today || e.invoice < oldest })
	entries = append(entries, c.payments(entries, oldest, today)...)
	slices.SortFunc(entries, func(a, b entry) int { return a.key().compare(b.key()) })

	l := &ledger{today: today, entries: slices.Clip(entries)}
	l.pending = sort.Search(len(entries), func(i int) bool { return entries[i].book <= today })
	for i := range l.entries[l.pending:] {
		l.add(&l.entries[l.pending+i], current)
	}
	return l
}

func (l *ledger) add(e *entry, current month) {
	if !e.invoiced(current) {
		l.open += e.owed
		return
	}
	l.closed += e.owed
	if e.kind == payment {
		l.paid = max(l.paid, e.book)
	}
}

// invoiced tells whether a booked entry is on an invoice that closed before the current month.
func (e *entry) invoiced(current month) bool { return e.invoice < current }

// payments settles each closed invoice in full on the day it is due.
func (c *card) payments(entries []entry, oldest month, today day) []entry {
	var totals [history + 2]int64
	for i := range entries {
		totals[min(entries[i].invoice-oldest, history+1)] += entries[i].owed
	}

	var paid []entry
	for m := range month(history) {
		due := c.due(oldest + m)
		if totals[m] == 0 || due > today {
			continue
		}
		paid = append(paid, entry{kind: payment, at: due.start(), on: due, book: due, invoice: oldest + m, owed: -totals[m]})
	}
	return paid
}

// due is the day on which the invoice of a month is paid.
func (c *card) due(invoice month) day { return dayIn(invoice+1, c.dueDay) }

// happened is the index of the first entry that is not in the future. Only pending entries can be.
func (l *ledger) happened(now int64) int {
	return sort.Search(l.pending, func(i int) bool { return l.entries[i].at <= now })
}

// balances adds the ledger up as of now.
func (l *ledger) balances(c *card, now int64) []bank.Balance {
	current, _ := l.today.monthAndDay()
	pending := int64(0)
	for _, e := range l.entries[l.happened(now):l.pending] {
		pending += e.owed
	}

	closedOn, touched, booked := dayIn(current, 1), time.Time{}, time.Time{}
	invoiced := max(closedOn, l.paid).time()
	if len(l.entries) == 0 {
		invoiced = time.Time{}
	}
	if l.pending < len(l.entries) {
		booked = l.entries[l.pending].book.time()
		touched = booked
	}
	if first := l.happened(now); first < l.pending {
		touched = time.Unix(l.entries[first].at, 0).UTC()
	}

	return []bank.Balance{
		{Type: bank.BalanceClosingBooked, Amount: c.amount(l.closed), LastChange: invoiced, ReferenceDate: (closedOn - 1).iso()},
		{Type: bank.BalanceNonInvoiced, Amount: c.amount(l.open), LastChange: booked, ReferenceDate: l.today.iso()},
		{Type: bank.BalanceInterimAvailable, Amount: c.amount(l.closed + l.open), LastChange: booked, ReferenceDate: l.today.iso()},
		{Type: bank.BalanceExpected, Amount: c.amount(l.closed + l.open + pending), LastChange: touched, ReferenceDate: l.today.iso()},
	}
}
