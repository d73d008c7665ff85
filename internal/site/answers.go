package site

import (
	"bytes"
	"encoding/json"
	"fmt"

	"fairway/internal/bank"
)

// The answers that pages show are written from the bank's data in the form of the interface. A test holds them against
// the interface itself.

type cardList struct {
	CardAccounts []cardAccount `json:"cardAccounts"`
}

type cardAccount struct {
	ResourceID      string          `json:"resourceId"`
	MaskedPAN       string          `json:"maskedPan"`
	Currency        string          `json:"currency"`
	OwnerName       string          `json:"ownerName,omitempty"`
	Name            string          `json:"name,omitempty"`
	DisplayName     string          `json:"displayName,omitempty"`
	Product         string          `json:"product,omitempty"`
	DebitAccounting bool            `json:"debitAccounting"`
	Status          string          `json:"status,omitempty"`
	Usage           string          `json:"usage,omitempty"`
	Details         string          `json:"details,omitempty"`
	CreditLimit     *amount         `json:"creditLimit,omitempty"`
	Links           map[string]link `json:"_links"`
}

type amount struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount"`
}

type link struct {
	Href string `json:"href"`
}

// cardsAnswer is the answer to GET card-accounts under a consent for everything.
func cardsAnswer(basePath string, cards []bank.CardAccount) (string, error) {
	list := cardList{CardAccounts: []cardAccount{}}
	for _, c := range cards {
		self := basePath + "/card-account/v1/card-accounts/" + c.ResourceID
		list.CardAccounts = append(list.CardAccounts, cardAccount{
			ResourceID: c.ResourceID, MaskedPAN: c.MaskedPAN, Currency: c.Currency, OwnerName: c.OwnerName, Name: c.Name,
			DisplayName: c.DisplayName, Product: c.Product, DebitAccounting: c.DebitAccounting, Status: c.Status, Usage: c.Usage,
			Details: c.Details, CreditLimit: &amount{c.CreditLimit.Currency, c.CreditLimit.Value},
			Links: map[string]link{"balances": {self + "/balances"}, "transactions": {self + "/transactions"}},
		})
	}
	return pretty(list)
}

type consentCreated struct {
	ConsentStatus string          `json:"consentStatus"`
	ConsentID     string          `json:"consentId"`
	Links         map[string]link `json:"_links"`
}

const exampleConsentID = "6d1b0a52-7c0e-4a53-9f0b-2f6f1f0c9a11"

// consentAnswer is the answer to POST consents.
func consentAnswer(basePath, metadata string) (string, error) {
	self := basePath + "/consent/v1/consents/" + exampleConsentID
	return pretty(consentCreated{ConsentStatus: "received", ConsentID: exampleConsentID,
		Links: map[string]link{"self": {self}, "status": {self + "/status"}, "scaOAuth": {metadata}}})
}

// pretty writes JSON for readers; on the wire it has no blanks.
func pretty(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write an example: %w", err)
	}
	return string(bytes.TrimSpace(b.Bytes())), nil
}
