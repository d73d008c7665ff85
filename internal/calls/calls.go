package calls

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
)

const (
	// freshSize is how many calls wait to be packed. It is small: until then each holds all that its request did.
	freshSize  = 512
	queueSize  = 8192
	batchSize  = 2000
	batchEvery = 150 * time.Millisecond
	// earlyPerMinute caps the rows that calls from before authentication make, by owner and minute.
	earlyPerMinute = 60
	// uncountedPerMinute caps those that no quota bounds, by app and minute: far more than anybody reads.
	uncountedPerMinute = 600
	// limitedPerMinute caps those that came too often, by app and minute: one tells what a thousand tell.
	limitedPerMinute = 60
	// idBits tell processes apart in an id; what is left holds microseconds until the year 2255.
	idBits = 10
)

// Log is the request log. Calls are packed beside the requests that made them, since packing needs a large stack that
// every connection would keep; then they wait in a bounded queue and are written in batches by Run. Where both are full, the
// caller waits and nothing is dropped.
type Log struct {
	db     *db.DB
	clock  clock.Clock
	log    *slog.Logger
	fresh  chan entry
	queue  chan entry
	last   atomic.Int64
	origin int64
	wake   chan struct{}
	closed chan struct{}

	mu      sync.Mutex
	early   map[string]*earlyCount
	dropped atomic.Int64
}

type entry struct {
	row     *callRow
	detail  *Detail         // what is not packed into the row yet
	flushed chan<- struct{} // a marker instead of a row: closed when all before it is durable
}

type earlyCount struct {
	minute int64
	n      int
}

// New makes the log. Run must work beside it.
func New(d *db.DB, clk clock.Clock, log *slog.Logger) *Log {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return &Log{
		db: d, clock: clk, log: log, fresh: make(chan entry, freshSize), queue: make(chan entry, queueSize), wake: make(chan struct{}, 1), closed: make(chan struct{}),
		origin: int64(binary.BigEndian.Uint64(b[:]) & (1<<idBits - 1)), early: map[string]*earlyCount{},
	}
}

// NewID makes the id of a call: microseconds, then ten bits of this process. It grows strictly within one
// process, so that lists by id are lists by time.
func (l *Log) NewID() int64 {
	for {
		id := l.clock.Now().UnixMicro()<<idBits | l.origin
		last := l.last.Load()
		if id <= last {
			id = last + 1<<idBits
		}
		if l.last.CompareAndSwap(last, id) {
			return id
		}
	}
}

// Record hands the call over to be written. It waits while the queue is full. The call may be changed afterwards, but not
// what its lists hold.
func (l *Log) Record(c *Call) {
	select {
	case <-l.closed:
		l.dropped.Add(1)
		return
	default:
	}
	detail := c.Detail
	select {
	case l.fresh <- entry{row: newRow(c), detail: &detail}:
	case <-l.closed:
		l.dropped.Add(1)
	}
}

// wakeWriter has the writer look before its next tick. It does not wait.
func (l *Log) wakeWriter() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// AdmitsEarly reports whether a call that was refused before its app was proved makes a row, and counts it. Such calls
// could be sent by anybody, so only so many a minute do; the rest are counted, and nobody need write them down.
func (l *Log) AdmitsEarly(c *Call) bool {
	if c.AppID == "" && c.OrganisationID == "" {
		l.dropped.Add(1)
		return false
	}
	return l.admits(c, c.AppID+"|"+c.OrganisationID, earlyPerMinute)
}

// AdmitsUncounted reports whether a call of a proved app that no quota counted makes a row: refused before, or a token. An
// app may send any number of them, so only so many a minute do.
func (l *Log) AdmitsUncounted(c *Call) bool {
	return l.admits(c, "proved|"+c.AppID, uncountedPerMinute)
}

// AdmitsLimited reports whether a call that was refused because its app sent too many makes a row.
func (l *Log) AdmitsLimited(c *Call) bool {
	return l.admits(c, "limited|"+c.AppID, limitedPerMinute)
}

func (l *Log) admits(c *Call, owner string, most int) bool {
	minute := c.At.Unix() / 60
	l.mu.Lock()
	count, ok := l.early[owner]
	if !ok || count.minute != minute {
		if len(l.early) > 10000 {
			clear(l.early)
		}
		count = &earlyCount{minute: minute}
		l.early[owner] = count
	}
	count.n++
	n := count.n
	l.mu.Unlock()
	if n > most {
		l.dropped.Add(1)
		return false
	}
	return true
}

// Counted is the number of calls that were counted instead of written.
func (l *Log) Counted() int64 { return l.dropped.Load() }

// Flush waits until every call recorded before is durable, or ctx ends.
func (l *Log) Flush(ctx context.Context) error {
	done := make(chan struct{})
	select {
	case l.fresh <- entry{flushed: done}:
	case <-l.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ByID finds one call of an organisation with its details.
func (l *Log) ByID(ctx context.Context, organisationID string, id int64) (Call, error) {
	call, err := byID(l.db.Reader(ctx), organisationID, id)
	return call, l.db.Fault(ctx, err)
}

// FirstSuccess tells when an organisation first got the given operation of an environment answered with 2xx; ok is false where it
// never did.
func (l *Log) FirstSuccess(ctx context.Context, organisationID, environment, operation string) (at time.Time, ok bool, err error) {
	at, ok, err = firstSuccess(l.db.Reader(ctx), organisationID, environment, operation)
	return at, ok, l.db.Fault(ctx, err)
}

// Purge deletes calls older than Retention, a chunk a transaction, so that nobody waits behind it, and links whose time is
// over.
func (l *Log) Purge(ctx context.Context) error {
	if err := l.db.InTx(ctx, func(tx db.Tx) error { return deleteSharesBefore(tx, tx.Now) }); err != nil {
		return fmt.Errorf("purge the links to calls: %w", err)
	}
	edge := idAt(l.clock.Now().Add(-Retention))
	for {
		var gone int64
		err := l.db.InTx(ctx, func(tx db.Tx) (err error) {
			gone, err = deleteBefore(tx, edge, 1000)
			return err
		})
		if err != nil {
			return fmt.Errorf("purge the request log: %w", err)
		}
		if gone == 0 {
			return nil
		}
	}
}
