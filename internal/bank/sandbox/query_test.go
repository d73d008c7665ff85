package sandbox_test

import (
	"errors"
	"testing"

	"fairway/internal/bank"
)

func TestAPageBeyondEitherEndIsEmptyAndLeadsBack(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	account := mustCards(t, b, "rocker", "1345612")[0]
	ask := func(q bank.Query) bank.Page {
		q.Status = bank.StatusBoth
		p, err := b.Transactions(t.Context(), "rocker", "1345612", account.ResourceID, q)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first, last := ask(bank.Query{}), ask(bank.Query{Before: bank.CursorEnd})
	older := ask(bank.Query{After: "00000000000000000000000000000000"})
	newer := ask(bank.Query{Before: "7fffffff7fffffffffffffffffffffff"})

	if len(older.Transactions) != 0 || older.HasNext || ask(bank.Query{Before: older.Prev}).Transactions[0].ID != last.Transactions[0].ID {
		t.Errorf("after the end: %+v", older)
	}
	if len(newer.Transactions) != 0 || newer.HasPrev || ask(bank.Query{After: newer.Next}).Transactions[0].ID != first.Transactions[0].ID {
		t.Errorf("before the beginning: %+v", newer)
	}
}

func FuzzQuery(f *testing.F) {
	b, _ := newBank(noon)
	cards, err := b.Cards(f.Context(), "rocker", "1345611")
	if err != nil {
		f.Fatal(err)
	}
	page, err := b.Transactions(f.Context(), "rocker", "1345611", cards[0].ResourceID, bank.Query{Status: bank.StatusBoth})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("2026-01-01", "2026-02-01", "both", page.Next, "", 10)
	f.Add("", "9999-12-31", "pending", "", page.Next, 0)
	f.Add("0001-01-01", "", "booked", "", "end", 1000)
	f.Add("2026-02-30", "x", "all", "zz", "end", -1)
	f.Add("", "", "both", "ffffffffffffffffffffffffffffffff", "", 1)

	f.Fuzz(func(t *testing.T, from, to, status, after, before string, limit int) {
		q := bank.Query{Period: bank.Period{From: from, To: to}, Status: status, After: after, Before: before, Limit: limit}
		p, err := b.Transactions(t.Context(), "rocker", "1345611", cards[0].ResourceID, q)
		if err != nil {
			if !errors.Is(err, bank.ErrBadQuery) && !errors.Is(err, bank.ErrPeriodOrder) {
				t.Fatalf("%+v: %v", q, err)
			}
			return
		}
		if len(p.Transactions) > q.PageSize() || p.Offset+len(p.Transactions) > p.Total || p.HasNext != (p.Next != "") || p.HasPrev != (p.Prev != "") {
			t.Fatalf("%+v: %d rows from %d of %d", q, len(p.Transactions), p.Offset, p.Total)
		}
		for _, row := range p.Transactions {
			date := row.BookingDate
			if row.Pending {
				date = row.TransactionDate
			}
			if from != "" && date < from || to != "" && date > to || status == bank.StatusBooked && row.Pending || status == bank.StatusPending && !row.Pending {
				t.Fatalf("%+v gave %+v", q, row)
			}
		}
	})
}
