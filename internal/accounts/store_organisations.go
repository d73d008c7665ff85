package accounts

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fairway/internal/db"
)

type administeredRow struct {
	ID           string     `gorm:"column:id"`
	Name         string     `gorm:"column:name"`
	Country      string     `gorm:"column:country"`
	Members      int        `gorm:"column:members"`
	CreatedAt    time.Time  `gorm:"column:created_at"`
	SuspendedAt  *time.Time `gorm:"column:suspended_at"`
	SuspendedBy  string     `gorm:"column:suspended_by"`
	SuspendedFor string     `gorm:"column:suspended_for"`
}

const (
	administeredColumns = "id, name, country, created_at, suspended_at, suspended_by, suspended_for"
	countedColumns      = administeredColumns + ", (SELECT COUNT(*) FROM memberships WHERE memberships.organisation_id = organisations.id) AS members"
)

func (r administeredRow) administered() Administered {
	return Administered{ID: r.ID, Name: r.Name, Country: r.Country, Members: r.Members, CreatedAt: r.CreatedAt.UTC(),
		Suspension: suspension(r.SuspendedAt, r.SuspendedBy, r.SuspendedFor)}
}

func suspension(at *time.Time, by, reason string) *Suspension {
	if at == nil {
		return nil
	}
	return &Suspension{At: at.UTC(), By: by, Reason: reason}
}

// beginning is a pattern for what begins with a text.
func beginning(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// searchOrganisations compares by name_key, which is the database's own lower().
func searchOrganisations(q db.Tx, s OrganisationSearch, most int) ([]administeredRow, error) {
	query := q.SQL().Table("organisations").Select(countedColumns)
	if s.Name != "" {
		query = query.Where(`name_key LIKE lower(CAST(? AS TEXT)) ESCAPE '\'`, beginning(s.Name))
	}
	if s.IDs != nil {
		query = query.Where("id IN ?", s.IDs)
	}
	if s.Suspended {
		query = query.Where("suspended_at IS NOT NULL")
	}
	if s.After != "" {
		query = query.Where("(name_key, id) > (SELECT last.name_key, last.id FROM organisations last WHERE last.id = ?)", s.After)
	}
	var rows []administeredRow
	if err := query.Order("name_key, id").Limit(most).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("search organisations: %w", err)
	}
	return rows, nil
}

func administeredByID(q db.Tx, id string) (administeredRow, error) {
	var row administeredRow
	err := q.SQL().Table("organisations").Select(countedColumns).Where("id = ?", id).Take(&row).Error
	return row, noOrganisation(err)
}

// lockOrganisation reads an organisation and holds off whoever would suspend or restore it until the transaction ends.
func lockOrganisation(tx db.Tx, id string) (administeredRow, error) {
	var row administeredRow
	err := tx.ForUpdate().Table("organisations").Select(administeredColumns).Where("id = ?", id).Take(&row).Error
	return row, noOrganisation(err)
}

func noOrganisation(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return ErrNoOrganisation
	}
	if err != nil {
		return fmt.Errorf("find organisation: %w", err)
	}
	return nil
}

func suspended(q db.Tx, id string) (bool, error) {
	var standing int64
	err := q.SQL().Table("organisations").Where("id = ? AND suspended_at IS NULL", id).Count(&standing).Error
	if err != nil {
		return false, fmt.Errorf("ask whether an organisation is suspended: %w", err)
	}
	return standing == 0, nil
}

func suspend(tx db.Tx, s Sanction) (bool, error) {
	done := tx.SQL().Exec("UPDATE organisations SET suspended_at = ?, suspended_by = ?, suspended_for = ? WHERE id = ? AND suspended_at IS NULL",
		tx.Now, s.By, s.Reason, s.OrganisationID)
	if done.Error != nil {
		return false, fmt.Errorf("suspend an organisation: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func restore(tx db.Tx, id string) (bool, error) {
	done := tx.SQL().Exec("UPDATE organisations SET suspended_at = NULL, suspended_by = '', suspended_for = '' WHERE id = ? AND suspended_at IS NOT NULL", id)
	if done.Error != nil {
		return false, fmt.Errorf("restore an organisation: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func isMember(q db.Tx, personID, organisationID string) (bool, error) {
	var n int64
	err := q.SQL().Table("memberships").Where("person_id = ? AND organisation_id = ?", personID, organisationID).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("find a membership: %w", err)
	}
	return n > 0, nil
}

func addressesOf(q db.Tx, ids []string) (map[string]string, error) {
	var rows []personRow
	if err := q.SQL().Table("people").Select("id, email").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	addresses := make(map[string]string, len(rows))
	for _, r := range rows {
		addresses[r.ID] = r.Email
	}
	return addresses, nil
}
