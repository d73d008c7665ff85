package db_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

// A database holds sealed keys and hashes; nobody else on the machine reads it, whatever the folder allows.
func TestTheFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := testkit.Open(t, "sqlite:"+filepath.Join(dir, "portal.db"), clock.System{})
	if err := d.InTx(t.Context(), func(tx db.Tx) error { return addThrottle(tx, "x") }); err != nil {
		t.Fatal(err)
	}

	files, err := filepath.Glob(filepath.Join(dir, "portal.db*"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestWhatASavepointUndidIsToldToNobody(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var ran []string
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			tx.AfterCommit(func() { ran = append(ran, "before") })
			undone := tx.Try(func(tx db.Tx) error {
				tx.AfterCommit(func() { ran = append(ran, "undone") })
				return errors.New("no")
			})
			done := tx.Try(func(tx db.Tx) error {
				tx.AfterCommit(func() { ran = append(ran, "done") })
				return nil
			})
			if undone == nil || done != nil {
				t.Errorf("%v, %v", undone, done)
			}
			return nil
		})

		if got := strings.Join(ran, " "); err != nil || got != "before done" {
			t.Errorf("ran %q, %v", got, err)
		}
	})
}

// Two deeds that wait for each other are no fault of whoever asked for them: one may be tried again.
func TestADeadlockIsAMomentOfUnavailability(t *testing.T) {
	t.Parallel()
	d := testkit.PostgresAt(t, clock.System{})
	for _, key := range []string{"a", "b"} {
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return addThrottle(tx, key) }); err != nil {
			t.Fatal(err)
		}
	}
	raise := func(tx db.Tx, key string) error {
		return tx.SQL().Exec("UPDATE throttles SET n = n + 1 WHERE key = ?", key).Error
	}
	var met, group sync.WaitGroup
	met.Add(2)
	errs := make([]error, 2)
	for i, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		group.Go(func() {
			errs[i] = d.InTx(t.Context(), func(tx db.Tx) error {
				err := raise(tx, order[0])
				met.Done()
				if err != nil {
					return err
				}
				met.Wait()
				return raise(tx, order[1])
			})
		})
	}
	group.Wait()

	one := errors.Join(errs...)
	if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(one, fault.Unavailable) {
		t.Errorf("%v and %v", errs[0], errs[1])
	}
}

func TestReadersWaitForNoWriter(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if err := addThrottle(tx, "x"); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			return d.Read(ctx, func(other db.Tx) error {
				var n int64
				err := other.SQL().Table("throttles").Count(&n).Error
				if n != 0 {
					t.Errorf("a reader saw %d rows that are not committed", n)
				}
				return err
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx db.Tx) error { return addThrottle(tx, "x") })

		if err == nil && countThrottles(t, d) != 0 {
			t.Error("a reading transaction wrote")
		}
	})
}

// wire stands between a process and the database, and can go silent without hanging up, as a network does.
type wire struct {
	network, to string
	taken, cut  atomic.Int64 // connections so far, and how many of them are dead
	heard       atomic.Int64 // the one connection whose answers arrive; zero is all of them
	mu          sync.Mutex
	open        []net.Conn
}

// hangUp ends every connection, as a server does that was killed.
func (w *wire) hangUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
}

// beyond opens the database of a PostgreSQL address through a wire.
func beyond(t *testing.T, where string) (*db.DB, *wire) {
	t.Helper()
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	network, to, query := "tcp", u.Host, u.Query()
	if dir := query.Get("host"); dir != "" {
		network, to = "unix", filepath.Join(dir, ".s.PGSQL.5432")
	}
	w, through := newWire(t, network, to)
	query.Del("host")
	u.Host, u.RawQuery = through, query.Encode()
	return testkit.Open(t, u.String(), clock.System{}), w
}

