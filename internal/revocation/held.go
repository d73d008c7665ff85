package revocation

import (
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"
)

const (
	maxHeld = 4096
	// An answer is held until the next one is promised, within bounds. The bounds are narrow: until when an answer may be
	// believed is not until when it is true, and whoever asks again wants to know what is true now.
	leastHeld       = 5 * time.Minute
	mostHeld        = 10 * time.Minute
	unavailableHeld = time.Minute
)

// key names a certificate and its issuer. The same certificate below another anchor is asked about anew.
type key struct{ cert, issuer [sha256.Size]byte }

func keyOf(cert, issuer *x509.Certificate) key {
	return key{sha256.Sum256(cert.Raw), sha256.Sum256(issuer.Raw)}
}

// held is what was answered lately.
type held struct {
	mu      sync.Mutex
	entries map[key]entry
}

type entry struct {
	result Result
	until  time.Time
}

func (h *held) find(k key, now time.Time) (Result, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok := h.entries[k]
	if !ok || !now.Before(e.until) {
		return Result{}, false
	}
	return e.result, true
}

// keep holds a result from the moment it was asked for. A full table gives up what has ended, or else any one entry.
func (h *held) keep(k key, r Result) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.entries == nil {
		h.entries = map[key]entry{}
	}
	if _, again := h.entries[k]; !again && len(h.entries) >= maxHeld {
		h.makeRoom(r.CheckedAt)
	}
	h.entries[k] = entry{r, r.CheckedAt.Add(holdFor(r))}
}

func (h *held) makeRoom(now time.Time) {
	for k, e := range h.entries {
		if !now.Before(e.until) {
			delete(h.entries, k)
		}
	}
	for k := range h.entries {
		if len(h.entries) < maxHeld {
			return
		}
		delete(h.entries, k)
	}
}

func holdFor(r Result) time.Duration {
	if r.State == Unavailable {
		return unavailableHeld
	}
	return min(max(r.NextUpdate.Sub(r.CheckedAt), leastHeld), mostHeld)
}
