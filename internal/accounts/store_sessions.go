package accounts

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type sessionRow struct {
	ID        string     `gorm:"column:id"`
	PersonID  *string    `gorm:"column:person_id"`
	Data      string     `gorm:"column:data"`
	CreatedAt time.Time  `gorm:"column:created_at"`
	SeenAt    time.Time  `gorm:"column:seen_at"`
	ExpiresAt time.Time  `gorm:"column:expires_at"`
	AuthAt    *time.Time `gorm:"column:auth_at"`
	FactorAt  *time.Time `gorm:"column:factor_at"`
	IP        string     `gorm:"column:ip"`
	UserAgent string     `gorm:"column:user_agent"`

	Email          string     `gorm:"column:email"`
	Role           string     `gorm:"column:role"`
	VerifiedAt     *time.Time `gorm:"column:verified_at"`
	DisabledAt     *time.Time `gorm:"column:disabled_at"`
	PersonSince    *time.Time `gorm:"column:person_since"`
	OrganisationID string     `gorm:"column:organisation_id"`
	Organisation   string     `gorm:"column:organisation"`
	Country        string     `gorm:"column:country"`
	SuspendedAt    *time.Time `gorm:"column:suspended_at"`
	SuspendedBy    string     `gorm:"column:suspended_by"`
	SuspendedFor   string     `gorm:"column:suspended_for"`
}

const sessionColumns = "sessions.id, sessions.person_id, sessions.data, sessions.created_at, sessions.seen_at, sessions.expires_at, sessions.auth_at, sessions.factor_at, sessions.ip, sessions.user_agent, " +
	"COALESCE(people.email, '') AS email, COALESCE(people.role, '') AS role, people.verified_at, people.disabled_at, people.created_at AS person_since, " +
	memberColumns

const sessionJoins = "LEFT JOIN people ON people.id = sessions.person_id " + personJoins

// live reports whether the session still counts: not over, not idle for too long, and its person not shut out. The
// limits are those of the role that the person has now.
func (r sessionRow) live(now time.Time) bool {
	idle, longest := idleTPP, longestTPP
	if Role(r.Role).Staff() {
		idle, longest = idleStaff, longestStaff
	}
	if Role(r.Role).NeedsFactor() && r.FactorAt == nil {
		longest = longestHalf
	}
	return r.DisabledAt == nil && now.Before(r.ExpiresAt) && now.Sub(r.SeenAt) < idle && now.Sub(r.CreatedAt) < longest
}

func (r sessionRow) session() (Session, error) {
	s := Session{ID: r.ID, CreatedAt: r.CreatedAt.UTC(), SeenAt: r.SeenAt.UTC(), IP: r.IP, UserAgent: r.UserAgent}
	if err := json.Unmarshal([]byte(r.Data), &s.Data); err != nil {
		return Session{}, fmt.Errorf("read session: %w", err)
	}
	if r.AuthAt != nil {
		s.AuthAt = r.AuthAt.UTC()
	}
	if r.FactorAt != nil {
		s.FactorAt = r.FactorAt.UTC()
	}
	if r.PersonID != nil {
		s.Person = &Person{
			ID: *r.PersonID, Email: r.Email, Role: Role(r.Role), Verified: r.VerifiedAt != nil, OrganisationID: r.OrganisationID,
			OrganisationName: r.Organisation, Country: r.Country, Suspension: suspension(r.SuspendedAt, r.SuspendedBy, r.SuspendedFor),
		}
		if r.PersonSince != nil {
			s.Person.CreatedAt = r.PersonSince.UTC()
		}
	}
	return s, nil
}

func insertSession(tx db.Tx, r sessionRow) error {
	return tx.SQL().Exec("INSERT INTO sessions (id, person_id, data, created_at, seen_at, expires_at, auth_at, ip, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.ID, r.PersonID, r.Data, r.CreatedAt, r.SeenAt, r.ExpiresAt, r.AuthAt, r.IP, r.UserAgent).Error
}

func sessionByID(q db.Tx, id string) (sessionRow, error) {
	var row sessionRow
	err := q.SQL().Table("sessions").Select(sessionColumns).Joins(sessionJoins).Where("sessions.id = ?", id).
		Order("memberships.created_at").Limit(1).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return row, ErrSessionOver
	}
	if err != nil {
		return row, fmt.Errorf("find session: %w", err)
	}
	return row, nil
}

func sessionsOf(q db.Tx, personID string) ([]sessionRow, error) {
	var rows []sessionRow
	err := q.SQL().Table("sessions").Select(sessionColumns).Joins(sessionJoins).Where("sessions.person_id = ?", personID).
		Order("sessions.seen_at DESC, sessions.id").Limit(50).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return rows, nil
}

func touchSession(tx db.Tx, id string) error {
	return tx.SQL().Exec("UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?", tx.Now, id, tx.Now).Error
}

func saveSession(tx db.Tx, id, data string) error {
	result := tx.SQL().Exec("UPDATE sessions SET data = ? WHERE id = ?", data, id)
	return changedOne(result.RowsAffected, result.Error)
}

// markProved notes that the session proved the second factor now.
func markProved(tx db.Tx, id string) error {
	result := tx.SQL().Exec("UPDATE sessions SET factor_at = ? WHERE id = ?", tx.Now, id)
	return changedOne(result.RowsAffected, result.Error)
}

func renameSession(tx db.Tx, old, id string) error {
	result := tx.SQL().Exec("UPDATE sessions SET id = ? WHERE id = ?", id, old)
	return changedOne(result.RowsAffected, result.Error)
}

func changedOne(sessions int64, err error) error {
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	if sessions != 1 {
		return ErrSessionOver
	}
	return nil
}

func deleteOtherSessions(tx db.Tx, personID, kept string) error {
	return tx.SQL().Exec("DELETE FROM sessions WHERE person_id = ? AND id <> ?", personID, kept).Error
}

func deleteSession(tx db.Tx, id string) error {
	return tx.SQL().Exec("DELETE FROM sessions WHERE id = ?", id).Error
}

func deleteSessionsOf(tx db.Tx, personID string) error {
	return tx.SQL().Exec("DELETE FROM sessions WHERE person_id = ?", personID).Error
}
