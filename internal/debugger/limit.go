package debugger

import (
	"container/heap"
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
	mu    sync.Mutex
	of    map[netip.Prefix]*account
	order accounts
	work  chan struct{}
	line  chan struct{}
}

func newLimiter() *limiter {
	return &limiter{of: map[netip.Prefix]*account{}, work: make(chan struct{}, atOnce), line: make(chan struct{}, atOnce+waiting)}
}

// take spends one try of an address, or is the fault "too_many_checks" with the time to wait.
func (l *limiter) take(address string, now time.Time) error {
	owner := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	a := l.of[owner]
	full := now
	if a != nil {
		full = a.full
	}
	full = full.Add(refill)
	if wait := full.Sub(now) - burst*refill; wait > 0 {
		return errTooMany.After(wait)
	}
	if a != nil {
		a.full = full
		heap.Fix(&l.order, a.at)
		return nil
	}
	if len(l.of) >= addresses {
		l.forgetFirst()
	}
	a = &account{owner: owner, full: full}
	l.of[owner] = a
	heap.Push(&l.order, a)
	return nil
}

// forget drops those that have all their tries again: to them it makes no difference.
func (l *limiter) forget(now time.Time) {
	for len(l.order) > 0 && !l.order[0].full.After(now) {
		l.forgetFirst()
	}
}

// forgetFirst drops who would have all its tries again first. It gains the least by being forgotten: one that was refused
// stays remembered however many others come.
func (l *limiter) forgetFirst() {
	a := heap.Pop(&l.order).(*account)
	delete(l.of, a.owner)
}

// account is what is remembered of one that makes tries.
type account struct {
	owner netip.Prefix
	full  time.Time // when it has all its tries again
	at    int       // its place among the accounts
}

// accounts is a heap.Interface: the first is full first.
type accounts []*account

// Len is how many there are.
func (l accounts) Len() int { return len(l) }

// Less puts first what is full first.
func (l accounts) Less(i, j int) bool { return l[i].full.Before(l[j].full) }

// Swap changes two places.
func (l accounts) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].at, l[j].at = i, j
}

// Push adds one at the end.
func (l *accounts) Push(x any) {
	a := x.(*account)
	a.at = len(*l)
	*l = append(*l, a)
}

// Pop takes the last off.
func (l *accounts) Pop() any {
	last := len(*l) - 1
	a := (*l)[last]
	(*l)[last] = nil
	*l = (*l)[:last]
	return a
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
