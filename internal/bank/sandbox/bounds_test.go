package sandbox

import (
	"fmt"
	"testing"
	"time"

	"fairway/internal/bank"
	"fairway/internal/clock"
)

func TestMemoryIsBoundedHoweverManyBrandsAreAskedFor(t *testing.T) {
	t.Parallel()
	b := New(clock.NewManual(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)))
	for i := range maxBrands + 20 {
		brand := fmt.Sprintf("brand-%d", i)
		cards, err := b.Cards(t.Context(), brand, "1345611")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range cards {
			if _, err := b.Transactions(t.Context(), brand, "1345611", a.ResourceID, bank.Query{Status: bank.StatusBoth}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(*b.books.Load()); n != maxBrands {
		t.Errorf("%d books are kept, expected %d", n, maxBrands)
	}
	if n := len(b.shelf.slots); n != shelfSize {
		t.Errorf("%d ledgers are kept, expected %d", n, shelfSize)
	}
}

func TestTheShelfKeepsWhatIsUsedAndWritesEachLedgerOnce(t *testing.T) {
	t.Parallel()
	s := shelf{slots: map[*card]*slot{}}
	k := newBook("rocker")
	loved := k.holders["1345612"].cards[0]
	first := s.ledger(loved, 20_000)
	for range shelfSize * 2 {
		s.ledger(newBook("rocker").holders["1345616"].cards[0], 20_000)
		if s.ledger(loved, 20_000) != first {
			t.Fatal("a ledger in daily use was written again")
		}
	}
	if s.ledger(loved, 20_001) == first {
		t.Error("the next day was answered from the day before")
	}
}
