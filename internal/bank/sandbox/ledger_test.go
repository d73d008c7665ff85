package sandbox_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/bank"
)

// moments are instants at which calendars go wrong.
var moments = []time.Time{
	noon,
	time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC),
	time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2027, 3, 1, 0, 0, 1, 0, time.UTC),
	time.Date(2028, 2, 29, 10, 0, 0, 0, time.UTC),
	time.Date(2026, 5, 14, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 5, 25, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 6, 19, 23, 0, 0, 0, time.UTC),
}

// everyAccount calls visit with each card account of each brand and all its transactions.
func everyAccount(t *testing.T, b bank.Bank, visit func(brand, psuID string, a bank.CardAccount, rows []bank.Transaction)) {
	t.Helper()
	for _, brand := range brands {
		for _, id := range customerIDs(t, b, brand) {
			for _, a := range mustCards(t, b, brand, id) {
				visit(brand, id, a, mustRows(t, b, brand, id, a.ResourceID))
			}
		}
	}
}

func TestBalancesAddUpWithTheTransactions(t *testing.T) {
	t.Parallel()
	for _, now := range moments {
		b, _ := newBank(now)
		everyAccount(t, b, func(brand, psuID string, a bank.CardAccount, rows []bank.Transaction) {
			want := map[string]int64{}
			for _, row := range rows {
				n := minor(t, row.Amount)
				switch {
				case row.Pending:
					want[bank.BalanceExpected] += n
				case row.Invoiced:
					want[bank.BalanceClosingBooked] += n
				default:
					want[bank.BalanceNonInvoiced] += n
				}
			}
			want[bank.BalanceInterimAvailable] = want[bank.BalanceClosingBooked] + want[bank.BalanceNonInvoiced]
			want[bank.BalanceExpected] += want[bank.BalanceInterimAvailable]

			balances, err := b.Balances(t.Context(), brand, psuID, a.ResourceID)

			if err != nil || len(balances) != 4 {
				t.Fatalf("%s %s: %d balances, %v", brand, a.MaskedPAN, len(balances), err)
			}
			for _, got := range balances {
				if minor(t, got.Amount) != want[got.Type] || got.CreditLimitIncluded {
					t.Errorf("%s %s at %s: %s is %s, its transactions add up to %d", brand, a.MaskedPAN, now, got.Type, got.Amount.Value, want[got.Type])
				}
			}
		})
	}
}

func TestAnInvoiceIsPaidInFullOnTheDayItIsDue(t *testing.T) {
	t.Parallel()
	for _, now := range moments {
		b, _ := newBank(now)
		today := now.Format(time.DateOnly)
		everyAccount(t, b, func(brand, _ string, a bank.CardAccount, rows []bank.Transaction) {
			sums, paid := map[string]int64{}, map[string]int{}
			for _, row := range rows {
				if row.Pending {
					continue
				}
				sums[row.ValueDate] += minor(t, row.Amount)
				if row.ProprietaryCode == bank.CodePayment {
					paid[row.ValueDate]++
					if row.BookingDate != row.ValueDate || !row.Invoiced {
						t.Errorf("%s %s: payment %+v", brand, a.MaskedPAN, row)
					}
				}
			}
			for due, sum := range sums {
				if due <= today && (sum != 0 || paid[due] > 1) || due > today && paid[due] > 0 {
					t.Errorf("%s %s at %s: invoice due on %s has %d payments and leaves %d", brand, a.MaskedPAN, today, due, paid[due], sum)
				}
			}
		})
	}
}

func TestDebitsHaveTheSignThatTheAccountAnnounces(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	everyAccount(t, b, func(_, _ string, a bank.CardAccount, rows []bank.Transaction) {
		for _, row := range rows {
			n := minor(t, row.Amount)
			if !a.DebitAccounting {
				n = -n
			}
			debit := row.ProprietaryCode != bank.CodeRefund && row.ProprietaryCode != bank.CodePayment
			if debit != (n > 0) {
				t.Fatalf("%s quotes debits positive: %t; %s of %s", a.MaskedPAN, a.DebitAccounting, row.ProprietaryCode, row.Amount.Value)
			}
			if !row.Original.IsZero() && strings.HasPrefix(row.Original.Value, "-") != strings.HasPrefix(row.Amount.Value, "-") {
				t.Fatalf("original %s and amount %s have two signs", row.Original.Value, row.Amount.Value)
			}
		}
	})
}

func TestForeignPurchasesCanBeRecalculated(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	currencies := map[string]bool{}
	everyAccount(t, b, func(_, _ string, a bank.CardAccount, rows []bank.Transaction) {
		for _, row := range rows {
			if row.Exchange == nil {
				continue
			}
			currencies[row.Original.Currency] = true
			original, _ := new(big.Rat).SetString(row.Original.Value)
			rate, _ := new(big.Rat).SetString(row.Exchange.Rate)
			converted := cents(new(big.Rat).Quo(original, rate))
			percentage, _ := new(big.Rat).SetString(row.MarkupFeePercentage)
			fee := cents(new(big.Rat).Quo(new(big.Rat).Mul(new(big.Rat).SetInt64(converted), percentage), big.NewRat(10_000, 1)))
			if row.Exchange.UnitCurrency != a.Currency || minor(t, *row.MarkupFee) != fee || minor(t, row.Amount) != converted+fee {
				t.Fatalf("%+v at %+v with %+v: expected %d + %d", row, row.Exchange, row.MarkupFee, converted, fee)
			}
		}
	})
	for _, c := range []string{"SEK", "NOK", "DKK", "GBP", "USD", "EUR", "JPY"} {
		if !currencies[c] {
			t.Errorf("nobody paid in %s", c)
		}
	}
}

