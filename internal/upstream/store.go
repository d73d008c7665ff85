package upstream

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

type keyRow struct {
	ID        string    `gorm:"column:id"`
	Position  int       `gorm:"column:position"`
	Sealed    string    `gorm:"column:sealed"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

// keyRows are the keys that are shown, the newest first.
func keyRows(q db.Tx) ([]keyRow, error) {
	var rows []keyRow
	err := q.SQL().Table("assertion_keys").Select("id, position, sealed, created_at").Order("position DESC").Limit(published).Find(&rows).Error
	return rows, err
}

// insertKey adds a key and removes those up to a position.
func insertKey(tx db.Tx, row keyRow, upTo int) error {
	if err := tx.SQL().Table("assertion_keys").Create(&row).Error; err != nil {
		return fmt.Errorf("insert a key: %w", err)
	}
	if err := tx.SQL().Exec("DELETE FROM assertion_keys WHERE position <= ?", upTo).Error; err != nil {
		return fmt.Errorf("delete old keys: %w", err)
	}
	return nil
}
