package playground

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/bankclient"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/flows"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// stepNames are the six steps as the stepper names them.
var stepNames = [6]string{"Token", "Consent", "Authorise", "Back with the code", "Code for token", "Card accounts"}

// askFlowView is the form of a new run, or what has to be there before.
func (p *Playground) askFlowView(j journey, brands []catalog.Brand, earlier []flows.Flow, f flowForm, found problems) page.AskFlowView {
	v := page.AskFlowView{
		Head:   ui.HeadView{Title: "Example flow", Lead: "From no token to the customer's card accounts in six steps, with every header, signature and answer on show."},
		App:    ui.SelectView{Name: "app", Label: "App", Value: f.App, Error: found.at("app")},
		Brand:  ui.SelectView{Name: "brand", Label: "Brand", Value: f.Brand, Error: found.at("brand")},
		Access: accessChoice(f, found),
		Cards: ui.FieldView{Name: "cards", Label: "Masked card numbers", Value: f.Cards, Error: found.at("cards"), Mono: true, Rows: 3,
			Hint: "One a line. They are used where you name cards; these belong to customer 1345611."},
		About: aboutViews(earlier),
		Runs:  runRows(j, brands, earlier),
	}
	v.Action, v.Problems = flowPath, found.summary()
	v.CardsOpen = f.Access == accessNamed || v.Cards.Error != ""
	for i, name := range stepNames {
		state := ui.Locked
		if i == 0 {
			state = ui.Now
		}
		v.Steps = append(v.Steps, ui.StepView{State: state, Text: name, Href: "#" + aboutID(i)})
	}
	ready := connectedApps(j.apps)
	for _, a := range ready {
		v.App.Options = append(v.App.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	for _, b := range brands {
		v.Brand.Options = append(v.Brand.Options, ui.Option{Value: b.ID, Text: b.Name + unconnected(ready, b.ID)})
	}
	if !j.hasSet || len(ready) == 0 {
		v.Missing = missing(j)
	}
	return v
}

// unconnected marks a brand that no app is connected to yet.
func unconnected(ready []apps.App, brand string) string {
	if slices.ContainsFunc(ready, func(a apps.App) bool { return a.ConnectedTo(brand, flowAPI) }) {
		return ""
	}
	return " (not connected)"
}

// missing says what a call needs that is not there yet.
func missing(j journey) *ui.EmptyView {
	e := &ui.EmptyView{Icon: "rocket", Title: "Set up your sandbox first", ActionText: "Go to the dashboard", ActionHref: "/playground",
		Text: "A call needs certificates, an app and a connection to card accounts. The dashboard makes all three in one click."}
	if j.hasSet && len(j.apps) > 0 {
		e.Title, e.Text = "Connect an API first", "None of your apps is connected to card accounts. One click does it."
		e.ActionText, e.ActionHref = "Go to APIs", "/playground/apis"
	}
	return e
}

func accessChoice(f flowForm, found problems) ui.ChoiceView {
	return ui.ChoiceView{Name: "access", Legend: "What the customer is asked for", Value: f.Access, Error: found.at("access"), Options: []ui.Option{
		{Value: accessAll, Text: "All accounts", Hint: "allPsd2: everything, with balances and transactions."},
		{Value: accessChoose, Text: "The customer chooses", Hint: "Empty lists: the bank offers the accounts to tick."},
		{Value: accessNamed, Text: "Named cards", Hint: "You name the cards below; the customer says yes or no."},
	}}
}

func runRows(j journey, brands []catalog.Brand, earlier []flows.Flow) []page.RunRow {
	var rows []page.RunRow
	for _, r := range earlier {
		row := page.RunRow{Href: runPath(r.ID), StartedISO: iso(r.CreatedAt), Started: instant(r.CreatedAt), App: "–", Brand: r.Brand}
		for _, a := range j.apps {
			if a.ID == r.AppID {
				row.App = a.Name
			}
		}
		for _, b := range brands {
			if b.ID == r.Brand {
				row.Brand = b.Name
			}
		}
		row.Tone, row.Status = runState(r)
		rows = append(rows, row)
	}
	return rows
}

func runState(r flows.Flow) (ui.Tone, string) {
	switch {
	case r.Busy:
		return ui.Note, "Under way"
	case r.Step == flows.Done:
		return ui.OK, "200 OK"
	case r.Problem != nil:
		return ui.Bad, "Refused at the bank"
	case r.Step == flows.Authorise:
		return ui.Note, "Waits for the customer"
	}
	return ui.Bad, "Stopped at " + strings.ToLower(stepTitle(r.Step))
}

// flowView draws a run.
func (p *Playground) flowView(s scene) page.FlowView {
	v := page.FlowView{
		Head: ui.HeadView{Title: "Example flow", Lead: s.app.Name + " at " + s.brand.Name + ", " + accessWords(s.run.Access) + ".",
			Crumbs: []ui.Crumb{{Text: "Example flow", Href: flowPath}, {Text: "Run of " + instant(s.run.CreatedAt)}}},
		Steps:  stepper(s),
		Notice: supersededNotice(s),
		Again:  startAgain(s, ui.Default),
	}
	if s.run.Step == flows.Done {
		v.Success = p.successView(s)
	} else {
		now := p.stepView(s, s.run.Step)
		v.Now = &now
		for _, act := range now.Acts {
			if act.Action == flowPath {
				v.Again = nil
			}
		}
	}
	for _, step := range flows.Steps() {
		if s.run.Passed(step) {
			v.Done = append(v.Done, p.stepView(s, step))
		}
	}
	if _, refreshed := s.run.Of(flows.Refresh); refreshed {
		v.Done = append(v.Done, p.stepView(s, flows.Refresh))
	}
	for i := range v.Done {
		v.Done[i].Minor = true
	}
	return v
}

// startAgain begins another run with the same choices.
func startAgain(s scene, look ui.Look) *ui.PostView {
	return &ui.PostView{Action: flowPath, Button: ui.ButtonView{Text: "Start again", Icon: "rotate-ccw", Look: look}, Fields: []ui.Hidden{
		{Name: "app", Value: s.run.AppID}, {Name: "brand", Value: s.run.Brand}, {Name: "access", Value: s.run.Access}, {Name: "cards", Value: namedCards(s.run)}}}
}

func accessWords(access string) string {
	switch access {
	case accessChoose:
		return "the customer chooses the accounts"
	case accessNamed:
		return "named cards"
	}
	return "all accounts"
}

// namedCards are the cards of a run's request, for the form that starts it again.
func namedCards(run *flows.Flow) string {
	var r consentRequest
	if run.Access != accessNamed || json.Unmarshal([]byte(run.Request), &r) != nil {
		return ""
	}
	var lines []string
	for _, card := range r.Access.Accounts {
		lines = append(lines, card.MaskedPAN)
	}
	return strings.Join(lines, "\n")
}

// stepper shows the six steps. A run has one step of its own for the way back with the code and its exchange.
func stepper(s scene) []ui.StepView {
	at := map[flows.Step]int{flows.Token: 0, flows.Consent: 1, flows.Authorise: 2, flows.Exchange: 4, flows.Accounts: 5, flows.Done: 6}[s.run.Step]
	targets := [6]string{stepID(flows.Token), stepID(flows.Consent), stepID(flows.Authorise), stepID(flows.Exchange), stepID(flows.Exchange), "success"}
	failed := s.run.Problem != nil
	if e, ok := s.run.Of(s.run.Step); ok && problemOf(e) != nil {
		failed = true
	}
	var steps []ui.StepView
	for i, name := range stepNames {
		step := ui.StepView{State: ui.Locked, Text: name}
		switch {
		case i < at:
			step.State, step.Href = ui.Done, "#"+targets[i]
		case i == at && failed:
			step.State = ui.Failed
		case i == at:
			step.State = ui.Now
		}
		steps = append(steps, step)
	}
	return steps
}

func stepID(step flows.Step) string { return "step-" + string(step) }

// supersededNotice says which consents ended because this one was authorised.
func supersededNotice(s scene) *page.NoticeView {
	if len(s.superseded) == 0 {
		return nil
	}
	var ids []string
	for _, c := range s.superseded {
		ids = append(ids, c.ID)
	}
	return &page.NoticeView{Tone: ui.Warn, Title: "This consent has ended " + many(len(ids), "earlier consent"),
		Text: "A customer has one recurring consent per TPP at a time: with the new one, " + list(ids) + " became terminatedByTpp, and its tokens stopped working."}
}

func (p *Playground) successView(s scene) *page.SuccessView {
	e, _ := s.run.Of(flows.Accounts)
	v := &page.SuccessView{Title: callview.StatusText(e.Status), NoCards: "The customer has no card account that this consent opens.",
		Text: took(e) + " These are the accounts that the customer opened to " + s.app.Name + "."}
	for _, card := range cardsOf(e) {
		v.Cards = append(v.Cards, page.CardRow{Name: card.Product, PAN: card.MaskedPAN, Currency: card.Currency, ResourceID: card.ResourceID,
			TransactionsHref: requestHref(s.run, "card-accounts.transactions", url.Values{"path-account-id": {card.ResourceID}})})
	}
	v.Next = []ui.LinkView{
		{Text: "Send another request", Href: requestHref(s.run, "card-accounts.list", nil), Icon: "send", Look: ui.Primary},
		{Text: "Your own code: download the set", Href: downloadPath + "?app=" + url.QueryEscape(s.run.AppID), Icon: "download"},
		{Text: "See it in the request log", Href: logHref(e), Icon: "scroll-text"},
	}
	return v
}

func requestHref(run *flows.Flow, operation string, more url.Values) string {
	query := url.Values{"app": {run.AppID}, "brand": {run.Brand}, "operation": {operation}}
	for name, values := range more {
		query[name] = values
	}
	return requestPath + "?" + query.Encode()
}

type cardAnswer struct {
	ResourceID string `json:"resourceId"`
	MaskedPAN  string `json:"maskedPan"`
	Currency   string `json:"currency"`
	Product    string `json:"product"`
}

// cardsOf reads the card accounts of an answer; one that cannot be read has none.
func cardsOf(e bankclient.Exchange) []cardAnswer {
	var body struct {
		CardAccounts []cardAnswer `json:"cardAccounts"`
	}
	if err := json.Unmarshal([]byte(e.AnswerBody), &body); err != nil {
		return nil
	}
	return body.CardAccounts
}

// consentWords say where a consent stands.
func consentWords(status consents.Status) string {
	if status == "" {
		return ""
	}
	return fmt.Sprintf("Its status is %s.", status)
}
