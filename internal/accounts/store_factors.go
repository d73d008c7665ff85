package accounts

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type factorRow struct {
	ID        string    `gorm:"column:id"`
	PersonID  string    `gorm:"column:person_id"`
	Sealed    string    `gorm:"column:sealed"`
	LastStep  int64     `gorm:"column:last_step"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

func factorOf(q db.Tx, personID string) (factorRow, error) {
	var row factorRow
	err := q.SQL().Table("second_factors").Select("id, person_id, sealed, last_step, created_at").Where("person_id = ?", personID).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return factorRow{}, ErrFactorMissing
	}
	if err != nil {
		return factorRow{}, fmt.Errorf("find second factor: %w", err)
	}
	return row, nil
}

func insertFactor(tx db.Tx, r factorRow) error {
	err := tx.SQL().Exec("INSERT INTO second_factors (id, person_id, sealed, last_step, created_at) VALUES (?, ?, ?, ?, ?)",
		r.ID, r.PersonID, r.Sealed, r.LastStep, tx.Now).Error
	if err != nil {
		return fmt.Errorf("add second factor: %w", err)
	}
	return nil
}

// deleteFactor removes the factor of a person with its recovery codes, and tells whether there was one.
func deleteFactor(tx db.Tx, personID string) (bool, error) {
	result := tx.SQL().Exec("DELETE FROM second_factors WHERE person_id = ?", personID)
	err := result.Error
	if err == nil {
		err = tx.SQL().Exec("DELETE FROM recovery_codes WHERE person_id = ?", personID).Error
	}
	if err != nil {
		return false, fmt.Errorf("remove second factor: %w", err)
	}
	return result.RowsAffected > 0, nil
}

// spendStep uses up a step and all before it; false where it was used already.
func spendStep(tx db.Tx, factorID string, step int64) (bool, error) {
	result := tx.SQL().Exec("UPDATE second_factors SET last_step = ? WHERE id = ? AND last_step < ?", step, factorID, step)
	if result.Error != nil {
		return false, fmt.Errorf("spend a code: %w", result.Error)
	}
	return result.RowsAffected == 1, nil
}

// spendCode uses up a recovery code; false where it is none or was used already.
func spendCode(tx db.Tx, personID, hash string) (bool, error) {
	result := tx.SQL().Exec("UPDATE recovery_codes SET used_at = ? WHERE person_id = ? AND hash = ? AND used_at IS NULL", tx.Now, personID, hash)
	if result.Error != nil {
		return false, fmt.Errorf("spend a recovery code: %w", result.Error)
	}
	return result.RowsAffected == 1, nil
}

func codesLeft(q db.Tx, personID string) (int, error) {
	var n int
	err := q.SQL().Raw("SELECT COUNT(*) FROM recovery_codes WHERE person_id = ? AND used_at IS NULL", personID).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

func replaceCodes(tx db.Tx, personID string, hashes []string) error {
	err := tx.SQL().Exec("DELETE FROM recovery_codes WHERE person_id = ?", personID).Error
	for _, hash := range hashes {
		if err == nil {
			err = tx.SQL().Exec("INSERT INTO recovery_codes (person_id, hash, created_at) VALUES (?, ?, ?)", personID, hash, tx.Now).Error
		}
	}
	if err != nil {
		return fmt.Errorf("replace recovery codes: %w", err)
	}
	return nil
}
