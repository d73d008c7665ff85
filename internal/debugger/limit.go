package debugger

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"fairway/internal/fault"
)

// The limits of one address, and of all together: a search costs as much as many pages.
const (
	burst     = 60              // tries at once
	refill    = 2 * time.Second // until one more may be made
	atOnce    = 2               // searches that work at the same time
	waiting   = 32              // that wait for them
	addresses = 10_000          // that are remembered
)

var (
	errTooMany = fault.New(fault.TooMany, "too_many_checks",
		"Too many requests were checked from your address. Wait a moment, then go on; 30 a minute are no problem.")
	errCrowded = fault.New(fault.TooMany, "busy", "Too many requests are being checked at this moment. Try again in a few seconds.").After(3 * time.Second)
)

// limiter bounds what strangers may make the debugger compute.
type limiter struct {
	mu   sync.Mutex
	next map[netip.Prefix]time.Time // when an address will have all its tries again
	work chan struct{}
	line chan struct{}
}

func newLimiter() *limiter {
	return &limiter{next: map[netip.Prefix]time.Time{}, work: make(chan struct{}, atOnce), line: make(chan struct{}, atOnce+waiting)}
}

// take spends one try of an address, or is the fault "too_many_checks" with the time to wait.
func (l *limiter) take(address string, now time.Time) error {
	owner := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.next[owner]
	if !known && len(l.next) >= addresses {
		clear(l.next)
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(refill)
	if wait := full.Sub(now) - burst*refill; wait > 0 {
		return errTooMany.After(wait)
	}
	l.next[owner] = full
	return nil
}

// network is who an address belongs to: of IPv6 a household or a host has a /64.
func network(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits) // these lengths fit
	return p
}

// enter waits for a place to work. Where too many wait already it is the fault "busy".
func (l *limiter) enter(ctx context.Context) (leave func(), err error) {
	select {
	case l.line <- struct{}{}:
	default:
		return nil, errCrowded
	}
	select {
	case l.work <- struct{}{}:
		return func() { <-l.work; <-l.line }, nil
	case <-ctx.Done():
		<-l.line
		return nil, ctx.Err()
	}
}
