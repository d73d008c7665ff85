package oauth

import (
	"context"
	"slices"

	"fairway/internal/bank"
	"fairway/internal/consents"
)

// Choices is what a consent asks of a customer.
type Choices struct {
	Model    consents.Model
	Accounts []Offered
	// Missing are accounts that the TPP named and the customer does not have.
	Missing []consents.Reference
	// Open says that the customer chooses; else everything listed is shared or nothing.
	Open bool
	// Balances and Transactions say what is asked of at least one account.
	Balances, Transactions bool
}

// Offered is one account of the customer with what would be allowed on it.
type Offered struct {
	Account bank.CardAccount
	Grant   consents.Grant
	// Chosen says that it is among what the customer chose, or would be without a choice.
	Chosen bool
}

// Choices works out which of the customer's accounts a consent opens: those it names, all, or those the customer picks.
func (o *OAuth) Choices(ctx context.Context, a *Authorisation) (Choices, error) {
	cards, err := o.bank.Cards(ctx, a.Brand, a.PSU)
	if err != nil {
		return Choices{}, err
	}
	return choicesOf(a.Consent.Access, cards, a.chose), nil
}

// choicesOf holds what is asked against the cards there are.
func choicesOf(access consents.Access, cards []bank.CardAccount, chose func(resourceID string) bool) Choices {
	c := Choices{Model: access.Model()}
	c.Open = c.Model == consents.BankOffered
	c.Balances, c.Transactions = access.Asks()
	for _, card := range cards {
		grant := consents.Grant{ResourceID: card.ResourceID, MaskedPAN: card.MaskedPAN, Currency: card.Currency, Balances: c.Balances, Transactions: c.Transactions}
		if c.Model == consents.Detailed {
			grant.Balances, grant.Transactions = named(access.Balances, card), named(access.Transactions, card)
			if !grant.Balances && !grant.Transactions && !named(access.Accounts, card) {
				continue
			}
		}
		c.Accounts = append(c.Accounts, Offered{Account: card, Grant: grant, Chosen: chose(card.ResourceID)})
	}
	if c.Model == consents.Detailed {
		c.Missing = missing(access, cards)
	}
	return c
}

// chose reports whether an account was chosen; before the choice all are.
func (a *Authorisation) chose(resourceID string) bool {
	return len(a.chosen) == 0 || slices.Contains(a.chosen, resourceID)
}

func named(references []consents.Reference, card bank.CardAccount) bool {
	return slices.ContainsFunc(references, func(r consents.Reference) bool { return r.Names(card.MaskedPAN, card.Currency) })
}

// missing lists each named account that is none of the cards, once.
func missing(access consents.Access, cards []bank.CardAccount) []consents.Reference {
	var out []consents.Reference
	for _, r := range slices.Concat(access.Accounts, access.Balances, access.Transactions) {
		known := slices.ContainsFunc(cards, func(c bank.CardAccount) bool { return r.Names(c.MaskedPAN, c.Currency) })
		if !known && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// grants are what the chosen accounts are opened for.
func (c Choices) grants() []consents.Grant {
	var out []consents.Grant
	for _, offered := range c.Accounts {
		if offered.Chosen {
			out = append(out, offered.Grant)
		}
	}
	return out
}

// Supersedes lists the consents that end when this one is approved (Implementation Guidelines, 6.3.1.1).
func (o *OAuth) Supersedes(ctx context.Context, a *Authorisation) ([]*consents.Consent, error) {
	if a.PSU == "" {
		return nil, nil
	}
	return o.consents.Supersedes(ctx, a.Consent, a.PSU)
}
