package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// failures logs what became of a try; the engine decides about the next one.
type failures struct{ log *slog.Logger }

// HandleError logs a try that failed.
func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.report(ctx, job, "error", err.Error())
	return nil
}

// HandlePanic logs a try that panicked. It is tried again like any other.
func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, cause any, trace string) *river.ErrorHandlerResult {
	f.report(ctx, job, "panic", fmt.Sprintf("%v\n%s", cause, trace))
	return nil
}

func (f failures) report(ctx context.Context, job *rivertype.JobRow, key, text string) {
	attrs := []slog.Attr{slog.String("job", nameOf(job)), slog.Int("attempt", job.Attempt), slog.String(key, text)}
	if job.Attempt < job.MaxAttempts {
		f.log.LogAttrs(ctx, slog.LevelWarn, "a job failed and will be tried again", attrs...)
		return
	}
	f.log.LogAttrs(ctx, slog.LevelError, "a job failed for the last time", attrs...)
}

// nameOf is the listener or the timer of a job.
func nameOf(job *rivertype.JobRow) string {
	var args struct{ Listener, Timer string }
	if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
		return job.Kind
	}
	return args.Listener + args.Timer
}

// complaints lets through what the engine reports as an error of its own. What becomes of jobs is logged by failures.
func complaints(log *slog.Logger) *slog.Logger { return slog.New(loud{log.Handler()}) }

type loud struct{ slog.Handler }

// Enabled drops what is no error.
func (h loud) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && h.Handler.Enabled(ctx, level)
}

// Handle drops the engine's lines on failed jobs, and on what the end of the program interrupted.
func (h loud) Handle(ctx context.Context, r slog.Record) error {
	for _, known := range []string{"Job errored", "Job panicked", "panic recovery; possible bug with Worker"} {
		if strings.HasSuffix(r.Message, known) {
			return nil
		}
	}
	interrupted := false
	r.Attrs(func(a slog.Attr) bool {
		interrupted = interrupted || strings.Contains(a.Value.String(), context.Canceled.Error())
		return !interrupted
	})
	if interrupted {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the filter.
func (h loud) WithAttrs(attrs []slog.Attr) slog.Handler { return loud{h.Handler.WithAttrs(attrs)} }

// WithGroup keeps the filter.
func (h loud) WithGroup(name string) slog.Handler { return loud{h.Handler.WithGroup(name)} }
