package consents

import (
	"fmt"
	"regexp"
	"strings"

	"fairway/internal/fault"
)

// Access is the field access of a consent request (6.3.1.1). A list that is nil was not in the request; an empty
// one asks the bank to let the customer choose.
type Access struct {
	Accounts                     []Reference `json:"accounts,omitzero"`
	Balances                     []Reference `json:"balances,omitzero"`
	Transactions                 []Reference `json:"transactions,omitzero"`
	AvailableAccounts            string      `json:"availableAccounts,omitempty"`
	AvailableAccountsWithBalance string      `json:"availableAccountsWithBalance,omitempty"`
	AllPSD2                      string      `json:"allPsd2,omitempty"`
}

// Reference names an account by exactly one identifier, and a currency where it has several (14.1).
type Reference struct {
	IBAN      string `json:"iban,omitempty"`
	BBAN      string `json:"bban,omitempty"`
	PAN       string `json:"pan,omitempty"`
	MaskedPAN string `json:"maskedPan,omitempty"`
	MSISDN    string `json:"msisdn,omitempty"`
	Currency  string `json:"currency,omitempty"`
}

// Model is the kind of a consent, by how its access is filled.
type Model string

// The models of 6.3: named accounts; accounts that the customer chooses at the bank; everything that PSD2 obliges; the
// bare list of accounts.
const (
	Detailed    Model = "detailed"
	BankOffered Model = "bankOffered"
	Global      Model = "global"
	Available   Model = "availableAccounts"
)

const maxReferences = 100

// Model tells the kind. It is meaningful for access that was checked.
func (a Access) Model() Model {
	switch {
	case a.AllPSD2 != "":
		return Global
	case a.AvailableAccounts != "" || a.AvailableAccountsWithBalance != "":
		return Available
	case len(a.Accounts)+len(a.Balances)+len(a.Transactions) > 0:
		return Detailed
	}
	return BankOffered
}

// Asks reports whether balances and transactions are asked for at all.
func (a Access) Asks() (balances, transactions bool) {
	switch a.Model() {
	case Global:
		return true, true
	case Available:
		return a.AvailableAccountsWithBalance != "", false
	}
	return a.Balances != nil, a.Transactions != nil
}

// Check reads the rules of 6.3.1.1 on access and says which one is broken and where.
func (a Access) Check() error {
	lists := map[string][]Reference{"accounts": a.Accounts, "balances": a.Balances, "transactions": a.Transactions}
	present, filled := 0, 0
	for _, refs := range lists {
		if refs != nil {
			present++
		}
		if len(refs) > 0 {
			filled++
		}
	}
	words := 0
	for name, word := range map[string]string{"availableAccounts": a.AvailableAccounts, "availableAccountsWithBalance": a.AvailableAccountsWithBalance, "allPsd2": a.AllPSD2} {
		if word == "" {
			continue
		}
		words++
		if word != "allAccounts" && word != "allAccountsWithOwnerName" {
			return formatError("access."+name, fmt.Sprintf("access.%s is %q; it takes allAccounts or allAccountsWithOwnerName.", name, clip(word)))
		}
	}
	switch {
	case present == 0 && words == 0:
		return formatError("access", "access is empty. Name accounts in accounts, balances or transactions, send these lists empty to let the customer choose, or send allPsd2, availableAccounts or availableAccountsWithBalance.")
	case words > 1:
		return formatError("access", "access holds more than one of availableAccounts, availableAccountsWithBalance and allPsd2. Send one of them.")
	case words > 0 && present > 0:
		return formatError("access", "access mixes lists of accounts with availableAccounts, availableAccountsWithBalance or allPsd2. Send either lists or one of those words.")
	case filled > 0 && filled != present:
		return formatError("access", "Some lists of access are empty and others are not. Either every list names accounts, or every list is empty and the customer chooses at the bank.")
	}
	for name, refs := range lists {
		if err := checkReferences("access."+name, refs); err != nil {
			return err
		}
	}
	return nil
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func checkReferences(path string, refs []Reference) error {
	if len(refs) > maxReferences {
		return formatError(path, fmt.Sprintf("%s names %d accounts; at most %d are possible.", path, len(refs), maxReferences))
	}
	for i, r := range refs {
		at := fmt.Sprintf("%s[%d]", path, i)
		identifiers := 0
		for _, id := range []string{r.IBAN, r.BBAN, r.PAN, r.MaskedPAN, r.MSISDN} {
			if id != "" {
				identifiers++
			}
			if len(id) > 35 {
				return formatError(at, "An account identifier has at most 35 characters.")
			}
		}
		if identifiers != 1 {
			return formatError(at, fmt.Sprintf("%s names an account by %d identifiers. Send exactly one; this bank knows its cards by maskedPan.", at, identifiers))
		}
		if r.MaskedPAN == "" {
			return formatError(at, fmt.Sprintf("%s: this bank has card accounts and knows them by maskedPan alone.", at))
		}
		if r.Currency != "" && !currencyForm.MatchString(r.Currency) {
			return formatError(at+".currency", fmt.Sprintf("currency is %q; it is an ISO 4217 code such as EUR.", clip(r.Currency)))
		}
	}
	return nil
}

// Names reports whether a reference means the account: masked numbers are compared without blanks, in any letter
// case, with x and * alike, which the standard leaves open.
func (r Reference) Names(maskedPAN, currency string) bool {
	return foldMask(r.MaskedPAN) == foldMask(maskedPAN) && (r.Currency == "" || r.Currency == currency)
}

var maskFolder = strings.NewReplacer(" ", "", "x", "*", "X", "*", "-", "")

func foldMask(mask string) string { return maskFolder.Replace(mask) }

func formatError(path, text string) *fault.Error {
	return fault.New(fault.Invalid, "FORMAT_ERROR", text).At(path)
}

// clip shortens what a client sent before it is repeated in an answer.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
