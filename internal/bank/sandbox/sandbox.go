// Package sandbox owns the test bank: a bank.Bank whose customers, cards and purchases are worked out from the brand,
// the customer, the card and the day, so that they need no storage and are the same in every process.
//
// # What is on an account
//
// Thirteen full months and the current one, by booking date. A day's purchases are seeded by that day alone and never
// change. They are pending until they are booked, one or two days later; fees of the month and payments are booked at
// once. A purchase shows from the second it is made. Days are UTC days.
//
// # How balances add up
//
// Everything booked in a month is on that month's invoice. The invoice closes with the month and is paid in full on the
// card's due day in the next month; the ValueDate of each booked transaction is that day. A payment belongs to the
// invoice that it pays and counts as invoiced. With all transactions of the account, signed as they are:
//
//	closingBooked     = the sum of booked transactions with Invoiced
//	nonInvoiced       = the sum of booked transactions without Invoiced
//	interimAvailable  = closingBooked + nonInvoiced
//	expected          = interimAvailable + the sum of pending transactions
//
// All booked transactions of one ValueDate add up to zero once that day has come. Amounts include the markup fee:
// Amount = Original / Rate, rounded half away from zero to the smallest unit, + MarkupFee. Credit limits are in none.
package sandbox

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"fairway/internal/bank"
	"fairway/internal/clock"
)

const (
	maxBrands    = 64 // books kept; the books of further brands are written again on each call
	maxBrandName = 64
)

// Bank is the sandbox of every brand. Any brand name that is not empty has test data of its own.
type Bank struct {
	clk   clock.Clock
	mu    sync.Mutex // for adding to books
	books atomic.Pointer[map[string]*book]
	shelf shelf
}

var _ bank.Bank = (*Bank)(nil)

// New is a sandbox bank whose today is the clock's.
func New(clk clock.Clock) *Bank {
	b := &Bank{clk: clk, shelf: shelf{slots: map[*card]*slot{}}}
	b.books.Store(&map[string]*book{})
	return b
}

// Customers lists the brand's test customers.
func (b *Bank) Customers(ctx context.Context, brand string) ([]bank.Customer, error) {
	k, err := b.book(ctx, brand)
	if err != nil {
		return nil, err
	}
	return k.customers, nil
}

// Customer is the test customer of that number, or bank.ErrUnknownCustomer.
func (b *Bank) Customer(ctx context.Context, brand, psuID string) (bank.Customer, error) {
	h, err := b.holder(ctx, brand, psuID)
	if err != nil {
		return bank.Customer{}, err
	}
	return h.customer, nil
}

// Cards lists the customer's card accounts. It allocates nothing: every caller gets the same slice.
func (b *Bank) Cards(ctx context.Context, brand, psuID string) ([]bank.CardAccount, error) {
	h, err := b.holder(ctx, brand, psuID)
	if err != nil {
		return nil, err
	}
	return h.accounts, nil
}

// Balances gives the four balances that the package's rule describes.
func (b *Bank) Balances(ctx context.Context, brand, psuID, resourceID string) ([]bank.Balance, error) {
	c, err := b.card(ctx, brand, psuID, resourceID)
	if err != nil {
		return nil, err
	}
	now := b.clk.Now()
	return b.shelf.ledger(c, dayOf(now)).balances(c, now.Unix()), nil
}

// Transactions gives one page of the card account's transactions.
func (b *Bank) Transactions(ctx context.Context, brand, psuID, resourceID string, q bank.Query) (bank.Page, error) {
	c, err := b.card(ctx, brand, psuID, resourceID)
	if err != nil {
		return bank.Page{}, err
	}
	if err := q.Validate(); err != nil {
		return bank.Page{}, err
	}
	now := b.clk.Now()
	return b.shelf.ledger(c, dayOf(now)).page(c, q, now.Unix())
}

func (b *Bank) card(ctx context.Context, brand, psuID, resourceID string) (*card, error) {
	h, err := b.holder(ctx, brand, psuID)
	if err != nil {
		return nil, err
	}
	return h.card(resourceID)
}

func (b *Bank) holder(ctx context.Context, brand, psuID string) (*holder, error) {
	k, err := b.book(ctx, brand)
	if err != nil {
		return nil, err
	}
	if h, ok := k.holders[psuID]; ok {
		return h, nil
	}
	return nil, bank.ErrUnknownCustomer
}

func (b *Bank) book(ctx context.Context, brand string) (*book, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if k, ok := (*b.books.Load())[brand]; ok {
		return k, nil
	}
	if brand == "" || len(brand) > maxBrandName {
		return nil, bank.ErrUnavailable
	}
	return b.open(brand), nil
}

// open writes the book of a brand that was not asked for before. Readers never wait for it.
func (b *Bank) open(brand string) *book {
	b.mu.Lock()
	defer b.mu.Unlock()
	books := *b.books.Load()
	if k, ok := books[brand]; ok {
		return k
	}

	k := newBook(brand)
	if len(books) < maxBrands {
		more := maps.Clone(books)
		more[brand] = k
		b.books.Store(&more)
	}
	return k
}
