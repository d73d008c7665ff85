package playground

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func requestsView(q logQuery, known legend) page.RequestsView {
	v := page.RequestsView{
		Head: ui.HeadView{Title: "Requests", Lead: "What your apps asked the banks, what was checked, and why it failed."},
		Views: []ui.TabLink{
			{Text: "All requests", Href: q.address("view", ""), Current: q.view == ""},
			{Text: "Errors by kind", Href: q.address("view", errorsView), Current: q.view == errorsView},
		},
		View: q.view, More: q.detailed(), Filters: mainFilters(q, known), Refresh: q.address(),
	}
	if q.view == errorsView {
		v.Filters = []page.FilterView{v.Filters[0], v.Filters[1]}
	} else {
		v.MoreFilters = moreFilters(q, known)
		v.IDHint = "Any id finds an X-Request-ID or a trace id wherever it is, and the id of a consent or an account among the newest " + ui.Thousands(calls.SearchedForID) + " requests."
		v.Tail = &ui.LinkView{Text: "Live tail", Href: q.address("tail", "on"), Icon: "activity"}
		if q.tail {
			v.Tail = &ui.LinkView{Text: "Stop live tail", Href: q.address(), Icon: "x"}
			v.Refresh = q.address("tail", "on")
		}
	}
	if q.filtered() {
		v.Clear = (logQuery{view: q.view}).address()
	}
	if q.env == string(catalog.Live) {
		v.Note = "In Live no bodies are kept: they are customers’ data. Headers and checks are."
	}
	if len(q.ignored) > 0 {
		v.Ignored = "This was not understood and is left out: " + list(q.ignored) + ". Choose from the lists, or enter times as 2026-11-20T09:30."
	}
	return v
}

func mainFilters(q logQuery, known legend) []page.FilterView {
	times := ui.SelectView{Name: "time", Label: "Time", Value: q.time, Options: []ui.Option{{Text: "Last 30 days"}, {Value: lastHour, Text: "Last hour"}, {Value: today, Text: "Today (UTC)"},
		{Value: lastDay, Text: "Last 24 hours"}, {Value: lastWeek, Text: "Last 7 days"}}}
	if q.time == timeRange {
		times.Options = append(times.Options, ui.Option{Value: timeRange, Text: "From and to, below"})
	}
	app := ui.SelectView{Name: "app", Label: "App", Value: q.app, Options: []ui.Option{{Text: "All apps"}}}
	for _, a := range known.apps {
		app.Options = append(app.Options, ui.Option{Value: a.ID, Text: inFull(a)})
	}
	status := ui.SelectView{Name: "status", Label: "Status", Value: q.status, Options: []ui.Option{{Text: "Any"}, {Value: "2", Text: "2xx accepted"}, {Value: "4", Text: "4xx refused"}, {Value: "5", Text: "5xx failed"}}}
	for _, s := range statuses {
		status.Options = append(status.Options, ui.Option{Value: s, Text: s})
	}
	search := ui.FieldView{Name: "q", Label: "Any id", Value: q.search, Mono: true, Autocomplete: "off"}
	return []page.FilterView{{Select: &times}, {Select: holding(app)}, {Select: holding(status)}, {Field: &search}}
}

// statuses are those that the interface answers with.
var statuses = []string{"200", "201", "204", "400", "401", "403", "404", "405", "406", "409", "415", "429", "500", "503"}

// holding is a list with the value that was asked for, also where it is none of the usual ones: an app may be gone.
func holding(v ui.SelectView) *ui.SelectView {
	if !slices.ContainsFunc(v.Options, func(o ui.Option) bool { return o.Value == v.Value }) {
		v.Options = append(v.Options, ui.Option{Value: v.Value, Text: v.Value})
	}
	return &v
}

func moreFilters(q logQuery, known legend) []page.FilterView {
	from := ui.FieldView{Name: "from", Label: "From (UTC)", Value: q.from, Type: "datetime-local"}
	to := ui.FieldView{Name: "to", Label: "To (UTC)", Value: q.to, Type: "datetime-local"}
	envs := ui.SelectView{Name: "env", Label: "Environment", Value: q.env, Options: []ui.Option{{Text: "Both"}}}
	for _, env := range catalog.Environments() {
		envs.Options = append(envs.Options, ui.Option{Value: string(env), Text: env.Name()})
	}
	brands := ui.SelectView{Name: "brand", Label: "Brand", Value: q.brand, Options: []ui.Option{{Text: "All brands"}}}
	for _, b := range known.brands {
		brands.Options = append(brands.Options, ui.Option{Value: b.ID, Text: b.Name})
	}
	apis := ui.SelectView{Name: "api", Label: "API", Value: q.api, Options: []ui.Option{{Text: "All APIs"}, {Value: tokenOperation, Text: "Token endpoint"}, {Value: consentsAPI, Text: "Consents"}}}
	for _, a := range known.apis {
		if len(operationsOf(a.ID)) > 0 {
			apis.Options = append(apis.Options, ui.Option{Value: a.ID, Text: a.Name})
		}
	}
	operations := ui.SelectView{Name: "operation", Label: "Operation", Value: q.operation, Options: []ui.Option{{Text: "All operations"}, {Value: tokenOperation, Text: tokenOperation}}}
	for _, o := range catalog.Operations() {
		operations.Options = append(operations.Options, ui.Option{Value: o.ID, Text: o.ID})
	}
	method := ui.SelectView{Name: "method", Label: "Method", Value: q.method, Options: []ui.Option{{Text: "Any"}}}
	for _, m := range methods {
		method.Options = append(method.Options, ui.Option{Value: m, Text: m})
	}
	code := ui.FieldView{Name: "code", Label: "Code", Value: q.code, Mono: true, Autocomplete: "off"}
	return []page.FilterView{{Field: &from}, {Field: &to}, {Select: &envs}, {Select: holding(brands)}, {Select: &apis}, {Select: &operations}, {Select: &method}, {Field: &code}}
}

