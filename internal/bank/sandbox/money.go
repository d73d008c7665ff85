package sandbox

import (
	"strconv"

	"fairway/internal/bank"
)

// currency is one in which somebody in the test data pays. Rates are fixed, so that a recorded answer stays right.
type currency struct {
	code   string
	perEUR int64 // units for one euro, in millionths
	note   int64 // what a cash machine's steps are, in minor units
}

const (
	eur = iota
	sek
	nok
	dkk
	gbp
	usd
	jpy
)

var currencies = [...]currency{
	eur: {"EUR", 1_000_000, 20_00},
	sek: {"SEK", 11_214_300, 200_00},
	nok: {"NOK", 11_703_500, 200_00},
	dkk: {"DKK", 7_460_600, 100_00},
	gbp: {"GBP", 851_200, 20_00},
	usd: {"USD", 1_087_400, 20_00},
	jpy: {"JPY", 163_250_000, 2000},
}

const million = 1_000_000

// rate is how many units of the currency from one unit of the currency to buys, in millionths.
func rate(from, to int) int64 {
	return half(currencies[from].perEUR*million, currencies[to].perEUR)
}

func rateText(from, to int) string {
	r := rate(from, to)
	digits := strconv.FormatInt(r%million+million, 10)
	return strconv.FormatInt(r/million, 10) + "." + digits[1:]
}

// convert turns minor units of one currency into minor units of another: the amount divided by the rate, rounded half
// away from zero.
func convert(minor int64, from, to int) int64 {
	if from == to {
		return minor
	}
	return half(minor*scale(to)*million, rate(from, to)*scale(from))
}

// price turns a price tag in euro cents into one that a shop in the currency would write: with the ending (in hundredths)
// that the trade likes, in whole tens where the currency has no decimals.
func price(cents int64, in int, ending int64) int64 {
	local := convert(cents, eur, in)
	if scale(in) == 1 {
		return max(10, local/10*10)
	}
	if ending >= 0 {
		local = local/100*100 + ending
	}
	return max(1, local)
}

// markup is the fee of so many hundredths of a percent.
func markup(minor, basisPoints int64) int64 { return half(minor*basisPoints, 10_000) }

// percentText writes hundredths of a percent: 195 is "1.95".
func percentText(basisPoints int64) string {
	return bank.FromMinor("EUR", basisPoints).Value
}

func scale(c int) int64 {
	unit := int64(1)
	for range bank.Decimals(currencies[c].code) {
		unit *= 10
	}
	return unit
}

func half(a, b int64) int64 {
	if a < 0 {
		return -half(-a, b)
	}
	return (a + b/2) / b
}
