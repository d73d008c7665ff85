package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
	Detail         string    `gorm:"column:detail"`
}

func (r callRow) call() (Call, error) {
	c := Call{
		ID: r.ID, At: r.At.UTC(), Environment: r.Environment, Brand: r.BrandID, OrganisationID: r.OrganisationID, AppID: r.AppID,
		RequestID: r.RequestID, Operation: r.Operation, Method: r.Method, Path: r.Path, Status: r.Status, Code: r.Code,
		Duration: time.Duration(r.DurationUS) * time.Microsecond,
	}
	if r.Detail == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(r.Detail), &c.Detail); err != nil {
		return c, fmt.Errorf("read the detail of a call: %w", err)
	}
	return c, nil
}

func values(c *Call) ([]any, error) {
	detail, err := json.Marshal(c.Detail)
	if err != nil {
		return nil, fmt.Errorf("encode the detail of a call: %w", err)
	}
	return []any{c.ID, c.At, c.Environment, c.Brand, c.OrganisationID, c.AppID, c.RequestID, c.Operation, c.Method, c.Path,
		c.Status, c.Code, c.Duration.Microseconds(), strings.ReplaceAll(string(detail), `\u0000`, "\ufffd")}, nil
}

// insert writes a batch: COPY on PostgreSQL, rows of many on SQLite.
func (l *Log) insert(ctx context.Context, batch []*Call) error {
	rows := make([][]any, 0, len(batch))
	for _, c := range batch {
		row, err := values(c)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if l.db.Dialect() == db.Postgres {
		_, err := l.db.Pool().CopyFrom(ctx, pgx.Identifier{"calls"}, strings.Split(columns+", detail", ", "), pgx.CopyFromRows(rows))
		return l.db.Fault(ctx, err)
	}
	return l.db.InTx(ctx, func(tx db.Tx) error { return insertMany(tx, rows) })
}

const rowsPerStatement = 100

func insertMany(tx db.Tx, rows [][]any) error {
	for start := 0; start < len(rows); start += rowsPerStatement {
		part := rows[start:min(start+rowsPerStatement, len(rows))]
		args := make([]any, 0, len(part)*len(part[0]))
		for _, r := range part {
			args = append(args, r...)
		}
		marks := "(?" + strings.Repeat(", ?", len(part[0])-1) + ")"
		statement := "INSERT INTO calls (" + columns + ", detail) VALUES " + marks + strings.Repeat(", "+marks, len(part)-1)
		if _, err := tx.Native().ExecContext(tx.Context(), statement, args...); err != nil {
			return err
		}
	}
	return nil
}

// list reads one row more than asked for, to know whether there are more. A page of newer calls comes oldest first.
func list(q db.Tx, organisationID string, f Filter) ([]Call, error) {
	s := q.SQL().Table("calls").Select(columns).Where("organisation_id = ?", organisationID)
	if f.AppID != "" {
		s = s.Where("app_id = ?", f.AppID)
	}
	if f.StatusClass > 0 {
		s = s.Where("status >= ? AND status < ?", f.StatusClass*100, f.StatusClass*100+100)
	}
	if f.Code != "" {
		s = s.Where("code = ?", f.Code)
	}
	if f.Operation != "" {
		s = s.Where("operation = ?", f.Operation)
	}
	if f.RequestID != "" {
		s = s.Where("request_id = ?", f.RequestID)
	}
	if f.Before > 0 {
		s = s.Where("id < ?", f.Before)
	}
	if f.After > 0 {
		s = s.Where("id > ?", f.After).Order("id")
	} else {
		s = s.Order("id DESC")
	}
	var rows []callRow
	if err := s.Limit(f.Limit + 1).Find(&rows).Error; err != nil {
		return nil, err
	}
	found := make([]Call, 0, len(rows))
	for _, r := range rows {
		c, err := r.call()
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
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

func firstSuccess(q db.Tx, organisationID, operation string) (time.Time, bool, error) {
	var rows []callRow
	err := q.SQL().Table("calls").Select("id, at").
		Where("organisation_id = ? AND operation = ? AND status >= 200 AND status < 300", organisationID, operation).
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
