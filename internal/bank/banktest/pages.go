package banktest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fairway/internal/bank"
)

func ids(rows []bank.Transaction) []string {
	list := make([]string, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.ID)
	}
	return list
}

// pageSizes are a few that leave full, partial and single pages.
func pageSizes(total int) []int {
	sizes := []int{50, bank.MaxLimit}
	if total < 200 {
		sizes = append(sizes, 1, 7)
	} else {
		sizes = append(sizes, 97, total/2)
	}
	return slices.DeleteFunc(sizes, func(n int) bool { return n < 1 || n > bank.MaxLimit })
}

func testPaging(t *testing.T, s Subject) {
	for _, a := range s.accounts(t) {
		for _, status := range []string{bank.StatusBoth, bank.StatusBooked, bank.StatusPending} {
			want := ids(s.all(t, a, bank.Query{Status: status}))
			for _, size := range pageSizes(len(want)) {
				q := bank.Query{Status: status, Limit: size}
				if got := s.forward(t, a, q, len(want)); !slices.Equal(got, want) {
					t.Errorf("%s %s by %d: forward gave %d rows of %d, or another order", a.MaskedPAN, status, size, len(got), len(want))
				}
				if got := s.backward(t, a, q, len(want)); !slices.Equal(got, want) {
					t.Errorf("%s %s by %d: backward gave %d rows of %d, or another order", a.MaskedPAN, status, size, len(got), len(want))
				}
			}
		}
	}
}

// forward collects the rows by Next, checking what each page says of itself.
func (s Subject) forward(t *testing.T, a account, q bank.Query, total int) []string {
	t.Helper()
	var got []string
	for {
		p := s.page(t, a, q)
		if p.Offset != len(got) || p.Total != total || p.HasPrev != (p.Offset > 0) || len(p.Transactions) > q.Limit {
			t.Fatalf("%s: page %+v after %d of %d rows", a.MaskedPAN, summary(p), len(got), total)
		}
		got = append(got, ids(p.Transactions)...)
		if p.HasNext != (len(got) < total) || p.HasNext != (p.Next != "") || p.HasPrev != (p.Prev != "") {
			t.Fatalf("%s: page %+v with %d of %d rows read", a.MaskedPAN, summary(p), len(got), total)
		}
		if !p.HasNext || len(p.Transactions) == 0 {
			return got
		}
		q.After = p.Next
	}
}

// backward collects the rows by Prev from the last page.
func (s Subject) backward(t *testing.T, a account, q bank.Query, total int) []string {
	t.Helper()
	var got []string
	q.Before = bank.CursorEnd
	for {
		p := s.page(t, a, q)
		got = append(ids(p.Transactions), got...)
		if p.HasPrev != (len(got) < total) {
			t.Fatalf("%s: page %+v with %d of %d rows read backward", a.MaskedPAN, summary(p), len(got), total)
		}
		if !p.HasPrev || len(p.Transactions) == 0 {
			return got
		}
		q.Before = p.Prev
	}
}

func summary(p bank.Page) bank.Page {
	p.Transactions = nil
	return p
}

func testLastPage(t *testing.T, s Subject) {
	for _, a := range s.accounts(t) {
		q := bank.Query{Status: bank.StatusBoth, Limit: 30}
		want := ids(s.page(t, a, q).Transactions)
		for p := s.page(t, a, q); p.HasNext; {
			q.After = p.Next
			p = s.page(t, a, q)
			want = ids(p.Transactions)
		}

		last := s.page(t, a, bank.Query{Status: bank.StatusBoth, Limit: 30, Before: bank.CursorEnd})

		if !slices.Equal(ids(last.Transactions), want) || last.HasNext {
			t.Errorf("%s: the last page holds %d rows, following Next leads to one of %d", a.MaskedPAN, len(last.Transactions), len(want))
		}
	}
}

