package demobank

// card is a card account of the one customer.
type card struct {
	id, pan, name, owed string
	spent               []purchase
}

type purchase struct{ amount, where string }

// Customer is the number of the customer whom the demonstration knows.
const Customer = "20260017"

var cards = []card{
	{"6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b01", "4571 91** **** 2204", "Everyday", "-312.40", []purchase{{"-42.10", "Kahvila Aurinko, Helsinki"}, {"-250.00", "Satama Ferries"}, {"-20.30", "Lähikauppa"}}},
	{"6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b02", "4571 91** **** 7718", "Travel", "-1180.00", []purchase{{"-980.00", "Pohjola Air"}, {"-200.00", "Hotelli Majakka"}}},
}

func cardsOf(psu string) []card {
	if psu != Customer {
		return nil
	}
	return cards
}

const currency = "EUR"

func amount(value string) map[string]string {
	return map[string]string{"currency": currency, "amount": value}
}

func (c card) reference() map[string]string {
	return map[string]string{"maskedPan": c.pan, "currency": currency}
}

func (c card) json(basePath string, g grant) map[string]any {
	self := basePath + "/card-account/v1/card-accounts/" + c.id
	links := map[string]any{}
	if g.Balances {
		links["balances"] = map[string]string{"href": self + "/balances"}
	}
	if g.Transactions {
		links["transactions"] = map[string]string{"href": self + "/transactions"}
	}
	return map[string]any{"resourceId": c.id, "maskedPan": c.pan, "currency": currency, "name": c.name, "product": "Demonstration card",
		"debitAccounting": false, "status": "enabled", "usage": "PRIV", "_links": links}
}
