package xs2a

import (
	"sync"

	"fairway/internal/bank"
	"fairway/internal/consents"
)

// maxLists bounds the lists that are kept in memory; a list is about 1.5 kB.
const maxLists = 4096

// listCache keeps encoded lists of card accounts. An entry is good for one consent value and one slice of cards, both of
// which are replaced and never changed, so that a stale list cannot be served.
type listCache struct {
	mu    sync.RWMutex
	lists map[listKey][]byte
}

type listKey struct {
	consent  *consents.Consent
	cards    *bank.CardAccount
	count    int
	basePath string
}

func newListCache() *listCache { return &listCache{lists: map[listKey][]byte{}} }

func (l *listCache) of(consent *consents.Consent, basePath string, cards []bank.CardAccount) ([]byte, error) {
	key := listKey{consent: consent, count: len(cards), basePath: basePath}
	if len(cards) > 0 {
		key.cards = &cards[0]
	}
	l.mu.RLock()
	data, ok := l.lists[key]
	l.mu.RUnlock()
	if ok {
		return data, nil
	}
	data, err := encode(newCardList(consent, basePath, cards))
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lists) >= maxLists {
		clear(l.lists)
	}
	l.lists[key] = data
	return data, nil
}
