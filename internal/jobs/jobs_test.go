package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

type happened struct {
	ID string `json:"id"`
}

func (happened) Kind() string { return "test.happened" }

type ended struct {
	ID string `json:"id"`
}

func (ended) Kind() string { return "test.ended" }

// works runs a test on both databases with a queue whose log can be read.
func works(t *testing.T, test func(t *testing.T, d *db.DB, q *jobs.Queue, log *testkit.Lines)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		log := &testkit.Lines{}
		test(t, d, newQueue(t, d, log), log)
	})
}

func newQueue(t *testing.T, d *db.DB, log *testkit.Lines) *jobs.Queue {
	t.Helper()
	q, err := jobs.New(d, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func tell(t *testing.T, d *db.DB, q *jobs.Queue, facts ...jobs.Fact) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		for _, f := range facts {
			if err := q.Tell(tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// next waits for the next text; it fails where none comes.
func next(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case s := <-heard:
		return s
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
		return ""
	}
}

// begin runs the queue and returns what ends it and gives its error.
func begin(t *testing.T, q *jobs.Queue) (end func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	stopped := false
	end = func() error {
		if stopped {
			return nil
		}
		stopped = true
		stop()
		return <-done
	}
	t.Cleanup(func() { _ = end() })
	return end
}

func TestEveryListenerHearsAFact(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		heard := make(chan string, 9)
		jobs.On(q, "first", func(_ context.Context, f happened) error { heard <- "first " + f.ID; return nil })
		jobs.On(q, "second", func(_ context.Context, f happened) error { heard <- "second " + f.ID; return nil })
		jobs.On(q, "first", func(_ context.Context, f ended) error { heard <- "other " + f.ID; return nil })
		begin(t, q)

		tell(t, d, q, happened{"a"}, ended{"b"})

		got := map[string]bool{next(t, heard): true, next(t, heard): true, next(t, heard): true}
		if !got["first a"] || !got["second a"] || !got["other b"] {
			t.Errorf("heard %v", got)
		}
	})
}

func TestAFactOfATransactionThatFailsReachesNobody(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		heard := make(chan string, 9)
		jobs.On(q, "listener", func(_ context.Context, f happened) error { heard <- f.ID; return nil })
		begin(t, q)
		changed := errors.New("changed my mind")

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if err := q.Tell(tx, happened{"undone"}); err != nil {
				return err
			}
			return changed
		})
		tell(t, d, q, happened{"done"})

		if first := next(t, heard); !errors.Is(err, changed) || first != "done" {
			t.Errorf("heard %s, %v", first, err)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM river_job WHERE kind = 'fact'"); n != 1 {
			t.Errorf("%d jobs are on record", n)
		}
	})
}

func TestAFactIsToldInATransactionOnly(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		jobs.On(q, "listener", func(context.Context, happened) error { return nil })

		if err := q.Tell(d.Reader(t.Context()), happened{"a"}); err == nil {
			t.Error("a fact was told outside")
		}
	})
}

func TestAListenerThatFailsOrPanicsIsTriedAgain(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, log *testkit.Lines) {
		heard := make(chan string, 9)
		var failing, panicking atomic.Int32
		jobs.On(q, "failing", func(_ context.Context, f happened) error {
			if failing.Add(1) == 1 {
				return errors.New("the mail server is down")
			}
			heard <- "failing " + f.ID
			return nil
		})
		jobs.On(q, "panicking", func(_ context.Context, f happened) error {
			if panicking.Add(1) == 1 {
				panic("the mail server is up")
			}
			heard <- "panicking " + f.ID
			return nil
		})
		begin(t, q)

		tell(t, d, q, happened{"a"})

		got := map[string]bool{next(t, heard): true, next(t, heard): true}
		if !got["failing a"] || !got["panicking a"] || failing.Load() != 2 || panicking.Load() != 2 {
			t.Errorf("heard %v after %d and %d tries", got, failing.Load(), panicking.Load())
		}
		for _, line := range []string{`"job":"failing","attempt":1,"error":"the mail server is down"`, `"job":"panicking","attempt":1,"panic":"the mail server is up`} {
			if !strings.Contains(log.String(), line) || strings.Contains(log.String(), `"ERROR"`) {
				t.Errorf("%s is not in the log as a warning:\n%s", line, log)
			}
		}
	})
}

func TestAFactIsTriedForHalfADay(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		jobs.On(q, "listener", func(context.Context, happened) error { return nil })

		tell(t, d, q, happened{"a"})

		if n := count(t, d, "SELECT max_attempts FROM river_job"); n != 147 { // 1 + 16 + 81 + 256 seconds, then five minutes each
			t.Errorf("%d tries", n)
		}
	})
}

