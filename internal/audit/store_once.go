package audit

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

// doneSince reads the object's newest rows first.
func doneSince(q db.Tx, e Entry, since time.Time) (bool, error) {
	var rows []row
	err := q.SQL().Table("audit_log").Select("at").Where("object = ? AND actor = ? AND act = ? AND at >= ? AND seq IS NOT NULL", e.Object, e.Actor, e.Act, since.UTC()).
		Order("seq DESC").Limit(1).Find(&rows).Error
	if err != nil {
		return false, fmt.Errorf("look for a row of the audit trail: %w", err)
	}
	return len(rows) > 0, nil
}

func lastOf(q db.Tx, act, object string) (time.Time, error) {
	var rows []row
	err := q.SQL().Table("audit_log").Select("at").Where("object = ? AND act = ? AND seq IS NOT NULL", object, act).Order("seq DESC").Limit(1).Find(&rows).Error
	if err != nil {
		return time.Time{}, fmt.Errorf("read when something was last done: %w", err)
	}
	if len(rows) == 0 {
		return time.Time{}, nil
	}
	return rows[0].At.UTC(), nil
}
