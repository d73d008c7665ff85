package pg

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// namePrefix begins the name of every database that the tests make on a server they were given.
const namePrefix = "fairway_test_"

// borrow uses a server that somebody else runs. It drops what dead processes left there, and holds a lock
// that tells other processes that the databases with our prefix are in use.
func borrow(ctx context.Context, given string) (*server, error) {
	u, err := url.Parse(given)
	if err != nil || u.Scheme == "" {
		return nil, errors.New("TEST_DATABASE_URL is not a URL: write postgres://user:password@host:port/database")
	}
	admin, err := sql.Open("pgx", given)
	if err != nil {
		return nil, fmt.Errorf("read TEST_DATABASE_URL: %w", err)
	}
	admin.SetMaxOpenConns(8)
	lock, err := admin.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("reach the server of TEST_DATABASE_URL: %w", err)
	}
	prefix := namePrefix + strings.ToLower(rand.Text()[:12])
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", prefix); err != nil {
		return nil, fmt.Errorf("lock the test databases: %w", err)
	}
	s := &server{admin: admin, url: *u, prefix: prefix, templates: map[uintptr]string{}, held: lock}
	return s, s.sweep(ctx)
}

// sweep drops the databases of processes that are gone: their lock is free. Advisory locks belong to the
// database that one is connected to, which is the same for all users of one TEST_DATABASE_URL.
func (s *server) sweep(ctx context.Context) error {
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return fmt.Errorf("look for left-over test databases: %w", err)
	}
	defer conn.Close()
	names, err := testDatabases(ctx, conn)
	if err != nil {
		return fmt.Errorf("list left-over test databases: %w", err)
	}
	for _, name := range names {
		owner := name[:strings.LastIndexByte(name, '_')]
		free := false
		row := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(hashtext($1))", owner)
		if err := row.Scan(&free); err != nil {
			return fmt.Errorf("ask for the lock of %s: %w", owner, err)
		}
		if !free {
			continue
		}
		// Another process may sweep at the same time: both want the database gone, so IF EXISTS is enough.
		if _, err := conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("drop the left-over %s: %w", name, err)
		}
	}
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_unlock_all()")
	return err
}

func testDatabases(ctx context.Context, conn *sql.Conn) ([]string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT datname FROM pg_database WHERE datname ~ $1",
		"^"+namePrefix+"[a-z0-9]+_[0-9]+$")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
