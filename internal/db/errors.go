package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/glebarez/go-sqlite"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"fairway/internal/fault"
)

// ErrNotFound is what a store gets for a row that is not there, or that belongs to somebody else.
var ErrNotFound = gorm.ErrRecordNotFound

// ErrAppendOnly is the database's refusal to change or remove a row of the audit trail.
var ErrAppendOnly = fault.New(fault.Forbidden, "append_only", "The audit trail keeps every line as it was written: none can be changed or removed. Nothing was changed.")

// Duplicate reports whether err is the refusal of a second row under the unique index of this name. Unique
// indexes are named table_column_column, which is how both databases are understood.
func Duplicate(err error, index string) bool {
	return duplicateIndex(err) == index
}

func duplicateIndex(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return pg.ConstraintName
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == 2067 || lite.Code() == 1555) {
		_, columns, _ := strings.Cut(lite.Error(), "UNIQUE constraint failed: ")
		columns, _, _ = strings.Cut(columns, " (")
		return sqliteIndexName(columns)
	}
	return ""
}

// sqliteIndexName makes "people_email" of "people.email" and "a_x_y" of "a.x, a.y".
func sqliteIndexName(columns string) string {
	table, name := "", ""
	for column := range strings.SplitSeq(columns, ", ") {
		t, c, ok := strings.Cut(column, ".")
		if !ok {
			return strings.Trim(columns, "'")
		}
		table = t
		name += "_" + c
	}
	return table + name
}

// translate turns what the drivers say into faults. Faults and unknown errors pass unchanged.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if duplicateIndex(err) != "" {
		return fault.New(fault.Conflict, "conflict", "This exists already.").With(err)
	}
	if appendOnly(err) {
		return ErrAppendOnly.With(err)
	}
	if unavailable(err) {
		return fault.New(fault.Unavailable, "unavailable", "The database is not answering. Try again in a minute; nothing was changed.").With(err)
	}
	return err
}

// appendOnly recognises the triggers of the migrations: their class on PostgreSQL (2F002, "modifying SQL data is not
// permitted"), a refusal by a trigger and its text on SQLite.
func appendOnly(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "2F002"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == 1811 && strings.Contains(lite.Error(), "append-only")
}

func unavailable(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case 5, 10, 13, 14: // busy, I/O error, full, cannot open
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		for _, class := range []string{"57P", "53", "08", "40"} { // going down, out of means, connection, deadlock
			if strings.HasPrefix(pg.Code, class) {
				return true
			}
		}
		return false
	}
	for _, gone := range []error{driver.ErrBadConn, sql.ErrConnDone, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}
