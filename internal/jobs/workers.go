package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// errHopeless marks a failure that no further try can mend.
var errHopeless = errors.New("no further try can help")

type factArgs struct {
	Fact     string          `json:"fact"`
	Listener string          `json:"listener"`
	Payload  json.RawMessage `json:"payload"`
}

// Kind is the stable name of these jobs in the queue.
func (factArgs) Kind() string { return "fact" }

type timerArgs struct {
	Timer string `json:"timer"`
}

// Kind is the stable name of these jobs in the queue.
func (timerArgs) Kind() string { return "timer" }

type factWorker struct {
	river.WorkerDefaults[factArgs]
	queue *Queue
}

// Work hands the fact to its listener. A listener that this release no longer has ends the job for good.
func (w *factWorker) Work(ctx context.Context, job *river.Job[factArgs]) error {
	for _, l := range w.queue.listening(job.Args.Fact) {
		if l.name == job.Args.Listener {
			return w.queue.end(ctx, l.name, l.run(ctx, job.Args.Payload))
		}
	}
	return w.queue.end(ctx, job.Args.Listener, fmt.Errorf("nobody listens by this name to %s: %w", job.Args.Fact, errHopeless))
}

type timerWorker struct {
	river.WorkerDefaults[timerArgs]
	queue *Queue
}

// Timeout gives what fetches from others the time that a large file takes.
func (w *timerWorker) Timeout(job *river.Job[timerArgs]) time.Duration {
	if job.Queue == outside {
		return fetchTimeout
	}
	return 0 // the engine's own
}

// Work runs the timer's function.
func (w *timerWorker) Work(ctx context.Context, job *river.Job[timerArgs]) error {
	w.queue.mu.Lock()
	timers := w.queue.timers
	w.queue.mu.Unlock()
	for _, t := range timers {
		if t.name == job.Args.Timer {
			return w.queue.end(ctx, t.name, t.run(ctx))
		}
	}
	return w.queue.end(ctx, job.Args.Timer, fmt.Errorf("no timer has this name: %w", errHopeless))
}

// end gives up a job whose failure is hopeless; the engine decides about the next try of any other.
func (q *Queue) end(ctx context.Context, name string, err error) error {
	if errors.Is(err, errHopeless) {
		q.log.ErrorContext(ctx, "a job was given up", "job", name, "error", err.Error())
		return river.JobCancel(err)
	}
	return err
}
