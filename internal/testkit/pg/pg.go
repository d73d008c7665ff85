// Package pg owns the PostgreSQL databases of the tests: one throw-away server for each test process, made
// from the binaries that the machine has, and a database of its own for each test.
//
// TEST_DATABASE_URL names a server to use instead. The server that this package starts is watched by a shell
// that holds the other end of a pipe: when the test process ends, however it ends, the shell stops the
// server and removes its folder.
package pg

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"
)

// patience is how long one step may take on a busy machine before the test fails.
const patience = 60 * time.Second

// started is the server of this process. It starts with the first test that asks.
var started = sync.OnceValues(start)

// URL gives a fresh, empty database that lives as long as the test. It skips the test where there is no
// PostgreSQL, and fails it where FAIRWAY_REQUIRE names "postgres".
func URL(t testing.TB) string {
	t.Helper()

	return mustServer(t).database(t, "template0")
}

// Template gives a copy of a database that prepare filled. The first call with a prepare function runs it;
// later calls with the same function copy what it left, which takes a few hundredths of a second. A prepare
// that does not return (it failed its test) is run again by the next call.
func Template(t testing.TB, prepare func(url string)) string {
	t.Helper()
	s := mustServer(t)

	template, err := s.template(reflect.ValueOf(prepare).Pointer(), prepare)
	if err != nil {
		t.Fatalf("prepare the template database: %v", err)
	}

	return s.database(t, template)
}

func mustServer(t testing.TB) *server {
	t.Helper()
	s, err := started()
	if err == nil {
		return s
	}
	if _, missing := err.(missingError); missing && !required() {
		t.Skipf("skipped on PostgreSQL: %v", err)
	}
	t.Fatalf("start PostgreSQL: %v", err)
	return nil
}

// required tells whether a test may not be skipped for want of PostgreSQL.
func required() bool {
	for name := range strings.SplitSeq(os.Getenv("FAIRWAY_REQUIRE"), ",") {
		if strings.TrimSpace(name) == "postgres" {
			return true
		}
	}
	return false
}

// missingError says that the machine has no PostgreSQL to start.
type missingError string

func (e missingError) Error() string { return string(e) }

// server is a running PostgreSQL on which this process makes databases.
type server struct {
	admin  *sql.DB
	url    url.URL
	prefix string
	made   atomic.Int64
	// strategy is how CREATE DATABASE copies a template; "" leaves it to the server.
	strategy string

	mu        sync.Mutex
	templates map[uintptr]string

	// held keeps what must not be closed or collected while the process lives: the pipe to the shell that
	// watches our own server, or the connection whose lock says that our databases are in use.
	held any
}

func start() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return borrow(ctx, given)
	}
	return launch(ctx)
}

func (s *server) urlOf(database string) string {
	u := s.url
	u.Path = "/" + database
	return u.String()
}

// database makes a database from a template and drops it when the test ends.
func (s *server) database(t testing.TB, template string) string {
	t.Helper()
	name := s.newName()
	if err := s.create(name, template); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.urlOf(name)
}

// template runs prepare on a new database once and closes that database to everybody, because PostgreSQL
// copies only a database that nobody is connected to.
func (s *server) template(key uintptr, prepare func(url string)) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, ok := s.templates[key]; ok {
		return name, nil
	}
	name := s.newName()
	if err := s.create(name, "template0"); err != nil {
		return "", err
	}
	prepare(s.urlOf(name))
	if err := s.exec("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false"); err != nil {
		return "", err
	}
	if err := s.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'"); err != nil {
		return "", err
	}
	s.templates[key] = name
	return name, nil
}

// create copies a template. Connections that were just cut off take a moment to leave.
func (s *server) create(name, template string) error {
	deadline := time.Now().Add(patience)
	for {
		err := s.exec("CREATE DATABASE " + name + " TEMPLATE " + template + s.strategy)
		if err == nil || !strings.Contains(err.Error(), "55006") || time.Now().After(deadline) {
			return err
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := s.admin.ExecContext(ctx, statement)
	return err
}

func (s *server) newName() string {
	return fmt.Sprintf("%s_%d", s.prefix, s.made.Add(1))
}
