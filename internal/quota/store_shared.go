package quota

import (
	"fmt"
	"strings"
	"time"

	"fairway/internal/db"
)

// digits is the length of an instant in a window: microseconds until the year 2286.
const digits = 16

// windowRow is an app's day and its last accepted instants, oldest first.
type windowRow struct {
	AppID  string `gorm:"column:app_id"`
	Day    string `gorm:"column:day"`
	N      int    `gorm:"column:n"`
	Recent string `gorm:"column:recent"`
}

// takeOne counts a request where the oldest of the last instants has left the window and the day has room. A row that was
// written under another limit of a second begins anew, and a clock that is behind gives nobody yesterday again.
const takeOne = "INSERT INTO quota_windows (app_id, environment, day, n, recent) VALUES (?, ?, ?, 1, ?) " +
	"ON CONFLICT (app_id, environment) DO UPDATE SET " +
	"n = CASE WHEN quota_windows.day >= excluded.day THEN quota_windows.n + 1 ELSE 1 END, " +
	"day = CASE WHEN quota_windows.day > excluded.day THEN quota_windows.day ELSE excluded.day END, " +
	"recent = CASE WHEN length(quota_windows.recent) = length(excluded.recent) THEN substr(quota_windows.recent, 17) || substr(excluded.recent, length(excluded.recent) - 15) ELSE excluded.recent END " +
	"WHERE (quota_windows.day < excluded.day OR quota_windows.n < ?) " +
	"AND (length(quota_windows.recent) <> length(excluded.recent) OR substr(quota_windows.recent, 1, 16) <= ?) " +
	"RETURNING day, n, recent"

// take counts one request in one statement and tells whether it was accepted; the row is as it stands then.
func take(tx db.Tx, k key, l Limits, now time.Time) (row windowRow, accepted bool, err error) {
	empty := strings.Repeat("0", digits*(l.PerSecond-1))
	done := tx.SQL().Raw(takeOne, k.app, k.environment, dateOf(dayOf(now)), empty+instant(now), l.PerDay, instant(now.Add(-window))).Scan(&row)
	if done.Error != nil {
		return row, false, fmt.Errorf("count a request: %w", done.Error)
	}
	if done.RowsAffected == 1 {
		return row, true, nil
	}
	row, err = windowOf(tx, k)
	return row, false, err
}

// windowOf is an app's row; zero where it never sent a request.
func windowOf(q db.Tx, k key) (windowRow, error) {
	var rows []windowRow
	err := q.SQL().Table("quota_windows").Select("day, n, recent").Where("app_id = ? AND environment = ?", k.app, k.environment).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return windowRow{}, err
	}
	return rows[0], nil
}

// windowsOf are the rows of apps that sent something on a day, or later.
func windowsOf(q db.Tx, environment string, apps []string, day string) ([]windowRow, error) {
	var rows []windowRow
	err := q.SQL().Table("quota_windows").Select("app_id, day, n").Where("environment = ? AND app_id IN ? AND day >= ?", environment, apps, day).Find(&rows).Error
	return rows, err
}

func purgeWindows(tx db.Tx, before string) error {
	return tx.SQL().Exec("DELETE FROM quota_windows WHERE day < ?", before).Error
}

// instant writes a time so that text sorts as time does.
func instant(t time.Time) string { return fmt.Sprintf("%0*d", digits, t.UnixMicro()) }
