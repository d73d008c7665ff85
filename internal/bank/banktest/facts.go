package banktest

import (
	"regexp"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"fairway/internal/bank"
)

// The standard's formats (NextGenPSD2, implementation guidelines chapter 14).
var (
	uuidForm   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	amountForm = regexp.MustCompile(`^-?[0-9]{1,14}(\.[0-9]{1,3})?$`)
	phoneForm  = regexp.MustCompile(`^\+[0-9]{1,3}-[0-9()+\-]{1,30}$`)
	mccForm    = regexp.MustCompile(`^[0-9]{4}$`)
	landForm   = regexp.MustCompile(`^[A-Z]{2}$`)
	rateForm   = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	maskForm   = regexp.MustCompile(`[*xX]{4}`)
)

// limit is the most characters that a text may have.
type limit struct {
	text string
	most int
}

func texts(t *testing.T, of string, limits ...limit) {
	t.Helper()
	for _, l := range limits {
		if n := utf8.RuneCountInString(l.text); n > l.most || !utf8.ValidString(l.text) {
			t.Errorf("%s: %q has %d characters of at most %d", of, l.text, n, l.most)
		}
	}
}

func amount(t *testing.T, of string, a bank.Amount, currency string) int64 {
	t.Helper()
	n, err := a.Minor()
	if err != nil || !amountForm.MatchString(a.Value) {
		t.Errorf("%s: %+v is not an amount: %v", of, a, err)
	}
	if a.Currency != currency {
		t.Errorf("%s: amount in %s where %s is expected", of, a.Currency, currency)
	}
	return n
}

func testCards(t *testing.T, s Subject) {
	seen := map[string]bool{}
	for _, a := range s.accounts(t) {
		if !uuidForm.MatchString(a.ResourceID) || seen[a.ResourceID] {
			t.Errorf("%s: resource id %q is not a UUID of its own", a.owner, a.ResourceID)
		}
		seen[a.ResourceID] = true
		if !maskForm.MatchString(a.MaskedPAN) {
			t.Errorf("%s: card number %q is not masked", a.owner, a.MaskedPAN)
		}
		texts(t, a.owner, limit{a.MaskedPAN, 35}, limit{a.OwnerName, 140}, limit{a.Name, 70}, limit{a.DisplayName, 70}, limit{a.Product, 35}, limit{a.Details, 500})
		if !slices.Contains([]string{bank.StatusEnabled, bank.StatusBlocked, bank.StatusDeleted}, a.Status) {
			t.Errorf("%s: status %q", a.owner, a.Status)
		}
		if !slices.Contains([]string{bank.UsagePrivate, bank.UsageOrganisation}, a.Usage) {
			t.Errorf("%s: usage %q", a.owner, a.Usage)
		}
		if amount(t, "credit limit of "+a.MaskedPAN, a.CreditLimit, a.Currency) < 0 {
			t.Errorf("%s: credit limit %+v", a.owner, a.CreditLimit)
		}
	}
	for _, id := range s.Customers {
		first, _ := s.Bank.Cards(t.Context(), s.Brand, id)
		again, err := s.Bank.Cards(t.Context(), s.Brand, id)
		if err != nil || !slices.Equal(first, again) {
			t.Errorf("%s: cards differ between two questions (%v)", id, err)
		}
		if len(first) != cap(first) {
			t.Errorf("%s: appending to the returned cards would write into the bank's list", id)
		}
	}
}

func testBalances(t *testing.T, s Subject) {
	types := []string{bank.BalanceClosingBooked, bank.BalanceNonInvoiced, bank.BalanceInterimAvailable, bank.BalanceExpected,
		"openingBooked", "interimBooked", "forwardAvailable"}
	for _, a := range s.accounts(t) {
		balances, err := s.Bank.Balances(t.Context(), s.Brand, a.owner, a.ResourceID)
		if err != nil || len(balances) == 0 {
			t.Fatalf("%s: %d balances, %v", a.MaskedPAN, len(balances), err)
		}
		plain := map[string]int64{}
		for _, b := range balances {
			if !slices.Contains(types, b.Type) {
				t.Errorf("%s: balance type %q", a.MaskedPAN, b.Type)
			}
			n := amount(t, b.Type+" of "+a.MaskedPAN, b.Amount, a.Currency)
			if !b.CreditLimitIncluded {
				plain[b.Type] = n
			}
			if _, ok := bank.ParseDate(b.ReferenceDate); !ok {
				t.Errorf("%s: reference date %q of %s", a.MaskedPAN, b.ReferenceDate, b.Type)
			}
			if b.LastChange.After(s.Now) {
				t.Errorf("%s: %s changed in the future, at %s", a.MaskedPAN, b.Type, b.LastChange)
			}
		}
		testBalanceSums(t, s, a, plain)
	}
}

