package playground

import (
	"context"
	"sync"

	"fairway/internal/fault"
)

// maxWaiting is how many of one organisation's deeds wait for the one before them.
const maxWaiting = 50

var errCrowded = fault.New(fault.Unavailable, "playground_busy",
	"Too many forms of your organisation are being worked on at this moment. Try again in a few seconds; nothing was changed.")

// turns lets the costly deeds of an organisation follow one another, so that a form which is sent twice finds what
// its first answer made.
type turns struct {
	mu    sync.Mutex
	queue map[string]*queue
}

type queue struct {
	free chan struct{}
	in   int
}

// take waits for the organisation's turn. The caller ends it when it is done.
func (t *turns) take(ctx context.Context, organisationID string) (end func(), err error) {
	q, ok := t.join(organisationID)
	if !ok {
		return nil, errCrowded
	}
	select {
	case q.free <- struct{}{}:
		return func() {
			<-q.free
			t.leave(organisationID, q)
		}, nil
	case <-ctx.Done():
		t.leave(organisationID, q)
		return nil, ctx.Err()
	}
}

func (t *turns) join(organisationID string) (*queue, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queue == nil {
		t.queue = map[string]*queue{}
	}
	q := t.queue[organisationID]
	if q == nil {
		q = &queue{free: make(chan struct{}, 1)}
		t.queue[organisationID] = q
	}
	if q.in > maxWaiting {
		return nil, false
	}
	q.in++
	return q, true
}

func (t *turns) leave(organisationID string, q *queue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.in--; q.in == 0 {
		delete(t.queue, organisationID)
	}
}
