package flows

import (
	"time"

	"fairway/internal/db"
)

func insertHeld(tx db.Tx, owner Owner, id, personID, sealed string, until time.Time) error {
	return tx.SQL().Exec("INSERT INTO held_requests (id, organisation_id, environment, person_id, sealed, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
		id, owner.OrganisationID, string(owner.Environment), personID, sealed, until).Error
}

// takeHeld removes a held request and gives what was sealed; empty where there is none to take.
func takeHeld(tx db.Tx, owner Owner, personID, id string) (string, error) {
	var sealed string
	err := tx.SQL().Raw("DELETE FROM held_requests WHERE id = ? AND organisation_id = ? AND environment = ? AND person_id = ? AND expires_at > ? RETURNING sealed",
		id, owner.OrganisationID, string(owner.Environment), personID, tx.Now).Scan(&sealed).Error
	return sealed, err
}

// pruneHeld removes an organisation's held requests that are too old or too many.
func pruneHeld(tx db.Tx, organisationID string) error {
	return tx.SQL().Exec("DELETE FROM held_requests WHERE organisation_id = ? AND (expires_at <= ? OR id NOT IN "+
		"(SELECT id FROM held_requests WHERE organisation_id = ? ORDER BY expires_at DESC, id DESC LIMIT ?))", organisationID, tx.Now, organisationID, maxHeldRows).Error
}

func purgeHeld(tx db.Tx) error {
	return tx.SQL().Exec("DELETE FROM held_requests WHERE expires_at <= ?", tx.Now).Error
}
