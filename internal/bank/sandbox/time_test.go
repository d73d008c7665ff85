package sandbox_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/bank"
)

var update = flag.Bool("update", false, "write the golden files")

func TestTwoBanksAnswerAlike(t *testing.T) {
	t.Parallel()
	one, _ := newBank(noon)
	other, _ := newBank(noon)
	everyAccount(t, one, func(brand, psuID string, a bank.CardAccount, rows []bank.Transaction) {
		if !reflect.DeepEqual(rows, mustRows(t, other, brand, psuID, a.ResourceID)) {
			t.Errorf("%s %s differs between two banks", brand, a.MaskedPAN)
		}
	})
}

func TestTheDataIsTheSameInEveryRelease(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	var text strings.Builder
	for _, brand := range brands {
		for _, id := range customerIDs(t, b, brand) {
			for _, a := range mustCards(t, b, brand, id) {
				p, err := b.Transactions(t.Context(), brand, id, a.ResourceID, bank.Query{Status: bank.StatusBoth, Limit: 4})
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&text, "%s %s %s %s %d rows\n", brand, id, a.MaskedPAN, a.ResourceID, p.Total)
				for _, row := range p.Transactions {
					fmt.Fprintf(&text, "  %s %s %s %s %s %s %s\n", row.ID, row.TransactionDate, row.Amount.Value, row.Original.Value, row.MerchantCategoryCode, row.ProprietaryCode, row.Details)
				}
			}
		}
	}

	golden := filepath.Join("testdata", "rows.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("the test data changed; people have written it into their tests. Got:\n%s", text.String())
	}
}

func TestBookedRowsStayAsTheyAreWhenTheClockMovesOn(t *testing.T) {
	t.Parallel()
	for _, brand := range brands {
		for _, id := range []string{"1345611", "1345615", "1345618"} {
			b, clk := newBank(time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC))
			account := mustCards(t, b, brand, id)[0]
			before := mustRows(t, b, brand, id, account.ResourceID)
			for range 50 { // over the end of two months and a year's
				clk.Advance(24 * time.Hour)
				after := mustRows(t, b, brand, id, account.ResourceID)
				compareDays(t, before, after, clk.Now())
				before = after
			}
		}
	}
}

// compareDays checks that a day later each row is still there, but for whole months that are too old.
func compareDays(t *testing.T, before, after []bank.Transaction, now time.Time) {
	t.Helper()
	later := map[string]bank.Transaction{}
	for _, row := range after {
		later[row.ID] = row
	}
	for _, row := range before {
		then, kept := later[row.ID]
		if !kept {
			if now.Day() != 1 || row.BookingDate > now.AddDate(0, -12, 0).Format(time.DateOnly) {
				t.Fatalf("on %s a row is gone: %+v", now, row)
			}
			continue
		}
		if row.Pending {
			row.Pending, row.BookingDate, row.ValueDate = then.Pending, then.BookingDate, then.ValueDate
		}
		row.Invoiced = row.Invoiced || then.Invoiced && now.Day() == 1
		if !reflect.DeepEqual(row, then) {
			t.Fatalf("on %s a row changed from %+v to %+v", now, row, then)
		}
	}
}

func TestEachDayBringsItsPurchasesAndHistoryIsThirteenFullMonths(t *testing.T) {
	t.Parallel()
	b, clk := newBank(time.Date(2026, 12, 20, 23, 59, 59, 0, time.UTC))
	account := mustCards(t, b, "alisa", "1345617")[0]
	for range 15 {
		now := clk.Now()
		today, firstOfMonth := 0, time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
		rows := mustRows(t, b, "alisa", "1345617", account.ResourceID)
		for _, row := range rows {
			if row.TransactionDate == now.Format(time.DateOnly) {
				today++
			}
		}
		if today < 13 {
			t.Errorf("%d transactions on %s", today, now)
		}
		if oldest, want := rows[len(rows)-1].BookingDate, firstOfMonth.AddDate(0, -13, 0).Format(time.DateOnly); oldest != want {
			t.Errorf("on %s history begins on %s, expected %s", now, oldest, want)
		}
		clk.Advance(24 * time.Hour)
	}
}

func TestPurchasesArePendingForOneOrTwoDays(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	lags := map[time.Duration]int{}
	pending := 0
	everyAccount(t, b, func(_, _ string, a bank.CardAccount, rows []bank.Transaction) {
		for _, row := range rows {
			used, _ := bank.ParseDate(row.TransactionDate)
			if row.Pending {
				pending++
				if noon.Sub(used) > 48*time.Hour {
					t.Errorf("still pending: %+v", row)
				}
				continue
			}
			booked, _ := bank.ParseDate(row.BookingDate)
			if row.Address != nil {
				lags[booked.Sub(used)]++
			}
		}
	})
	if len(lags) != 2 || lags[24*time.Hour] == 0 || lags[48*time.Hour] == 0 || pending == 0 {
		t.Errorf("days from purchase to booking: %v; %d pending", lags, pending)
	}
}

func TestAPurchaseShowsOnceItWasMade(t *testing.T) {
	t.Parallel()
	b, clk := newBank(noon.Truncate(24 * time.Hour))
	account := mustCards(t, b, "rocker", "1345617")[0]
	known := map[string]bool{}
	for _, row := range mustRows(t, b, "rocker", "1345617", account.ResourceID) {
		known[row.ID] = true
	}

	arrived := 0
	for range 23 {
		clk.Advance(time.Hour)
		for _, row := range mustRows(t, b, "rocker", "1345617", account.ResourceID) {
			if known[row.ID] {
				continue
			}
			known[row.ID] = true
			arrived++
			if age := clk.Now().Sub(row.AcceptorTime); row.Address != nil && (age < 0 || age > time.Hour) {
				t.Errorf("at %s a purchase of %s appeared", clk.Now(), row.AcceptorTime)
			}
		}
	}
	if arrived < 13 {
		t.Errorf("%d rows arrived during the day", arrived)
	}
}

func TestPagesStayStableWhileNewRowsArriveAndOldOnesAreBooked(t *testing.T) {
	t.Parallel()
	b, clk := newBank(noon)
	account := mustCards(t, b, "st1", "1345617")[0]
	var want []string
	for _, row := range mustRows(t, b, "st1", "1345617", account.ResourceID) {
		want = append(want, row.ID)
	}

	var got []string
	q := bank.Query{Status: bank.StatusBoth, Limit: 10}
	for len(got) < 300 {
		p, err := b.Transactions(t.Context(), "st1", "1345617", account.ResourceID, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Transactions {
			got = append(got, row.ID)
		}
		q.After = p.Next
		clk.Advance(5 * time.Hour)
	}

	if !slices.Equal(got, want[:len(got)]) {
		t.Errorf("rows were met twice or not at all:\n%v\n%v", got, want[:len(got)])
	}
}

func TestManyCallersAcrossMidnight(t *testing.T) {
	t.Parallel()
	b, clk := newBank(noon)
	var callers sync.WaitGroup
	for i := range 6 {
		callers.Go(func() {
			for range 20 {
				brand := brands[i%len(brands)]
				cards, err := b.Cards(t.Context(), brand, "1345618")
				if err != nil {
					t.Error(err)
					return
				}
				for _, a := range cards {
					if _, err := b.Balances(t.Context(), brand, "1345618", a.ResourceID); err != nil {
						t.Error(err)
					}
				}
				clk.Advance(3 * time.Hour)
			}
		})
	}
	callers.Wait()
}
