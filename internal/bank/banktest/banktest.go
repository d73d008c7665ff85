// Package banktest owns the one suite that every implementation of bank.Bank passes.
package banktest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"fairway/internal/bank"
)

// Subject is the implementation under test and what it is expected to hold.
type Subject struct {
	Bank  bank.Bank
	Brand string
	// Now is the instant that the implementation's clock shows; it stands still during the suite.
	Now time.Time
	// Customers are numbers of customers to ask about, at least two of them with cards of their own.
	Customers []string
	// Unknown is a number that no customer has.
	Unknown string
}

// Run holds the implementation against everything that package bank promises.
func Run(t *testing.T, s Subject) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, Subject){
		"test customers can be asked for by their number":          testCustomers,
		"strangers and other people's accounts are unknown":        testUnknown,
		"an ended context ends the question":                       testEndedContext,
		"card accounts fit the standard and stay the same":         testCards,
		"balances fit the standard and each other":                 testBalances,
		"transactions fit the standard":                            testTransactions,
		"transactions come newest first and within the period":     testPeriods,
		"pages cover each row once in both directions":             testPaging,
		"the last page holds what is left after all full pages":    testLastPage,
		"a query that cannot be read is refused":                   testBadQueries,
		"many callers at once get the same answers as one":         testConcurrent,
		"a status shows only its own rows and both shows them all": testStatuses,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, s)
		})
	}
}

// account is one card account with its owner.
type account struct {
	owner string
	bank.CardAccount
}

// accounts lists the card accounts of all customers of the subject.
func (s Subject) accounts(t *testing.T) []account {
	t.Helper()
	var all []account
	for _, id := range s.Customers {
		cards, err := s.Bank.Cards(t.Context(), s.Brand, id)
		if err != nil {
			t.Fatalf("cards of %s: %v", id, err)
		}
		for _, c := range cards {
			all = append(all, account{owner: id, CardAccount: c})
		}
	}
	if len(all) < 2 {
		t.Fatalf("the subject has %d card accounts, the suite needs two at least", len(all))
	}
	return all
}

func (s Subject) page(t *testing.T, a account, q bank.Query) bank.Page {
	t.Helper()
	p, err := s.Bank.Transactions(t.Context(), s.Brand, a.owner, a.ResourceID, q)
	if err != nil {
		t.Fatalf("transactions of %s %s with %+v: %v", a.owner, a.MaskedPAN, q, err)
	}
	return p
}

// all follows the pages to the end.
func (s Subject) all(t *testing.T, a account, q bank.Query) []bank.Transaction {
	t.Helper()
	q.Limit = bank.MaxLimit
	var rows []bank.Transaction
	for {
		p := s.page(t, a, q)
		rows = append(rows, p.Transactions...)
		if !p.HasNext {
			return rows
		}
		q.After = p.Next
	}
}

func testCustomers(t *testing.T, s Subject) {
	listed, err := s.Bank.Customers(t.Context(), s.Brand)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range listed {
		if c.ID == "" || c.Name == "" || c.Situation == "" || seen[c.ID] {
			t.Errorf("test customer %+v lacks a field or is listed twice", c)
		}
		seen[c.ID] = true
		found, err := s.Bank.Customer(t.Context(), s.Brand, c.ID)
		if err != nil || found != c {
			t.Errorf("customer %s = %+v, %v; listed as %+v", c.ID, found, err, c)
		}
	}
	for _, id := range s.Customers {
		if found, err := s.Bank.Customer(t.Context(), s.Brand, id); err != nil || found.ID != id {
			t.Errorf("customer %s = %+v, %v", id, found, err)
		}
	}
}

func testUnknown(t *testing.T, s Subject) {
	known := s.accounts(t)
	mine := known[0]
	foreign := mine
	for _, a := range known {
		if a.owner != mine.owner {
			foreign = a
		}
	}
	if foreign.owner == mine.owner {
		t.Fatal("the suite needs cards of two customers")
	}
	for _, ask := range questions(s, s.Unknown, mine.ResourceID) {
		if err := ask(t.Context()); !errors.Is(err, bank.ErrUnknownCustomer) {
			t.Errorf("unknown customer: %v", err)
		}
	}
	for _, id := range []string{"", "x", s.Unknown, foreign.ResourceID, mine.MaskedPAN} {
		for _, ask := range questions(s, mine.owner, id)[2:] {
			if err := ask(t.Context()); !errors.Is(err, bank.ErrUnknownAccount) {
				t.Errorf("account %q of another: %v", id, err)
			}
		}
	}
}

// questions are the four that name a customer; the last two name an account as well.
func questions(s Subject, psuID, resourceID string) []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) error { _, err := s.Bank.Customer(ctx, s.Brand, psuID); return err },
		func(ctx context.Context) error { _, err := s.Bank.Cards(ctx, s.Brand, psuID); return err },
		func(ctx context.Context) error {
			_, err := s.Bank.Balances(ctx, s.Brand, psuID, resourceID)
			return err
		},
		func(ctx context.Context) error {
			_, err := s.Bank.Transactions(ctx, s.Brand, psuID, resourceID, bank.Query{Status: bank.StatusBoth})
			return err
		},
	}
}

func testEndedContext(t *testing.T, s Subject) {
	mine := s.accounts(t)[0]
	ended, cancel := context.WithCancel(t.Context())
	cancel()

	for i, ask := range questions(s, mine.owner, mine.ResourceID) {
		if err := ask(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("question %d with an ended context: %v", i, err)
		}
	}
	if _, err := s.Bank.Customers(ended, s.Brand); !errors.Is(err, context.Canceled) {
		t.Errorf("customers with an ended context: %v", err)
	}
}

func testConcurrent(t *testing.T, s Subject) {
	known := s.accounts(t)
	want := make([]bank.Page, len(known))
	for i, a := range known {
		want[i] = s.page(t, a, bank.Query{Status: bank.StatusBoth, Limit: 20})
	}

	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for i, a := range known {
				got, err := s.Bank.Transactions(t.Context(), s.Brand, a.owner, a.ResourceID, bank.Query{Status: bank.StatusBoth, Limit: 20})
				if err != nil || got.Total != want[i].Total || got.Next != want[i].Next || len(got.Transactions) != len(want[i].Transactions) {
					t.Errorf("%s %s: %d rows, %v; alone it was %d", a.owner, a.MaskedPAN, got.Total, err, want[i].Total)
				}
			}
		})
	}
	callers.Wait()
}
