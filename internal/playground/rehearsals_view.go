package playground

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/messagecode"
	"fairway/internal/rehearsals"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func rehearsalsView(f rehearsalForm, list []apps.App, armed map[string]rehearsals.Armed, found problems) page.RehearsalsView {
	v := page.RehearsalsView{Head: ui.HeadView{Title: "Rehearsals", Lead: "Order the answer to the next calls of an app, and see how your software takes it: every code, slow and cut-off answers, servers that fail."}}
	v.Action, v.Problems = rehearsalsPath, found.summary()
	if len(list) == 0 {
		v.Missing = &ui.EmptyView{Icon: "app-window", Title: "No app to rehearse with", Text: "Answers are ordered for the calls of an app. Create one, then come back.",
			ActionText: "Create an app", ActionHref: appsPath(env) + "/new"}
		return v
	}
	v.Disarm = rehearsalsPath + "/disarm"
	for _, a := range list {
		if order, ok := armed[a.ID]; ok {
			v.Armed = append(v.Armed, armedRow(a, order))
		}
	}
	v.Form = rehearsalFormView(f, list, found)
	v.Groups = outcomeGroups()
	return v
}

// meets says in words what a call meets.
func meets(o rehearsals.Order) string {
	switch {
	case o.Seconds > 0:
		return o.Outcome.Name + ", " + strconv.Itoa(o.Seconds) + " s"
	case o.Outcome.Code != "":
		return o.Outcome.Code + " (" + strconv.Itoa(o.Status) + ")"
	}
	return o.Outcome.Name
}

func armedRow(a apps.App, order rehearsals.Armed) page.ArmedRow {
	query, operation := url.Values{"app": {a.ID}}, "any operation"
	if order.Operation != "" {
		query.Set("operation", order.Operation)
		operation = order.Operation
	}
	return page.ArmedRow{AppID: a.ID, App: a.Name, Send: requestPath + "?" + query.Encode(), Facts: []ui.KV{
		{Key: "Answer", Value: meets(order.Order), Mono: true},
		{Key: "For", Value: operation},
		{Key: "Calls", Value: strconv.Itoa(order.Left) + " of " + many(order.Calls, "call") + " to come"},
		{Key: "Until", Value: instant(order.EndsAt)},
	}}
}

func rehearsalFormView(f rehearsalForm, list []apps.App, found problems) page.RehearsalFormView {
	v := page.RehearsalFormView{
		App:     ui.SelectView{ID: "app", Name: "app", Label: "App", Value: f.App},
		Outcome: ui.SelectView{ID: "outcome", Name: "outcome", Label: "Answer", Value: f.Outcome, Error: found.at("outcome") + found.at("status"), Options: outcomeOptions()},
		Operation: ui.SelectView{ID: "operation", Name: "operation", Label: "For", Value: f.Operation, Error: found.at("operation"),
			Options: []ui.Option{{Text: "any operation"}}},
		Calls:   ui.FieldView{ID: "calls", Name: "calls", Label: "Calls", Hint: "1 to 10. What has not come after an hour is not met any more.", Value: f.Calls, Error: found.at("calls"), InputMode: "numeric", Short: true},
		Seconds: ui.FieldView{ID: "seconds", Name: "seconds", Label: "Seconds", Hint: "Of slow only: 1 to 30.", Value: f.Seconds, Error: found.at("seconds"), InputMode: "numeric", Short: true},
	}
	if v.Calls.Value == "" {
		v.Calls.Value = "1"
	}
	if v.Seconds.Value == "" {
		v.Seconds.Value = "10"
	}
	for _, a := range list {
		v.App.Options = append(v.App.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	for _, o := range catalog.Operations() {
		v.Operation.Options = append(v.Operation.Options, ui.Option{Value: o.ID, Text: o.ID})
	}
	return v
}

// variant is an outcome with one of its statuses.
type variant struct {
	rehearsals.Outcome
	status int
	value  string // as an order names it
}

// grouped are all outcomes by status, those that have none first.
func grouped() (statuses []int, groups map[int][]variant) {
	groups = map[int][]variant{}
	for _, o := range rehearsals.Outcomes() {
		for _, status := range o.Statuses {
			order := rehearsals.Order{Outcome: o, Status: status}
			groups[status] = append(groups[status], variant{o, status, order.String()})
		}
		if len(o.Statuses) == 0 {
			groups[0] = append(groups[0], variant{Outcome: o, value: o.Name})
		}
	}
	for status := range groups {
		statuses = append(statuses, status)
	}
	slices.Sort(statuses)
	return statuses, groups
}

func groupTitle(status int) string {
	if status == 0 {
		return "Bad days"
	}
	return strconv.Itoa(status) + " " + http.StatusText(status)
}

func outcomeOptions() []ui.Option {
	var options []ui.Option
	statuses, groups := grouped()
	for _, status := range statuses {
		options = append(options, ui.Option{Value: "-", Text: groupTitle(status), Disabled: true})
		for _, o := range groups[status] {
			options = append(options, ui.Option{Value: o.value, Text: o.Name + " – " + o.Title})
		}
	}
	return options
}

// outcomeGroups are bad days, what refuses a request, and servers that fail.
func outcomeGroups() []page.OutcomeGroup {
	out := []page.OutcomeGroup{{ID: "bad-days", Title: "Bad days"}, {ID: "refusals", Title: "Your request is refused"}, {ID: "failures", Title: "A server fails"}}
	statuses, groups := grouped()
	for _, status := range statuses {
		g := &out[0]
		switch {
		case status >= http.StatusInternalServerError:
			g = &out[2]
		case status > 0:
			g = &out[1]
		}
		for _, o := range groups[status] {
			g.Rows = append(g.Rows, outcomeRow(o))
		}
	}
	return out
}

func outcomeRow(o variant) page.OutcomeRow {
	row := page.OutcomeRow{Name: o.Name, Title: o.Title, Status: "its own", For: strings.ReplaceAll(o.value, ";status=", " with "), Choose: rehearsalsPath + "?" + url.Values{"outcome": {o.value}}.Encode() + "#order"}
	if o.status > 0 {
		row.Status = strconv.Itoa(o.status)
	}
	if _, known := messagecode.Find(o.Name); known {
		row.Href = messagecode.Path(o.Name)
	}
	if o.Code != "" {
		row.Log = requestsPath + "?" + url.Values{"code": {o.Code}, "env": {string(env)}}.Encode()
	}
	return row
}
