package trustlist

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"fairway/internal/fault"
)

// waitingPerSlot bounds the queue: at a quarter of a second each, the last one waits about four seconds.
const waitingPerSlot = 16

// ErrBusy is returned when too many issuers are being looked up at once.
var ErrBusy = fault.New(fault.Unavailable, "lists_busy",
	"Too many certificates are being looked at at this moment. Try again in a few seconds.").After(3 * time.Second)

// desk lets searches for a path run, at most one a core at once and never on the last core of several, which the rest of
// the process needs: a search verifies up to a hundred signatures with keys that strangers chose. Who does not fit in the
// queue is asked to come back.
type desk struct {
	slots   *semaphore.Weighted
	waiting atomic.Int64
	most    int64
}

func newDesk(cores int) *desk {
	slots := max(1, int64(cores)-1)
	return &desk{slots: semaphore.NewWeighted(slots), most: slots * (1 + waitingPerSlot)}
}

func openDesk() *desk { return newDesk(runtime.GOMAXPROCS(0)) }

func (d *desk) enter(ctx context.Context) (leave func(), err error) {
	if d.waiting.Add(1) > d.most {
		d.waiting.Add(-1)
		return nil, ErrBusy
	}
	if err := d.slots.Acquire(ctx, 1); err != nil {
		d.waiting.Add(-1)
		return nil, fmt.Errorf("wait to look up an issuer: %w", err)
	}
	return func() {
		d.slots.Release(1)
		d.waiting.Add(-1)
	}, nil
}
