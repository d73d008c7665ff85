package workdays_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// finland is written down from the almanac: the days of each year that are off and fall on Monday to Friday.
var finland = map[int]string{
	2024: "01-01 03-29 04-01 05-01 05-09 06-21 12-06 12-24 12-25 12-26",
	2025: "01-01 01-06 04-18 04-21 05-01 05-29 06-20 12-24 12-25 12-26",
	2026: "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25",
	2027: "01-01 01-06 03-26 03-29 05-06 06-25 12-06 12-24",
	2028: "01-06 04-14 04-17 05-01 05-25 06-23 12-06 12-25 12-26",
	2029: "01-01 03-30 04-02 05-01 05-10 06-22 12-06 12-24 12-25 12-26",
	2030: "01-01 04-19 04-22 05-01 05-30 06-21 12-06 12-24 12-25 12-26",
}

// others are the same for the other places, in two years that fall differently.
var others = map[string]map[int]string{
	"aland": {
		2026: "01-01 01-06 04-03 04-06 05-01 05-14 06-09 06-19 12-24 12-25",
		2029: "01-01 03-30 04-02 05-01 05-10 06-22 12-06 12-24 12-25 12-26", // 9 June is a Saturday
	},
	"sweden": {
		2026: "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31", // 6 June is a Saturday
		2029: "01-01 03-30 04-02 05-01 05-10 06-06 06-22 12-24 12-25 12-26 12-31",
	},
	"target": {
		2026: "01-01 04-03 04-06 05-01 12-25",
		2029: "01-01 03-30 04-02 05-01 12-25 12-26",
	},
}

func TestThePlacesAreClosedOnTheirHolidays(t *testing.T) {
	t.Parallel()
	for year, want := range finland {
		mustBeClosed(t, "finland", year, want)
	}
	for name, years := range others {
		for year, want := range years {
			mustBeClosed(t, name, year, want)
		}
	}
}

// mustBeClosed goes through a year at noon, from Monday to Friday.
func mustBeClosed(t *testing.T, name string, year int, want string) {
	t.Helper()
	c := mustNamed(t, name)
	var closed []string
	for noon := time.Date(year, 1, 1, 12, 0, 0, 0, c.Zone()); noon.Year() == year; noon = noon.AddDate(0, 0, 1) {
		weekend := slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, noon.Weekday())
		if weekend && c.Works(noon) {
			t.Errorf("%s works on %s", name, noon.Format("Monday 2 January 2006"))
		}
		if !weekend && !c.Works(noon) {
			closed = append(closed, noon.Format("01-02"))
		}
	}
	if got := strings.Join(closed, " "); got != want {
		t.Errorf("%s %d: closed on %s, want %s", name, year, got, want)
	}
}
