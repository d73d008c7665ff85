package bank_test

import (
	"math"
	"regexp"
	"testing"

	"fairway/internal/bank"
)

func TestAmountsAreWrittenWithTheDecimalsOfTheirCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		currency string
		minor    int64
		want     string
	}{
		{"EUR", 0, "0.00"},
		{"EUR", 5, "0.05"},
		{"EUR", -5, "-0.05"},
		{"EUR", 123456, "1234.56"},
		{"EUR", -100, "-1.00"},
		{"JPY", 1500, "1500"},
		{"JPY", -1, "-1"},
		{"KWD", 1005, "1.005"},
		{"EUR", math.MinInt64, "-92233720368547758.08"},
	} {
		if got := bank.FromMinor(c.currency, c.minor); got.Value != c.want || got.Currency != c.currency {
			t.Errorf("FromMinor(%s, %d) = %+v, want %s", c.currency, c.minor, got, c.want)
		}
	}
}

func TestAmountsAreReadAsTheInterfaceWritesThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount bank.Amount
		want   int64
		ok     bool
	}{
		{bank.Amount{Currency: "EUR", Value: "12.5"}, 1250, true},
		{bank.Amount{Currency: "EUR", Value: "-0.01"}, -1, true},
		{bank.Amount{Currency: "EUR", Value: "007"}, 700, true},
		{bank.Amount{Currency: "JPY", Value: "12"}, 12, true},
		{bank.Amount{Currency: "KWD", Value: "99999999999999.999"}, 99999999999999999, true},
		{bank.Amount{Currency: "JPY", Value: "12.0"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "1.234"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "100000000000000"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "1."}, 0, false},
		{bank.Amount{Currency: "EUR", Value: ".5"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "+1"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "--1"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: "1,50"}, 0, false},
		{bank.Amount{Currency: "EUR", Value: ""}, 0, false},
		{bank.Amount{Currency: "eur", Value: "1"}, 0, false},
		{bank.Amount{Currency: "", Value: "1"}, 0, false},
	} {
		if got, err := c.amount.Minor(); got != c.want || (err == nil) != c.ok {
			t.Errorf("%+v = %d, %v", c.amount, got, err)
		}
	}
}

func FuzzAmount(f *testing.F) {
	form := regexp.MustCompile(`^-?[0-9]{1,14}(\.[0-9]{1,3})?$`)
	for _, seed := range []string{"1.00", "-12.5", "0", "99999999999999.999", "1e3", "-", "١"} {
		f.Add("EUR", seed)
	}
	f.Fuzz(func(t *testing.T, currency, value string) {
		n, err := bank.Amount{Currency: currency, Value: value}.Minor()
		if err != nil {
			return
		}
		if !form.MatchString(value) {
			t.Fatalf("%q was read as %d", value, n)
		}
		again, err := bank.FromMinor(currency, n).Minor()
		if err != nil || again != n {
			t.Fatalf("%q %s: %d came back as %d, %v", value, currency, n, again, err)
		}
	})
}
