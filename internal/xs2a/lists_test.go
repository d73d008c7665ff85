package xs2a

import (
	"testing"

	"fairway/internal/bank"
	"fairway/internal/consents"
)

func TestTheListLinksWhereTheConsentLeadsAndNowhereElse(t *testing.T) {
	t.Parallel()
	cards := []bank.CardAccount{{ResourceID: "a"}, {ResourceID: "b"}}
	for name, c := range map[string]struct {
		access consents.Access
		grant  consents.Grant
		want   []string
	}{
		"everything":               {consents.Access{AllPSD2: "allAccounts"}, consents.Grant{Balances: true, Transactions: true}, []string{"balances", "transactions"}},
		"balances":                 {consents.Access{Balances: []consents.Reference{}}, consents.Grant{Balances: true}, []string{"balances"}},
		"the list":                 {consents.Access{AvailableAccounts: "allAccounts"}, consents.Grant{}, nil},
		"the list, with a balance": {consents.Access{AvailableAccountsWithBalance: "allAccounts"}, consents.Grant{Balances: true}, nil},
	} {
		c.grant.ResourceID = "a"

		list := newCardList(&consents.Consent{Access: c.access, Granted: []consents.Grant{c.grant}}, "/sandbox/rocker", cards)

		if len(list.CardAccounts) != 1 || list.CardAccounts[0].ResourceID != "a" || len(list.CardAccounts[0].Links) != len(c.want) {
			t.Fatalf("%s: %+v", name, list)
		}
		for _, link := range c.want {
			if got := list.CardAccounts[0].Links[link].Href; got != "/sandbox/rocker/card-account/v1/card-accounts/a/"+link {
				t.Errorf("%s: %s leads to %q", name, link, got)
			}
		}
	}
}
