package bank

import (
	"fmt"
	"strconv"
	"strings"
)

// Amount is money as the interface writes it: an ISO 4217 code and a decimal string that matches
// -?[0-9]{1,14}(\.[0-9]{1,3})? with no more decimals than the currency has. The zero Amount means "none".
type Amount struct {
	Currency string
	Value    string
}

// IsZero tells whether there is no amount at all, which is not the same as an amount of 0.00.
func (a Amount) IsZero() bool { return a == Amount{} }

// FromMinor writes n of the currency's smallest units as an Amount: FromMinor("EUR", -1250) is -12.50 EUR.
func FromMinor(currency string, n int64) Amount {
	decimals := Decimals(currency)
	var room [24]byte
	digits := room[:0]
	rest := uint64(n)
	if n < 0 {
		digits = append(digits, '-')
		rest = -rest
	}
	if decimals == 0 {
		return Amount{Currency: currency, Value: string(strconv.AppendUint(digits, rest, 10))}
	}

	unit := uint64(pow10[decimals])
	digits = strconv.AppendUint(digits, rest/unit, 10)
	digits = append(digits, '.')
	for part, width := rest%unit, unit/10; width > 0; width /= 10 {
		digits = append(digits, byte('0'+part/width%10))
	}
	return Amount{Currency: currency, Value: string(digits)}
}

// Minor reads the amount in the currency's smallest units. It refuses whatever the interface would refuse:
// other letters than three capitals, more than 14 digits before the point, more decimals than the currency has.
func (a Amount) Minor() (int64, error) {
	if !ISOCurrency(a.Currency) {
		return 0, fmt.Errorf("currency %q is not three capital letters", a.Currency)
	}
	unsigned, negative := strings.CutPrefix(a.Value, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	decimals := Decimals(a.Currency)
	if len(whole) < 1 || len(whole) > 14 || !allDigits(whole) {
		return 0, fmt.Errorf("amount %q does not have 1 to 14 digits before the point", a.Value)
	}
	if point && (fraction == "" || len(fraction) > decimals || !allDigits(fraction)) {
		return 0, fmt.Errorf("amount %q does not have 1 to %d decimals of %s", a.Value, decimals, a.Currency)
	}

	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read amount %q: %w", a.Value, err)
	}
	n *= pow10[decimals-len(fraction)]
	if negative {
		n = -n
	}
	return n, nil
}

var pow10 = [...]int64{1, 10, 100, 1000}

// Decimals is the number of decimals of a currency after ISO 4217: 2 for most, 0 or 3 for a few.
func Decimals(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	default:
		return 2
	}
}

// ISOCurrency tells whether the code has the form of an ISO 4217 code: three capital letters.
func ISOCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := range len(code) {
		if code[i] < 'A' || code[i] > 'Z' {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
