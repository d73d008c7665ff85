package db

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// sqliteSettings: WAL lets readers run beside the writer; every writing transaction takes its lock at once
// (immediate), because one that upgrades later is refused without waiting. Durable decisions want FULL. A checkpoint every
// 16 MB and 4 MB of pages a connection let the request log write each page of an index once a batch and not row by row.
const sqliteSettings = "_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
	"&_pragma=synchronous(NORMAL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-4000)&_pragma=temp_store(MEMORY)&_txlock=immediate"

func (d *DB) openSQLite(ctx context.Context, path string) error {
	if path == "" || strings.ContainsAny(path, "?#") {
		return fmt.Errorf("a SQLite URL names a file, as in sqlite:./var/portal.db")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the database folder: %w", err)
	}
	if err := ownFile(path); err != nil {
		return fmt.Errorf("make the database file: %w", err)
	}
	unlock, err := lockFile(path)
	if err != nil {
		return fmt.Errorf("wait for another starter: %w", err)
	}
	defer unlock() // the first to open turns to WAL, and who comes meanwhile is refused without waiting
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + sqliteSettings
	if d.gorm, err = gorm.Open(sqlite.Open(name), d.settings()); err != nil {
		return fmt.Errorf("open SQLite: %w", err)
	}
	if d.reads, err = gorm.Open(sqlite.Open(name+"&_pragma=query_only(1)"), d.settings()); err != nil {
		return fmt.Errorf("open SQLite: %w", err)
	}
	if reads, err := d.reads.DB(); err == nil {
		reads.SetMaxOpenConns(readers)
		reads.SetMaxIdleConns(readers)
	}
	if d.sql, err = d.gorm.DB(); err != nil {
		return err
	}
	d.sql.SetMaxOpenConns(8)
	d.sql.SetMaxIdleConns(8)
	return d.checkSQLite(ctx)
}

// readers is how many reading transactions run at once on SQLite.
const readers = 8

// ownFile makes a database file that does not exist yet, for its owner's eyes alone. The files beside it follow it.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// checkSQLite asserts the settings, since a misspelt one is silently ignored by the driver.
func (d *DB) checkSQLite(ctx context.Context) error {
	for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := d.sql.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return fmt.Errorf("read SQLite setting %s: %w", pragma, err)
		}
		if got != want {
			return fmt.Errorf("SQLite setting %s is %s, not %s", pragma, got, want)
		}
	}
	return nil
}

func (d *DB) openPostgres(ctx context.Context, dsn string) error {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("read PostgreSQL URL: %w", err)
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		cfg.MaxConns = int32(max(16, 4*runtime.NumCPU()))
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if d.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	d.sql = stdlib.OpenDBFromPool(d.pool)
	d.sql.SetMaxIdleConns(0)
	if d.gorm, err = gorm.Open(postgres.New(postgres.Config{Conn: d.sql}), d.settings()); err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	d.reads = d.gorm
	return d.sql.PingContext(ctx)
}

// settings: no transaction around single statements, no values in any log.
func (d *DB) settings() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		NowFunc:                d.clock.Now,
		Logger:                 logger.NewSlogLogger(d.log, logger.Config{LogLevel: logger.Silent, ParameterizedQueries: true}),
	}
}
