package nca

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

type doubtRow struct {
	EnrolmentID string     `gorm:"column:enrolment_id"`
	Code        string     `gorm:"column:code"`
	Sentence    string     `gorm:"column:sentence"`
	Since       time.Time  `gorm:"column:since"`
	ToldAt      *time.Time `gorm:"column:told_at"`
}

// doubtsOf are the doubts about these enrolments, by enrolment, the oldest first.
func doubtsOf(q db.Tx, enrolmentIDs []string) (map[string][]doubtRow, error) {
	var rows []doubtRow
	err := q.SQL().Table("doubts").Select("enrolment_id, code, sentence, since, told_at").Where("enrolment_id IN ?", enrolmentIDs).Order("since, code").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list doubts: %w", err)
	}
	out := map[string][]doubtRow{}
	for _, r := range rows {
		out[r.EnrolmentID] = append(out[r.EnrolmentID], r)
	}
	return out, nil
}

// insertDoubt keeps a doubt that is new.
func insertDoubt(tx db.Tx, d doubtRow) error {
	err := tx.SQL().Exec("INSERT INTO doubts (enrolment_id, code, sentence, since) VALUES (?, ?, ?, ?) ON CONFLICT (enrolment_id, code) DO NOTHING",
		d.EnrolmentID, d.Code, d.Sentence, d.Since).Error
	if err != nil {
		return fmt.Errorf("keep a doubt: %w", err)
	}
	return nil
}

// markTold notes that a doubt is told, and says whether it was not before.
func markTold(tx db.Tx, enrolmentID, code string) (bool, error) {
	done := tx.SQL().Exec("UPDATE doubts SET told_at = ? WHERE enrolment_id = ? AND code = ? AND told_at IS NULL", tx.Now, enrolmentID, code)
	if done.Error != nil {
		return false, fmt.Errorf("note that a doubt is told: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func dropDoubt(tx db.Tx, enrolmentID, code string) error {
	if err := tx.SQL().Exec("DELETE FROM doubts WHERE enrolment_id = ? AND code = ?", enrolmentID, code).Error; err != nil {
		return fmt.Errorf("end a doubt: %w", err)
	}
	return nil
}

// dropDoubts ends all about an enrolment: what comes back later is looked at with new patience.
func dropDoubts(tx db.Tx, enrolmentID string) error {
	if err := tx.SQL().Exec("DELETE FROM doubts WHERE enrolment_id = ?", enrolmentID).Error; err != nil {
		return fmt.Errorf("end doubts: %w", err)
	}
	return nil
}
