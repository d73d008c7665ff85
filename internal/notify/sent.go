package notify

import (
	"fairway/internal/db"
	"fairway/internal/mail"
)

// SentTo lists the letters on record for an address, newest first, read in the caller's transaction. What was in them is
// not on record.
func (n *Notify) SentTo(tx db.Tx, address string, most int) ([]mail.Sent, error) {
	return lettersTo(tx, address, most)
}