func TestAJobThatNobodyCanDoIsGivenUpAndSaidSo(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, _ *testkit.Lines) {
		jobs.On(q, "former", func(context.Context, happened) error { return nil })
		jobs.On(q, "other", func(context.Context, oddEnd) error { return nil })
		tell(t, d, q, happened{"a"}, oddEnd{ID: 7})
		log := &testkit.Lines{}
		now := newQueue(t, d, log)
		jobs.On(now, "other", func(context.Context, ended) error { t.Error("a fact that cannot be read was handed on"); return nil })

		begin(t, now)

		testkit.Eventually(t, "both jobs have ended", func() bool { return count(t, d, "SELECT COUNT(*) FROM river_job WHERE state = 'cancelled'") == 2 })
		for _, line := range []string{`"msg":"a job was given up","job":"former"`, `"msg":"a job was given up","job":"other"`} {
			if !strings.Contains(log.String(), line) {
				t.Errorf("%s is not in the log:\n%s", line, log)
			}
		}
	})
}

// oddEnd is what ended was in another release.
type oddEnd struct {
	ID int `json:"id"`
}

func (oddEnd) Kind() string { return "test.ended" }

func TestATimerRunsAtTheStartAndAgain(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, _ *db.DB, q *jobs.Queue, log *testkit.Lines) {
		heard := make(chan string, 99)
		var tries atomic.Int32
		q.Every("often", time.Second, func(context.Context) error { heard <- "often"; return nil })
		q.Every("rarely", time.Hour, func(context.Context) error {
			tries.Add(1)
			heard <- "rarely"
			return errors.New("not today")
		})
		begin(t, q)

		got := map[string]int{}
		for got["often"] < 3 || got["rarely"] < 1 {
			got[next(t, heard)]++
		}

		testkit.Eventually(t, "the failure is logged", func() bool { return strings.Contains(log.String(), `"job":"rarely","attempt":1,"error":"not today"`) })
		if tries.Load() != 1 {
			t.Errorf("a timer that failed ran %d times at once", tries.Load())
		}
	})
}

func TestARestartWithinTheIntervalDoesNotRunATimerAgain(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, log *testkit.Lines) {
		heard := make(chan string, 9)
		listen := func(q *jobs.Queue, name string) {
			q.Every("hourly", 100*24*time.Hour, func(context.Context) error { heard <- "timer of " + name; return nil })
			jobs.On(q, "listener", func(_ context.Context, f happened) error { heard <- f.ID; return nil })
		}
		listen(q, "the first")
		end := begin(t, q)
		if got := next(t, heard); got != "timer of the first" {
			t.Fatal(got)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}

		second := newQueue(t, d, log)
		listen(second, "the second")
		second.Every("own", 100*24*time.Hour, func(context.Context) error { heard <- "own"; return nil })
		begin(t, second)

		if got := next(t, heard); got != "own" {
			t.Errorf("heard %s", got)
		}
		tell(t, d, second, happened{"a"})
		if got := next(t, heard); got != "a" {
			t.Errorf("heard %s", got)
		}
	})
}

func TestTheEndWaitsForWhatIsUnderWayAndIsSilent(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, log *testkit.Lines) {
		started, goOn := make(chan string, 1), make(chan struct{})
		var finished atomic.Bool
		jobs.On(q, "slow", func(ctx context.Context, _ happened) error {
			started <- "started"
			<-goOn
			finished.Store(ctx.Err() == nil)
			return nil
		})
		end := begin(t, q)
		tell(t, d, q, happened{"a"})
		next(t, started)

		ending := make(chan error)
		go func() { ending <- end() }()
		close(goOn)
		err := <-ending

		if err != nil || !finished.Load() || log.String() != "" {
			t.Errorf("finished %v, %v, log:\n%s", finished.Load(), err, log)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM river_job WHERE state = 'completed'"); n != 1 {
			t.Errorf("%d jobs are completed", n)
		}
	})
}

func TestOneNameForTwoThingsIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	for name, register := range map[string]func(q *jobs.Queue){
		"listeners": func(q *jobs.Queue) { jobs.On(q, "x", func(context.Context, happened) error { return nil }) },
		"timers":    func(q *jobs.Queue) { q.Every("x", time.Hour, func(context.Context) error { return nil }) },
	} {
		q := newQueue(t, d, &testkit.Lines{})
		register(q)
		register(q)

		if err := q.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "twice: x") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What one process tells, another does: the command line beside a server.
func TestAnotherProcessDoesWhatACommandTold(t *testing.T) {
	t.Parallel()
	works(t, func(t *testing.T, d *db.DB, q *jobs.Queue, log *testkit.Lines) {
		heard := make(chan string, 9)
		jobs.On(q, "listener", func(_ context.Context, f happened) error { heard <- f.ID; return nil })
		begin(t, q)
		command := newQueue(t, d, log)
		jobs.On(command, "listener", func(context.Context, happened) error { t.Error("the command did it"); return nil })

		tell(t, d, command, happened{"a"})

		if got := next(t, heard); got != "a" {
			t.Errorf("heard %s", got)
		}
	})
}

func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	var n int
	if err := d.Native().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
