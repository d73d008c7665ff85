package playground

import (
	"slices"

	"github.com/a-h/templ"

	"fairway/internal/catalog"
	"fairway/internal/codeview"
	"fairway/internal/flows"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func (p *Playground) requestView(j journey, brands []catalog.Brand, f requestForm, got *sent, found problems) page.RequestView {
	v := page.RequestView{Head: ui.HeadView{Title: "Single request", Lead: "One call of a bank API, signed and sent as your app would. What the bank refuses is shown as it came."}}
	v.Action, v.Problems = requestPath, found.summary()
	if !j.hasSet || f.app.ID == "" {
		v.Missing = missing(j)
		return v
	}
	v.Choose = chooseViews(j, brands, f, found)
	if f.operation.ID == "" {
		return v
	}
	v.Form = p.requestFormView(f, found)
	if got != nil {
		v.Result = p.resultView(f, *got)
	}
	return v
}

func chooseViews(j journey, brands []catalog.Brand, f requestForm, found problems) []ui.SelectView {
	app := ui.SelectView{Name: "app", Label: "App", Value: f.app.ID}
	for _, a := range connectedApps(j.apps) {
		app.Options = append(app.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	brand := ui.SelectView{Name: "brand", Label: "Brand", Value: f.brand.ID}
	for _, b := range brands {
		brand.Options = append(brand.Options, ui.Option{Value: b.ID, Text: b.Name})
	}
	operation := ui.SelectView{Name: "operation", Label: "Operation", Value: f.operation.ID, Error: found.at("operation")}
	for _, o := range append(catalog.Operations(), tokenCall) {
		operation.Options = append(operation.Options, ui.Option{Value: o.ID, Text: o.Method + " " + o.Pattern})
	}
	return []ui.SelectView{app, brand, operation}
}

func (p *Playground) requestFormView(f requestForm, found problems) *page.RequestFormView {
	o := f.operation
	v := &page.RequestFormView{
		Method: o.Method, Path: o.Pattern, Summary: o.Summary,
		Fields:  []ui.Hidden{{Name: "app", Value: f.app.ID}, {Name: "brand", Value: f.brand.ID}, {Name: "operation", Value: o.ID}},
		Mistake: mistakeView(f, found),
		Token:   p.tokenNote(f),
	}
	carried := f.carried()
	for _, g := range f.groups() {
		group := page.FieldGroup{Title: g.title}
		for _, param := range g.params {
			name := g.place + "-" + param.Name
			hint := param.Hint
			if value := carried[param.Name]; value != "" && value == f.values[name] {
				hint += " Filled in from your newest run."
			}
			if len(param.Enum) > 0 {
				s := enumView(param, name, f.values[name], hint, found)
				group.Inputs = append(group.Inputs, page.ParamInput{Select: &s})
				continue
			}
			group.Inputs = append(group.Inputs, page.ParamInput{Field: ui.FieldView{Name: name, Label: param.Name, Value: f.values[name], Hint: hint,
				Error: found.at(name), Mono: true, Optional: !param.Required, Autocomplete: "off"}})
		}
		if len(g.params) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
	if o.HasBody {
		v.Body = &ui.FieldView{Name: "body", Label: "Body", Value: f.body, Error: found.at("body"), Mono: true, Rows: 12, Hint: "JSON. The digest is over the bytes as they stand here.",
			Attrs: templ.Attributes{"data-json": ""}}
	}
	return v
}

func enumView(param catalog.Param, name, value, hint string, found problems) ui.SelectView {
	s := ui.SelectView{Name: name, Label: param.Name, Value: value, Hint: hint, Error: found.at(name)}
	for _, o := range param.Enum {
		s.Options = append(s.Options, ui.Option{Value: o, Text: o})
	}
	if !slices.Contains(param.Enum, value) {
		s.Options = append([]ui.Option{{Text: "(leave out)", Selected: true}}, s.Options...)
	}
	return s
}

// tokenNote says which access token will be sent.
func (p *Playground) tokenNote(f requestForm) page.TokenNote {
	again := &ui.LinkView{Text: "Run the example flow", Href: flowPath + "?app=" + f.app.ID + "&brand=" + f.brand.ID}
	switch {
	case f.operation.ID == grantOperation:
		return page.TokenNote{Text: "Sent with the client id and the secret that the playground has for " + f.app.Name + ", over mutual TLS. Of the token that comes back only the beginning is shown."}
	case f.operation.Token != catalog.UserToken:
		return page.TokenNote{Text: "Access token: your own, got just before by client credentials."}
	case f.run == nil:
		return page.TokenNote{Tone: ui.Warn, Link: again, Text: "No customer of " + f.brand.Name + " has given " + f.app.Name + " a token yet, so the request goes out without one."}
	case p.Clock.Now().Add(tokenMargin).After(f.run.Secrets.ExpiresAt):
		return page.TokenNote{Tone: ui.Warn, Link: &ui.LinkView{Text: "Renew it on the page of the run", Href: runPath(f.run.ID) + "#" + stepID(flows.Exchange)},
			Text: "The customer's token of your newest run has expired."}
	}
	return page.TokenNote{Text: "Access token: the customer's, " + prefix(f.run.Secrets.AccessToken) + " of your newest run. It works until " + instant(f.run.Secrets.ExpiresAt) + "."}
}

func (p *Playground) resultView(f requestForm, got sent) *page.ResultView {
	var marks []string
	if f.run != nil {
		marks = carriedMarks(f.run)
	}
	token := p.tokenView(f, got)
	if got.sign != nil {
		return &page.ResultView{Tone: ui.Note, Status: "Waits for your signature", Lead: "The request is prepared. Nothing was sent yet.", Sign: got.sign, TokenExchange: token}
	}
	e := got.exchange
	v := &page.ResultView{Tone: exchangeTone(e), Status: exchangeStatus(e), Lead: took(e), Problem: problemOf(e), TokenExchange: token}
	if e.Status == 0 {
		v.Lead = "Nothing came back."
	}
	v.Broken, v.Explained = p.brokenView(f, got), got.explained
	v.Wait = waitView(e)
	v.Exchange = exchangeView("sent", e, marks)
	v.Exchange.Bare = true
	own := f.operation.Token != catalog.UserToken
	v.Exchange.Samples = codeview.Programs("sent-sample", p.sampleOf(e, f.app.ClientID, own), f.coding)
	return v
}

// tokenView is how the token was got, where it was got for this call.
func (p *Playground) tokenView(f requestForm, got sent) *page.ExchangeView {
	if got.token == nil {
		return nil
	}
	v := exchangeView("token", *got.token, nil)
	v.Samples = codeview.Programs("token-sample", p.sampleOf(*got.token, f.app.ClientID, f.operation.Token != catalog.UserToken), f.coding)
	return v
}
