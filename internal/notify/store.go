package notify

import (
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/mail"
)

type letterRow struct {
	Kind      string     `gorm:"column:kind"`
	CreatedAt time.Time  `gorm:"column:created_at"`
	SentAt    *time.Time `gorm:"column:sent_at"`
}

// recordLetter puts it on record and tells whether it was not there before.
func recordLetter(tx db.Tx, n note) (first bool, err error) {
	done := tx.SQL().Exec("INSERT INTO letters (id, kind, subject_id, recipient, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		n.id, n.kind, n.subject, n.to, tx.Now)
	if done.Error != nil {
		return false, fmt.Errorf("put letter on record: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// beginLetter notes that a letter is tried, for a fact.
func beginLetter(tx db.Tx, n note, origin string) (begun time.Time, sent bool, err error) {
	if _, err := recordLetter(tx, n); err != nil {
		return begun, false, err
	}
	if err := tx.SQL().Exec("UPDATE letters SET tried_at = ?, origin = ? WHERE id = ? AND sent_at IS NULL", tx.Now, origin, n.id).Error; err != nil {
		return begun, false, fmt.Errorf("note that a letter is tried: %w", err)
	}
	var row letterRow
	err = tx.SQL().Table("letters").Select("created_at, sent_at").Where("id = ?", n.id).Take(&row).Error
	if err != nil {
		return begun, false, fmt.Errorf("read letter: %w", err)
	}
	return row.CreatedAt.UTC(), row.SentAt != nil, nil
}

// countEarlier is how many letters to the same address were begun before this one, are not sent and were tried after an
// instant.
func countEarlier(tx db.Tx, n note, begun, triedAfter time.Time) (int64, error) {
	var count int64
	err := tx.SQL().Table("letters").Where("recipient = ? AND sent_at IS NULL AND id <> ? AND tried_at > ?", n.to, n.id, triedAfter).
		Where("created_at < ?", begun).Count(&count).Error
	if err != nil {
		return 0, fmt.Errorf("look for earlier letters: %w", err)
	}
	return count, nil
}

// giveUp lets what was begun for a fact and is not sent hold up nothing.
func giveUp(tx db.Tx, origin string) error {
	err := tx.SQL().Exec("UPDATE letters SET tried_at = NULL WHERE origin = ? AND sent_at IS NULL AND tried_at IS NOT NULL", origin).Error
	if err != nil {
		return fmt.Errorf("give letters up: %w", err)
	}
	return nil
}

func markSent(tx db.Tx, id string) error {
	err := tx.SQL().Exec("UPDATE letters SET sent_at = ? WHERE id = ? AND sent_at IS NULL", tx.Now, id).Error
	if err != nil {
		return fmt.Errorf("note that a letter was sent: %w", err)
	}
	return nil
}

func deleteLetters(tx db.Tx, before time.Time) error {
	if err := tx.SQL().Exec("DELETE FROM letters WHERE created_at < ?", before).Error; err != nil {
		return fmt.Errorf("remove old letters: %w", err)
	}
	return nil
}

// onRecord tells which of these ids are.
func onRecord(q db.Tx, ids []string) (map[string]bool, error) {
	var known []string
	if err := q.SQL().Table("letters").Where("id IN ?", ids).Pluck("id", &known).Error; err != nil {
		return nil, fmt.Errorf("look up letters: %w", err)
	}
	found := map[string]bool{}
	for _, id := range known {
		found[id] = true
	}
	return found, nil
}

func lettersTo(q db.Tx, address string, most int) ([]mail.Sent, error) {
	var rows []letterRow
	err := q.SQL().Table("letters").Select("kind, created_at, sent_at").Where("recipient = ?", address).Order("created_at DESC, id").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	list := make([]mail.Sent, 0, len(rows))
	for _, r := range rows {
		sent := mail.Sent{Kind: r.Kind, To: address, BegunAt: r.CreatedAt.UTC()}
		if r.SentAt != nil {
			sent.SentAt = r.SentAt.UTC()
		}
		list = append(list, sent)
	}
	return list, nil
}
