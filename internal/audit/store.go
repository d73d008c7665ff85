package audit

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

// What these mean to whoever writes a line is that something is broken here. They are neither db.ErrNotFound nor a
// duplicate, which callers of Write understand as something of their own.
var (
	errNoHead = errors.New("the audit chain has no head")
	errForked = errors.New("the head of the audit chain is not its last row")
)

const columns = "seq, id, at, actor, organisation_id, act, object, detail, prev_hash, hash"

type row struct {
	Seq          int64     `gorm:"column:seq"`
	ID           int64     `gorm:"column:id"`
	At           time.Time `gorm:"column:at"`
	Actor        string    `gorm:"column:actor"`
	Organisation string    `gorm:"column:organisation_id"`
	Act          string    `gorm:"column:act"`
	Object       string    `gorm:"column:object"`
	Detail       string    `gorm:"column:detail"`
	PrevHash     string    `gorm:"column:prev_hash"`
	Hash         string    `gorm:"column:hash"`
}

type headRow struct {
	Seq  int64  `gorm:"column:seq"`
	Hash string `gorm:"column:hash"`
}

// insert writes the row outside the chain and notes its id.
func insert(tx db.Tx, r *row) error {
	err := tx.SQL().Raw("INSERT INTO audit_log (at, actor, organisation_id, act, object, detail) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
		r.At, r.Actor, r.Organisation, r.Act, r.Object, r.Detail).Scan(&r.ID).Error
	if err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	return nil
}

// lockHead reads the head and makes every other deed wait until this one has ended.
func lockHead(tx db.Tx) (Head, error) {
	var heads []headRow
	err := tx.ForUpdate().Table("audit_head").Select("seq, hash").Where("id = 1").Limit(1).Find(&heads).Error
	if err == nil && len(heads) == 0 {
		err = errNoHead
	}
	if err != nil {
		return Head{}, fmt.Errorf("lock the head of the audit chain: %w", err)
	}
	return Head{Seq: heads[0].Seq, Hash: heads[0].Hash}, nil
}

// headOf reads the head; a head without a hash stands for none.
func headOf(q db.Tx) (Head, error) {
	var heads []headRow
	err := q.SQL().Table("audit_head").Select("seq, hash").Where("id = 1").Limit(1).Find(&heads).Error
	if err != nil || len(heads) == 0 {
		return Head{}, err
	}
	return Head{Seq: heads[0].Seq, Hash: heads[0].Hash}, nil
}

func instantOf(q db.Tx, seq int64) (time.Time, error) {
	var r row
	err := q.SQL().Table("audit_log").Select("at").Where("seq = ?", seq).Take(&r).Error
	return r.At.UTC(), err
}

func link(tx db.Tx, r *row) error {
	done := tx.SQL().Exec("UPDATE audit_log SET seq = ?, prev_hash = ?, hash = ? WHERE id = ? AND seq IS NULL", r.Seq, r.PrevHash, r.Hash, r.ID)
	return once(done.RowsAffected, done.Error, "link a row to the audit chain")
}

func moveHead(tx db.Tx, from int64, to Head) error {
	done := tx.SQL().Exec("UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1 AND seq = ?", to.Seq, to.Hash, from)
	return once(done.RowsAffected, done.Error, "move the head of the audit chain")
}

func once(affected int64, err error, doing string) error {
	if err == nil && affected != 1 || db.Duplicate(err, "audit_log_seq") {
		err = errForked
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// firstUnchained is the id of the first row outside the chain, zero where there is none.
func firstUnchained(q db.Tx) (int64, error) {
	var ids []int64
	err := q.SQL().Table("audit_log").Where("seq IS NULL").Order("id").Limit(1).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

func unchained(q db.Tx, limit int) ([]row, error) {
	var rows []row
	err := q.SQL().Table("audit_log").Select("id, at, actor, organisation_id, act, object, detail").Where("seq IS NULL").
		Order("id").Limit(limit).Find(&rows).Error
	return rows, err
}

// walk hands on the chain's rows in their order until next says that it has seen enough. A row whose values are not what
// they should be comes with the error of reading it.
func walk(q db.Tx, next func(r row, unreadable error) bool) error {
	rows, err := q.SQL().Table("audit_log").Select(columns).Where("seq IS NOT NULL").Order("seq").Rows()
	if err != nil {
		return err
	}
	for rows.Next() {
		r, err := scan(rows)
		if !next(r, err) {
			break
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

func scan(rows *sql.Rows) (row, error) {
	var r row
	err := rows.Scan(&r.Seq, &r.ID, &r.At, &r.Actor, &r.Organisation, &r.Act, &r.Object, &r.Detail, &r.PrevHash, &r.Hash)
	return r, err
}

// list is the newest rows that the filter lets through, up to limit.
func list(q db.Tx, f Filter, limit int) ([]row, error) {
	s := q.SQL().Table("audit_log").Select(columns).Where("seq IS NOT NULL")
	if f.Before > 0 {
		s = s.Where("seq < ?", f.Before)
	}
	if f.Actor != "" {
		s = s.Where("actor = ?", f.Actor)
	}
	if f.Organisation != "" {
		s = s.Where("organisation_id = ?", f.Organisation)
	}
	if f.Object != "" {
		s = s.Where("object = ?", f.Object)
	}
	if f.Act != "" { // acts are letters, dots and underscores, which all sort before the tilde
		s = s.Where("act >= ? AND act < ?", f.Act, f.Act+"~")
	}
	if !f.From.IsZero() {
		s = s.Where("at >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		s = s.Where("at < ?", f.To.UTC())
	}
	var rows []row
	err := s.Order("seq DESC").Limit(limit).Find(&rows).Error
	return rows, err
}
