package refresh

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type row struct {
	TriedAt   time.Time  `gorm:"column:tried_at"`
	FetchedAt *time.Time `gorm:"column:fetched_at"`
	Fault     string     `gorm:"column:fault"`
}

// find is the record of a source; an empty one where it was never tried.
func find(q db.Tx, s Source) (row, error) {
	var r row
	err := q.SQL().Table("refreshes").Select("tried_at, fetched_at, fault").Where("source = ?", string(s)).Take(&r).Error
	if errors.Is(err, db.ErrNotFound) {
		return row{}, nil
	}
	return r, err
}

// save notes a try. Without a fault it is the last one that went well, too.
func save(tx db.Tx, s Source, fault string) error {
	var fetched *time.Time
	if fault == "" {
		fetched = &tx.Now
	}
	err := tx.SQL().Exec("INSERT INTO refreshes (source, tried_at, fetched_at, fault) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (source) DO UPDATE SET tried_at = excluded.tried_at, fetched_at = COALESCE(excluded.fetched_at, refreshes.fetched_at), fault = excluded.fault",
		string(s), tx.Now, fetched, fault).Error
	if err != nil {
		return fmt.Errorf("note a refresh: %w", err)
	}
	return nil
}
