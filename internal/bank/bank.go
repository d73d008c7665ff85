// Package bank owns the question side of a bank: which customers, card accounts, balances and card transactions
// a brand's bank can be asked for. Who may ask is decided elsewhere; the answers come from bank/sandbox or from a
// live brand's own system.
package bank

import (
	"context"
	"time"

	"fairway/internal/fault"
)

// Faults that every implementation answers with, to be compared with errors.Is. Path and sentence may differ.
var (
	// ErrUnknownCustomer means that the brand has no customer of that number.
	ErrUnknownCustomer = fault.New(fault.NotFound, "customer_unknown",
		"The bank has no customer of this number. Check it; in the sandbox, use one of the listed test customers.")
	// ErrUnknownAccount means that this customer has no card account of that resource id. An account of
	// somebody else is answered the same way.
	ErrUnknownAccount = fault.New(fault.NotFound, "account_unknown",
		"The customer has no card account of this id. The list of card accounts gives the ids to use.")
	// ErrUnavailable means that the bank cannot answer now, or that no bank stands behind the brand.
	ErrUnavailable = fault.New(fault.Unavailable, "bank_unavailable",
		"The bank cannot answer at the moment. Try again in a minute.")
	// ErrBadQuery means that a date, status, cursor or limit of a Query cannot be read. Its path is the
	// standard's name of the parameter, its sentence says what is expected.
	ErrBadQuery = fault.New(fault.Invalid, "query_invalid", "The query cannot be read.")
	// ErrPeriodOrder means that a Period begins after it ends.
	ErrPeriodOrder = fault.New(fault.Invalid, "period_order", "dateFrom is later than dateTo. Swap them.")
)

// Bank answers for every brand. Implementations are safe for concurrent use, give up with the context's error when
// the context has ended, and answer an unknown customer with ErrUnknownCustomer and a foreign or unknown account
// with ErrUnknownAccount. Everything returned is shared and must not be changed by the caller.
//
// A customer who is blocked is answered like any other; the caller looks at Customer.Blocked and refuses.
type Bank interface {
	// Customers lists the test customers that documentation and sign-in pages may show. A live bank has none.
	Customers(ctx context.Context, brand string) ([]Customer, error)
	// Customer is the customer of that number.
	Customer(ctx context.Context, brand, psuID string) (Customer, error)
	// Cards lists the customer's card accounts in the bank's order, whatever their status; it may be empty.
	Cards(ctx context.Context, brand, psuID string) ([]CardAccount, error)
	// Balances lists what is owed on a card account now.
	Balances(ctx context.Context, brand, psuID, resourceID string) ([]Balance, error)
	// Transactions is one page of a card account's transactions, newest first. A query that cannot be read is
	// ErrBadQuery, a period in the wrong order ErrPeriodOrder.
	Transactions(ctx context.Context, brand, psuID, resourceID string, q Query) (Page, error)
}

// Customer is a payment service user as the bank knows him or her.
type Customer struct {
	ID        string // customer number, the PSU-ID
	Name      string
	Situation string // one sentence that tells a developer what this test customer is good for
	Blocked   bool   // the bank serves nobody on this customer's behalf (SERVICE_BLOCKED)
}

// States of a card account.
const (
	StatusEnabled = "enabled"
	StatusBlocked = "blocked"
	StatusDeleted = "deleted"
)

// Usages of a card account: a person's or an organisation's.
const (
	UsagePrivate      = "PRIV"
	UsageOrganisation = "ORGA"
)

// CardAccount is a card account's details (NextGenPSD2 cardAccountDetails).
type CardAccount struct {
	ResourceID      string // UUID, constant for brand, customer and card
	MaskedPAN       string // at most 35 characters
	Currency        string // ISO 4217
	OwnerName       string // legal owner, at most 140 characters
	Name            string // given by the bank, at most 70
	DisplayName     string // given by the owner, at most 70
	Product         string // at most 35
	Status          string // StatusEnabled, StatusBlocked or StatusDeleted
	Usage           string // UsagePrivate or UsageOrganisation
	Details         string // at most 500
	CreditLimit     Amount // of all cards of the account together
	DebitAccounting bool   // true: what the owner owes is positive in transactions and balances; false: negative
}

// Types of balance on a card account (NextGenPSD2 balanceType).
const (
	BalanceClosingBooked    = "closingBooked"    // invoiced and not paid yet
	BalanceNonInvoiced      = "nonInvoiced"      // booked and not invoiced yet
	BalanceInterimAvailable = "interimAvailable" // closingBooked + nonInvoiced
	BalanceExpected         = "expected"         // interimAvailable + pending transactions
)

// Balance is one balance of a card account, signed as CardAccount.DebitAccounting says.
type Balance struct {
	Type                string
	Amount              Amount
	CreditLimitIncluded bool
	LastChange          time.Time // zero when nothing was ever booked
	ReferenceDate       string    // ISO date
}
