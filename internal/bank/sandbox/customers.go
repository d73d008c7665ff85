package sandbox

import "fairway/internal/bank"

// person is a test customer with his or her cards. Every brand has the same people and card numbers; merchants, amounts
// and resource ids are each brand's own.
type person struct {
	customer bank.Customer
	cards    []plastic
}

// plastic is a card before it belongs to a brand.
type plastic struct {
	mask     string
	name     string
	display  string
	product  string
	currency int
	limit    int64 // minor units
	status   string
	usage    string
	details  string
	positive bool // debits are quoted positive
	home     int  // place
	dueDay   int  // day of the month on which the last month's invoice is due
	profile  *profile
}

// private is a person's enabled card in euro.
func private(mask, display string, limit int64, home, dueDay int, p *profile) plastic {
	return plastic{mask: mask, name: "MC_CARD", display: display, product: "Credit", currency: eur, limit: limit,
		status: bank.StatusEnabled, usage: bank.UsagePrivate, details: "Test data: a credit card whose invoice closes with the month.",
		positive: true, home: home, dueDay: dueDay, profile: p}
}

// company is one of an organisation's cards; it quotes debits negative.
func company(mask, display string, limit int64, home int, p *profile) plastic {
	return plastic{mask: mask, name: "MC_BUSINESS", display: display, product: "Business Credit", currency: eur, limit: limit,
		status: bank.StatusEnabled, usage: bank.UsageOrganisation, details: "Test data: a company card. Debits are quoted negative.",
		positive: false, home: home, dueDay: 14, profile: p}
}

func (p plastic) but(status, details string) plastic {
	p.status, p.details = status, "Test data: "+details
	return p
}

func (p plastic) inKronor() plastic {
	p.currency, p.details = sek, "Test data: a card in Swedish kronor, used in several currencies."
	return p
}

// people are the test customers, in the order in which pages list them.
var people = []person{
	{bank.Customer{ID: "1345611", Name: "Aino Testinen", Situation: "Two cards, thirteen months of purchases."}, []plastic{
		private("5243 78** **** 8693", "Everyday", 7_500_00, helsinki, 20, household),
		private("5243 66** **** 8694", "Leisure", 5_000_00, helsinki, 20, leisure)}},
	{bank.Customer{ID: "1345612", Name: "Eero Esimerkki", Situation: "One card with few purchases."}, []plastic{
		private("5243 71** **** 2208", "My card", 3_000_00, tampere, 15, frugal)}},
	{bank.Customer{ID: "1345613", Name: "Helmi Mallikas", Situation: "One blocked card: it can be read, and only subscriptions are still charged."}, []plastic{
		private("5243 72** **** 3316", "Lost card", 4_000_00, turku, 18, recurring).but(bank.StatusBlocked, "blocked at the owner's request.")}},
	{bank.Customer{ID: "1345614", Name: "Onni Suljettu", Situation: "Blocked by the bank: every call on this customer’s behalf is refused.", Blocked: true}, []plastic{
		private("5243 73** **** 4427", "My card", 2_000_00, oulu, 20, frugal)}},
	{bank.Customer{ID: "1345615", Name: "Saga Exempel", Situation: "One card in Swedish kronor with many purchases in other currencies."}, []plastic{
		private("5243 74** **** 5539", "Kronor", 75_000_00, haparanda, 25, borderTown).inKronor()}},
	{bank.Customer{ID: "1345616", Name: "Väinö Uusi", Situation: "One new card without any transaction."}, []plastic{
		private("5243 75** **** 6641", "New card", 2_500_00, helsinki, 20, untouched).but(bank.StatusEnabled, "never used so far.")}},
	{bank.Customer{ID: "1345617", Name: "Kaisa Kiireinen", Situation: "One card with more than 5,000 transactions in thirteen months."}, []plastic{
		private("5243 76** **** 7753", "Rounds", 25_000_00, helsinki, 20, rounds)}},
	{bank.Customer{ID: "1345618", Name: "Mallikkaan Testiyritys Oy", Situation: "A company with five cards; debits are quoted negative."}, []plastic{
		company("5243 80** **** 1101", "Management", 20_000_00, helsinki, travel),
		company("5243 80** **** 1102", "Sales", 20_000_00, tampere, travel),
		company("5243 80** **** 1103", "Van 1", 8_000_00, oulu, vehicle),
		company("5243 80** **** 1104", "Van 2", 8_000_00, tornio, vehicle),
		company("5243 80** **** 1105", "Office", 10_000_00, helsinki, office)}},
	{bank.Customer{ID: "1345619", Name: "Lumi Kortiton", Situation: "A customer without any card."}, nil},
	{bank.Customer{ID: "1345620", Name: "Armas Vaihtaja", Situation: "One deleted card and the card that replaced it."}, []plastic{
		private("5243 77** **** 8864", "Old card", 4_000_00, turku, 20, untouched).but(bank.StatusDeleted, "deleted and replaced; its transactions are no longer kept."),
		private("5243 77** **** 8872", "Everyday", 4_000_00, turku, 20, household)}},
}
