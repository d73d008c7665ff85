package accounts

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"

	"fairway/internal/fault"
)

// params of argon2id are fixed, so that a hash does not depend on the machine that made it: 19 MiB, two passes
// (ASVS 11.4.2).
var params = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// unusable is the hash of nobody's password: it never matches.
const unusable = "!"

// waitingPerSlot bounds the queue: at 35 ms each, the last one waits little more than two seconds.
const waitingPerSlot = 64

// ErrBusy is returned when too many passwords are being checked at once.
var ErrBusy = fault.New(fault.Unavailable, "busy", "Too many people are signing in at this moment. Try again in a few seconds.").After(3 * time.Second)

// hasher makes and checks password hashes, at most one a core at once and never on the last core of several,
// which the rest of the process needs. Who does not fit in the queue is asked to come back.
type hasher struct {
	slots   *semaphore.Weighted
	waiting atomic.Int64
	most    int64
	dummy   string
}

func newHasher() *hasher {
	slots := max(1, int64(runtime.GOMAXPROCS(0))-1)
	h := &hasher{slots: semaphore.NewWeighted(slots), most: slots * (1 + waitingPerSlot)}
	// The hash that stands in for a person who is not there costs as much to check as any other.
	h.dummy = "$argon2id$v=19$m=19456,t=2,p=1$ZmFpcndheS1ub2JvZHkhIQ$b2YgdGhpcyBoYXNoIG5vIHBhc3N3b3JkIGlzIGtub3c"
	return h
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	if h.waiting.Add(1) > h.most {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	if err := h.slots.Acquire(ctx, 1); err != nil {
		h.waiting.Add(-1)
		return nil, fmt.Errorf("wait to hash a password: %w", err)
	}
	return func() {
		h.slots.Release(1)
		h.waiting.Add(-1)
	}, nil
}

// hash makes the hash of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password, params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// check compares a password with a hash. An empty or unusable hash takes as long as any other and never
// matches. Stale says that the hash was made with other parameters.
func (h *hasher) check(ctx context.Context, password, hash string) (match, stale bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	known := hash != "" && hash != unusable
	if !known {
		hash = h.dummy
	}
	match, used, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	return match && known, *used != *params, nil
}
