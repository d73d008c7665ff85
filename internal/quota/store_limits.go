package quota

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

type limitRow struct {
	Environment    string     `gorm:"column:environment"`
	OrganisationID string     `gorm:"column:organisation_id"`
	PerSecond      int        `gorm:"column:per_second"`
	PerDay         int        `gorm:"column:per_day"`
	EndsAt         *time.Time `gorm:"column:ends_at"`
	Reason         string     `gorm:"column:reason"`
	CreatedBy      string     `gorm:"column:created_by"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
}

const limitColumns = "environment, organisation_id, per_second, per_day, ends_at, reason, created_by, created_at"

func (r limitRow) limit() Limit {
	l := Limit{Environment: r.Environment, OrganisationID: r.OrganisationID, Limits: Limits{PerSecond: r.PerSecond, PerDay: r.PerDay},
		Reason: r.Reason, By: r.CreatedBy, At: r.CreatedAt.UTC()}
	if r.EndsAt != nil {
		end := r.EndsAt.UTC()
		l.EndsAt = &end
	}
	return l
}

func limitsOf(rows []limitRow) []Limit {
	list := make([]Limit, len(rows))
	for i, r := range rows {
		list[i] = r.limit()
	}
	return list
}

// limitsFor are everybody's row in an environment and the organisation's own.
func limitsFor(q db.Tx, s scope) ([]limitRow, error) {
	var rows []limitRow
	err := q.SQL().Table("quota_limits").Select(limitColumns).
		Where("environment = ? AND (organisation_id = '' OR organisation_id = ?)", s.environment, s.organisation).Find(&rows).Error
	return rows, err
}

func limitOf(tx db.Tx, s scope) (limitRow, bool, error) {
	var rows []limitRow
	err := tx.SQL().Table("quota_limits").Select(limitColumns).Where("environment = ? AND organisation_id = ?", s.environment, s.organisation).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return limitRow{}, false, err
	}
	return rows[0], true, nil
}

func ownLimits(tx db.Tx, organisation string) ([]limitRow, error) {
	var rows []limitRow
	err := tx.SQL().Table("quota_limits").Select(limitColumns).Where("organisation_id = ?", organisation).Order("environment DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the limits of an organisation: %w", err)
	}
	return rows, nil
}

func allLimits(q db.Tx, most int) ([]limitRow, error) {
	var rows []limitRow
	err := q.SQL().Table("quota_limits").Select(limitColumns).
		Order("CASE WHEN organisation_id = '' THEN 0 ELSE 1 END, created_at DESC, organisation_id, environment DESC").Limit(most).Find(&rows).Error
	return rows, err
}

func writeLimit(tx db.Tx, l Limit) error {
	err := tx.SQL().Exec("INSERT INTO quota_limits (environment, organisation_id, per_second, per_day, ends_at, reason, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (environment, organisation_id) DO UPDATE SET per_second = excluded.per_second, per_day = excluded.per_day, ends_at = excluded.ends_at, "+
		"reason = excluded.reason, created_by = excluded.created_by, created_at = excluded.created_at",
		l.Environment, l.OrganisationID, l.PerSecond, l.PerDay, l.EndsAt, l.Reason, l.By, l.At).Error
	if err != nil {
		return fmt.Errorf("keep a limit: %w", err)
	}
	return nil
}

func endLimit(tx db.Tx, l Limit) error {
	err := tx.SQL().Exec("UPDATE quota_limits SET ends_at = ? WHERE environment = ? AND organisation_id = ?", tx.Now, l.Environment, l.OrganisationID).Error
	if err != nil {
		return fmt.Errorf("end a limit: %w", err)
	}
	return nil
}

func purgeLimits(tx db.Tx, before time.Time) error {
	return tx.SQL().Exec("DELETE FROM quota_limits WHERE ends_at < ?", before).Error
}
