package enrolmentstest

import (
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
)

func submit(tx db.Tx, e *enrolments.Enrolment, by string, due time.Time) error {
	return tx.SQL().Exec("UPDATE enrolments SET state = 'submitted', submitted_by = ?, submitted_at = ?, due_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
		by, tx.Now, due, tx.Now, e.ID).Error
}
