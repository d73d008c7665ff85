package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"fairway/internal/apps"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// maxGuesses is how many keys that turn out to be nobody's are looked up in a second for one sender. Unknown keys are never
// remembered, so each costs a question to the database.
const maxGuesses = 20

// guesses counts keys that were nobody's, by sender, in the second that is running.
type guesses struct {
	second atomic.Int64 // of the last one; so that most calls need no lock
	mu     sync.Mutex
	count  map[string]int
}

func newGuesses() *guesses { return &guesses{count: map[string]int{}} }

// spent reports whether a sender has used up its guesses of this second.
func (g *guesses) spent(sender string, now time.Time) bool {
	if g.second.Load() != now.Unix() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count[sender] >= maxGuesses
}

// add notes a key that was nobody's.
func (g *guesses) add(sender string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if second := now.Unix(); g.second.Load() != second {
		clear(g.count)
		g.second.Store(second)
	}
	g.count[sender]++
}

// keyOwner finds the app of an API key. Where its sender, an organisation or nobody, has shown too many keys that were
// nobody's, only keys that are remembered go on: a flood of invented ones asks the database little, and no key is called
// unknown without having been looked up.
func (a *admission) keyOwner(ctx context.Context, key secret.Text, sender string) (*apps.Door, error) {
	if a.door.guesses.spent(sender, a.now) && !a.door.Apps.Remembers(key) {
		return nil, errTooManyGuesses.After(a.now.Truncate(time.Second).Add(time.Second).Sub(a.now))
	}
	app, err := a.door.Apps.ByAPIKey(ctx, key)
	if errors.Is(err, apps.ErrAPIKey) {
		a.door.guesses.add(sender, a.now)
	}
	return app, err
}

var errTooManyGuesses = fault.New(fault.TooMany, "RATE_LIMIT_EXCEEDED",
	"More than 20 API keys that are not valid came with your certificate within this second, so this one was not looked up. "+
		"Wait a second and send a current key of the app; the app's page shows under Credentials which ones are in use.").At("X-API-Key")
