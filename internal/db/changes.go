package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A change is told in the transaction that makes it and reaches every process: this one right after the
// commit, others through PostgreSQL's NOTIFY or, on SQLite, through a table that is read whenever another
// connection has written (PRAGMA data_version). Both take well under a second.

const (
	channel   = "fairway_changes"
	pollEvery = 200 * time.Millisecond
	// aliveEvery and aliveWait bound how long a change can go unheard on a connection that fell silent.
	aliveEvery = time.Second
	aliveWait  = time.Second
)

// ReachesWithin is after how long a committed change is known to the other processes, unless they are starved. A
// command that ends earlier may be followed by a call to a server that does not know yet.
const ReachesWithin = 2 * pollEvery

// OnChange calls f with the key of every change told under topic, here or in another process. An empty key
// means that changes may have been missed: drop everything that was remembered.
func (d *DB) OnChange(topic string, f func(key string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listeners[topic] = append(d.listeners[topic], f)
}

// Tell says that what key names under topic has changed. It takes effect with the commit.
func (t Tx) Tell(topic, key string) error {
	t.AfterCommit(func() { t.db.deliver(topic, key) })
	if t.db.dialect == Postgres {
		payload := t.db.origin + "|" + topic + "|" + key
		return t.sql.Exec("SELECT pg_notify(?, ?)", channel, payload).Error
	}
	return t.sql.Exec("INSERT INTO changes (origin, topic, key, told_at) VALUES (?, ?, ?, ?)",
		t.db.origin, topic, key, t.Now).Error
}

func (d *DB) deliver(topic, key string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, f := range d.listeners[topic] {
		f(key)
	}
}

func (d *DB) deliverUnknown() {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, fs := range d.listeners {
		for _, f := range fs {
			f("")
		}
	}
}

// WatchChanges brings the changes of other processes until ctx ends. It reconnects by itself.
func (d *DB) WatchChanges(ctx context.Context) error {
	watch := d.watchSQLite
	if d.dialect == Postgres {
		watch = d.watchPostgres
	}
	for {
		err := watch(ctx)
		if ctx.Err() != nil {
			return nil
		}
		d.log.Warn("watching for changes was interrupted", "error", fmt.Sprint(err))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollEvery):
		}
	}
}

func (d *DB) watchPostgres(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	d.deliverUnknown()
	for {
		n, err := nextNotification(ctx, conn)
		if err != nil {
			return err
		}
		if n == nil {
			continue
		}
		// Our own come back to us too. A commit whose answer was lost, because its asker left, ran nothing after it here.
		if parts := strings.SplitN(n.Payload, "|", 3); len(parts) == 3 {
			d.deliver(parts[1], parts[2])
		}
	}
}

// nextNotification waits for a while and then asks whether the server is still there: a connection that is dead and
// does not know it would keep us from hearing of anything. It returns nil where there was nothing to hear.
func nextNotification(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	quiet, cancel := context.WithTimeout(ctx, aliveEvery)
	n, err := conn.WaitForNotification(quiet)
	cancel()
	if err == nil || quiet.Err() == nil || ctx.Err() != nil {
		return n, err
	}
	asking, cancel := context.WithTimeout(ctx, aliveWait)
	defer cancel()
	return nil, conn.Ping(asking)
}

func (d *DB) watchSQLite(ctx context.Context) error {
	conn, err := d.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var last int64
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM changes").Scan(&last); err != nil {
		return err
	}
	d.deliverUnknown()
	seen := int64(-1)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		var version int64
		if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
			return err
		}
		if version != seen {
			seen = version
			if last, err = d.readChanges(ctx, last); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (d *DB) readChanges(ctx context.Context, last int64) (int64, error) {
	rows, err := d.sql.QueryContext(ctx, "SELECT id, origin, topic, key FROM changes WHERE id > ? ORDER BY id", last)
	if err != nil {
		return last, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var origin, topic, key string
		if err := rows.Scan(&last, &origin, &topic, &key); err != nil {
			return last, err
		}
		if origin != d.origin {
			d.deliver(topic, key)
		}
	}
	return last, errors.Join(rows.Err(), ctx.Err())
}

// ForgetChanges removes changes that every process has long read. It does nothing on PostgreSQL.
func (d *DB) ForgetChanges(ctx context.Context, before time.Time) error {
	if d.dialect == Postgres {
		return nil
	}
	_, err := d.sql.ExecContext(ctx, "DELETE FROM changes WHERE told_at < ?", before)
	return translate(ctx, err)
}
