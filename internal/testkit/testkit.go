// Package testkit owns what tests share: fresh databases of both kinds, a manual clock, keys and rows to
// start from. Fakes stand only at the rim: clock, mail, outside services.
package testkit

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/secret"
	"fairway/internal/testkit/pg"
)

// Start is what the manual clock shows first.
var Start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// The process thinks in UTC, as the program does from its first line.
func init() { time.Local = time.UTC }

// Clock makes a manual clock that shows Start.
func Clock() *clock.Manual { return clock.NewManual(Start) }

// Ring makes a key ring for sealing.
func Ring(t testing.TB) *secret.Ring {
	t.Helper()
	ring, err := secret.ParseRing("test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// Each runs the test on a fresh, migrated SQLite database and on a fresh PostgreSQL one, in parallel.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachAt(t, Clock(), test)
}

// EachAt is Each with the caller's clock.
func EachAt(t *testing.T, clk clock.Clock, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLiteAt(t, clk))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, PostgresAt(t, clk))
	})
}

// SQLite opens a fresh, migrated SQLite database with a manual clock.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return SQLiteAt(t, Clock())
}

// SQLiteAt is SQLite with the caller's clock.
func SQLiteAt(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "portal.db")
	if err := os.WriteFile(path, template.get(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t, "sqlite:"+path, clk)
}

// template is a migrated SQLite database. To copy it takes a tenth of the time of migrating another.
var template sqliteTemplate

type sqliteTemplate struct {
	mu   sync.Mutex
	file []byte
}

func (m *sqliteTemplate) get(t testing.TB) []byte {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file != nil {
		return m.file
	}
	url := SQLiteURL(t)
	d := open(t, url, clock.System{})
	if err := errors.Join(d.Migrate(t.Context()), d.Close()); err != nil {
		t.Fatalf("migrate the template database: %v", err)
	}
	file, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	m.file = file
	return file
}

// SQLiteURL names a file that does not exist yet.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
}

// PostgresAt opens a fresh, migrated PostgreSQL database with the caller's clock.
func PostgresAt(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	return Open(t, PostgresURL(t), clk)
}

// PostgresURL names a fresh database that is migrated already.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return pg.Template(t, func(url string) {
		d := open(t, url, clock.System{})
		defer func() { _ = d.Close() }()
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatalf("migrate the template database: %v", err)
		}
	})
}

// Open opens and migrates a database, and closes it with the test. Opening the same URL twice stands for two
// processes.
func Open(t testing.TB, url string, clk clock.Clock) *db.DB {
	t.Helper()
	d := open(t, url, clk)
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return d
}

func open(t testing.TB, url string, clk clock.Clock) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: url, Clock: clk, Log: Log(t)})
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	return d
}

// Organisation inserts an organisation with one verified member and returns both ids.
func Organisation(t testing.TB, d *db.DB, name string) (organisationID, personID string) {
	t.Helper()
	organisationID, personID = secret.ID("org"), secret.ID("per")
	err := d.InTx(t.Context(), func(tx db.Tx) error { return insertOrganisation(tx, organisationID, personID, name) })
	if err != nil {
		t.Fatalf("insert organisation: %v", err)
	}
	return organisationID, personID
}

// Run starts something that works until its context ends, and waits for its end when the test ends.
func Run(t testing.TB, run func(ctx context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			t.Errorf("ended early: %v", err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
}

// Eventually asks until the answer is yes, for at most thirty seconds.
func Eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-deadline.C:
			t.Fatalf("waited thirty seconds for: %s", what)
		case <-tick.C:
		}
	}
}

// Log is a logger that shows its lines where the test fails.
func Log(t testing.TB) *slog.Logger {
	t.Helper()
	lines := &Lines{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(lines.String())
		}
	})
	return slog.New(slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// Lines collects what is written, for tests that read a log.
type Lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps p.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String is everything written so far.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
