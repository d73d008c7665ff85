package playground

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"fairway/internal/flows"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const psuField = "header-PSU-ID"

// customersOf are the test customers of a brand with what each shows.
func (p *Playground) customersOf(ctx context.Context, brand string) ([]page.CustomerView, error) {
	list, err := p.Bank.Customers(ctx, brand)
	if err != nil {
		return nil, fmt.Errorf("list test customers: %w", err)
	}
	views := make([]page.CustomerView, 0, len(list))
	for _, c := range list {
		cards, err := p.Bank.Cards(ctx, brand, c.ID)
		if err != nil {
			return nil, fmt.Errorf("list cards: %w", err)
		}
		v := page.CustomerView{ID: c.ID, Name: c.Name, Situation: c.Situation}
		var numbers []string
		for _, card := range cards {
			numbers = append(numbers, card.MaskedPAN)
		}
		if len(numbers) > 0 {
			v.Cards = "Cards: " + strings.Join(numbers, ", ") + "."
		}
		views = append(views, v)
	}
	return views, nil
}

// customersFor are those whose number the form can take, each with the address of the form that has it filled in.
func (p *Playground) customersFor(ctx context.Context, f requestForm) ([]page.CustomerView, error) {
	if f.brand.ID == "" || !f.has(psuField) {
		return nil, nil
	}
	list, err := p.customersOf(ctx, f.brand.ID)
	for i, c := range list {
		query := url.Values{"app": {f.app.ID}, "brand": {f.brand.ID}, "operation": {f.operation.ID}, "psu": {c.ID}}
		if f.mistake.ID != "" {
			query.Set("mistake", string(f.mistake.ID))
		}
		list[i].Href, list[i].Chosen = requestPath+"?"+query.Encode()+"#"+psuField, f.values[psuField] == c.ID
	}
	return list, err
}

// addCustomers tells whom one can play, while the customer is waited for.
func (p *Playground) addCustomers(ctx context.Context, s *scene) (err error) {
	if s.run.Step == flows.Authorise {
		s.customers, err = p.customersOf(ctx, s.run.Brand)
	}
	return err
}

// breakHref leads from a signed step that was taken to the same request with a mistake; nil where there is none.
func breakHref(s scene, step flows.Step) *ui.LinkView {
	if !s.run.Passed(step) {
		return nil
	}
	link := func(operation string) *ui.LinkView {
		return &ui.LinkView{Text: "Break this request on purpose", Href: requestHref(s.run, operation, url.Values{"mistake": {"capitals"}})}
	}
	switch step {
	case flows.Consent:
		return link("consents.create")
	case flows.Accounts:
		return link("card-accounts.list")
	}
	return nil
}