// logView draws a page of the log.
func logView(q logQuery, found calls.Page, known legend, now time.Time) page.LogView {
	v := page.LogView{Caption: "Requests, newest first", Pager: ui.PagerView{Label: "Pages of requests", Text: "Kept for 30 days."}}
	for _, call := range found.Calls {
		v.Rows = append(v.Rows, requestRow(call, known.apps))
	}
	if n := len(found.Calls); n > 0 {
		if found.Newer {
			v.Pager.Newer = q.address("after", calls.FormatID(found.Calls[0].ID))
		}
		if found.Older {
			v.Pager.Older = q.address("before", calls.FormatID(found.Calls[n-1].ID))
		}
	}
	v.Empty = emptyLog(q, now)
	if found.Edge != 0 {
		further(&v, q, found)
	}
	if q.tail {
		v.Poll = ui.PollView{Href: q.tailAddress(found.Calls), Seconds: tailSeconds}
		v.Pager.Newer = ""
	}
	v.Poll.ID = "log-part"
	return v
}

// further says how far a search came that gave up, and leads on.
func further(v *page.LogView, q logQuery, found calls.Page) {
	searched := ui.Thousands(calls.Searched)
	if q.search != "" {
		searched = ui.Thousands(calls.SearchedForID)
	}
	on := q.address("before", calls.FormatID(found.Edge))
	if q.after != "" {
		on = q.address("after", calls.FormatID(found.Edge))
		v.Pager.Newer = on
	} else {
		v.Pager.Older = on
	}
	v.Pager.Text = "Searched " + searched + " requests, as far as " + instant(calls.TimeOf(found.Edge)) + ". Kept for 30 days."
	v.Empty = ui.EmptyView{Icon: "search", Title: "No match so far", Text: "None of " + searched + " requests fits, as far as " + instant(calls.TimeOf(found.Edge)) + ".", ActionText: "Search further", ActionHref: on}
}

// emptyLog tells the reasons for an empty list apart.
func emptyLog(q logQuery, now time.Time) ui.EmptyView {
	switch {
	case q.expired(now):
		return ui.EmptyView{Icon: "history", Title: "Past what is kept", Text: "Requests are kept for 30 days, and what you ask for is older.", ActionText: "Newest requests", ActionHref: requestsPath}
	case q.filtered() && (logQuery{view: q.view, env: q.env}).address() == q.address() && q.env == string(catalog.Live):
		return ui.EmptyView{Icon: "scroll-text", Title: "No requests in Live yet", Text: "Each request that your apps send to a bank in Live is listed here, with what was checked and why it failed. Bodies are not kept.", ActionText: "Call from your shell", ActionHref: shellPath}
	case q.filtered():
		return ui.EmptyView{Icon: "search", Title: "No request matches", Text: "Nothing in the last 30 days fits all of these filters.", ActionText: "Clear the filters", ActionHref: requestsPath}
	case q.before != "" || q.after != "":
		return ui.EmptyView{Icon: "history", Title: "Nothing further back", Text: "Requests are kept for 30 days.", ActionText: "Newest requests", ActionHref: requestsPath}
	}
	return ui.EmptyView{Icon: "scroll-text", Title: "No requests yet", Text: "Each request that your apps send to a bank is listed here, with what was checked and why it failed.", ActionText: "Open the example flow", ActionHref: flowPath}
}

// errorsListView draws the kinds of failures; each leads to its requests.
func errorsListView(q logQuery, found []calls.Failure, edge int64) *page.ErrorsView {
	v := &page.ErrorsView{Caption: "Errors by code and operation, the most frequent first", Note: "Kept for 30 days."}
	if edge != 0 {
		v.Note = "The newest " + ui.Thousands(calls.Searched) + " errors, as far as " + instant(calls.TimeOf(edge)) + ". " + v.Note
	}
	for _, f := range found {
		row := page.ErrorKind{Code: cmp.Or(f.Code, "no code"), Operation: cmp.Or(f.Operation, "no operation"), Count: ui.Thousands(f.Count), Status: strconv.Itoa(f.Status),
			Tone: ui.StatusTone(f.Status), LastISO: iso(f.LastAt), Last: instant(f.LastAt), LastHref: callPath(f.Last)}
		row.Href = q.address("view", "", "code", f.Code, "operation", f.Operation, "status", strconv.Itoa(f.Status))
		v.Rows = append(v.Rows, row)
	}
	v.Empty = ui.EmptyView{Icon: "circle-check", Title: "No errors", Text: "None of your requests was refused or failed in this time.", ActionText: "All requests", ActionHref: requestsPath}
	return v
}
