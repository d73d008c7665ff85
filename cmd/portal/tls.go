package main

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"fairway/internal/clock"
)

// checkFilesEvery is how often the certificate's file is looked at, at most.
const checkFilesEvery = time.Second

// certificateFiles reads a certificate from files again when they change. A change that cannot be read leaves the
// former certificate in use.
type certificateFiles struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed time.Time
	looked  time.Time
}

func (f *certificateFiles) load() error {
	info, err := os.Stat(f.cert)
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.loaded, f.changed = &pair, info.ModTime()
	return nil
}

func (f *certificateFiles) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := clock.Monotonic(); now.Sub(f.looked) >= checkFilesEvery {
		f.looked = now
		if info, err := os.Stat(f.cert); err == nil && !info.ModTime().Equal(f.changed) {
			_ = f.load() // a half-written file: the former certificate stays until the next look
		}
	}
	return f.loaded, nil
}
