package enrolments_test

import (
	"fmt"
	"testing"

	"fairway/internal/db"
	"fairway/internal/enrolments"
)

// multiply copies an enrolment so many times, all due at the same instant as the first or a little later.
func multiply(t *testing.T, d *db.DB, e *enrolments.Enrolment, times int) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		for n := range times {
			due := e.DueAt
			if n%3 == 0 {
				due = due.AddDate(0, 0, n)
			}
			err := tx.SQL().Exec("INSERT INTO enrolments (id, organisation_id, state, version, qwac, qseal, created_by, created_at, updated_at, due_at) "+
				"SELECT ?, organisation_id, state, version, qwac, qseal, created_by, created_at, updated_at, ? FROM enrolments WHERE id = ?",
				fmt.Sprintf("enr_copy%04d", n), due, e.ID).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
