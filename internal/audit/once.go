package audit

import (
	"time"

	"fairway/internal/db"
)

// WriteOnce is Write unless the same actor did the same to the same object since an instant, for what is looked at again
// and again. It tells whether the row was written.
func WriteOnce(tx db.Tx, e Entry, since time.Time) (bool, error) {
	if err := tx.Lock("audit.once|" + e.Actor + "|" + e.Act + "|" + e.Object); err != nil {
		return false, err
	}
	known, err := doneSince(tx, e, since)
	if err != nil || known {
		return false, err
	}
	return true, Write(tx, e)
}

// LastIn is when an act was last done to an object, read in the caller's transaction; zero where it never was.
func LastIn(tx db.Tx, act, object string) (time.Time, error) { return lastOf(tx, act, object) }
