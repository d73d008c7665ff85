package certs

import "fairway/internal/db"

// setByID finds a set whoever it belongs to: the fact that names it carries ids only.
func setByID(tx db.Tx, id string) (setRow, error) {
	var row setRow
	err := tx.SQL().Table("certificate_sets").Select(setColumns).Where("id = ?", id).Take(&row).Error
	return row, err
}
