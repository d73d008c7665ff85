package trustlist

import (
	"context"
	"slices"
	"strings"
	"time"

	"fairway/internal/trustlist/xades"
)

// Status is what is held, for people who look after it.
type Status struct {
	// Empty says that no list was ever imported.
	Empty bool
	// Lists are the lists that are held, the list of the lists first and then by territory.
	Lists []Held
	// Missing are the territories that the list of the lists names and of which no list is held.
	Missing []string
}

// Held is one list that is held.
type Held struct {
	Territory string
	// LOTL says that it is the list of the lists.
	LOTL       bool
	Version    int
	Sequence   int64
	Operator   string
	IssuedAt   time.Time
	NextUpdate time.Time // zero where the list is the last one of its territory
	// Services counts the entries of the list, Web and Seal those certificates on it that are granted for the kind now.
	Services, Web, Seal int
	Signer              string
	SHA256              string
	ImportedBy          string
	ImportedAt          time.Time
	// Stale says that what rests on this list alone needs a person: it has passed its next update, or the list of the lists
	// no longer names who signed it.
	Stale bool
}

// Status tells which lists are held, as they stand now.
func (l *Lists) Status(ctx context.Context) (Status, error) {
	s, err := l.snapshot(ctx)
	if err != nil {
		return Status{}, err
	}
	now := l.db.Now()
	status := Status{Empty: len(s.lists) == 0, Missing: s.missing}
	web, seal := s.granted()
	for _, h := range s.lists {
		one := Held{
			Territory: h.Territory, LOTL: h.Territory == Union, Version: h.Version, Sequence: h.Sequence, Operator: h.Operator,
			IssuedAt: h.IssuedAt, NextUpdate: h.next(), Services: h.Services, Web: web[h.Territory], Seal: seal[h.Territory],
			Signer: h.Signer, SHA256: h.SHA256, ImportedBy: h.ImportedBy, ImportedAt: h.ImportedAt, Stale: h.stale(now),
		}
		status.Lists = append(status.Lists, one)
	}
	slices.SortFunc(status.Lists, func(a, b Held) int {
		if a.LOTL != b.LOTL {
			if a.LOTL {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Territory, b.Territory)
	})
	return status, nil
}

// granted counts by territory the certificates that may issue each kind now.
func (s *snapshot) granted() (web, seal map[string]int) {
	web, seal = map[string]int{}, map[string]int{}
	for _, named := range s.anchors {
		for _, a := range named {
			for _, e := range a.entries {
				if !e.Granted || e.Type != xades.TypeCAQC {
					continue
				}
				if e.Web {
					web[e.Territory]++
				}
				if e.Seal {
					seal[e.Territory]++
				}
			}
		}
	}
	return web, seal
}