func TestAConnectionThatBreaksIsAMomentOfUnavailability(t *testing.T) {
	t.Parallel()
	d, w := beyond(t, testkit.PostgresURL(t))

	err := d.InTx(t.Context(), func(tx db.Tx) error {
		w.hangUp()
		return addThrottle(tx, "x")
	})

	testkit.Eventually(t, "it works again", func() bool {
		again := d.InTx(t.Context(), func(tx db.Tx) error { return addThrottle(tx, "y") })
		if again != nil && !fault.Is(again, fault.Unavailable) {
			t.Errorf("meanwhile: %v", again)
		}
		return again == nil
	})
	if !fault.Is(err, fault.Unavailable) || countThrottles(t, d) != 1 {
		t.Errorf("%v", err)
	}
}

func newWire(t *testing.T, network, to string) (*wire, string) {
	t.Helper()
	w := &wire{network: network, to: to}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(conn, w.taken.Add(1))
		}
	}()
	return w, l.Addr().String()
}

func (w *wire) carry(near net.Conn, number int64) {
	defer func() { _ = near.Close() }()
	far, err := net.Dial(w.network, w.to)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	w.mu.Lock()
	w.open = append(w.open, near, far)
	w.mu.Unlock()
	pass := func(to, from net.Conn) {
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			if only := w.heard.Load(); number <= w.cut.Load() || from == far && only != 0 && only != number {
				continue // swallowed, and nobody is told
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	go pass(far, near)
	pass(near, far)
}

// A connection that is dead and does not know it must not keep what was revoked alive in memory.
func TestAWatcherWhoseConnectionFellSilentForgetsAndListensAgain(t *testing.T) {
	t.Parallel()
	where := testkit.PostgresURL(t)
	here := testkit.Open(t, where, clock.System{})
	there, w := beyond(t, where)
	var unknown atomic.Int64
	heard := make(chan string, 99)
	there.OnChange("things", func(key string) {
		if key == "" {
			unknown.Add(1)
			return
		}
		heard <- key
	})
	testkit.Run(t, there.WatchChanges)
	testkit.Eventually(t, "the watcher is on", func() bool { return unknown.Load() == 1 })

	w.cut.Store(w.taken.Load())
	testkit.Eventually(t, "everything is forgotten", func() bool { return unknown.Load() >= 2 })
	if err := here.InTx(t.Context(), func(tx db.Tx) error { return tx.Tell("things", "k") }); err != nil {
		t.Fatal(err)
	}

	select {
	case key := <-heard:
		if key != "k" {
			t.Errorf("heard %q", key)
		}
	case <-time.After(5 * time.Second):
		t.Error("it listens no more")
	}
}

// An asker who leaves during the commit gets an error for a deed that was done. What was remembered must go all the same.
func TestADeedWhoseCommitWasNotHeardOfIsToldHereToo(t *testing.T) {
	t.Parallel()
	d, w := beyond(t, testkit.PostgresURL(t))
	heard := make(chan string, 99)
	d.OnChange("things", func(key string) { heard <- key })
	testkit.Run(t, d.WatchChanges)
	if key := <-heard; key != "" {
		t.Fatalf("the watcher begins with %q", key)
	}
	watcher := w.taken.Load() // the last to come
	ctx, leave := context.WithCancel(t.Context())

	err := d.InTx(ctx, func(tx db.Tx) error {
		if err := errors.Join(addThrottle(tx, "x"), tx.Tell("things", "k")); err != nil {
			return err
		}
		w.heard.Store(watcher)
		time.AfterFunc(200*time.Millisecond, leave)
		return nil
	})

	if err == nil {
		t.Fatal("the commit was heard of")
	}
	select {
	case key := <-heard:
		if key != "k" {
			t.Errorf("heard %q", key)
		}
	case <-time.After(5 * time.Second):
		t.Error("the change was told to nobody here")
	}
	w.heard.Store(0)
	testkit.Eventually(t, "the row is there", func() bool { return countThrottles(t, d) == 1 })
}
