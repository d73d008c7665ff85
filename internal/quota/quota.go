// Package quota owns how often an app may call: so many requests in any second and so many in a UTC day, as configured or as
// staff set it for an environment or an organisation.
package quota

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/memo"
)

const (
	window     = time.Second
	flushEvery = time.Second
	shards     = 16
)

// Limits are the most that one app may send in one environment.
type Limits struct {
	// PerSecond requests are accepted in any 1,000 ms.
	PerSecond int
	// PerDay requests are accepted in a UTC calendar day.
	PerDay int
}

// Caller is who sends a request: an app, whose organisation decides which limits apply.
type Caller struct{ Environment, OrganisationID, App string }

// Decision is the answer to one request, with what the RateLimit headers tell.
type Decision struct {
	OK bool
	// Limits are those that applied.
	Limits Limits
	// Which limit refused: "second" or "day"; empty where the request was accepted.
	Which string
	// LeftInSecond and LeftInDay are what remains after this request.
	LeftInSecond, LeftInDay int
	// UsedToday counts the accepted requests of the UTC day.
	UsedToday int
	// RetryAfter is when a refused request may be sent again.
	RetryAfter time.Duration
	// UntilSecond and UntilDay are when the next place gets free in each window.
	UntilSecond, UntilDay time.Duration
}

// Quota counts in memory, so that a decision costs no database call. What was counted is added to the day's sum in the
// database every second, and comes back after a restart. NewShared makes one that several processes share.
type Quota struct {
	db     *db.DB
	clock  clock.Clock
	limits Limits
	rules  *memo.Cache[scope, rules]
	shared bool
	shards [shards]shard
}

type key struct{ environment, app string }

type shard struct {
	mu       sync.Mutex
	counters map[key]*counter
}

// counter holds the instants of the accepted requests that are younger than the window, oldest first from head.
type counter struct {
	times []int64
	head  int
	day   int64
	// n counts the day's requests; unsaved of them are not in the database yet.
	n, unsaved int
}

// New makes a quota with the limits that apply where staff set no others. Call Restore before the first Take and Run
// beside it.
func New(d *db.DB, clk clock.Clock, limits Limits) *Quota {
	q := &Quota{db: d, clock: clk, limits: limits}
	q.rules = memo.New(remembered, q.load)
	d.OnChange(Topic, func(string) { q.rules.ForgetAll() })
	for i := range q.shards {
		q.shards[i].counters = map[key]*counter{}
	}
	return q
}

// Limits are the configured ones. What applies to an organisation is For.
func (q *Quota) Limits() Limits { return q.limits }

// Take counts one request of an app, or says why it may not be sent now. A refused request is not counted. An error is the
// database's: in a shared quota, or where limits changed and have to be read again.
func (q *Quota) Take(ctx context.Context, by Caller) (Decision, error) {
	limits, err := q.For(ctx, by.Environment, by.OrganisationID)
	if err != nil {
		return Decision{}, err
	}
	k := key{by.Environment, by.App}
	if q.shared {
		return q.takeShared(ctx, k, limits)
	}
	return q.takeHere(k, limits), nil
}

func (q *Quota) takeHere(k key, limits Limits) Decision {
	now := q.clock.Now()
	s := q.shard(k.app)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counter(k)
	c.roll(now)
	d := Decision{Limits: limits, UntilDay: untilMidnight(now)}
	switch {
	case c.n >= limits.PerDay:
		d.Which, d.RetryAfter = "day", d.UntilDay
	case len(c.times)-c.head >= limits.PerSecond:
		d.Which, d.RetryAfter = "second", c.untilFree(now)
	default:
		d.OK = true
		c.times = append(c.times, now.UnixMicro())
		c.n++
		c.unsaved++
	}
	d.UsedToday = c.n
	d.LeftInDay = max(0, limits.PerDay-c.n)
	d.LeftInSecond = max(0, limits.PerSecond-(len(c.times)-c.head))
	d.UntilSecond = c.untilFree(now)
	return d
}

// Used is how many requests of each app were accepted in this UTC day; an app that sent none is not in it.
func (q *Quota) Used(ctx context.Context, environment string, apps ...string) (map[string]int, error) {
	if q.shared {
		return q.usedShared(ctx, environment, apps)
	}
	used := map[string]int{}
	for _, app := range apps {
		if n := q.usedHere(key{environment, app}); n > 0 {
			used[app] = n
		}
	}
	return used, nil
}

func (q *Quota) usedHere(k key) int {
	s := q.shard(k.app)
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.counters[k]
	if !ok || c.day != dayOf(q.clock.Now()) {
		return 0
	}
	return c.n
}

// Tokens is the app as the token endpoint counts it: beside its calls, under the same limits.
func Tokens(app string) string { return app + "/token" }

