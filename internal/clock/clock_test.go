package clock_test

import (
	"testing"
	"time"

	"fairway/internal/clock"
)

func TestClocksShowUTCToTheMicrosecond(t *testing.T) {
	t.Parallel()
	odd := time.Date(2026, 11, 21, 11, 0, 0, 123456789, time.FixedZone("EET", 7200))
	set := clock.NewManual(odd)
	set.Set(odd)

	for name, now := range map[string]time.Time{"system": clock.System{}.Now(), "manual": clock.NewManual(odd).Now(), "set": set.Now()} {
		if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || now != now.Round(0) {
			t.Errorf("%s: %v", name, now)
		}
	}
}

func TestAManualClockStandsStillUntilItIsMoved(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	c := clock.NewManual(start)

	first := c.Now()
	c.Advance(90 * time.Second)

	if first != start || c.Now() != start.Add(90*time.Second) {
		t.Errorf("%v, %v", first, c.Now())
	}
}
