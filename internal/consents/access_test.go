package consents_test

import (
	"testing"

	"fairway/internal/consents"
	"fairway/internal/fault"
)

func TestAccessIsReadByTheRulesOfTheGuidelines(t *testing.T) {
	t.Parallel()
	card := []consents.Reference{{MaskedPAN: "5243 78** **** 8693", Currency: "EUR"}}
	empty := []consents.Reference{}
	for name, c := range map[string]struct {
		access consents.Access
		model  consents.Model
		path   string
	}{
		"named accounts":                  {consents.Access{Balances: card, Transactions: card}, consents.Detailed, ""},
		"the customer chooses":            {consents.Access{Accounts: empty, Balances: empty}, consents.BankOffered, ""},
		"everything":                      {consents.Access{AllPSD2: "allAccounts"}, consents.Global, ""},
		"the list alone":                  {consents.Access{AvailableAccounts: "allAccounts"}, consents.Available, ""},
		"nothing":                         {consents.Access{}, "", "access"},
		"an unknown word":                 {consents.Access{AllPSD2: "everything"}, "", "access.allPsd2"},
		"two words":                       {consents.Access{AllPSD2: "allAccounts", AvailableAccounts: "allAccounts"}, "", "access"},
		"lists and a word":                {consents.Access{AllPSD2: "allAccounts", Accounts: empty}, "", "access"},
		"empty and filled lists":          {consents.Access{Balances: card, Transactions: empty}, "", "access"},
		"two identifiers":                 {consents.Access{Accounts: []consents.Reference{{MaskedPAN: "1", IBAN: "FI1"}}}, "", "access.accounts[0]"},
		"no identifier":                   {consents.Access{Accounts: []consents.Reference{{Currency: "EUR"}}}, "", "access.accounts[0]"},
		"an IBAN at a bank of cards":      {consents.Access{Accounts: []consents.Reference{{IBAN: "FI2112345600000785"}}}, "", "access.accounts[0]"},
		"a currency that is no code":      {consents.Access{Accounts: []consents.Reference{{MaskedPAN: "1", Currency: "euro"}}}, "", "access.accounts[0].currency"},
		"more accounts than anybody has":  {consents.Access{Accounts: make([]consents.Reference, 101)}, "", "access.accounts"},
		"an identifier of forty letters":  {consents.Access{Accounts: []consents.Reference{{MaskedPAN: "0123456789012345678901234567890123456789"}}}, "", "access.accounts[0]"},
		"the list with balances, offered": {consents.Access{AvailableAccountsWithBalance: "allAccountsWithOwnerName"}, consents.Available, ""},
	} {
		err := c.access.Check()

		if c.path == "" {
			if err != nil || c.access.Model() != c.model {
				t.Errorf("%s: %v, model %s", name, err, c.access.Model())
			}
			continue
		}
		if f := fault.Of(err); f.Code != "FORMAT_ERROR" || f.Path != c.path {
			t.Errorf("%s: %v at %q", name, err, f.Path)
		}
	}
}

func TestAMaskedNumberIsKnownInAnyDress(t *testing.T) {
	t.Parallel()
	for mask, want := range map[string]bool{
		"5243 78** **** 8693": true, "524378******8693": true, "524378xxxxXX8693": true, "5243 66** **** 8694": false, "": false,
	} {
		if got := (consents.Reference{MaskedPAN: mask}).Names("5243 78** **** 8693", "EUR"); got != want {
			t.Errorf("%q: %v", mask, got)
		}
	}
	if (consents.Reference{MaskedPAN: "524378******8693", Currency: "SEK"}).Names("5243 78** **** 8693", "EUR") {
		t.Error("another currency was taken")
	}
}
