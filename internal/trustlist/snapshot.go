package trustlist

import (
	"bytes"
	"crypto/x509"
	"log/slog"
	"slices"
	"time"

	"fairway/internal/db"
)

// snapshot is everything that was imported, read at once and never changed.
type snapshot struct {
	lists map[string]*held
	// anchors are the certificates of services, each once, by the bytes of their subject.
	anchors map[string][]*anchor
	// missing are the territories that are named and not held, in their order.
	missing []string
}

// held is a list that was imported.
type held struct {
	listRow
	// named says that the list of the lists still names who signed this one.
	named bool
}

// anchor is a certificate with all the entries that it has, on whatever list.
type anchor struct {
	cert    *x509.Certificate
	entries []*entry
}

// entry is one service that a certificate stands for.
type entry struct {
	serviceRow
	qualifiers []string
	history    []pastState
	list       *held
}

// load reads everything in the caller's transaction.
func load(tx db.Tx, log *slog.Logger) (*snapshot, error) {
	lists, err := readLists(tx)
	if err != nil {
		return nil, err
	}
	signers, err := readSigners(tx)
	if err != nil {
		return nil, err
	}
	services, err := readServices(tx)
	if err != nil {
		return nil, err
	}
	return assemble(lists, signers, services, log)
}

func assemble(lists []listRow, signers []signerRow, services []serviceRow, log *slog.Logger) (*snapshot, error) {
	type signature struct{ territory, sum string }
	named := map[signature]bool{}
	for _, s := range signers {
		named[signature{s.Territory, s.SHA256}] = true
	}
	s := &snapshot{lists: map[string]*held{}, anchors: map[string][]*anchor{}}
	for _, r := range lists {
		r.IssuedAt, r.ImportedAt = r.IssuedAt.UTC(), r.ImportedAt.UTC()
		s.lists[r.Territory] = &held{listRow: r, named: r.Territory == Union || named[signature{r.Territory, r.SignerSHA256}]}
	}
	for _, r := range signers {
		if s.lists[r.Territory] == nil && !slices.Contains(s.missing, r.Territory) {
			s.missing = append(s.missing, r.Territory)
		}
	}
	for _, r := range services {
		cert, err := x509.ParseCertificate(r.DER)
		if err != nil { // it was read when it was imported
			log.Error("a certificate of a trusted list cannot be read; its service is left out", "territory", r.Territory, "sha256", r.SHA256, "error", err.Error())
			continue
		}
		e := &entry{serviceRow: r, list: s.lists[r.Territory]}
		if e.qualifiers, e.history, err = r.lists(); err != nil {
			return nil, err
		}
		a := s.anchor(cert)
		a.entries = append(a.entries, e)
	}
	return s, nil
}

// anchor finds the certificate among those that are known, or adds it.
func (s *snapshot) anchor(cert *x509.Certificate) *anchor {
	name := string(cert.RawSubject)
	for _, a := range s.anchors[name] {
		if bytes.Equal(a.cert.Raw, cert.Raw) {
			return a
		}
	}
	a := &anchor{cert: cert}
	s.anchors[name] = append(s.anchors[name], a)
	return a
}

// next is when the list goes stale, zero where it is the last one of its territory.
func (h *held) next() time.Time {
	if h.NextUpdate == nil {
		return time.Time{}
	}
	return h.NextUpdate.UTC()
}

// stale tells whether a list has passed its next update, has none, or is no longer named by the list of the lists.
func (h *held) stale(at time.Time) bool {
	return !h.named || h.NextUpdate == nil || at.After(*h.NextUpdate)
}

// stale tells the same of a list together with the list of the lists, without which it proves nothing.
func (s *snapshot) stale(h *held, at time.Time) bool {
	root := s.lists[Union]
	return root == nil || root.stale(at) || h.stale(at)
}
