package site

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"fairway/internal/messagecode"
	"fairway/internal/qcert"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// inserts are the parts of pages that are not prose: a page asks for one by its name in double braces.
func (f *Face) inserts(ctx context.Context, places []place) (map[string]templ.Component, error) {
	customers, err := f.customers(ctx, places[0].Brand.ID)
	if err != nil {
		return nil, err
	}
	inserts := map[string]templ.Component{
		"hosts":        page.AllHosts(hosts(places)),
		"contacts":     ui.KeyValue(contacts(places)),
		"customers":    page.Customers(customers),
		"sequence":     page.Sequence(sequence()),
		"checks":       page.Rules(rules()),
		"bank-codes":   codeTable("Codes of the bank APIs", messagecode.All()),
		"oauth-codes":  codeTable("Codes of the token and authorisation endpoints", messagecode.OAuth()),
		"status-codes": codeTable("Statuses without a code", messagecode.Statuses()),
		"check-codes":  page.CheckCodes(checkRows()),
		"on-purpose":   page.OnPurpose(tryRows()),
	}
	for name := range slots {
		inserts[string(name)] = name
	}
	return inserts, nil
}

func hosts(places []place) []page.Hosts {
	out := make([]page.Hosts, 0, len(places))
	for _, p := range places {
		name := p.Brand.Name
		if p.Brand.FormerName != "" {
			name += ", formerly " + p.Brand.FormerName
		}
		id := "brand-" + p.Brand.ID
		out = append(out, page.Hosts{ID: id, Name: name, Facts: []ui.KV{
			{Key: "Bank API", Value: p.API, Copy: id + "-api"},
			{Key: "Authorisation", Value: p.Authorization, Copy: id + "-authorisation"},
			{Key: "Token endpoint", Value: p.Token, Copy: id + "-token"},
			{Key: "Metadata", Value: p.Issuer + metadataPath, Copy: id + "-metadata"},
		}})
	}
	return out
}

// contacts are where a bank's own customers ask.
func contacts(places []place) []ui.KV {
	var list []ui.KV
	for _, p := range places {
		list = append(list, ui.KV{Key: p.Brand.Name, Value: p.Brand.SupportEmail, Copy: "contact-" + p.Brand.ID})
		if p.Brand.SupportHours != "" {
			list = append(list, ui.KV{Key: p.Brand.Name + " answers", Value: p.Brand.SupportHours})
		}
	}
	return list
}

// customers are the test customers of a brand; every brand has the same ones.
func (f *Face) customers(ctx context.Context, brand string) ([]page.Customer, error) {
	list, err := f.Bank.Customers(ctx, brand)
	if err != nil {
		return nil, fmt.Errorf("list test customers: %w", err)
	}
	out := make([]page.Customer, 0, len(list))
	for _, c := range list {
		view := page.Customer{ID: c.ID, Name: c.Name, Situation: c.Situation}
		cards, err := f.Bank.Cards(ctx, brand, c.ID)
		if err != nil {
			return nil, fmt.Errorf("list cards: %w", err)
		}
		for _, card := range cards {
			view.Cards = append(view.Cards, card.MaskedPAN+" "+card.Currency)
		}
		out = append(out, view)
	}
	return out, nil
}

// rules are what is asked of a certificate, as the check list asks it.
func rules() []page.RuleRow {
	var rows []page.RuleRow
	for _, r := range qcert.Rules() {
		row := page.RuleRow{Title: r.Title, Rule: r.Paragraph, Expected: r.QWAC}
		if r.QSealC != r.QWAC {
			row.Expected = "QWAC: " + r.QWAC + ". QC eSeal: " + r.QSealC
		}
		for _, code := range r.Codes {
			row.Codes = append(row.Codes, page.Chapter{Title: code, Href: messagecode.Path(code)})
		}
		rows = append(rows, row)
	}
	return rows
}

// checkRows list the codes of check lists with those who can put them right.
func checkRows() []page.CheckRow {
	var rows []page.CheckRow
	for _, r := range messagecode.Checks() {
		rows = append(rows, page.CheckRow{Code: r.Code, Href: messagecode.Path(r.Code), Title: r.Title, By: parties(r.By)})
	}
	return rows
}

