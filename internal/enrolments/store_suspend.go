package enrolments

import (
	"fmt"

	"fairway/internal/db"
)

// decided are an organisation's enrolments in a state, locked for who changes them along with their organisation.
func decided(tx db.Tx, organisationID string, in State, with int) ([]string, error) {
	var rows []struct {
		ID string `gorm:"column:id"`
	}
	err := tx.ForUpdate().Table("enrolments").Select("id").Where("organisation_id = ? AND state = ? AND with_organisation = ?", organisationID, string(in), with).
		Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find an organisation's enrolments: %w", err)
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

func turnWith(tx db.Tx, id string, to State, with int, reason string) error {
	err := tx.SQL().Exec("UPDATE enrolments SET state = ?, with_organisation = ?, reason = ?, version = version + 1, updated_at = ? WHERE id = ?",
		string(to), with, reason, tx.Now, id).Error
	if err != nil {
		return fmt.Errorf("turn an enrolment with its organisation: %w", err)
	}
	return nil
}

// narrow takes roles from what opens the door or may come back to it, where it still has those that were seen.
func narrow(tx db.Tx, id, was, rights, reason string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET rights = ?, reason = ?, version = version + 1, updated_at = ? WHERE id = ? AND rights = ? AND state IN (?, ?, ?)",
		rights, reason, tx.Now, id, was, string(Approved), string(Replaced), string(Suspended))
	return one(done.RowsAffected, done.Error, "take roles from an approval")
}

// hold says anew whether what is suspended comes back with its organisation.
func hold(tx db.Tx, id string, with int, reason string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET with_organisation = ?, reason = ?, version = version + 1, updated_at = ? WHERE id = ? AND state = ? AND with_organisation <> ?",
		with, reason, tx.Now, id, string(Suspended), with)
	return one(done.RowsAffected, done.Error, "hold a suspended enrolment")
}
