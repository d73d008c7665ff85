package xs2a

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/bank"
	"fairway/internal/consents"
)

const cardsPath = "/card-account/v1/card-accounts"

type amount struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount"`
}

type cardAccount struct {
	ResourceID      string  `json:"resourceId"`
	MaskedPAN       string  `json:"maskedPan"`
	Currency        string  `json:"currency"`
	OwnerName       string  `json:"ownerName,omitempty"`
	Name            string  `json:"name,omitempty"`
	DisplayName     string  `json:"displayName,omitempty"`
	Product         string  `json:"product,omitempty"`
	DebitAccounting bool    `json:"debitAccounting"`
	Status          string  `json:"status,omitempty"`
	Usage           string  `json:"usage,omitempty"`
	Details         string  `json:"details,omitempty"`
	CreditLimit     *amount `json:"creditLimit,omitempty"`
	Links           links   `json:"_links,omitempty"`
}

type cardList struct {
	CardAccounts []cardAccount `json:"cardAccounts"`
}

type accountReference struct {
	MaskedPAN string `json:"maskedPan"`
	Currency  string `json:"currency"`
}

type balance struct {
	Amount              amount `json:"balanceAmount"`
	Type                string `json:"balanceType"`
	CreditLimitIncluded bool   `json:"creditLimitIncluded"`
	LastChange          string `json:"lastChangeDateTime,omitempty"`
	ReferenceDate       string `json:"referenceDate,omitempty"`
}

type balances struct {
	CardAccount     accountReference `json:"cardAccount"`
	DebitAccounting bool             `json:"debitAccounting"`
	Balances        []balance        `json:"balances"`
}

// listCards is GET /card-account/v1/card-accounts (6.6.1): the accounts that the consent opens.
func (f *Face) listCards(c *gin.Context) error {
	if inLive(c) {
		return f.forward(c, consents.List)
	}
	ctx, caller := c.Request.Context(), callerOf(c.Request.Context())
	read := consents.Read{Class: consents.List, Attended: caller.Attended}
	consent, err := f.consents.Allow(ctx, caller.Owner(), caller.ConsentID, read)
	if err != nil {
		return err
	}
	cards, err := f.bank.Cards(ctx, caller.Brand, caller.PSU)
	if err != nil {
		return err
	}
	if err := f.consents.Charge(ctx, consent, read); err != nil {
		return err
	}

	data, err := f.lists.of(consent, caller.BasePath, cards)
	if err != nil {
		return err
	}
	send(c, http.StatusOK, data)
	return nil
}

func newCardList(consent *consents.Consent, basePath string, cards []bank.CardAccount) cardList {
	list := cardList{CardAccounts: []cardAccount{}}
	listOnly := consent.Access.Model() == consents.Available
	for _, card := range cards {
		if grant, ok := consent.Granting(card.ResourceID); ok {
			if listOnly { // no link leads where the consent does not (6.3.1.3)
				grant.Balances, grant.Transactions = false, false
			}
			list.CardAccounts = append(list.CardAccounts, newCardAccount(card, grant, basePath))
		}
	}
	return list
}

// readCard is GET /card-account/v1/card-accounts/{account-id} (6.6.2).
func (f *Face) readCard(c *gin.Context) error {
	if inLive(c) {
		return f.forward(c, consents.Details)
	}
	found, err := f.open(c, consents.Details)
	if err != nil {
		return err
	}
	if err := f.consents.Charge(c.Request.Context(), found.consent, found.read); err != nil {
		return err
	}
	return respond(c, http.StatusOK, map[string]cardAccount{"cardAccount": newCardAccount(found.card, found.grant, found.caller.BasePath)})
}

// readBalances is GET /card-account/v1/card-accounts/{account-id}/balances (6.6.3).
func (f *Face) readBalances(c *gin.Context) error {
	if inLive(c) {
		return f.forward(c, consents.Balances)
	}
	ctx := c.Request.Context()
	found, err := f.open(c, consents.Balances)
	if err != nil {
		return err
	}
	list, err := f.bank.Balances(ctx, found.caller.Brand, found.caller.PSU, found.card.ResourceID)
	if err != nil {
		return err
	}
	if err := f.consents.Charge(ctx, found.consent, found.read); err != nil {
		return err
	}

	answer := balances{CardAccount: found.reference(), DebitAccounting: found.card.DebitAccounting, Balances: make([]balance, 0, len(list))}
	for _, b := range list {
		answer.Balances = append(answer.Balances, newBalance(b))
	}
	return respond(c, http.StatusOK, answer)
}

// opened is one account that the caller's consent opens.
type opened struct {
	caller  *Caller
	consent *consents.Consent
	grant   consents.Grant
	card    bank.CardAccount
	read    consents.Read
}

func (o opened) reference() accountReference {
	return accountReference{MaskedPAN: o.card.MaskedPAN, Currency: o.card.Currency}
}

// open finds the account of the path: unknown at the bank is RESOURCE_UNKNOWN, not opened by the consent is CONSENT_INVALID.
func (f *Face) open(c *gin.Context, class consents.Class) (opened, error) {
	ctx, caller := c.Request.Context(), callerOf(c.Request.Context())
	o := opened{caller: caller, read: consents.Read{Class: class, ResourceID: c.Param("account-id"), Attended: caller.Attended}}
	cards, err := f.bank.Cards(ctx, caller.Brand, caller.PSU)
	if err != nil {
		return o, err
	}
	known := false
	for _, card := range cards {
		if card.ResourceID == o.read.ResourceID {
			o.card, known = card, true
		}
	}
	if !known {
		return o, bank.ErrUnknownAccount.At("account-id")
	}
	if o.consent, err = f.consents.Allow(ctx, caller.Owner(), caller.ConsentID, o.read); err != nil {
		return o, err
	}
	o.grant, _ = o.consent.Granting(o.card.ResourceID)
	return o, nil
}

func newCardAccount(card bank.CardAccount, grant consents.Grant, basePath string) cardAccount {
	a := cardAccount{
		ResourceID: card.ResourceID, MaskedPAN: card.MaskedPAN, Currency: card.Currency, OwnerName: card.OwnerName, Name: card.Name,
		DisplayName: card.DisplayName, Product: card.Product, DebitAccounting: card.DebitAccounting, Status: card.Status, Usage: card.Usage, Details: card.Details,
	}
	if !card.CreditLimit.IsZero() {
		a.CreditLimit = &amount{card.CreditLimit.Currency, card.CreditLimit.Value}
	}
	self := basePath + cardsPath + "/" + card.ResourceID
	a.Links = links{}
	if grant.Balances {
		a.Links["balances"] = link{self + "/balances"}
	}
	if grant.Transactions {
		a.Links["transactions"] = link{self + "/transactions"}
	}
	return a
}

func newBalance(b bank.Balance) balance {
	out := balance{Amount: amount{b.Amount.Currency, b.Amount.Value}, Type: b.Type, CreditLimitIncluded: b.CreditLimitIncluded, ReferenceDate: b.ReferenceDate}
	if !b.LastChange.IsZero() {
		out.LastChange = b.LastChange.UTC().Format(time.RFC3339)
	}
	return out
}
