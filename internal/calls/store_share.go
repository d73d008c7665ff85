package calls

import (
	"fmt"
	"time"

	"fairway/internal/db"
)

const shareColumns = "id, organisation_id, call_id, created_by, created_at, expires_at"

type shareRow struct {
	ID             string    `gorm:"column:id"`
	OrganisationID string    `gorm:"column:organisation_id"`
	CallID         int64     `gorm:"column:call_id"`
	CreatedBy      string    `gorm:"column:created_by"`
	CreatedAt      time.Time `gorm:"column:created_at"`
	ExpiresAt      time.Time `gorm:"column:expires_at"`
}

func (r *shareRow) share() Share {
	return Share{ID: r.ID, OrganisationID: r.OrganisationID, CallID: r.CallID, By: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC()}
}

func insertShare(tx db.Tx, s Share, hash string) error {
	err := tx.SQL().Exec("INSERT INTO call_shares (id, organisation_id, call_id, token_hash, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		s.ID, s.OrganisationID, s.CallID, hash, s.By, s.CreatedAt, s.ExpiresAt).Error
	if err != nil {
		return fmt.Errorf("keep a link to a call: %w", err)
	}
	return nil
}

func sharesOf(q db.Tx, organisationID string, id int64, now time.Time) ([]Share, error) {
	var rows []shareRow
	err := q.SQL().Table("call_shares").Select(shareColumns).Where("call_id = ? AND organisation_id = ? AND expires_at > ?", id, organisationID, now).
		Order("created_at DESC, id").Limit(MaxShares).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list the links to a call: %w", err)
	}
	list := make([]Share, 0, len(rows))
	for i := range rows {
		list = append(list, rows[i].share())
	}
	return list, nil
}

func shareByHash(q db.Tx, hash string, now time.Time) (Share, bool, error) {
	var rows []shareRow
	err := q.SQL().Table("call_shares").Select(shareColumns).Where("token_hash = ? AND expires_at > ?", hash, now).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return Share{}, false, err
	}
	return rows[0].share(), true, nil
}

// deleteShare ends a link; the audit trail keeps that it was there.
func deleteShare(tx db.Tx, organisationID string, id int64, share string, now time.Time) (bool, error) {
	done := tx.SQL().Exec("DELETE FROM call_shares WHERE id = ? AND call_id = ? AND organisation_id = ? AND expires_at > ?", share, id, organisationID, now)
	return done.RowsAffected > 0, done.Error
}

func deleteSharesBefore(tx db.Tx, now time.Time) error {
	return tx.SQL().Exec("DELETE FROM call_shares WHERE expires_at <= ?", now).Error
}
