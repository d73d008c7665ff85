// Package db opens SQLite or PostgreSQL, runs transactions and turns the drivers' errors into faults. It is
// the only package that knows gorm; everybody else hands on a Tx.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"fairway/internal/clock"
	"fairway/internal/secret"
)

// errNoTransaction is for what is only right inside InTx.
var errNoTransaction = errors.New("this is done inside a writing transaction")

// Dialect tells which database a DB talks to.
type Dialect string

// The two databases that everything must run on.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options say which database to open and what to use with it.
type Options struct {
	// URL is "sqlite:path/to/file.db" or "postgres://…".
	URL   string
	Clock clock.Clock
	Log   *slog.Logger
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	gorm    *gorm.DB
	reads   *gorm.DB // connections that cannot write, for SQLite; the same as gorm elsewhere
	sql     *sql.DB
	pool    *pgxpool.Pool
	url     string
	dialect Dialect
	clock   clock.Clock
	log     *slog.Logger
	origin  string

	mu        sync.RWMutex
	listeners map[string][]func(key string)
}

// Tx is a transaction, or a plain handle for one statement where it came from Reader. Now is the one instant
// of the whole deed.
type Tx struct {
	Now    time.Time
	sql    *gorm.DB
	db     *DB
	before *[]func(Tx) error
	after  *[]func()
}

// Open opens the database and checks that it has the settings we rely on. It does not migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	d := &DB{url: o.URL, clock: o.Clock, log: o.Log, origin: secret.ID("proc"), listeners: map[string][]func(string){}}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	switch {
	case strings.HasPrefix(o.URL, "sqlite:"):
		d.dialect = SQLite
		return d, d.openSQLite(ctx, strings.TrimPrefix(o.URL, "sqlite:"))
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		d.dialect = Postgres
		return d, d.openPostgres(ctx, o.URL)
	}
	return nil, fmt.Errorf("a database URL starts with sqlite: or postgres://")
}

// Close ends all connections.
func (d *DB) Close() error {
	err := d.sql.Close()
	if d.reads == nil {
		return err
	}
	if reads, readsErr := d.reads.DB(); readsErr == nil && reads != d.sql {
		err = errors.Join(err, reads.Close())
	}
	if d.pool != nil {
		d.pool.Close()
	}
	return err
}

// Dialect tells which database this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Pool is the PostgreSQL pool, for the job queue; nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Native is the standard library's handle, for the job queue and migrations.
func (d *DB) Native() *sql.DB { return d.sql }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return translate(ctx, d.sql.PingContext(ctx)) }

// Now reads the database's clock port.
func (d *DB) Now() time.Time { return d.clock.Now() }

// InTx runs fn in one writing transaction: all of it happens, or none. What fn registered with BeforeCommit is its last
// part; what it registered with AfterCommit runs once the commit is durable. Driver errors come back as faults (Conflict,
// Forbidden for the audit trail's rows, Unavailable).
func (d *DB) InTx(ctx context.Context, fn func(Tx) error) error {
	var before []func(Tx) error
	var after []func()
	err := d.gorm.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		before, after = before[:0], after[:0]
		tx := Tx{Now: d.clock.Now(), sql: g, db: d, before: &before, after: &after}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.finish()
	})
	if err != nil {
		return translate(ctx, err)
	}
	for _, f := range after {
		f()
	}
	return nil
}

// Read runs fn in a transaction that cannot write: every statement sees the same state.
func (d *DB) Read(ctx context.Context, fn func(Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if d.dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	err := d.reads.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		return fn(Tx{Now: d.clock.Now(), sql: g, db: d})
	}, options)
	return translate(ctx, err)
}

// Reader is a handle for a single reading statement outside any transaction. Wrap its error with Fault.
func (d *DB) Reader(ctx context.Context) Tx {
	return Tx{Now: d.clock.Now(), sql: d.gorm.WithContext(ctx), db: d}
}

// Fault turns a driver error into a fault, for what came from Reader.
func (d *DB) Fault(ctx context.Context, err error) error { return translate(ctx, err) }

// SQL is the statement builder. It may be written only in files named store*.go.
func (t Tx) SQL() *gorm.DB { return t.sql }

// Dialect tells which database the transaction runs on.
func (t Tx) Dialect() Dialect { return t.db.dialect }

// Native is the standard library's transaction, for the job queue; nil outside a transaction.
func (t Tx) Native() *sql.Tx {
	tx, _ := t.sql.Statement.ConnPool.(*sql.Tx)
	return tx
}

// BeforeCommit runs f as the last part of this transaction, in the order of registration; an error of f undoes all of it.
// A lock that every deed takes belongs here: whoever holds it waits for no other lock, and holds it for a moment. What f
// does may therefore lock nothing else. It is an error outside a writing transaction.
func (t Tx) BeforeCommit(f func(Tx) error) error {
	if t.before == nil {
		return errNoTransaction
	}
	*t.before = append(*t.before, f)
	return nil
}

// finish runs what was registered with BeforeCommit, and what that registers.
func (t Tx) finish() error {
	for i := 0; i < len(*t.before); i++ {
		if err := (*t.before)[i](t); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit runs f after this transaction has been committed, and never if it is not.
func (t Tx) AfterCommit(f func()) {
	if t.after != nil {
		*t.after = append(*t.after, f)
	}
}

// Try runs fn inside a savepoint, so that a refused statement (a duplicate, say) leaves the transaction usable. What fn
// registered with BeforeCommit and AfterCommit is undone with it.
func (t Tx) Try(fn func(Tx) error) error {
	first, then := 0, 0
	if t.after != nil {
		first, then = len(*t.before), len(*t.after)
	}
	err := t.sql.Transaction(func(g *gorm.DB) error {
		inner := t
		inner.sql = g
		return fn(inner)
	})
	if err != nil && t.after != nil {
		*t.before, *t.after = (*t.before)[:first], (*t.after)[:then]
	}
	return err
}

// Context is the context that the transaction was opened with.
func (t Tx) Context() context.Context { return t.sql.Statement.Context }
