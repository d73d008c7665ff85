package mail

import (
	"errors"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
)

type keptRow struct {
	ID        int64     `gorm:"column:id"`
	MessageID string    `gorm:"column:message_id"`
	Recipient string    `gorm:"column:recipient"`
	Subject   string    `gorm:"column:subject"`
	Text      string    `gorm:"column:text"`
	HTML      string    `gorm:"column:html"`
	CreatedAt time.Time `gorm:"column:created_at"`
}

func (r keptRow) kept() Kept {
	return Kept{Number: r.ID, At: r.CreatedAt.UTC(), Message: Message{ID: r.MessageID, To: r.Recipient, Subject: r.Subject, Text: r.Text, HTML: r.HTML}}
}

func insertKept(tx db.Tx, m Message) error {
	return tx.SQL().Exec("INSERT INTO outbox (message_id, recipient, subject, text, html, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING",
		m.ID, m.To, m.Subject, m.Text, m.HTML, tx.Now).Error
}

func newestKept(q db.Tx, limit int) ([]Kept, error) {
	var rows []keptRow
	err := q.SQL().Table("outbox").Select("id, message_id, recipient, subject, text, html, created_at").Order("id DESC").Limit(limit).Find(&rows).Error
	kept := make([]Kept, 0, len(rows))
	for _, r := range rows {
		kept = append(kept, r.kept())
	}
	return kept, err
}

func keptByNumber(q db.Tx, number int64) (Kept, error) {
	var row keptRow
	err := q.SQL().Table("outbox").Select("id, message_id, recipient, subject, text, html, created_at").Where("id = ?", number).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Kept{}, fault.New(fault.NotFound, "letter_unknown", "There is no such letter in the outbox.")
	}
	return row.kept(), err
}
