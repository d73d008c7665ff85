package notify

import (
	"context"
	"errors"
	"slices"

	"fairway/internal/db"
	"fairway/internal/jobs"
)

// mostAnnounced is how many announcements are looked up at a time.
const mostAnnounced = 500

// announcement is a fact that a timer found. Its note is that of the letters which follow, without their readers; it keeps
// the timer from telling the same again.
type announcement struct {
	note note
	fact jobs.Fact
}

// announce tells each fact once, however often a timer finds it. The letters are the listeners' work, so that the queue
// tries again where the mail server is away. What was told is kept as long as letters are: a timer may not find it after that.
func (n *Notify) announce(ctx context.Context, found []announcement) error {
	var failed error
	for some := range slices.Chunk(found, mostAnnounced) {
		ids := make([]string, len(some))
		for i, a := range some {
			ids[i] = a.note.id
		}
		told, err := onRecord(n.DB.Reader(ctx), ids)
		if err != nil {
			return n.DB.Fault(ctx, err)
		}
		for _, a := range some {
			if !told[a.note.id] {
				failed = errors.Join(failed, n.tellOnce(ctx, a))
			}
		}
	}
	return failed
}

// tellOnce keeps the record and tells the fact, both or neither.
func (n *Notify) tellOnce(ctx context.Context, a announcement) error {
	return n.DB.InTx(ctx, func(tx db.Tx) error {
		first, err := recordLetter(tx, a.note)
		if err != nil || !first {
			return err
		}
		return n.Queue.Tell(tx, a.fact)
	})
}
