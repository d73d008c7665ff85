package sandbox

import "sync"

// shelfSize bounds the ledgers that are kept: every card of four brands.
const shelfSize = 64

// shelf keeps ledgers, one a card, written on first use each day. The longest unused one makes room.
type shelf struct {
	mu    sync.Mutex
	use   uint64
	slots map[*card]*slot
}

type slot struct {
	today  day
	used   uint64
	ledger func() *ledger // written once, by whoever asks first
}

// ledger is the card's ledger of the day.
func (s *shelf) ledger(c *card, today day) *ledger {
	s.mu.Lock()
	kept, ok := s.slots[c]
	if !ok || kept.today != today {
		if !ok && len(s.slots) >= shelfSize {
			s.makeRoom()
		}
		kept = &slot{today: today, ledger: sync.OnceValue(func() *ledger { return newLedger(c, today) })}
		s.slots[c] = kept
	}
	s.use++
	kept.used = s.use
	s.mu.Unlock()
	return kept.ledger()
}

func (s *shelf) makeRoom() {
	var oldest *card
	for c, kept := range s.slots {
		if oldest == nil || kept.used < s.slots[oldest].used {
			oldest = c
		}
	}
	delete(s.slots, oldest)
}
