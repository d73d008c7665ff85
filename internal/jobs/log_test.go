package jobs

import (
	"log/slog"
	"strings"
	"testing"

	"fairway/internal/testkit"
)

func TestOnlyTheEnginesOwnErrorsAreLogged(t *testing.T) {
	t.Parallel()
	lines := &testkit.Lines{}
	log := complaints(slog.New(slog.NewTextHandler(lines, nil))).With("a", 1).WithGroup("g")

	log.Info("producer: started")
	log.Warn("JobExecutor: Job errored; retrying", "error", "x")
	log.Error("JobExecutor: Job errored", "error", "x")
	log.Error("JobExecutor: Job panicked", "error", "x")
	log.Error("JobExecutor: panic recovery; possible bug with Worker", "panic_val", "x")
	log.Error("PeriodicJobEnqueuer: Error starting transaction", "error", "begin: context canceled")
	log.Error("producer: Error fetching jobs", "err", "connection refused")

	if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "connection refused") || !strings.Contains(got, "a=1") {
		t.Errorf("logged:\n%s", got)
	}
}
