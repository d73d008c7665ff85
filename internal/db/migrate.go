package db

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"fairway/migrations"
)

// migrationLock is the key of the advisory lock that makes a second starter wait for the first.
const migrationLock = 0x6661697277617900

// Migrate brings the schema and the job queue's tables to the version of this binary, under one lock: of two
// processes that start together one migrates and the other waits. Steps that need more than SQL follow under the same
// lock; each finds out itself whether there is something to do.
func (d *DB) Migrate(ctx context.Context, steps ...func(context.Context) error) error {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("wait for the migration lock: %w", err)
	}
	defer unlock()
	provider, err := d.provider()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	if err := d.migrateQueue(ctx); err != nil {
		return err
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("bring the rows to this version: %w", err)
		}
	}
	return nil
}

// Migrated reports whether the schema is at this binary's version.
func (d *DB) Migrated(ctx context.Context) (bool, error) {
	provider, err := d.provider()
	if err != nil {
		return false, err
	}
	pending, err := provider.HasPending(ctx)
	return !pending, translate(ctx, err)
}

func (d *DB) provider() (*goose.Provider, error) {
	folder, dialect := "sqlite", goose.DialectSQLite3
	if d.dialect == Postgres {
		folder, dialect = "postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations.FS, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, d.sql, files, goose.WithDisableGlobalRegistry(true))
}

func (d *DB) migrateQueue(ctx context.Context) error {
	up := rivermigrate.DirectionUp
	if d.dialect == Postgres {
		m, err := rivermigrate.New(riverdatabasesql.New(d.sql), nil)
		if err == nil {
			_, err = m.Migrate(ctx, up, nil)
		}
		return wrapQueue(err)
	}
	m, err := rivermigrate.New(riversqlite.New(d.sql), nil)
	if err == nil {
		_, err = m.Migrate(ctx, up, nil)
	}
	return wrapQueue(err)
}

func wrapQueue(err error) error {
	if err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

func (d *DB) lockMigrations(ctx context.Context) (func(), error) {
	if d.dialect == Postgres {
		conn, err := d.sql.Conn(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
			return nil, err
		}
		return func() {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
			_ = conn.Close()
		}, nil
	}
	return lockFile(strings.TrimPrefix(d.url, "sqlite:"))
}

// lockFile makes processes wait for one another that open or migrate the same SQLite file.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
