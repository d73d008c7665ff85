package pg_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/testkit/pg"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := mustOpen(t, pg.URL(t)), mustOpen(t, pg.URL(t))

	mustExec(t, first, "CREATE TABLE boats (name text)")

	mustExec(t, second, "CREATE TABLE boats (name text)")
	mustExec(t, first, "INSERT INTO boats VALUES ('Aino')")
	if got := count(t, second, "boats"); got != 0 {
		t.Errorf("the second database sees %d rows of the first", got)
	}
}

func TestADatabaseIsDroppedWhenItsTestEnds(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("a test that keeps a connection open", func(t *testing.T) {
		url = pg.URL(t)
		held, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, held, "SELECT 1")
	})

	err := mustOpen(t, url).PingContext(t.Context())

	if err == nil || !strings.Contains(err.Error(), "3D000") {
		t.Errorf("connecting to the dropped database gave %v, want SQLSTATE 3D000", err)
	}
}

func TestATemplateIsPreparedOnceAndCopiedForEachTest(t *testing.T) {
	t.Parallel()
	var prepared atomic.Int32
	prepare := func(url string) {
		prepared.Add(1)
		db := mustOpen(t, url) // stays open until the test ends, as a careless migration would leave it
		mustExec(t, db, "CREATE TABLE boats (name text)")
		mustExec(t, db, "INSERT INTO boats VALUES ('Aino')")
	}

	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			db := mustOpen(t, pg.Template(t, prepare))
			mustExec(t, db, fmt.Sprintf("INSERT INTO boats VALUES ('boat %d')", i))
			if got := count(t, db, "boats"); got != 2 {
				t.Errorf("copy %d has %d rows, want the prepared one and its own", i, got)
			}
		})
	}
	wg.Wait()

	if got := prepared.Load(); got != 1 {
		t.Errorf("the template was prepared %d times, want once", got)
	}
}

func TestAPrepareThatDidNotReturnIsRunAgain(t *testing.T) {
	t.Parallel()
	tries := 0
	prepare := func(url string) {
		db := mustOpen(t, url)
		mustExec(t, db, "CREATE TABLE boats (name text)")
		if tries++; tries == 1 {
			panic("the first try stops half-way")
		}
	}
	func() {
		defer func() { _ = recover() }() // the panic is the arranged failure
		pg.Template(t, prepare)
	}()

	db := mustOpen(t, pg.Template(t, prepare))

	if got := count(t, db, "boats"); got != 0 || tries != 2 {
		t.Errorf("%d rows after %d tries, want 0 after 2", got, tries)
	}
}

// TestChild is another test process: newChild runs this test binary again with FAIRWAY_PG_CHILD, which says
// how the process ends.
func TestChild(t *testing.T) {
	how := os.Getenv("FAIRWAY_PG_CHILD")
	if how == "" {
		t.Skip("runs only inside the tests of this package")
	}
	url := pg.URL(t)
	mustExec(t, mustOpen(t, url), "SELECT 1")
	fmt.Printf("url %s\n", url)
	switch how {
	case "panic":
		go panic("the process ends by a panic in a goroutine")
		select {}
	case "kill":
		select {}
	}
}

func TestTheServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_DATABASE_URL") != "" {
		t.Skip("TEST_DATABASE_URL names a server that is not ours to stop")
	}
	pg.URL(t)
	for _, how := range []string{"return", "panic", "kill"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			child := newChild(t, "FAIRWAY_PG_CHILD="+how)

			url := child.url(t)
			if how == "kill" {
				_ = child.cmd.Process.Kill() // the process may only be gone already
			}
			_ = child.cmd.Wait() // a child that panicked or was killed reports so

			waitUntilGone(t, socketFolder(t, url))
		})
	}
}

func TestWithoutPostgreSQLATestIsSkippedUnlessItIsRequired(t *testing.T) {
	t.Parallel()
	nobody := []string{"FAIRWAY_PG_CHILD=return", "TEST_DATABASE_URL=", "FAIRWAY_PG_BIN=" + t.TempDir()}

	skipped := newChild(t, append(nobody, "FAIRWAY_REQUIRE=chromium")...).output(t)
	failed := newChild(t, append(nobody, "FAIRWAY_REQUIRE=chromium, postgres")...).output(t)

	if !strings.Contains(skipped, "--- SKIP: TestChild") || !strings.Contains(skipped, "FAIRWAY_PG_BIN") {
		t.Errorf("not required, the test said:\n%s", skipped)
	}
	if !strings.Contains(failed, "--- FAIL: TestChild") {
		t.Errorf("required, the test said:\n%s", failed)
	}
}

func TestAGivenServerIsUsedAndLeftClean(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_DATABASE_URL") != "" {
		t.Skip("needs a server on which nobody else counts databases")
	}
	given := pg.URL(t)
	db := mustOpen(t, given)
	mustExec(t, db, "CREATE DATABASE fairway_test_gone_1")

	killed := newChild(t, "FAIRWAY_PG_CHILD=kill", "TEST_DATABASE_URL="+given)
	left := killed.url(t)
	during := databases(t, db)
	_ = killed.cmd.Process.Kill() // the process may only be gone already
	_ = killed.cmd.Wait()         // it reports that it was killed
	waitUntilUnlocked(t, db)
	newChild(t, "FAIRWAY_PG_CHILD=return", "TEST_DATABASE_URL="+given).output(t)

	if len(during) != 1 || !strings.Contains(left, "/"+during[0]) {
		t.Errorf("while a process used the server it had %v, want only the database of %s", during, left)
	}
	if after := databases(t, db); len(after) != 0 {
		t.Errorf("left on the given server: %v", after)
	}
}

// child is this test binary run once more.
type child struct {
	cmd *exec.Cmd
	out *bufio.Reader
}

func newChild(t *testing.T, env ...string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, bufio.NewReader(pipe)}
}

// url waits for the line in which the child names its database.
func (c *child) url(t *testing.T) string {
	t.Helper()
	for {
		line, err := c.out.ReadString('\n')
		if url, ok := strings.CutPrefix(line, "url "); ok {
			return strings.TrimSpace(url)
		}
		if err != nil {
			t.Fatalf("the child ended without naming its database: %v", err)
		}
	}
}

func (c *child) output(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	_, err := c.out.WriteTo(&all)
	if err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return all.String()
}

func socketFolder(t *testing.T, url string) string {
	t.Helper()
	_, escaped, ok := strings.Cut(url, "host=")
	if !ok {
		t.Fatalf("%s names no socket", url)
	}
	return strings.ReplaceAll(escaped, "%2F", "/")
}

func waitUntilGone(t *testing.T, dir string) {
	t.Helper()
	waitFor(t, "the server's folder "+dir+" to be removed", func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, os.ErrNotExist)
	})
}

func waitUntilUnlocked(t *testing.T, db *sql.DB) {
	t.Helper()
	waitFor(t, "the killed process to lose its lock", func() bool {
		return count(t, db, "pg_locks WHERE locktype = 'advisory' AND granted") == 0
	})
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func databases(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT datname FROM pg_database WHERE datname LIKE 'fairway_test_%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func mustOpen(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // nothing depends on a clean goodbye
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *sql.DB, from string) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
