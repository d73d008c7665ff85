// Package clock is the only reader of the wall clock. Everybody else is given a Clock.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time in UTC, to the microsecond, which is what both databases keep.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now reads the wall clock.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Monotonic reads the clock for measuring how long something took; the value means nothing else.
func Monotonic() time.Time { return time.Now() }

// Since is the time that passed since start, which came from Monotonic.
func Since(start time.Time) time.Duration { return time.Since(start) }

// Manual is a clock that stands still until it is moved. Tests use it.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual makes a Manual clock that shows t.
func NewManual(t time.Time) *Manual {
	return &Manual{now: t.UTC().Truncate(time.Microsecond)}
}

// Now is the time the clock was last set to.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock forward by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// Set moves the clock to t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t.UTC().Truncate(time.Microsecond)
}
