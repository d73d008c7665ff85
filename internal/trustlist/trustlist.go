// Package trustlist owns the European trusted lists: imported, verified and kept, and asked whether the issuer of a
// certificate is a qualified trust service. What a list looks like is in xades.
package trustlist

import (
	"context"
	"crypto/x509"
	"log/slog"
	"sync"
	"sync/atomic"

	"fairway/internal/db"
)

// Topic is what a change of the lists is told under; the key does not matter.
const Topic = "trustlist"

// Union is the territory of the list of the lists.
const Union = "EU"

// Lists are the trusted lists that were imported, answered from memory. It is safe for concurrent use.
type Lists struct {
	db      *db.DB
	log     *slog.Logger
	signers []*x509.Certificate
	desk    *desk
	current atomic.Pointer[snapshot]
	loading sync.Mutex

	mu      sync.Mutex
	changes uint64
}

// New makes lists that are read from the database when they are first asked, and again after each import. The signers are
// the pinned certificates that may sign the list of the lists; without any nothing can be imported, and what is there is
// still answered from.
func New(d *db.DB, signers []*x509.Certificate, log *slog.Logger) *Lists {
	l := &Lists{db: d, log: log, signers: signers, desk: openDesk()}
	d.OnChange(Topic, func(string) { l.forget() })
	return l
}

// snapshot is what was last read. Only one caller reads anew; a reading that a change overtakes is used once and not kept.
func (l *Lists) snapshot(ctx context.Context) (*snapshot, error) {
	if s := l.current.Load(); s != nil {
		return s, nil
	}
	l.loading.Lock()
	defer l.loading.Unlock()
	if s := l.current.Load(); s != nil {
		return s, nil
	}
	before := l.changesSeen()
	var s *snapshot
	err := l.db.Read(ctx, func(tx db.Tx) error {
		var err error
		s, err = load(tx, l.log)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.keep(s, before)
	return s, nil
}

func (l *Lists) changesSeen() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changes
}

func (l *Lists) keep(s *snapshot, changes uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changes == changes {
		l.current.Store(s)
	}
}

func (l *Lists) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes++
	l.current.Store(nil)
}
