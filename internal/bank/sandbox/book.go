package sandbox

import (
	"strings"
	"sync"

	"github.com/google/uuid"

	"fairway/internal/bank"
)

// book is what one brand knows of its customers, worked out once. Nothing in it changes.
type book struct {
	customers []bank.Customer
	holders   map[string]*holder
}

// holder is a customer with accounts ready to be handed out; cards[i] is the inside of accounts[i].
type holder struct {
	customer bank.Customer
	accounts []bank.CardAccount
	cards    []*card
}

// card is one card account of one brand.
type card struct {
	plastic
	account bank.CardAccount
	seed    uint64
	code    uint32 // six digits that mark this card in transaction ids
	market  func() *market
}

// namespace is the UUID under which resource ids are derived (RFC 9562, version 5).
var namespace = uuid.MustParse("7c0f6a52-5d0b-5a39-9d55-0c4f0a1e31c7")

func newBook(brand string) *book {
	world := sync.OnceValue(func() *market { return newMarket(brand) })
	b := &book{holders: make(map[string]*holder, len(people))}
	for _, who := range people {
		h := &holder{customer: who.customer, accounts: make([]bank.CardAccount, 0, len(who.cards))}
		for _, p := range who.cards {
			c := newCard(brand, who.customer, p, world)
			h.cards = append(h.cards, c)
			h.accounts = append(h.accounts, c.account)
		}
		b.customers = append(b.customers, h.customer)
		b.holders[h.customer.ID] = h
	}
	return b
}

func newCard(brand string, owner bank.Customer, p plastic, world func() *market) *card {
	name := strings.Join([]string{brand, owner.ID, p.mask}, "|")
	seed := seedOf("card", brand, owner.ID, p.mask)
	return &card{plastic: p, seed: seed, code: uint32(seed % 1_000_000), market: world, account: bank.CardAccount{
		ResourceID:      uuid.NewSHA1(namespace, []byte(name)).String(),
		MaskedPAN:       p.mask,
		Currency:        currencies[p.currency].code,
		OwnerName:       owner.Name,
		Name:            p.name,
		DisplayName:     p.display,
		Product:         p.product,
		Status:          p.status,
		Usage:           p.usage,
		Details:         p.details,
		CreditLimit:     bank.FromMinor(currencies[p.currency].code, p.limit),
		DebitAccounting: p.positive,
	}}
}

func (h *holder) card(resourceID string) (*card, error) {
	for _, c := range h.cards {
		if c.account.ResourceID == resourceID {
			return c, nil
		}
	}
	return nil, bank.ErrUnknownAccount
}
