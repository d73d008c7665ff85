package upstream

import (
	"errors"
	"sync"
	"time"
)

const (
	// mostCalls is how many calls are under way to one brand, and as many connections.
	mostCalls = 256
	// mostOfOne is how many of them one TPP may have. How long an answer takes is nobody's limit, and a client that takes it
	// slowly must not keep the others out.
	mostOfOne = 64
	// untilFree is how long who finds no room is asked to wait.
	untilFree = time.Second
)

var errBusy = errors.New("too many calls of this brand are under way")

// room counts the calls of a brand that are under way, by TPP. The zero value has all of it.
type room struct {
	mu  sync.Mutex
	all int
	of  map[string]int
}

// enter takes a place, and says whether there was one. Whoever has it gives it back by leave.
func (r *room) enter(tpp string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all >= mostCalls || r.of[tpp] >= mostOfOne {
		return false
	}
	if r.of == nil {
		r.of = map[string]int{}
	}
	r.all++
	r.of[tpp]++
	return true
}

func (r *room) leave(tpp string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all--
	if r.of[tpp]--; r.of[tpp] == 0 {
		delete(r.of, tpp)
	}
}
