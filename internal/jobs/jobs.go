// Package jobs owns durable facts and timers: what a domain tells in its transaction reaches every listener
// after the commit, at least once. The engine is River; no other package knows it.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"fairway/internal/db"
)

const (
	jobTimeout = time.Minute
	// fetchTimeout is for timers that fetch from servers of others.
	fetchTimeout = 10 * time.Minute
	rescueAfter  = 2 * time.Minute
	// maxAttempts with the delays of patience last for half a day.
	maxAttempts = 147
	// longestDelay keeps a letter from waiting long after the mail server is back.
	longestDelay = 5 * time.Minute
	stopWait     = 10 * time.Second
	hardStopWait = 5 * time.Second
)

// Fact is something that happened, told by the package whose it is. It carries ids only, because its row
// outlives the deed.
type Fact interface {
	// Kind is a stable name in the past tense, as in "accounts.signed_up".
	Kind() string
}

// Queue tells facts to listeners and runs timers.
type Queue struct {
	db     *db.DB
	log    *slog.Logger
	insert *river.Client[*sql.Tx]

	mu        sync.Mutex
	listeners map[string][]listener
	timers    []timer
	twice     []string // names that were registered twice; Run refuses to start with them
}

// The lanes. Each has workers of its own, so that what waits in one holds up nothing in another.
const (
	usual   = river.QueueDefault
	outside = "outside"
	// atATime is how many jobs of a lane run at once.
	atATime = 4
)

type listener struct {
	name, lane string
	run        func(context.Context, []byte) error
}

type timer struct {
	name, lane string
	every      time.Duration
	run        func(context.Context) error
}

// New makes a queue on an open database. Register listeners and timers before Run.
func New(d *db.DB, log *slog.Logger) (*Queue, error) {
	q := &Queue{db: d, log: log, listeners: map[string][]listener{}}
	var err error
	cfg := &river.Config{Logger: complaints(log), MaxAttempts: maxAttempts}
	if d.Dialect() == db.Postgres {
		q.insert, err = river.NewClient(riverdatabasesql.New(d.Native()), cfg)
	} else {
		q.insert, err = river.NewClient(riversqlite.New(d.Native()), cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return q, nil
}

// On has f called for every fact of type F, under a name that must stay the same from release to release. An
// error is tried again with growing delays; f re-reads state and returns nil where the work is done already.
func On[F Fact](q *Queue, name string, f func(context.Context, F) error) { on(q, name, usual, f) }

// OnOutside is On for work that waits for servers of others: it has workers of its own, so that a slow server holds up
// neither letters nor anything else.
func OnOutside[F Fact](q *Queue, name string, f func(context.Context, F) error) {
	on(q, name, outside, f)
}

func on[F Fact](q *Queue, name, lane string, f func(context.Context, F) error) {
	var zero F
	q.mu.Lock()
	defer q.mu.Unlock()
	kind := zero.Kind()
	for _, l := range q.listeners[kind] {
		if l.name == name {
			q.twice = append(q.twice, name)
		}
	}
	q.listeners[kind] = append(q.listeners[kind], listener{name: name, lane: lane, run: func(ctx context.Context, payload []byte) error {
		var fact F
		if err := json.Unmarshal(payload, &fact); err != nil {
			return fmt.Errorf("read fact: %w: %w", err, errHopeless)
		}
		return f(ctx, fact)
	}})
}

// Every has f called at the given interval, by one process at a time, and soon after the start unless another
// process did so within the interval. A call that fails waits for the next one.
func (q *Queue) Every(name string, interval time.Duration, f func(context.Context) error) {
	q.each(timer{name: name, lane: usual, every: interval, run: f})
}

// EveryOutside is Every for work that fetches from servers of others: it has workers of its own and ten minutes of time.
func (q *Queue) EveryOutside(name string, interval time.Duration, f func(context.Context) error) {
	q.each(timer{name: name, lane: outside, every: interval, run: f})
}

func (q *Queue) each(added timer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.timers {
		if t.name == added.name {
			q.twice = append(q.twice, added.name)
		}
	}
	q.timers = append(q.timers, added)
}

// Tell states a fact in the caller's transaction: no commit, no fact.
func (q *Queue) Tell(tx db.Tx, f Fact) error {
	payload, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode fact: %w", err)
	}
	native := tx.Native()
	if native == nil {
		return errors.New("a fact is told inside a transaction")
	}
	for _, l := range q.listening(f.Kind()) {
		args := factArgs{Fact: f.Kind(), Listener: l.name, Payload: payload}
		if _, err := q.insert.InsertTx(context.WithoutCancel(tx.Context()), native, args, &river.InsertOpts{Queue: l.lane}); err != nil {
			return fmt.Errorf("tell %s: %w", f.Kind(), err)
		}
	}
	return nil
}

func (q *Queue) listening(kind string) []listener {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.listeners[kind]
}

// Run works the queue until ctx ends, then lets running jobs finish. What takes too long to end is cancelled, and
// is tried again by the next process.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.ambiguous(); err != nil {
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &factWorker{queue: q})
	river.AddWorker(workers, &timerWorker{queue: q})
	cfg := &river.Config{
		Logger:               complaints(q.log),
		ErrorHandler:         failures{q.log},
		Queues:               map[string]river.QueueConfig{usual: {MaxWorkers: atATime}, outside: {MaxWorkers: atATime}},
		Workers:              workers,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		MaxAttempts:          maxAttempts,
		RetryPolicy:          patience{},
		PeriodicJobs:         q.periodic(),
		FetchPollInterval:    250 * time.Millisecond,
	}
	if q.db.Dialect() == db.Postgres {
		cfg.FetchPollInterval = time.Second
		client, err := river.NewClient(riverpgxv5.New(q.db.Pool()), cfg)
		return work[pgx.Tx](ctx, client, err)
	}
	client, err := river.NewClient(riversqlite.New(q.db.Native()), cfg)
	return work[*sql.Tx](ctx, client, err)
}

// patience says when a job that failed is tried again: soon at first, then every five minutes.
type patience struct{}

// NextRetry is the number of the try to the fourth power, in seconds, after it began; five minutes at most.
func (patience) NextRetry(job *rivertype.JobRow) time.Time {
	begun := job.ScheduledAt
	if job.AttemptedAt != nil {
		begun = *job.AttemptedAt
	}
	n := min(len(job.Errors)+1, 5)
	return begun.Add(min(time.Duration(n*n*n*n)*time.Second, longestDelay))
}

// ambiguous refuses names that stand for two functions: one of them would never be called.
func (q *Queue) ambiguous() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.twice) > 0 {
		return fmt.Errorf("start the job queue: registered twice: %s", strings.Join(q.twice, ", "))
	}
	return nil
}

func work[T any](ctx context.Context, client *river.Client[T], err error) error {
	if err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	if client.Stop(stop) == nil {
		return nil
	}
	hard, cancelHard := context.WithTimeout(context.WithoutCancel(ctx), hardStopWait)
	defer cancelHard()
	if err := client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

func (q *Queue) periodic() []*river.PeriodicJob {
	q.mu.Lock()
	defer q.mu.Unlock()
	var jobs []*river.PeriodicJob
	for _, t := range q.timers {
		jobs = append(jobs, river.NewPeriodicJob(river.PeriodicInterval(t.every), func() (river.JobArgs, *river.InsertOpts) {
			return timerArgs{Timer: t.name}, &river.InsertOpts{Queue: t.lane, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: max(t.every, time.Second)}}
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	return jobs
}
