// Package mail owns the way out of letters: the Sender port, SMTP in production, and a local outbox in the
// database for development.
package mail

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/db"
)

// Message is a letter ready to send. ID is the Message-ID without angle brackets; a letter that is sent twice
// carries the same.
type Message struct {
	ID, To, Subject, Text, HTML string
}

// Sent is a letter on record: that it went out, never what was in it. SentAt is zero while it is on its way.
type Sent struct {
	Kind, To        string
	BegunAt, SentAt time.Time
}

// Sender sends a message, or returns an error after which the same message may be handed in again.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Outbox keeps letters in the database instead of sending them. It exists in development only.
type Outbox struct {
	db *db.DB
}

// NewOutbox makes the development outbox.
func NewOutbox(d *db.DB) *Outbox { return &Outbox{db: d} }

// Kept is a letter in the outbox.
type Kept struct {
	Message
	Number int64
	At     time.Time
}

// Send keeps the message; the same Message-ID is kept once.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	err := o.db.InTx(ctx, func(tx db.Tx) error { return insertKept(tx, m) })
	if err != nil {
		return fmt.Errorf("keep letter in the outbox: %w", err)
	}
	return nil
}

// Newest lists the latest letters, newest first.
func (o *Outbox) Newest(ctx context.Context, limit int) ([]Kept, error) {
	kept, err := newestKept(o.db.Reader(ctx), limit)
	return kept, o.db.Fault(ctx, err)
}

// ByNumber finds one letter.
func (o *Outbox) ByNumber(ctx context.Context, number int64) (Kept, error) {
	kept, err := keptByNumber(o.db.Reader(ctx), number)
	return kept, o.db.Fault(ctx, err)
}