// testBalanceSums holds the balances that the implementation gives against their definitions.
func testBalanceSums(t *testing.T, s Subject, a account, plain map[string]int64) {
	t.Helper()
	interim, hasInterim := plain[bank.BalanceInterimAvailable]
	closing, hasClosing := plain[bank.BalanceClosingBooked]
	open, hasOpen := plain[bank.BalanceNonInvoiced]
	if hasInterim && hasClosing && hasOpen && interim != closing+open {
		t.Errorf("%s: interimAvailable %d is not closingBooked %d + nonInvoiced %d", a.MaskedPAN, interim, closing, open)
	}

	expected, hasExpected := plain[bank.BalanceExpected]
	pending := int64(0)
	for _, row := range s.all(t, a, bank.Query{Status: bank.StatusPending}) {
		pending += amount(t, row.ID, row.Amount, a.Currency)
	}
	if hasInterim && hasExpected && expected != interim+pending {
		t.Errorf("%s: expected %d is not interimAvailable %d + pending %d", a.MaskedPAN, expected, interim, pending)
	}
}

func testTransactions(t *testing.T, s Subject) {
	for _, a := range s.accounts(t) {
		seen := map[string]bool{}
		for _, row := range s.all(t, a, bank.Query{Status: bank.StatusBoth}) {
			if row.ID == "" || seen[row.ID] {
				t.Errorf("%s: transaction id %q is empty or used twice", a.MaskedPAN, row.ID)
			}
			seen[row.ID] = true
			checkRow(t, s, a, row)
			checkMerchant(t, row)
			checkExchange(t, a, row)
			if t.Failed() {
				t.Fatalf("%s: %+v", a.MaskedPAN, row)
			}
		}
	}
}

func checkRow(t *testing.T, s Subject, a account, row bank.Transaction) {
	t.Helper()
	amount(t, "amount", row.Amount, a.Currency)
	texts(t, row.ID, limit{row.ID, 35}, limit{row.TerminalID, 35}, limit{row.CardAcceptorID, 35}, limit{row.MaskedPAN, 35}, limit{row.Details, 140}, limit{row.ProprietaryCode, 35})
	for _, date := range []string{row.TransactionDate, row.BookingDate, row.ValueDate} {
		if _, ok := bank.ParseDate(date); date != "" && !ok {
			t.Errorf("%q is not a date", date)
		}
	}
	today := s.Now.UTC().Format(time.DateOnly)
	if row.TransactionDate == "" || row.TransactionDate > today || row.BookingDate > today || row.AcceptorTime.After(s.Now) {
		t.Error("the row is from the future or without a date")
	}
	if row.Pending == (row.BookingDate != "") {
		t.Error("a row has a booking date if and only if it is booked")
	}
	if row.Pending && (row.Invoiced || row.ValueDate != "") {
		t.Error("a pending row is on no invoice")
	}
	if !row.Pending && row.BookingDate < row.TransactionDate {
		t.Error("the row was booked before the card was used")
	}
}

func checkMerchant(t *testing.T, row bank.Transaction) {
	t.Helper()
	if row.MerchantCategoryCode != "" && !mccForm.MatchString(row.MerchantCategoryCode) {
		t.Error("the merchant category code does not have four digits")
	}
	if row.Phone != "" && !phoneForm.MatchString(row.Phone) {
		t.Error("the phone number does not have the standard's form")
	}
	if row.Address == nil {
		return
	}
	if !landForm.MatchString(row.Address.Country) {
		t.Error("the address lacks its country")
	}
	texts(t, row.ID, limit{row.Address.Street, 70})
}

func checkExchange(t *testing.T, a account, row bank.Transaction) {
	t.Helper()
	if row.Original.IsZero() != (row.Exchange == nil) {
		t.Error("an original amount and its rate belong together")
	}
	if row.MarkupFee != nil {
		amount(t, "markup fee", *row.MarkupFee, a.Currency)
	}
	if row.Exchange == nil {
		return
	}
	x := row.Exchange
	amount(t, "original amount", row.Original, x.SourceCurrency)
	if x.TargetCurrency != a.Currency || x.SourceCurrency == a.Currency {
		t.Error("the rate does not lead from another currency to the account's")
	}
	if x.UnitCurrency != x.SourceCurrency && x.UnitCurrency != x.TargetCurrency {
		t.Error("the rate's unit is neither of its currencies")
	}
	if _, ok := bank.ParseDate(x.QuotationDate); !ok || !rateForm.MatchString(x.Rate) {
		t.Error("the rate or its date cannot be read")
	}
}
