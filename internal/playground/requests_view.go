package playground

import (
	"net/url"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func requestsView(q logQuery, found calls.Page, list []apps.App) page.RequestsView {
	v := page.RequestsView{
		Head:    ui.HeadView{Title: "Requests", Lead: "What your apps asked the banks, what was checked, and why it failed."},
		Env:     ui.SelectView{Name: "env", Label: "Environment", Value: q.env, Options: []ui.Option{{Text: "Both"}}},
		Apps:    ui.SelectView{Name: "app", Label: "App", Value: q.app, Options: []ui.Option{{Text: "All apps"}}},
		Status:  ui.SelectView{Name: "status", Label: "Status", Value: q.status, Options: []ui.Option{{Text: "Any"}, {Value: "2", Text: "2xx accepted"}, {Value: "4", Text: "4xx refused"}, {Value: "5", Text: "5xx failed"}}},
		Code:    ui.FieldView{Name: "code", Label: "Code", Value: q.code, Mono: true, Autocomplete: "off"},
		Search:  ui.FieldView{Name: "q", Label: "X-Request-ID or operation", Value: q.search, Mono: true, Autocomplete: "off"},
		Pager:   ui.PagerView{Label: "Pages of requests", Text: "Kept for 30 days."},
		Caption: "Requests, newest first",
	}
	for _, env := range catalog.Environments() {
		v.Env.Options = append(v.Env.Options, ui.Option{Value: string(env), Text: env.Name()})
	}
	for _, a := range list {
		v.Apps.Options = append(v.Apps.Options, ui.Option{Value: a.ID, Text: inFull(a)})
	}
	if q.env == string(catalog.Live) {
		v.Note = "In Live no bodies are kept: they are customers' data. Headers and checks are."
	}
	for _, call := range found.Calls {
		v.Rows = append(v.Rows, requestRow(call, list))
	}
	if q.filtered() {
		v.Clear = requestsPath
	}
	if n := len(found.Calls); n > 0 {
		if found.Newer {
			v.Pager.Newer = q.address("after", calls.FormatID(found.Calls[0].ID))
		}
		if found.Older {
			v.Pager.Older = q.address("before", calls.FormatID(found.Calls[n-1].ID))
		}
	}
	v.Empty = emptyLog(q)
	return v
}

// emptyLog tells the three reasons for an empty list apart.
func emptyLog(q logQuery) ui.EmptyView {
	switch {
	case q == logQuery{env: string(catalog.Live)}:
		return ui.EmptyView{Icon: "scroll-text", Title: "No requests in Live yet", Text: "Each request that your apps send to a bank in Live is listed here, with what was checked and why it failed. Bodies are not kept.", ActionText: "Call from your shell", ActionHref: shellPath}
	case q.filtered():
		return ui.EmptyView{Icon: "search", Title: "No request matches", Text: "Nothing in the last 30 days fits all of these filters. An X-Request-ID has to be entered whole.", ActionText: "Clear the filters", ActionHref: requestsPath}
	case q.before != "" || q.after != "":
		return ui.EmptyView{Icon: "history", Title: "Nothing further back", Text: "Requests are kept for 30 days.", ActionText: "Newest requests", ActionHref: requestsPath}
	}
	return ui.EmptyView{Icon: "scroll-text", Title: "No requests yet", Text: "Each request that your apps send to a bank is listed here, with what was checked and why it failed.", ActionText: "Open the example flow", ActionHref: flowPath}
}

// loggedView draws one call with all that was kept of it.
func loggedView(call calls.Call, list []apps.App) page.LoggedView {
	app := ui.KV{Key: "App", Value: "–"}
	for _, a := range list {
		if a.ID == call.AppID {
			app.Value, app.Href = a.Name, appPath(a)
		}
	}
	v := page.LoggedView{
		Head: ui.HeadView{Title: callview.Name(call), Tone: ui.StatusTone(call.Status), Status: callview.Title(call),
			Crumbs: []ui.Crumb{{Text: "Requests", Href: requestsPath}, {Text: calls.FormatID(call.ID)}}},
		Call: callview.Of(call, app), Again: openAgain(call, list), Debug: debug(call),
	}
	if call.Status >= 400 {
		v.Problem = loggedProblem(call)
	}
	return v
}

// debug leads to the signature debugger, which opens a signed request of the log.
func debug(call calls.Call) *ui.LinkView {
	for _, h := range call.Detail.RequestHeaders {
		if strings.EqualFold(h[0], "Signature") {
			return &ui.LinkView{Text: "Open in the debugger", Href: "/debugger?" + url.Values{"request": {calls.FormatID(call.ID)}}.Encode(), Icon: "fingerprint"}
		}
	}
	return nil
}

func loggedProblem(call calls.Call) *page.ProblemView {
	if call.Code == "" {
		return &page.ProblemView{Title: callview.StatusText(call.Status), Text: or(call.Detail.Reason, "The answer carries no code: the status says it all.")}
	}
	return explained(call.Code, call.Code, call.Detail.ErrorPath, call.Detail.Reason, calls.FormatID(call.ID))
}

// or is the first text that says something.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// openAgain leads to the same operation: in the sandbox to the playground, in Live to a script of it.
func openAgain(call calls.Call, list []apps.App) *ui.LinkView {
	_, known := catalog.OperationByID(call.Operation)
	if !known || call.AppID == "" {
		return nil
	}
	if call.Environment != string(catalog.Sandbox) {
		return scriptOf(call, list)
	}
	query := url.Values{"app": {call.AppID}, "brand": {call.Brand}, "operation": {call.Operation}}
	return &ui.LinkView{Text: "Open in the playground", Href: requestPath + "?" + query.Encode(), Icon: "send"}
}

// scriptOf leads to a script of the same call, where its app is still there.
func scriptOf(call calls.Call, list []apps.App) *ui.LinkView {
	for _, a := range list {
		if a.ID == call.AppID && a.Environment == catalog.Live {
			return &ui.LinkView{Text: "Write it for your shell", Href: shellPath + "?" + shellQuery(a.ID, call.Brand, call.Operation), Icon: "square-terminal"}
		}
	}
	return nil
}
