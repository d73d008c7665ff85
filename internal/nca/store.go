package nca

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/secret"
)

type examinationRow struct {
	EnrolmentID string `gorm:"column:enrolment_id"`
	Fingerprint string `gorm:"column:fingerprint"`
	Body        string `gorm:"column:body"`
}

func insertExamination(tx db.Tx, enrolmentID string, x *Examination) error {
	body, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("encode an examination: %w", err)
	}
	fingerprint, err := x.Fingerprint()
	if err != nil {
		return err
	}
	err = tx.SQL().Exec("INSERT INTO examinations (id, enrolment_id, version, fingerprint, body, created_at) VALUES (?, ?, ?, ?, ?, ?)",
		secret.ID("exa"), enrolmentID, x.Version, fingerprint, string(body), tx.Now).Error
	if err != nil {
		return fmt.Errorf("insert an examination: %w", err)
	}
	return nil
}

// latest is the newest examination of an enrolment, nil where there is none.
func latest(q db.Tx, enrolmentID string) (*Examination, error) {
	var row examinationRow
	err := q.SQL().Table("examinations").Select("fingerprint, body").Where("enrolment_id = ?", enrolmentID).Order("created_at DESC, id DESC").Limit(1).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return row.examination()
}

func (r examinationRow) examination() (*Examination, error) {
	x := &Examination{}
	if err := json.Unmarshal([]byte(r.Body), x); err != nil {
		return nil, fmt.Errorf("read an examination: %w", err)
	}
	return x, nil
}

// latestOf are the newest examinations of these enrolments, by enrolment.
func latestOf(q db.Tx, enrolmentIDs []string) (map[string]*Examination, error) {
	var rows []examinationRow
	err := q.SQL().Table("examinations AS x").Select("x.enrolment_id, x.fingerprint, x.body").Where("x.enrolment_id IN ?", enrolmentIDs).
		Where("NOT EXISTS (SELECT 1 FROM examinations AS y WHERE y.enrolment_id = x.enrolment_id AND (y.created_at > x.created_at OR y.created_at = x.created_at AND y.id > x.id))").
		Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Examination, len(rows))
	for _, r := range rows {
		if out[r.EnrolmentID], err = r.examination(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// firstApproval is the approval that waits for a second person.
type firstApproval struct {
	EnrolmentID string    `gorm:"column:enrolment_id"`
	Version     int       `gorm:"column:version"`
	ApprovedBy  string    `gorm:"column:approved_by"`
	Reason      string    `gorm:"column:reason"`
	Rights      string    `gorm:"column:rights"`
	CreatedAt   time.Time `gorm:"column:created_at"`
}

func findFirst(q db.Tx, enrolmentID string) (firstApproval, bool, error) {
	var row firstApproval
	err := q.SQL().Table("first_approvals").Select("version, approved_by, reason, rights, created_at").Where("enrolment_id = ?", enrolmentID).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return row, false, nil
	}
	return row, err == nil, err
}

// firstsOf are the first approvals of these enrolments, by enrolment.
func firstsOf(q db.Tx, enrolmentIDs []string) (map[string]firstApproval, error) {
	var rows []firstApproval
	err := q.SQL().Table("first_approvals").Select("enrolment_id, version, approved_by, reason, rights, created_at").Where("enrolment_id IN ?", enrolmentIDs).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make(map[string]firstApproval, len(rows))
	for _, r := range rows {
		out[r.EnrolmentID] = r
	}
	return out, nil
}

// keepFirst keeps a first approval; one of an earlier version, or with other roles, is replaced.
func keepFirst(tx db.Tx, f firstApproval) error {
	err := tx.SQL().Exec("INSERT INTO first_approvals (enrolment_id, version, approved_by, reason, rights, created_at) VALUES (?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (enrolment_id) DO UPDATE SET version = excluded.version, approved_by = excluded.approved_by, reason = excluded.reason, rights = excluded.rights, created_at = excluded.created_at",
		f.EnrolmentID, f.Version, f.ApprovedBy, f.Reason, f.Rights, tx.Now).Error
	if err != nil {
		return fmt.Errorf("keep a first approval: %w", err)
	}
	return nil
}

// dropFirst ends a first approval; whoever approves next is the first again.
func dropFirst(tx db.Tx, enrolmentID string) error {
	if err := tx.SQL().Exec("DELETE FROM first_approvals WHERE enrolment_id = ?", enrolmentID).Error; err != nil {
		return fmt.Errorf("end a first approval: %w", err)
	}
	return nil
}