// parties are those who can put something right, in a sentence's order: "You, your QTSP".
func parties(by []messagecode.Party) string {
	text := ""
	for i, p := range by {
		if i > 0 {
			text += ", " + strings.ToLower(string(p[:1])) + string(p[1:])
		} else {
			text = string(p)
		}
	}
	return text
}

func codeTable(caption string, records []messagecode.Record) templ.Component {
	rows := make([]page.CodeRow, 0, len(records))
	for _, r := range records {
		row := page.CodeRow{Code: r.Code, Href: messagecode.Path(r.Code), HTTP: statusList(r.HTTP), Title: r.Title}
		if !r.Standard {
			row.Own = "our own"
		}
		rows = append(rows, row)
	}
	return page.Codes(caption, rows)
}

func statusList(statuses []int) string {
	if len(statuses) == 0 {
		return "redirect"
	}
	words := make([]string, 0, len(statuses))
	for _, s := range statuses {
		words = append(words, strconv.Itoa(s))
	}
	return strings.Join(words, ", ")
}

// The diagram's measures, in its own units.
const (
	diagramWidth  = 460
	shownWidth    = 540
	laneTop       = 44
	firstArrow    = 80
	arrowDistance = 38
	laneBox       = 110
)

var lanes = []struct {
	name string
	x    int
}{{"Customer", 65}, {"Your app", 230}, {"Bank", 395}}

const (
	customer = iota
	app
	theBank
)

// legs are the six steps, by the parts of the page that tell of them.
var legs = []page.Leg{
	{Title: "1. Get a token of your own", Href: "#token"}, {Title: "2. Create a consent", Href: "#consent"}, {Title: "3. Send the customer to the bank", Href: "#authorise"},
	{Title: "4. Let the customer say yes", Href: "#approve"}, {Title: "5. Exchange the code", Href: "#exchange"}, {Title: "6. Read the accounts", Href: "#accounts"},
}

// messages are the lines of the diagram; step counts legs.
var messages = []struct {
	step, from, to int
	text           string
}{
	{0, app, theBank, "1 client credentials"},
	{0, theBank, app, "access token"},
	{1, app, theBank, "2 POST consents"},
	{1, theBank, app, "consentId"},
	{2, app, customer, "3 go to the bank"},
	{3, customer, theBank, "4 log in, choose, confirm"},
	{3, theBank, customer, "back to your app"},
	{3, customer, app, "code, state, iss"},
	{4, app, theBank, "5 code and verifier"},
	{4, theBank, app, "tokens"},
	{5, app, theBank, "6 GET card-accounts"},
	{5, theBank, app, "200 OK"},
}

// sequence is the example flow as a diagram.
func sequence() page.Diagram {
	height := firstArrow + arrowDistance*len(messages)
	d := page.Diagram{Title: "The example flow", Width: strconv.Itoa(shownWidth), Box: fmt.Sprintf("0 0 %d %d", diagramWidth, height),
		Description: "Your app asks the bank for an access token and a consent, sends the customer to the bank, receives a code, exchanges it and reads the accounts."}
	for _, l := range lanes {
		d.Lanes = append(d.Lanes, page.Lane{Name: l.name, X: strconv.Itoa(l.x), Top: strconv.Itoa(laneTop), Bottom: strconv.Itoa(height - 16),
			BoxX: strconv.Itoa(l.x - laneBox/2), BoxWidth: strconv.Itoa(laneBox)})
	}
	d.Legs = slices.Clone(legs)
	for i, m := range messages {
		leg := &d.Legs[m.step]
		leg.Arrows = append(leg.Arrows, arrow(lanes[m.from].x, lanes[m.to].x, firstArrow+i*arrowDistance, m.text, slices.Contains([]int{1, 3, 9, 11}, i)))
	}
	return d
}

func arrow(from, to, y int, text string, answer bool) page.Arrow {
	back := 9
	if to < from {
		back = -9
	}
	return page.Arrow{Text: text, Dashed: answer, X1: strconv.Itoa(from), X2: strconv.Itoa(to - back), Y: strconv.Itoa(y),
		TextX: strconv.Itoa((from + to) / 2), TextY: strconv.Itoa(y - 7),
		Head: fmt.Sprintf("%d,%d %d,%d %d,%d", to, y, to-back, y-5, to-back, y+5)}
}
