package accounts

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type personRow struct {
	ID             string     `gorm:"column:id"`
	Email          string     `gorm:"column:email"`
	EmailKey       string     `gorm:"column:email_key"`
	PasswordHash   string     `gorm:"column:password_hash"`
	Role           string     `gorm:"column:role"`
	VerifiedAt     *time.Time `gorm:"column:verified_at"`
	DisabledAt     *time.Time `gorm:"column:disabled_at"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
	OrganisationID string     `gorm:"column:organisation_id"`
	Organisation   string     `gorm:"column:organisation"`
	Country        string     `gorm:"column:country"`
	Membership     string     `gorm:"column:membership"` // read by everybodyOf alone
	SuspendedAt    *time.Time `gorm:"column:suspended_at"`
	SuspendedBy    string     `gorm:"column:suspended_by"`
	SuspendedFor   string     `gorm:"column:suspended_for"`
}

const personColumns = "people.id, people.email, people.email_key, people.password_hash, people.role, people.verified_at, people.disabled_at, people.created_at, " +
	memberColumns

// memberColumns are what a person's organisation says.
const memberColumns = "COALESCE(organisations.id, '') AS organisation_id, COALESCE(organisations.name, '') AS organisation, COALESCE(organisations.country, '') AS country, " +
	"organisations.suspended_at, COALESCE(organisations.suspended_by, '') AS suspended_by, COALESCE(organisations.suspended_for, '') AS suspended_for"

const personJoins = "LEFT JOIN memberships ON memberships.person_id = people.id LEFT JOIN organisations ON organisations.id = memberships.organisation_id"

func (r personRow) person() Person {
	return Person{
		ID: r.ID, Email: r.Email, Role: Role(r.Role), Verified: r.VerifiedAt != nil, OrganisationID: r.OrganisationID,
		OrganisationName: r.Organisation, Country: r.Country, CreatedAt: r.CreatedAt.UTC(), Suspension: suspension(r.SuspendedAt, r.SuspendedBy, r.SuspendedFor),
	}
}

func personByID(q db.Tx, id string) (personRow, error) { return personWhere(q, "people.id = ?", id) }

func personByKey(q db.Tx, key string) (personRow, error) {
	return personWhere(q, "people.email_key = ?", key)
}

func personWhere(q db.Tx, condition, value string) (personRow, error) {
	var row personRow
	err := q.SQL().Table("people").Select(personColumns).Joins(personJoins).Where(condition, value).
		Order("memberships.created_at").Limit(1).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return row, ErrUnknown
	}
	if err != nil {
		return row, fmt.Errorf("find person: %w", err)
	}
	return row, nil
}

// insertPerson adds a person and, where the row names one, her organisation as its owner.
func insertPerson(tx db.Tx, r personRow) error {
	err := tx.SQL().Exec("INSERT INTO people (id, email, email_key, password_hash, role, verified_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		r.ID, r.Email, r.EmailKey, r.PasswordHash, r.Role, r.VerifiedAt, tx.Now).Error
	if err != nil {
		return fmt.Errorf("add person: %w", err)
	}
	if r.OrganisationID == "" {
		return nil
	}
	err = tx.SQL().Exec("INSERT INTO organisations (id, name, country, created_at) VALUES (?, ?, ?, ?)", r.OrganisationID, r.Organisation, r.Country, tx.Now).Error
	if err != nil {
		return fmt.Errorf("add organisation: %w", err)
	}
	err = tx.SQL().Exec("INSERT INTO memberships (person_id, organisation_id, role, created_at) VALUES (?, ?, 'owner', ?)", r.ID, r.OrganisationID, tx.Now).Error
	if err != nil {
		return fmt.Errorf("add membership: %w", err)
	}
	return nil
}

// markVerified notes that the address was proven, the first time only.
func markVerified(tx db.Tx, personID string) error {
	return tx.SQL().Exec("UPDATE people SET verified_at = ? WHERE id = ? AND verified_at IS NULL", tx.Now, personID).Error
}

func setPassword(tx db.Tx, personID, hash string) error {
	result := tx.SQL().Exec("UPDATE people SET password_hash = ? WHERE id = ?", hash, personID)
	if result.Error == nil && result.RowsAffected != 1 {
		return ErrUnknown
	}
	return result.Error
}

const abandoned = "SELECT id FROM people WHERE verified_at IS NULL AND role = 'tpp'"

// dropUnverified removes the unfinished sign-up of this address, if there is one, with its organisation.
func dropUnverified(tx db.Tx, key string) error {
	return dropAbandoned(tx, abandoned+" AND email_key = ?", key)
}

// deleteUnverified removes sign-ups that were never finished.
func deleteUnverified(tx db.Tx, before time.Time) error {
	return dropAbandoned(tx, abandoned+" AND created_at < ?", before)
}

func dropAbandoned(tx db.Tx, people string, value any) error {
	err := tx.SQL().Exec("DELETE FROM organisations WHERE id IN (SELECT organisation_id FROM memberships WHERE role = 'owner' AND person_id IN ("+people+"))", value).Error
	if err == nil {
		err = tx.SQL().Exec("DELETE FROM people WHERE id IN ("+people+")", value).Error
	}
	if err != nil {
		return fmt.Errorf("remove unfinished sign-ups: %w", err)
	}
	return nil
}

// deleteOver removes expired sessions and counters, and links that ended before the given time.
func deleteOver(tx db.Tx, links time.Time) error {
	for _, s := range []struct {
		statement string
		before    time.Time
	}{
		{"DELETE FROM sessions WHERE expires_at < ?", tx.Now},
		{"DELETE FROM throttles WHERE ends_at < ?", tx.Now.Add(-forgetAfter)},
		{"DELETE FROM links WHERE expires_at < ?", links},
	} {
		if err := tx.SQL().Exec(s.statement, s.before).Error; err != nil {
			return fmt.Errorf("remove what is over: %w", err)
		}
	}
	return nil
}

func setRole(tx db.Tx, personID string, role Role) error {
	return tx.SQL().Exec("UPDATE people SET role = ? WHERE id = ?", string(role), personID).Error
}

func membersOf(q db.Tx, organisationID string) ([]personRow, error) {
	var rows []personRow
	err := q.SQL().Table("people").Select(personColumns).Joins(personJoins).
		Where("memberships.organisation_id = ? AND people.verified_at IS NOT NULL AND people.disabled_at IS NULL", organisationID).
		Order("people.created_at, people.id").Limit(200).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return rows, nil
}

func staffWithRole(q db.Tx, role Role) ([]personRow, error) {
	var rows []personRow
	err := q.SQL().Table("people").Select(personColumns).Joins(personJoins).
		Where("people.role = ? AND people.verified_at IS NOT NULL AND people.disabled_at IS NULL", string(role)).
		Order("people.created_at, people.id").Limit(200).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	return rows, nil
}
