package accounts

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

func countUp(tx db.Tx, key string, window int64, ends time.Time) (int64, error) {
	var n int64
	err := tx.SQL().Raw("INSERT INTO throttles (key, win, n, ends_at) VALUES (?, ?, 1, ?) "+
		"ON CONFLICT (key, win) DO UPDATE SET n = throttles.n + 1 RETURNING n", key, window, ends).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count a try: %w", err)
	}
	return n, nil
}

func countDown(tx db.Tx, key string, window int64) error {
	return tx.SQL().Exec("UPDATE throttles SET n = n - 1 WHERE key = ? AND win = ? AND n > 0", key, window).Error
}

type triesRow struct {
	N      int64     `gorm:"column:n"`
	EndsAt time.Time `gorm:"column:ends_at"`
}

// lockTries reads the tries of an account and keeps others from reading them until the transaction ends.
func lockTries(tx db.Tx, key string) (tries int64, until time.Time, err error) {
	err = tx.SQL().Exec("INSERT INTO throttles (key, win, n, ends_at) VALUES (?, 0, 0, ?) ON CONFLICT (key, win) DO NOTHING", key, tx.Now).Error
	if err != nil {
		return 0, until, fmt.Errorf("begin to count tries: %w", err)
	}
	var row triesRow
	err = tx.ForUpdate().Table("throttles").Select("n, ends_at").Where("key = ? AND win = 0", key).Take(&row).Error
	if err != nil {
		return 0, until, fmt.Errorf("read tries: %w", err)
	}
	return row.N, row.EndsAt.UTC(), nil
}

func setTries(tx db.Tx, key string, tries int64, until time.Time) error {
	return tx.SQL().Exec("UPDATE throttles SET n = ?, ends_at = ? WHERE key = ? AND win = 0", tries, until, key).Error
}

func clearTries(tx db.Tx, key string) error {
	return tx.SQL().Exec("DELETE FROM throttles WHERE key = ? AND win = 0", key).Error
}
