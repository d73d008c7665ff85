package sandbox_test

import (
	"testing"

	"fairway/internal/bank"
	"fairway/internal/bank/sandbox"
	"fairway/internal/clock"
)

func TestListingCardsAllocatesNothing(t *testing.T) {
	b, _ := newBank(noon)
	ctx := t.Context()
	allocations := testing.AllocsPerRun(100, func() {
		if cards, err := b.Cards(ctx, "rocker", "1345611"); err != nil || len(cards) != 2 {
			t.Error("the cards are gone")
		}
	})
	if allocations != 0 {
		t.Errorf("listing cards allocates %.0f times", allocations)
	}
}

func BenchmarkCards(b *testing.B) {
	box := sandbox.New(clock.NewManual(noon))
	for b.Loop() {
		if _, err := box.Cards(b.Context(), "rocker", "1345611"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPageOfFifty(b *testing.B) {
	box := sandbox.New(clock.NewManual(noon))
	cards, err := box.Cards(b.Context(), "rocker", "1345617")
	if err != nil {
		b.Fatal(err)
	}
	q := bank.Query{Period: bank.Period{From: "2025-11-01"}, Status: bank.StatusBoth}
	for b.Loop() {
		if _, err := box.Transactions(b.Context(), "rocker", "1345617", cards[0].ResourceID, q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBalances(b *testing.B) {
	box := sandbox.New(clock.NewManual(noon))
	cards, err := box.Cards(b.Context(), "rocker", "1345617")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := box.Balances(b.Context(), "rocker", "1345617", cards[0].ResourceID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstPageOfTheDay builds the longest ledger each time.
func BenchmarkFirstPageOfTheDay(b *testing.B) {
	for b.Loop() {
		box := sandbox.New(clock.NewManual(noon))
		cards, err := box.Cards(b.Context(), "rocker", "1345617")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := box.Balances(b.Context(), "rocker", "1345617", cards[0].ResourceID); err != nil {
			b.Fatal(err)
		}
	}
}
