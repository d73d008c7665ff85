package workdays

import (
	"slices"
	"time"
)

// rule is a day off in a year. Rules name the days that can fall on a weekday; weekends are off anyhow.
type rule func(year int) time.Time

// christian are the days that all calendars here share.
var christian = []rule{
	on(time.January, 1),
	easter(-2), // Good Friday
	easter(1),  // Easter Monday
	on(time.May, 1),
	on(time.December, 25),
	on(time.December, 26),
}

// target are the closing days of the euro's payment system; there are no others.
var target = christian

// finland are Finland's public holidays, with Midsummer Eve and Christmas Eve, on which its banks are closed by practice.
var finland = slices.Concat(christian, []rule{
	on(time.January, 6),
	easter(39),                        // Ascension Day
	first(time.Friday, time.June, 19), // Midsummer Eve
	on(time.December, 6),              // Independence Day
	on(time.December, 24),
})

// aland has its day of self-government besides Finland's.
var aland = slices.Concat(finland, []rule{on(time.June, 9)})

// sweden are Sweden's public holidays, with the three eves on which its banks are closed by practice.
var sweden = slices.Concat(christian, []rule{
	on(time.January, 6),
	easter(39),
	on(time.June, 6), // National Day
	first(time.Friday, time.June, 19),
	on(time.December, 24),
	on(time.December, 31),
})

func on(month time.Month, day int) rule {
	return func(year int) time.Time { return date(year, month, day) }
}

// first is the first such weekday on or after a date.
func first(weekday time.Weekday, month time.Month, day int) rule {
	return func(year int) time.Time {
		earliest := date(year, month, day)
		return earliest.AddDate(0, 0, (int(weekday)-int(earliest.Weekday())+7)%7)
	}
}

// easter is so many days after Easter Sunday.
func easter(days int) rule {
	return func(year int) time.Time { return easterSunday(year).AddDate(0, 0, days) }
}

// easterSunday is the Sunday after the first full moon of spring in the Gregorian calendar, by the rule that was published
// in Nature in 1876 without a name.
func easterSunday(year int) time.Time {
	century, inCentury := year/100, year%100
	golden := year % 19
	moon := (19*golden + century - century/4 - (century-(century+8)/25+1)/3 + 15) % 30
	weekday := (32 + 2*(century%4) + 2*(inCentury/4) - moon - inCentury%4) % 7
	correction := (golden + 11*moon + 22*weekday) / 451
	n := moon + weekday - 7*correction + 114
	return date(year, time.Month(n/31), n%31+1)
}
