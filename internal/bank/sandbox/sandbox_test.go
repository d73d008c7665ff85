package sandbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/bank"
	"fairway/internal/bank/banktest"
	"fairway/internal/bank/sandbox"
	"fairway/internal/clock"
)

var brands = []string{"rocker", "st1", "alisa"}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newBank(now time.Time) (*sandbox.Bank, *clock.Manual) {
	clk := clock.NewManual(now)
	return sandbox.New(clk), clk
}

// customerIDs lists the numbers of all test customers.
func customerIDs(t *testing.T, b bank.Bank, brand string) []string {
	t.Helper()
	customers, err := b.Customers(t.Context(), brand)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range customers {
		ids = append(ids, c.ID)
	}
	return ids
}

func mustCards(t *testing.T, b bank.Bank, brand, psuID string) []bank.CardAccount {
	t.Helper()
	cards, err := b.Cards(t.Context(), brand, psuID)
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

// mustRows reads all transactions of an account.
func mustRows(t *testing.T, b bank.Bank, brand, psuID, resourceID string) []bank.Transaction {
	t.Helper()
	var rows []bank.Transaction
	q := bank.Query{Status: bank.StatusBoth, Limit: bank.MaxLimit}
	for {
		p, err := b.Transactions(t.Context(), brand, psuID, resourceID, q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, p.Transactions...)
		if !p.HasNext {
			return rows
		}
		q.After = p.Next
	}
}

func minor(t *testing.T, a bank.Amount) int64 {
	t.Helper()
	n, err := a.Minor()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSandboxIsABank(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]time.Time{
		"at noon":                 noon,
		"just after midnight":     time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		"at the end of a month":   time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC),
		"on a day when one pays":  time.Date(2026, 3, 20, 6, 30, 0, 0, time.UTC),
		"with a clock from Japan": time.Date(2026, 11, 22, 3, 0, 0, 0, time.FixedZone("JST", 9*3600)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := newBank(now)
			banktest.Run(t, banktest.Subject{Bank: b, Brand: "rocker", Now: now, Customers: customerIDs(t, b, "rocker"), Unknown: "9999999"})
		})
	}
}

func TestTheKnownCustomerHasExactlyTheTwoPublishedCards(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	for _, brand := range brands {
		cards := mustCards(t, b, brand, "1345611")
		if len(cards) != 2 || cards[0].MaskedPAN != "5243 78** **** 8693" || cards[1].MaskedPAN != "5243 66** **** 8694" {
			t.Fatalf("%s: %+v", brand, cards)
		}
		for _, c := range cards {
			if c.Name != "MC_CARD" || c.Currency != "EUR" || c.Status != bank.StatusEnabled {
				t.Errorf("%s: %+v", brand, c)
			}
		}
	}
}

