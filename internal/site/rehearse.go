package site

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/internal/rehearsals"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// The workbench's pages that the panel leads to.
const (
	workbenchRehearsals = "/playground/rehearsals"
	workbenchRequest    = "/playground/request"
	workbenchApps       = "/playground/apps/new"
)

// rehearse is the panel that orders a code as the answer to the reader's next call; nil for a code that cannot be ordered, and
// for staff, who have no apps.
func (f *Face) rehearse(ctx context.Context, who httpkit.Visitor, code string) (*page.RehearseView, error) {
	outcome, ok := rehearsals.Find(code)
	if !ok || who.Staff() {
		return nil, nil
	}
	v := &page.RehearseView{Lead: "See how your software takes it: the next call of an app of yours that is right is answered with this instead. In the sandbox only.",
		Scripted: scripted(outcome)}
	if !who.SignedIn() {
		v.Link = &ui.LinkView{Text: "Sign in to order it", Href: "/login?" + url.Values{"next": {messagecode.Path(code) + "#rehearse"}}.Encode()}
		return v, nil
	}
	list, err := f.Apps.List(ctx, who.OrganisationID, catalog.Sandbox)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		v.Link = &ui.LinkView{Text: "Create an app first", Href: workbenchApps}
		return v, nil
	}
	armed, err := f.Rehearsals.List(ctx, who.OrganisationID)
	if err != nil {
		return nil, err
	}
	v.Disarm = workbenchRehearsals + "/disarm"
	for _, app := range list {
		if order, ok := armed[app.ID]; ok {
			v.Armed = append(v.Armed, armedView(app, order, code))
		}
	}
	fillOrder(v, outcome, list)
	return v, nil
}

// scripted are the orders that software writes, with the usual status where a code has several.
func scripted(outcome rehearsals.Outcome) []ui.CodeView {
	order := rehearsals.Order{Outcome: outcome, Status: outcome.Statuses[0]}
	body := `{"outcome": "` + outcome.Name + `", "operation": "card-accounts.list", "calls": 2}`
	return []ui.CodeView{
		{ID: "rehearse-header", Title: "Header of the one call that shall meet it", Text: rehearsals.Header + ": " + order.String(), Wrap: true},
		{ID: "rehearse-script", Title: "For the next two lists of card accounts of the app", Wrap: true,
			Text: "curl --request PUT --cert qwac.pem --key qwac.key \\\n  ${FAIRWAY_CA_FILE:+--cacert \"$FAIRWAY_CA_FILE\"} \\\n" +
				"  --header \"X-API-Key: $FAIRWAY_API_KEY\" \\\n  --data '" + body + "' \\\n  \"$FAIRWAY_API_URL/rehearsals/v1/next\""},
	}
}

func armedView(app apps.App, order rehearsals.Armed, code string) page.ArmedView {
	calls := "next call"
	if order.Left > 1 {
		calls = fmt.Sprintf("next %d calls", order.Left)
	}
	return page.ArmedView{App: app.Name, Outcome: order.Outcome.Name, Text: "Its " + calls + " until " + order.EndsAt.Format("15:04 UTC") + " meet it.",
		Send:   workbenchRequest + "?" + url.Values{"app": {app.ID}}.Encode(),
		Fields: []ui.Hidden{{Name: "app", Value: app.ID}, {Name: "outcome", Value: code}, {Name: "from", Value: "code"}}}
}

// fillOrder makes the form. What there is no choice of is not asked.
func fillOrder(v *page.RehearseView, outcome rehearsals.Outcome, list []apps.App) {
	v.Action, v.Button, v.More = workbenchRehearsals, "Answer my next call with this", workbenchRehearsals+"?"+url.Values{"outcome": {outcome.Name}}.Encode()+"#order"
	v.Fields = []ui.Hidden{{Name: "from", Value: "code"}}
	if len(list) == 1 {
		v.Fields = append(v.Fields, ui.Hidden{Name: "app", Value: list[0].ID})
		v.Button = "Answer the next call of " + list[0].Name + " with this"
	} else {
		s := ui.SelectView{ID: "rehearse-app", Name: "app", Label: "App"}
		for _, app := range list {
			s.Options = append(s.Options, ui.Option{Value: app.ID, Text: app.Name})
		}
		v.Choose = append(v.Choose, s)
	}
	if len(outcome.Statuses) == 1 {
		v.Fields = append(v.Fields, ui.Hidden{Name: "outcome", Value: outcome.Name})
		return
	}
	s := ui.SelectView{ID: "rehearse-status", Name: "outcome", Label: "Status"}
	for _, status := range outcome.Statuses {
		order := rehearsals.Order{Outcome: outcome, Status: status}
		s.Options = append(s.Options, ui.Option{Value: order.String(), Text: strconv.Itoa(status) + " " + http.StatusText(status)})
	}
	v.Choose = append(v.Choose, s)
}

// tryRows say how to see each code for real.
func tryRows() []page.TryRow {
	var rows []page.TryRow
	for _, r := range slices.Concat(messagecode.All(), messagecode.Statuses(), messagecode.OAuth()) {
		if r.Try != "" {
			rows = append(rows, page.TryRow{Code: r.Code, Href: messagecode.Path(r.Code), Text: r.Try})
		}
	}
	return rows
}
