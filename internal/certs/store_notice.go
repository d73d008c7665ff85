package certs

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

// setByID finds a set whoever it belongs to: the fact that names it carries ids only.
func setByID(tx db.Tx, id string) (setRow, error) {
	var row setRow
	err := tx.SQL().Table("certificate_sets").Select(setColumns).Where("id = ?", id).Take(&row).Error
	return row, err
}

type endingRow struct {
	ID             string    `gorm:"column:id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	QWACEnd        time.Time `gorm:"column:qwac_end"`
	SealEnd        time.Time `gorm:"column:seal_end"`
}

// endingSets reads a page in the order of the organisations, of which each has one active set at most. The index of active
// sets is used where their status and environment are written out.
func endingSets(q db.Tx, from string, after, until time.Time) ([]endingRow, error) {
	var rows []endingRow
	err := q.SQL().Raw("SELECT certificate_sets.id, certificate_sets.organisation_id, qwac.not_after AS qwac_end, seal.not_after AS seal_end FROM certificate_sets "+
		"JOIN certificates qwac ON qwac.set_id = certificate_sets.id AND qwac.kind = 'qwac' AND NOT qwac.playground "+
		"JOIN certificates seal ON seal.set_id = certificate_sets.id AND seal.kind = 'qseal' "+
		"WHERE certificate_sets.status = 'active' AND certificate_sets.environment = 'sandbox' AND certificate_sets.organisation_id > ? "+
		"AND qwac.not_after > ? AND seal.not_after > ? AND (qwac.not_after <= ? OR seal.not_after <= ?) "+
		"ORDER BY certificate_sets.organisation_id LIMIT ?", from, after, after, until, until, endingPage).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list sets that end: %w", err)
	}
	return rows, nil
}
