package accounts

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type organisationRow struct {
	ID        string    `gorm:"column:id"`
	Name      string    `gorm:"column:name"`
	Country   string    `gorm:"column:country"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

func (r organisationRow) organisation() Organisation {
	return Organisation{ID: r.ID, Name: r.Name, Country: r.Country, CreatedAt: r.CreatedAt.UTC()}
}

func organisationByID(q db.Tx, id string) (Organisation, error) {
	var row organisationRow
	err := q.SQL().Table("organisations").Select("id, name, country, created_at").Where("id = ?", id).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Organisation{}, ErrNoOrganisation
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("find organisation: %w", err)
	}
	return row.organisation(), nil
}

// lastCharacter sorts behind all others, so that a beginning has an upper end.
const lastCharacter = "\U0010ffff"

// organisationsNamed folds by the database, as the key was folded.
func organisationsNamed(q db.Tx, beginning string, most int) ([]Organisation, error) {
	var rows []organisationRow
	err := q.SQL().Table("organisations").Select("id, name, country, created_at").
		Where("name_key >= lower(CAST(? AS TEXT)) AND name_key < lower(CAST(? AS TEXT))", beginning, beginning+lastCharacter).
		Order("name_key, id").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find organisations by name: %w", err)
	}
	list := make([]Organisation, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.organisation())
	}
	return list, nil
}

func everybodyOf(q db.Tx, organisationID string, most int) ([]personRow, error) {
	var rows []personRow
	err := q.SQL().Table("people").Select(personColumns+", memberships.role AS membership").Joins(personJoins).
		Where("memberships.organisation_id = ? AND people.role = 'tpp'", organisationID).
		Order("people.created_at, people.id").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list everybody of an organisation: %w", err)
	}
	return rows, nil
}

func memberByID(q db.Tx, organisationID, personID string) (personRow, error) {
	var row personRow
	err := q.SQL().Table("people").Select(personColumns).Joins(personJoins).
		Where("people.id = ? AND memberships.organisation_id = ? AND people.role = 'tpp'", personID, organisationID).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return row, ErrUnknown
	}
	if err != nil {
		return row, fmt.Errorf("find member: %w", err)
	}
	return row, nil
}

func networksOf(q db.Tx, personID string, most int) ([]string, error) {
	var addresses []string
	err := q.SQL().Table("sessions").Where("person_id = ? AND ip <> ''", personID).Order("seen_at DESC").Limit(most).Pluck("ip", &addresses).Error
	if err != nil {
		return nil, fmt.Errorf("read the networks of sessions: %w", err)
	}
	return addresses, nil
}

func countOf(q db.Tx, key string, window int64) (int64, error) {
	var rows []triesRow
	err := q.SQL().Table("throttles").Select("n, ends_at").Where("key = ? AND win = ?", key, window).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].N, nil
}

func latestDelay(q db.Tx, keys []string) (time.Time, error) {
	var rows []triesRow
	err := q.SQL().Table("throttles").Select("n, ends_at").Where("key IN ? AND win = 0", keys).Order("ends_at DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].EndsAt.UTC(), nil
}

func forgetCounts(tx db.Tx, keys []string) error {
	if err := tx.SQL().Exec("DELETE FROM throttles WHERE key IN ?", keys).Error; err != nil {
		return fmt.Errorf("forget the tries at an account: %w", err)
	}
	return nil
}
