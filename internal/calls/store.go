package calls

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"fairway/internal/db"
	"fairway/internal/fault"
)

const columns = "id, at, environment, brand_id, organisation_id, app_id, request_id, operation, method, path, status, code, duration_us"

type callRow struct {
	ID             int64     `gorm:"column:id"`
	At             time.Time `gorm:"column:at"`
	Environment    string    `gorm:"column:environment"`
	BrandID        string    `gorm:"column:brand_id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	AppID          string    `gorm:"column:app_id"`
	RequestID      string    `gorm:"column:request_id"`
	Operation      string    `gorm:"column:operation"`
	Method         string    `gorm:"column:method"`
	Path           string    `gorm:"column:path"`
	Status         int       `gorm:"column:status"`
	Code           string    `gorm:"column:code"`
	DurationUS     int64     `gorm:"column:duration_us"`
	Detail         []byte    `gorm:"column:detail"`
}

func newRow(c *Call) *callRow {
	return &callRow{
		ID: c.ID, At: c.At, Environment: plain(c.Environment), BrandID: plain(c.Brand), OrganisationID: c.OrganisationID, AppID: c.AppID, RequestID: plain(c.RequestID),
		Operation: c.Operation, Method: plain(c.Method), Path: plain(c.Path), Status: c.Status, Code: plain(c.Code), DurationUS: c.Duration.Microseconds(),
	}
}

// plain is text that every database takes: UTF-8 without NUL. Nearly all is.
func plain(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

func (r *callRow) call() (Call, error) {
	c := Call{
		ID: r.ID, At: r.At.UTC(), Environment: r.Environment, Brand: r.BrandID, OrganisationID: r.OrganisationID, AppID: r.AppID,
		RequestID: r.RequestID, Operation: r.Operation, Method: r.Method, Path: r.Path, Status: r.Status, Code: r.Code,
		Duration: time.Duration(r.DurationUS) * time.Microsecond,
	}
	var err error
	if c.Detail, err = unpack(r.Detail); err != nil {
		return c, fmt.Errorf("read call %d: %w", r.ID, err)
	}
	return c, nil
}

// appendTo lists the values in the order of the columns, with the detail at the end.
func (r *callRow) appendTo(values []any) []any {
	return append(values, r.ID, r.At, r.Environment, r.BrandID, r.OrganisationID, r.AppID, r.RequestID, r.Operation, r.Method, r.Path,
		r.Status, r.Code, r.DurationUS, r.Detail)
}

var allColumns = strings.Split(columns+", detail", ", ")

// insert writes a batch: COPY on PostgreSQL, rows of many on SQLite.
func (l *Log) insert(ctx context.Context, batch []*callRow) error {
	if l.db.Dialect() == db.Postgres {
		var values []any
		from := pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
			values = batch[i].appendTo(values[:0])
			return values, nil
		})
		_, err := l.db.Pool().CopyFrom(ctx, pgx.Identifier{"calls"}, allColumns, from)
		return l.db.Fault(ctx, err)
	}
	return l.db.InTx(ctx, func(tx db.Tx) error { return insertMany(tx, batch) })
}

// rowsPerStatement is low because the driver looks for each value among all of its statement.
const rowsPerStatement = 20

func insertMany(tx db.Tx, batch []*callRow) error {
	var values []any
	for part := range slices.Chunk(batch, rowsPerStatement) {
		values = values[:0]
		for _, r := range part {
			values = r.appendTo(values)
		}
		if _, err := tx.Native().ExecContext(tx.Context(), insertion(len(part)), values...); err != nil {
			return err
		}
		runtime.Gosched() // a batch is long: whoever waits for an answer goes first
	}
	return nil
}

// insertion is the statement for n rows. OR FAIL spares the copies of pages that undoing one statement would need: a
// batch is undone as a whole.
func insertion(n int) string {
	marks := "(?" + strings.Repeat(", ?", len(allColumns)-1) + ")"
	return "INSERT OR FAIL INTO calls (" + columns + ", detail) VALUES " + marks + strings.Repeat(", "+marks, n-1)
}

func byID(q db.Tx, organisationID string, id int64) (Call, error) {
	var row callRow
	err := q.SQL().Table("calls").Select(columns+", detail").Where("id = ? AND organisation_id = ?", id, organisationID).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Call{}, fault.New(fault.NotFound, "call_unknown", "There is no such request in your log. Requests are kept for 30 days.")
	}
	if err != nil {
		return Call{}, err
	}
	return row.call()
}

func firstSuccess(q db.Tx, organisationID, environment, operation string) (time.Time, bool, error) {
	var rows []callRow
	err := q.SQL().Table("calls").Select("id, at").
		Where("organisation_id = ? AND environment = ? AND operation = ? AND status >= 200 AND status < 300", organisationID, environment, operation).
		Order("id").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, false, err
	}
	return rows[0].At.UTC(), true, nil
}

func deleteBefore(tx db.Tx, id int64, chunk int) (int64, error) {
	done := tx.SQL().Exec("DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT ?)", id, chunk)
	return done.RowsAffected, done.Error
}
