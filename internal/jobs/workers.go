package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
)

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
			return w.queue.report(ctx, job.Args.Listener, job.Attempt, l.run(ctx, job.Args.Payload))
		}
	}
	return river.JobCancel(fmt.Errorf("nobody listens as %s to %s", job.Args.Listener, job.Args.Fact))
}

type timerWorker struct {
	river.WorkerDefaults[timerArgs]
	queue *Queue
}

// Work runs the timer's function.
func (w *timerWorker) Work(ctx context.Context, job *river.Job[timerArgs]) error {
	w.queue.mu.Lock()
	timers := w.queue.timers
	w.queue.mu.Unlock()
	for _, t := range timers {
		if t.name == job.Args.Timer {
			return w.queue.report(ctx, t.name, job.Attempt, t.run(ctx))
		}
	}
	return river.JobCancel(fmt.Errorf("no timer is called %s", job.Args.Timer))
}

// report logs a failed try; the queue decides about the next.
func (q *Queue) report(ctx context.Context, name string, attempt int, err error) error {
	if err != nil {
		q.log.WarnContext(ctx, "a job failed and will be tried again", "job", name, "attempt", attempt, "error", err.Error())
	}
	return err
}

// quiet keeps the engine's own chatter out of the log: what concerns us is logged by report.
func quiet(*slog.Logger) *slog.Logger { return slog.New(slog.DiscardHandler) }
