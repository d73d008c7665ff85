package revocation

import (
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// restFor is how long a server is left alone that did not answer in time; as long as an answer of nobody is held.
	restFor = unavailableHeld
	// maxResting bounds what is remembered of servers that strangers' certificates name.
	maxResting = 1024
)

// resting are the servers that did not answer in time lately: one that is dead costs one time-out a minute, and not one for
// each certificate that names it. Once the minute is over, one question finds out whether it is back; the others still
// wait for that.
type resting struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// serverOf names a server in its role: a responder may hang beside a list that is served well.
func serverOf(source Source, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return string(source) + " " + strings.ToLower(u.Host)
}

// may tells whether a server may be asked now. Whoever may ask one that was slow holds the others off until it says how that
// went, or its time is over.
func (r *resting) may(server string, now time.Time, timeout time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	until, slow := r.until[server]
	if !slow {
		return true
	}
	if now.Before(until) {
		return false
	}
	r.until[server] = now.Add(timeout)
	return true
}

// was keeps whether a server answered in time.
func (r *resting) was(server string, slow bool, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slow {
		delete(r.until, server)
		return
	}
	if r.until == nil {
		r.until = map[string]time.Time{}
	}
	if _, known := r.until[server]; !known && len(r.until) >= maxResting {
		r.makeRoom(now)
	}
	r.until[server] = now.Add(restFor)
}

// makeRoom gives up what has rested, or else any one.
func (r *resting) makeRoom(now time.Time) {
	for server, until := range r.until {
		if !now.Before(until) {
			delete(r.until, server)
		}
	}
	for server := range r.until {
		if len(r.until) < maxResting {
			return
		}
		delete(r.until, server)
	}
}
