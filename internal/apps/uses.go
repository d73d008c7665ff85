package apps

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"fairway/internal/db"
)

const (
	// useInterval is how exact the time of last use is.
	useInterval = time.Minute
	flushEvery  = 5 * time.Second
	flushAtOnce = 500
)

// uses collects in memory when credentials were used, so that a call never waits for the note about it.
type uses struct {
	db  *db.DB
	log *slog.Logger

	mu      sync.Mutex
	pending map[string]time.Time
}

func newUses(d *db.DB, log *slog.Logger) *uses {
	return &uses{db: d, log: log, pending: map[string]time.Time{}}
}

// mark notes the use of a key, at most once a minute.
func (u *uses) mark(k *key, now time.Time) {
	last, at := k.used.Load(), now.UnixMicro()
	if at-last >= useInterval.Microseconds() && k.used.CompareAndSwap(last, at) {
		u.note(k.door.CredentialID, now)
	}
}

func (u *uses) note(credentialID string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at.After(u.pending[credentialID]) {
		u.pending[credentialID] = at
	}
}

func (u *uses) take() map[string]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.pending
	u.pending = map[string]time.Time{}
	return taken
}

// flush writes what was collected. What cannot be written is kept for the next time.
func (u *uses) flush(ctx context.Context) error {
	taken := u.take()
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(taken)), flushAtOnce) {
		err := u.db.InTx(ctx, func(tx db.Tx) error {
			for _, id := range ids {
				if err := touchCredential(tx, id, taken[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			for id, at := range taken {
				u.note(id, at)
			}
			return err
		}
	}
	return nil
}

// CredentialUsed notes that a credential was used now. ByAPIKey and CheckSecret do so themselves.
func (a *Apps) CredentialUsed(credentialID string) { a.uses.note(credentialID, a.db.Now()) }

// Flush writes the times of last use that were collected so far.
func (a *Apps) Flush(ctx context.Context) error { return a.uses.flush(ctx) }

// Run writes the times of last use every few seconds until ctx ends, and once more then.
func (a *Apps) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushEvery)
			defer cancel()
			return a.uses.flush(last)
		case <-tick.C:
			if err := a.uses.flush(ctx); err != nil && ctx.Err() == nil {
				a.log.WarnContext(ctx, "the times of last use could not be written and are kept", "error", err.Error())
			}
		}
	}
}
