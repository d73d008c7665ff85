package certs

import (
	"context"
	"sync/atomic"
	"time"

	"fairway/internal/fault"
)

// maxWaiting is how many may queue for a costly step before others are sent away.
const maxWaiting = 8

// gate lets one in at a time: making keys and packing archives must not starve the machines' door.
type gate struct {
	free    chan struct{}
	waiting atomic.Int32
}

func newGate() *gate {
	g := &gate{free: make(chan struct{}, 1)}
	g.free <- struct{}{}
	return g
}

// enter waits for its turn. The caller leaves when it is done.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	if g.waiting.Add(1) > maxWaiting {
		g.waiting.Add(-1)
		return nil, fault.New(fault.Unavailable, "certificates_busy",
			"Too many certificates are being made at this moment. Try again in a few seconds; nothing was changed.").After(5 * time.Second)
	}
	defer g.waiting.Add(-1)
	select {
	case <-g.free:
		return func() { g.free <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
