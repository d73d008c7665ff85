package bank_test

import (
	"errors"
	"testing"
	"time"

	"fairway/internal/bank"
	"fairway/internal/fault"
)

func TestDatesHaveOneFormOnly(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-11-21", "2024-02-29", "0001-01-01", "9999-12-31"} {
		if day, ok := bank.ParseDate(s); !ok || day.Format(time.DateOnly) != s || day.Location() != time.UTC {
			t.Errorf("%q was refused or read as %s", s, day)
		}
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20261121", "2026-11-21 ", " 2026-11-21",
		"2026-11-21T00:00:00Z", "0000-01-01", "-001-01-01", "+2026-01-01", "2026/11/21", "21.11.2026", "２０２６-11-21", "10000-01-01"} {
		if day, ok := bank.ParseDate(s); ok {
			t.Errorf("%q was read as %s", s, day)
		}
	}
}

func TestARefusedQueryNamesTheParameter(t *testing.T) {
	t.Parallel()
	for path, q := range map[string]bank.Query{
		"dateFrom":      {Status: bank.StatusBoth, Period: bank.Period{From: "yesterday"}},
		"dateTo":        {Status: bank.StatusBoth, Period: bank.Period{To: "2026-11-31"}},
		"bookingStatus": {Status: "all"},
		"limit":         {Status: bank.StatusBoth, Limit: bank.MaxLimit + 1},
		"page":          {Status: bank.StatusBoth, After: "a", Before: "b"},
	} {
		err := q.Validate()
		if !errors.Is(err, bank.ErrBadQuery) || fault.Of(err).Path != path || fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%s: %+v", path, err)
		}
	}
}

func TestAPeriodMayBeOneDayOrOpenButNotReversed(t *testing.T) {
	t.Parallel()
	for _, p := range []bank.Period{{}, {From: "2026-01-01"}, {To: "2026-01-01"}, {From: "2026-01-01", To: "2026-01-01"}} {
		if err := (bank.Query{Period: p, Status: bank.StatusBooked}).Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	err := bank.Query{Period: bank.Period{From: "2026-01-02", To: "2026-01-01"}, Status: bank.StatusBooked}.Validate()
	if !errors.Is(err, bank.ErrPeriodOrder) || errors.Is(err, bank.ErrBadQuery) {
		t.Errorf("reversed period: %v", err)
	}
}

func TestAPageHasTheDefaultSizeUnlessAsked(t *testing.T) {
	t.Parallel()
	if got := (bank.Query{}).PageSize(); got != bank.DefaultLimit {
		t.Errorf("no limit gives %d rows", got)
	}
	if got := (bank.Query{Limit: 3}).PageSize(); got != 3 {
		t.Errorf("limit 3 gives %d rows", got)
	}
}