func testStatuses(t *testing.T, s Subject) {
	for _, a := range s.accounts(t) {
		pending := s.all(t, a, bank.Query{Status: bank.StatusPending})
		booked := s.all(t, a, bank.Query{Status: bank.StatusBooked})
		both := s.all(t, a, bank.Query{Status: bank.StatusBoth})

		if slices.ContainsFunc(pending, func(row bank.Transaction) bool { return !row.Pending }) {
			t.Errorf("%s: pending shows a booked row", a.MaskedPAN)
		}
		if slices.ContainsFunc(booked, func(row bank.Transaction) bool { return row.Pending }) {
			t.Errorf("%s: booked shows a pending row", a.MaskedPAN)
		}
		if !slices.Equal(ids(both), append(ids(pending), ids(booked)...)) {
			t.Errorf("%s: both is not pending and then booked", a.MaskedPAN)
		}
	}
}

// entryDate is the date by which a row is in a period.
func entryDate(row bank.Transaction) string {
	if row.Pending {
		return row.TransactionDate
	}
	return row.BookingDate
}

func testPeriods(t *testing.T, s Subject) {
	daysAgo := func(n int) string { return s.Now.UTC().AddDate(0, 0, -n).Format(time.DateOnly) }
	periods := []bank.Period{{}, {From: daysAgo(30)}, {To: daysAgo(30)}, {From: daysAgo(90), To: daysAgo(60)}, {From: daysAgo(40), To: daysAgo(40)},
		{From: daysAgo(1), To: daysAgo(0)}, {From: daysAgo(0)}, {From: daysAgo(-5)}, {To: "0001-01-01"}, {From: "0001-01-01", To: "9999-12-31"}}
	for _, a := range s.accounts(t) {
		everything := s.all(t, a, bank.Query{Status: bank.StatusBoth})
		if !slices.IsSortedFunc(everything, newestFirst) {
			t.Errorf("%s: rows are not newest first", a.MaskedPAN)
		}
		for _, p := range periods {
			want := slices.DeleteFunc(slices.Clone(everything), func(row bank.Transaction) bool {
				date := entryDate(row)
				return p.From != "" && date < p.From || p.To != "" && date > p.To
			})

			got := s.all(t, a, bank.Query{Period: p, Status: bank.StatusBoth})

			if !slices.Equal(ids(got), ids(want)) {
				t.Errorf("%s %+v: %d rows, expected %d", a.MaskedPAN, p, len(got), len(want))
			}
		}
	}
}

// newestFirst compares as far as the wire shows the order: pending before booked, then by date.
func newestFirst(a, b bank.Transaction) int {
	switch {
	case a.Pending != b.Pending && a.Pending:
		return -1
	case a.Pending != b.Pending:
		return 1
	case entryDate(a) > entryDate(b):
		return -1
	case entryDate(a) < entryDate(b):
		return 1
	default:
		return 0
	}
}

func testBadQueries(t *testing.T, s Subject) {
	a := s.accounts(t)[0]
	ask := func(q bank.Query) error {
		_, err := s.Bank.Transactions(t.Context(), s.Brand, a.owner, a.ResourceID, q)
		return err
	}
	both := bank.StatusBoth
	for name, q := range map[string]bank.Query{
		"a status of payment accounts": {Status: "information"},
		"no status":                    {},
		"a date that does not exist":   {Status: both, Period: bank.Period{From: "2026-02-30"}},
		"a date with a time":           {Status: both, Period: bank.Period{To: "2026-02-03T00:00:00Z"}},
		"a short date":                 {Status: both, Period: bank.Period{From: "2026-2-3"}},
		"a negative limit":             {Status: both, Limit: -1},
		"too large a page":             {Status: both, Limit: bank.MaxLimit + 1},
		"both cursors":                 {Status: both, After: "x", Before: "y"},
		"an invented cursor":           {Status: both, After: "next"},
		"an endless cursor":            {Status: both, Before: string(make([]byte, bank.MaxCursor+1))},
	} {
		if err := ask(q); !errors.Is(err, bank.ErrBadQuery) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ask(bank.Query{Status: both, Period: bank.Period{From: "2026-02-03", To: "2026-02-02"}}); !errors.Is(err, bank.ErrPeriodOrder) {
		t.Errorf("a period that begins after it ends: %v", err)
	}
}