func TestEachSituationIsWhatItSays(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	for id, check := range map[string]func(bank.Customer, []bank.CardAccount, [][]bank.Transaction) bool{
		"1345612": func(_ bank.Customer, c []bank.CardAccount, rows [][]bank.Transaction) bool {
			return len(c) == 1 && len(rows[0]) > 200
		},
		"1345613": func(_ bank.Customer, c []bank.CardAccount, rows [][]bank.Transaction) bool {
			return c[0].Status == bank.StatusBlocked && len(rows[0]) > 60
		},
		"1345614": func(who bank.Customer, c []bank.CardAccount, _ [][]bank.Transaction) bool {
			return who.Blocked && len(c) == 1
		},
		"1345615": func(_ bank.Customer, c []bank.CardAccount, rows [][]bank.Transaction) bool {
			abroad := slices.DeleteFunc(slices.Clone(rows[0]), func(row bank.Transaction) bool { return row.Exchange == nil })
			return c[0].Currency == "SEK" && len(abroad) > len(rows[0])/3 && len(abroad) > 300
		},
		"1345616": func(_ bank.Customer, c []bank.CardAccount, rows [][]bank.Transaction) bool {
			return len(c) == 1 && len(rows[0]) == 0
		},
		"1345617": func(_ bank.Customer, _ []bank.CardAccount, rows [][]bank.Transaction) bool {
			return len(rows[0]) >= 5000
		},
		"1345618": func(_ bank.Customer, c []bank.CardAccount, _ [][]bank.Transaction) bool {
			organisation := func(a bank.CardAccount) bool { return a.Usage == bank.UsageOrganisation && !a.DebitAccounting }
			return len(c) == 5 && organisation(c[0]) && organisation(c[4])
		},
		"1345619": func(_ bank.Customer, c []bank.CardAccount, _ [][]bank.Transaction) bool { return len(c) == 0 },
		"1345620": func(_ bank.Customer, c []bank.CardAccount, rows [][]bank.Transaction) bool {
			return c[0].Status == bank.StatusDeleted && len(rows[0]) == 0 && c[1].Status == bank.StatusEnabled && len(rows[1]) > 0
		},
	} {
		for _, brand := range brands {
			who, err := b.Customer(t.Context(), brand, id)
			if err != nil {
				t.Fatal(err)
			}
			cards := mustCards(t, b, brand, id)
			var rows [][]bank.Transaction
			for _, c := range cards {
				rows = append(rows, mustRows(t, b, brand, id, c.ResourceID))
			}
			if !check(who, cards, rows) {
				t.Errorf("%s %s is not what it says: %s", brand, id, who.Situation)
			}
		}
	}
}

func TestOnlyTheOneCustomerIsBlocked(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	for _, id := range customerIDs(t, b, "st1") {
		who, _ := b.Customer(t.Context(), "st1", id)
		if who.Blocked != (id == "1345614") {
			t.Errorf("%s blocked: %t", id, who.Blocked)
		}
	}
}

func TestBrandsShareCustomersAndCardsButNothingElse(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	ids, codes := map[string]string{}, map[string]string{}
	merchants := map[string]map[string]bool{}
	for _, brand := range brands {
		merchants[brand] = map[string]bool{}
		for _, id := range customerIDs(t, b, brand) {
			for i, c := range mustCards(t, b, brand, id) {
				if other, taken := ids[c.ResourceID]; taken {
					t.Errorf("resource id of %s %s is also %s's", brand, c.MaskedPAN, other)
				}
				ids[c.ResourceID] = brand
				if c.MaskedPAN != mustCards(t, b, "rocker", id)[i].MaskedPAN {
					t.Errorf("%s %s has another card than at rocker: %s", brand, id, c.MaskedPAN)
				}
				for _, row := range mustRows(t, b, brand, id, c.ResourceID) {
					if other, taken := codes[row.ID]; taken {
						t.Fatalf("transaction id %s of %s is also %s's", row.ID, brand, other)
					}
					codes[row.ID] = brand + " " + c.MaskedPAN
					if row.CardAcceptorID != "" {
						merchants[brand][row.CardAcceptorID] = true
					}
				}
			}
		}
	}
	for id := range merchants["rocker"] {
		if merchants["st1"][id] || merchants["alisa"][id] {
			t.Errorf("merchant %s is in the world of two brands", id)
		}
	}
}

func TestABrandWithoutANameHasNoBank(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	for _, brand := range []string{"", strings.Repeat("x", 65)} {
		if _, err := b.Cards(t.Context(), brand, "1345611"); !errors.Is(err, bank.ErrUnavailable) {
			t.Errorf("brand %.5q: %v", brand, err)
		}
	}
}

func TestManyBrandsAreServedAlikeWhetherKeptOrNot(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	name := func(i int) string { return "brand-" + strings.Repeat("x", i/26) + string(rune('a'+i%26)) }
	first := map[string]string{}
	for i := range 80 {
		first[name(i)] = mustCards(t, b, name(i), "1345611")[0].ResourceID
	}
	for i := range 80 {
		cards := mustCards(t, b, name(i), "1345611")
		if cards[0].ResourceID != first[name(i)] || len(mustRows(t, b, name(i), "1345611", cards[1].ResourceID)) == 0 {
			t.Errorf("%s answers differently the second time", name(i))
		}
	}
}