// Restore reads the counts of today, so that a restart gives nobody a second day.
func (q *Quota) Restore(ctx context.Context) error {
	if q.shared {
		return nil
	}
	now := q.clock.Now()
	rows, err := today(q.db.Reader(ctx), now.Format(time.DateOnly))
	if err != nil {
		return fmt.Errorf("restore quotas: %w", q.db.Fault(ctx, err))
	}
	for _, r := range rows {
		s := q.shard(r.AppID)
		s.mu.Lock()
		c := s.counter(key{r.Environment, r.AppID})
		c.day, c.n = dayOf(now), r.N
		s.mu.Unlock()
	}
	return nil
}

// Run writes the counts every second and once more when ctx ends.
func (q *Quota) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return q.Flush(context.WithoutCancel(ctx))
		case <-tick.C:
			_ = q.Flush(ctx) // what could not be written stays marked and is written with the next tick
		}
	}
}

// Flush adds what was counted since the last time, and learns what other processes counted.
func (q *Quota) Flush(ctx context.Context) error {
	var rows []dayRow
	now := q.clock.Now()
	for i := range q.shards {
		rows = append(rows, q.shards[i].takeUnsaved(now)...)
	}
	if len(rows) == 0 {
		return nil
	}
	var sums []int
	err := q.db.InTx(ctx, func(tx db.Tx) (err error) {
		sums, err = add(tx, rows)
		return err
	})
	if err != nil {
		for _, r := range rows {
			q.settle(r, func(c *counter) { c.unsaved += r.N })
		}
		return fmt.Errorf("write quotas: %w", err)
	}
	for i, r := range rows {
		q.settle(r, func(c *counter) { c.n = sums[i] + c.unsaved })
	}
	return nil
}

// settle changes the counter of a row, unless its day is over.
func (q *Quota) settle(r dayRow, change func(*counter)) {
	s := q.shard(r.AppID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.counters[key{r.Environment, r.AppID}]; ok && dateOf(c.day) == r.Day {
		change(c)
	}
}

// Purge forgets days before the given one, and limits that ended before it.
func (q *Quota) Purge(ctx context.Context, before time.Time) error {
	day := before.Format(time.DateOnly)
	return q.db.InTx(ctx, func(tx db.Tx) error {
		if err := purgeWindows(tx, day); err != nil {
			return err
		}
		if err := purgeLimits(tx, before); err != nil {
			return err
		}
		return purge(tx, day)
	})
}

func (q *Quota) shard(app string) *shard {
	var h uint32 = 2166136261
	for i := range len(app) {
		h = (h ^ uint32(app[i])) * 16777619
	}
	return &q.shards[h%shards]
}

func (s *shard) counter(k key) *counter {
	c, ok := s.counters[k]
	if !ok {
		c = &counter{}
		s.counters[k] = c
	}
	return c
}

// takeUnsaved takes what is to be written, in the order of the apps, and forgets the counters of days that are over.
func (s *shard) takeUnsaved(now time.Time) []dayRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []dayRow
	for k, c := range s.counters {
		if c.unsaved > 0 {
			rows = append(rows, dayRow{AppID: k.app, Environment: k.environment, Day: dateOf(c.day), N: c.unsaved})
			c.unsaved = 0
		} else if c.day < dayOf(now)-1 {
			delete(s.counters, k)
		}
	}
	slices.SortFunc(rows, func(a, b dayRow) int { return strings.Compare(a.AppID, b.AppID) })
	return rows
}

// roll forgets what is older than the window, and starts a new day where one began. A clock that was put back a little
// gives nobody yesterday again, and what came in its future counts as coming now.
func (c *counter) roll(now time.Time) {
	if day := dayOf(now); day > c.day || day < c.day-1 {
		c.day, c.n, c.unsaved = day, 0, 0
	}
	for i := len(c.times) - 1; i >= c.head && c.times[i] > now.UnixMicro(); i-- {
		c.times[i] = now.UnixMicro()
	}
	edge := now.Add(-window).UnixMicro()
	for c.head < len(c.times) && c.times[c.head] <= edge {
		c.head++
	}
	if c.head > 64 && c.head*2 > len(c.times) {
		c.times = append(c.times[:0], c.times[c.head:]...)
		c.head = 0
	}
	if c.head == len(c.times) {
		c.times, c.head = c.times[:0], 0
	}
}

// untilFree is how long until the oldest request of the window leaves it.
func (c *counter) untilFree(now time.Time) time.Duration {
	if c.head == len(c.times) {
		return 0
	}
	return time.UnixMicro(c.times[c.head]).Add(window).Sub(now)
}

func dayOf(t time.Time) int64 { return t.Unix() / 86400 }

func dateOf(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

func untilMidnight(now time.Time) time.Duration {
	return time.Unix((dayOf(now)+1)*86400, 0).Sub(now)
}
