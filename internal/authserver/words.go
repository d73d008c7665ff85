package authserver

import (
	"fmt"
	"strings"
	"time"

	"fairway/internal/bank"
	"fairway/internal/consents"
	"fairway/internal/oauth"
	page "fairway/web/templates/bank"
	"fairway/web/templates/ui"
)

// whoOf says who asks: the organisation with its identifier, and its app.
func whoOf(a *oauth.Authorisation) []ui.KV {
	who := []ui.KV{{Key: "Who asks", Value: a.TPP.Name}}
	if a.TPP.Identifier != "" {
		who = append(who, ui.KV{Key: "Authorisation number", Value: a.TPP.Identifier, Mono: true})
	}
	return append(who, ui.KV{Key: "With the app", Value: a.App.Name})
}

// sharedOf says what is shown of the accounts.
func sharedOf(c oauth.Choices) []string {
	if c.Model == consents.Available {
		if c.Balances {
			return []string{"The list of your cards, with their balances"}
		}
		return []string{"The list of your cards, without balances and transactions"}
	}
	shared := []string{"The details of each account: its masked number, name, product, currency and status"}
	if c.Balances {
		shared = append(shared, "Balances")
	}
	if c.Transactions {
		shared = append(shared, "Transactions, from thirteen months ago on")
	}
	return shared
}

// termsOf says until when, how often and how it is withdrawn.
func termsOf(a *oauth.Authorisation, supportEmail string) []ui.KV {
	k := a.Consent
	until := "The end of " + dayOf(k.ValidUntil)
	often := "Whenever you ask for it, and up to " + times(k.FrequencyPerDay) + " a day without you"
	if !k.Recurring {
		until, often = "20 minutes after you confirm", "Once"
	}
	return []ui.KV{
		{Key: "Until", Value: until},
		{Key: "How often", Value: often},
		{Key: "To withdraw", Value: "Tell " + a.TPP.Name + ", which can end it at once, or write to " + supportEmail + "."},
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// dayOf writes a date for people.
func dayOf(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 January 2006")
}

// accountsOf lists the accounts that are shared, or only those that were chosen.
func accountsOf(c oauth.Choices, chosen bool) []page.AccountView {
	var list []page.AccountView
	for _, o := range c.Accounts {
		if !chosen || o.Chosen {
			list = append(list, page.AccountView{Number: o.Account.MaskedPAN, Name: accountName(o.Account), Shared: "Shown: " + rightsOf(c.Model, o.Grant)})
		}
	}
	return list
}

func accountName(a bank.CardAccount) string {
	name := a.DisplayName
	if name == "" {
		name = a.Name
	}
	name += ", " + a.Product + ", " + a.Currency
	if a.Status != bank.StatusEnabled {
		name += " (" + a.Status + ")"
	}
	return name
}

func rightsOf(model consents.Model, g consents.Grant) string {
	rights := []string{"details"}
	if model == consents.Available {
		rights[0] = "its entry in the list"
	}
	if g.Balances {
		rights = append(rights, "balances")
	}
	if g.Transactions {
		rights = append(rights, "transactions")
	}
	if n := len(rights); n > 1 {
		return strings.Join(rights[:n-1], ", ") + " and " + rights[n-1]
	}
	return rights[0]
}

// choiceOf is the boxes of a consent that leaves the accounts to the customer; all are ticked at first.
func choiceOf(c oauth.Choices, wrong []ui.FieldError) *ui.ChoiceView {
	v := &ui.ChoiceView{Name: "account", Legend: "Accounts to share"}
	for _, o := range c.Accounts {
		v.Options = append(v.Options, ui.Option{Value: o.Account.ResourceID, Text: o.Account.MaskedPAN, Hint: accountName(o.Account), Selected: o.Chosen && len(wrong) == 0})
	}
	for _, w := range wrong {
		v.Error = w.Text
	}
	return v
}

// supersededOf names what ends with a new consent.
func supersededOf(former []*consents.Consent) []string {
	var sentences []string
	for _, k := range former {
		sentences = append(sentences, "Confirming ends the consent of "+k.AuthorisedAt.Format("2 January 2006")+" for the same company. The new one takes its place.")
	}
	return sentences
}

// nextOf explains the address to which the browser goes after the confirmation.
func nextOf(a *oauth.Authorisation) []ui.KV {
	return []ui.KV{
		{Key: "Address", Value: a.RedirectURI, Mono: true},
		{Key: "code", Value: "Works once, within a minute. The app exchanges it for a token over mutual TLS, with its code_verifier."},
		{Key: "state", Value: a.State + " (as the app sent it, so that it knows its own request)"},
		{Key: "iss", Value: "Who answers. The app compares it with the issuer that it asked (RFC 9207)."},
	}
}
