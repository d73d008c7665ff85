package quota

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
)

// MaxShared is the highest limit of a second that a shared quota takes: the instants of a second are kept in one row.
const MaxShared = 1000

// NewShared makes a quota that counts in the database, for processes that share it: the limits hold over all of them, for one
// statement a request. The processes' clocks must agree, as NTP keeps them.
func NewShared(d *db.DB, clk clock.Clock, limits Limits) *Quota {
	q := New(d, clk, limits)
	q.shared = true
	return q
}

// takeShared asks the database, unless this process alone has filled the second: a flood is refused from memory.
func (q *Quota) takeShared(ctx context.Context, k key, limits Limits) (Decision, error) {
	now := q.clock.Now()
	if d, full := q.fullHere(k, limits, now); full {
		return d, nil
	}
	var row windowRow
	var accepted bool
	err := q.db.InTx(ctx, func(tx db.Tx) (err error) {
		row, accepted, err = take(tx, k, limits, now)
		return err
	})
	if err != nil {
		return Decision{}, fmt.Errorf("take from a shared quota: %w", err)
	}
	q.remember(k, row, accepted, now)
	return row.decide(limits, accepted, now), nil
}

// fullHere refuses what this process knows to be too much.
func (q *Quota) fullHere(k key, limits Limits, now time.Time) (Decision, bool) {
	s := q.shard(k.app)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counter(k)
	c.roll(now)
	if len(c.times)-c.head < limits.PerSecond {
		return Decision{}, false
	}
	return Decision{Limits: limits, Which: "second", RetryAfter: c.untilFree(now), LeftInDay: max(0, limits.PerDay-c.n), UsedToday: c.n,
		UntilSecond: c.untilFree(now), UntilDay: untilMidnight(now)}, true
}

func (q *Quota) remember(k key, row windowRow, accepted bool, now time.Time) {
	s := q.shard(k.app)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counter(k)
	c.n = row.N
	if accepted {
		c.times = append(c.times, now.UnixMicro())
	}
}

// decide words what the database counted.
func (r windowRow) decide(l Limits, accepted bool, now time.Time) Decision {
	d := Decision{OK: accepted, Limits: l, UsedToday: r.N, LeftInDay: max(0, l.PerDay-r.N), UntilDay: untilMidnight(now)}
	within, oldest := r.within(now)
	d.LeftInSecond = max(0, l.PerSecond-within)
	if within > 0 {
		d.UntilSecond = max(time.Millisecond, oldest.Add(window).Sub(now))
	}
	switch {
	case accepted:
	case r.N >= l.PerDay && r.Day >= dateOf(dayOf(now)):
		d.Which, d.RetryAfter = "day", d.UntilDay
	default:
		d.Which, d.RetryAfter = "second", max(time.Millisecond, d.UntilSecond)
	}
	return d
}

// within counts the instants that are younger than the window, and finds the oldest of them.
func (r windowRow) within(now time.Time) (n int, oldest time.Time) {
	edge := now.Add(-window)
	for at := 0; at+digits <= len(r.Recent); at += digits {
		micros, err := strconv.ParseInt(r.Recent[at:at+digits], 10, 64)
		if t := time.UnixMicro(micros); err == nil && t.After(edge) {
			if n++; n == 1 || t.Before(oldest) {
				oldest = t
			}
		}
	}
	return n, oldest
}

// usedShared is what all processes accepted in this UTC day.
func (q *Quota) usedShared(ctx context.Context, environment string, apps []string) (map[string]int, error) {
	rows, err := windowsOf(q.db.Reader(ctx), environment, apps, dateOf(dayOf(q.clock.Now())))
	if err != nil {
		return nil, fmt.Errorf("read a shared quota: %w", q.db.Fault(ctx, err))
	}
	used := map[string]int{}
	for _, r := range rows {
		used[r.AppID] = r.N
	}
	return used, nil
}
