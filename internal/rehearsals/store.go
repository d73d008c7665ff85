package rehearsals

import (
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

type row struct {
	AppID     string    `gorm:"column:app_id"`
	ID        string    `gorm:"column:id"`
	Outcome   string    `gorm:"column:outcome"`
	Status    int       `gorm:"column:status"`
	Seconds   int       `gorm:"column:seconds"`
	Operation string    `gorm:"column:operation"`
	Calls     int       `gorm:"column:calls"`
	CallsLeft int       `gorm:"column:calls_left"`
	ArmedAt   time.Time `gorm:"column:armed_at"`
	EndsAt    time.Time `gorm:"column:ends_at"`
}

const columns = "app_id, id, outcome, status, seconds, operation, calls, calls_left, armed_at, ends_at"

// armed is the row's order; nil where this version does not know its outcome any more.
func (r row) armed() *Armed {
	o, err := Wish{Outcome: r.Outcome, Status: r.Status, Seconds: r.Seconds, Operation: r.Operation, Calls: r.Calls}.Order()
	if err != nil {
		return nil
	}
	return &Armed{ID: r.ID, AppID: r.AppID, Order: o, Left: r.CallsLeft, ArmedAt: r.ArmedAt.UTC(), EndsAt: r.EndsAt.UTC()}
}

// put writes an order in place of the app's former one.
func put(tx db.Tx, organisationID string, a Armed) error {
	err := tx.SQL().Exec("INSERT INTO rehearsals (app_id, environment, organisation_id, id, outcome, status, seconds, operation, calls, calls_left, armed_at, ends_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (app_id) DO UPDATE SET id = excluded.id, outcome = excluded.outcome, status = excluded.status, "+
		"seconds = excluded.seconds, operation = excluded.operation, calls = excluded.calls, calls_left = excluded.calls_left, armed_at = excluded.armed_at, ends_at = excluded.ends_at",
		a.AppID, string(catalog.Sandbox), organisationID, a.ID, a.Outcome.Name, a.Status, a.Seconds, a.Operation, a.Calls, a.Left, a.ArmedAt, a.EndsAt).Error
	if err != nil {
		return fmt.Errorf("arm a rehearsal: %w", err)
	}
	return nil
}

// ofApp is what is ordered for an app that proved itself at the door, or nil.
func ofApp(q db.Tx, appID string) (*Armed, error) {
	var rows []row
	err := q.SQL().Table("rehearsals").Select(columns).Where("app_id = ?", appID).Limit(1).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read a rehearsal: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return rows[0].armed(), nil
}

func ofOrganisation(q db.Tx, organisationID string, now time.Time) (map[string]Armed, error) {
	var rows []row
	err := q.SQL().Table("rehearsals").Select(columns).Where("organisation_id = ? AND ends_at > ?", organisationID, now).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list rehearsals: %w", err)
	}
	list := make(map[string]Armed, len(rows))
	for _, r := range rows {
		if a := r.armed(); a != nil {
			list[a.AppID] = *a
		}
	}
	return list, nil
}

// takeOne spends one call of this very order. Not found means that it is spent, over or replaced.
func takeOne(tx db.Tx, a *Armed) (left int, found bool, err error) {
	var rows []row
	err = tx.SQL().Raw("UPDATE rehearsals SET calls_left = calls_left - 1 WHERE app_id = ? AND id = ? AND calls_left > 0 AND ends_at > ? RETURNING calls_left",
		a.AppID, a.ID, tx.Now).Scan(&rows).Error
	if err != nil {
		return 0, false, fmt.Errorf("spend a rehearsal: %w", err)
	}
	if len(rows) == 0 {
		return 0, false, nil
	}
	return rows[0].CallsLeft, true, nil
}

func removeSpent(tx db.Tx, a *Armed) error {
	err := tx.SQL().Exec("DELETE FROM rehearsals WHERE app_id = ? AND id = ?", a.AppID, a.ID).Error
	if err != nil {
		return fmt.Errorf("end a rehearsal: %w", err)
	}
	return nil
}

func remove(tx db.Tx, organisationID, appID string) error {
	err := tx.SQL().Exec("DELETE FROM rehearsals WHERE app_id = ? AND organisation_id = ?", appID, organisationID).Error
	if err != nil {
		return fmt.Errorf("disarm a rehearsal: %w", err)
	}
	return nil
}

func purge(tx db.Tx, now time.Time) error {
	return tx.SQL().Exec("DELETE FROM rehearsals WHERE ends_at <= ?", now).Error
}
