package audit

import (
	"fmt"

	"fairway/internal/db"
)

func insert(tx db.Tx, e Entry, detail string) error {
	err := tx.SQL().Exec("INSERT INTO audit_log (at, actor, organisation_id, act, object, detail) VALUES (?, ?, ?, ?, ?, ?)",
		tx.Now, e.Actor, e.Organisation, e.Act, e.Object, detail).Error
	if err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	return nil
}