// cents rounds half away from zero to hundredths.
func cents(r *big.Rat) int64 {
	scaled := new(big.Rat).Mul(r, big.NewRat(100, 1))
	if scaled.Sign() < 0 {
		return -cents(new(big.Rat).Neg(r))
	}
	scaled.Add(scaled, big.NewRat(1, 2))
	return new(big.Int).Quo(scaled.Num(), scaled.Denom()).Int64()
}

func TestARefundTakesBackAPurchaseOfTheFortnightBefore(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	refunds := 0
	everyAccount(t, b, func(brand, _ string, a bank.CardAccount, rows []bank.Transaction) {
		for _, back := range rows {
			if back.ProprietaryCode != bank.CodeRefund || back.BookingDate < "2025-11-20" && !back.Pending {
				continue // its purchase may be older than the account's history
			}
			refunds++
			found := slices.ContainsFunc(rows, func(row bank.Transaction) bool {
				age := back.AcceptorTime.Sub(row.AcceptorTime)
				return row.ProprietaryCode == bank.CodePurchase && row.CardAcceptorID == back.CardAcceptorID && row.TerminalID == back.TerminalID &&
					minor(t, row.Amount) == -minor(t, back.Amount) && age >= 3*24*time.Hour && age <= 12*24*time.Hour
			})
			if !found {
				t.Errorf("%s %s: no purchase for %+v", brand, a.MaskedPAN, back)
			}
		}
	})
	if refunds < 50 {
		t.Errorf("only %d refunds in all accounts", refunds)
	}
}

func TestSubscriptionsAreBilledOnTheSameDayEachMonth(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	recurring := mustCards(t, b, "alisa", "1345613")[0]

	bills := map[string][]bank.Transaction{}
	for _, row := range mustRows(t, b, "alisa", "1345613", recurring.ResourceID) {
		if row.ProprietaryCode == bank.CodePurchase {
			bills[row.CardAcceptorID] = append(bills[row.CardAcceptorID], row)
		}
	}

	if len(bills) != 6 {
		t.Errorf("%d subscriptions, expected 6", len(bills))
	}
	for _, rows := range bills {
		if len(rows) < 13 {
			t.Errorf("%s was billed %d times in thirteen months", rows[0].Details, len(rows))
		}
		for _, row := range rows {
			if row.TransactionDate[8:] != rows[0].TransactionDate[8:] || row.Amount != rows[0].Amount {
				t.Errorf("%s: %s on %s and %s on %s", row.Details, row.Amount.Value, row.TransactionDate, rows[0].Amount.Value, rows[0].TransactionDate)
			}
		}
	}
}

func TestNobodyOwesMoreThanTheCreditLimit(t *testing.T) {
	t.Parallel()
	for month := range 13 {
		b, _ := newBank(time.Date(2026, time.Month(2+month), 13, 20, 0, 0, 0, time.UTC)) // the day before the first invoice falls due
		for _, brand := range brands {
			for _, id := range customerIDs(t, b, brand) {
				for _, a := range mustCards(t, b, brand, id) {
					balances, err := b.Balances(t.Context(), brand, id, a.ResourceID)
					if err != nil {
						t.Fatal(err)
					}
					owed := minor(t, balances[3].Amount)
					if !a.DebitAccounting {
						owed = -owed
					}
					if owed > minor(t, a.CreditLimit) || owed < -minor(t, a.CreditLimit)/10 {
						t.Errorf("%s %s %s owes %d of %s", brand, id, a.MaskedPAN, owed, a.CreditLimit.Value)
					}
				}
			}
		}
	}
}

func TestCategoriesFitWhatIsBought(t *testing.T) {
	t.Parallel()
	b, _ := newBank(noon)
	categories, codes := map[string]bool{}, map[string]bool{}
	everyAccount(t, b, func(_, _ string, a bank.CardAccount, rows []bank.Transaction) {
		for _, row := range rows {
			categories[row.MerchantCategoryCode] = true
			codes[row.ProprietaryCode] = true
			cash, merchant := row.ProprietaryCode == bank.CodeCash, row.Address != nil
			if cash != (row.MerchantCategoryCode == "6011") || merchant != (row.MerchantCategoryCode != "") || merchant != (row.MaskedPAN == a.MaskedPAN) {
				t.Fatalf("%+v", row)
			}
		}
	})
	for _, mcc := range []string{"5411", "5541", "5542", "5812", "5912", "7011", "4511", "4899", "6011"} {
		if !categories[mcc] {
			t.Errorf("nobody paid in category %s", mcc)
		}
	}
	for _, code := range []string{bank.CodePurchase, bank.CodeRefund, bank.CodeCash, bank.CodeFee, bank.CodePayment} {
		if !codes[code] {
			t.Errorf("no transaction is a %s", code)
		}
	}
}
