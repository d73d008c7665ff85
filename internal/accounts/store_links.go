package accounts

import (
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

type linkRow struct {
	ID        string     `gorm:"column:id"`
	Purpose   string     `gorm:"column:purpose"`
	PersonID  string     `gorm:"column:person_id"`
	CreatedAt time.Time  `gorm:"column:created_at"`
	ExpiresAt time.Time  `gorm:"column:expires_at"`
	UsedAt    *time.Time `gorm:"column:used_at"`
}

func (l linkRow) usable(now time.Time) error {
	switch {
	case l.UsedAt != nil:
		return ErrLinkUsed
	case !now.Before(l.ExpiresAt):
		return ErrLinkOver
	}
	return nil
}

// unusable is usable for a link that could not be spent.
func (l linkRow) unusable(now time.Time) error {
	if err := l.usable(now); err != nil {
		return err
	}
	return ErrLinkUsed
}

func insertLink(tx db.Tx, purpose Purpose, personID, linkID string) error {
	return tx.SQL().Exec("INSERT INTO links (id, purpose, person_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		linkID, string(purpose), personID, tx.Now, tx.Now.Add(purpose.Life())).Error
}

func useLink(tx db.Tx, purpose Purpose, id string) (bool, error) {
	result := tx.SQL().Exec("UPDATE links SET used_at = ? WHERE id = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", tx.Now, id, string(purpose), tx.Now)
	return result.RowsAffected == 1, result.Error
}

// useOthers spends what else was sent to a person for the same purpose.
func useOthers(tx db.Tx, purpose Purpose, personID string) error {
	return tx.SQL().Exec("UPDATE links SET used_at = ? WHERE person_id = ? AND purpose = ? AND used_at IS NULL", tx.Now, personID, string(purpose)).Error
}

func linkHolder(q db.Tx, purpose Purpose, id string) (linkRow, personRow, error) {
	var link linkRow
	err := q.SQL().Table("links").Select("id, purpose, person_id, created_at, expires_at, used_at").
		Where("id = ? AND purpose = ?", id, string(purpose)).Take(&link).Error
	if errors.Is(err, db.ErrNotFound) {
		return link, personRow{}, ErrLinkUnknown
	}
	if err != nil {
		return link, personRow{}, fmt.Errorf("find link: %w", err)
	}
	person, err := personByID(q, link.PersonID)
	if errors.Is(err, ErrUnknown) {
		return link, person, ErrLinkUnknown
	}
	return link, person, err
}
