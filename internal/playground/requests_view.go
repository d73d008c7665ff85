package playground

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func requestsView(q logQuery, found calls.Page, list []apps.App) page.RequestsView {
	v := page.RequestsView{
		Head:    ui.HeadView{Title: "Requests", Lead: "What your apps asked the banks, what was checked, and why it failed."},
		Apps:    ui.SelectView{Name: "app", Label: "App", Value: q.app, Options: []ui.Option{{Text: "All apps"}}},
		Status:  ui.SelectView{Name: "status", Label: "Status", Value: q.status, Options: []ui.Option{{Text: "Any"}, {Value: "2", Text: "2xx accepted"}, {Value: "4", Text: "4xx refused"}, {Value: "5", Text: "5xx failed"}}},
		Code:    ui.FieldView{Name: "code", Label: "Code", Value: q.code, Mono: true, Autocomplete: "off"},
		Search:  ui.FieldView{Name: "q", Label: "X-Request-ID or operation", Value: q.search, Mono: true, Autocomplete: "off"},
		Pager:   ui.PagerView{Label: "Pages of requests", Text: "Kept for 30 days."},
		Caption: "Requests, newest first",
	}
	for _, a := range list {
		v.Apps.Options = append(v.Apps.Options, ui.Option{Value: a.ID, Text: a.Name})
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
	case q.filtered():
		return ui.EmptyView{Icon: "search", Title: "No request matches", Text: "Nothing in the last 30 days fits all of these filters. An X-Request-ID has to be entered whole.", ActionText: "Clear the filters", ActionHref: requestsPath}
	case q.before != "" || q.after != "":
		return ui.EmptyView{Icon: "history", Title: "Nothing further back", Text: "Requests are kept for 30 days.", ActionText: "Newest requests", ActionHref: requestsPath}
	}
	return ui.EmptyView{Icon: "scroll-text", Title: "No requests yet", Text: "Each request that your apps send to a bank is listed here, with what was checked and why it failed.", ActionText: "Open the example flow", ActionHref: flowPath}
}

// loggedView draws one call with all that was kept of it.
func loggedView(call calls.Call, list []apps.App) page.LoggedView {
	d := call.Detail
	v := page.LoggedView{
		Head: ui.HeadView{Title: call.Method + " " + clip(pathOnly(call.Path), 80), Tone: ui.StatusTone(call.Status), Status: strings.TrimSpace(statusText(call.Status) + " " + call.Code),
			Crumbs: []ui.Crumb{{Text: "Requests", Href: requestsPath}, {Text: calls.FormatID(call.ID)}}},
		Facts: loggedFacts(call, list), Start: call.Method + " " + call.Path,
		Request: loggedHeaders(d.RequestHeaders), Answer: loggedHeaders(d.ResponseHeaders),
		BodyNote: "Authorization and X-API-Key are reduced to their beginnings, card numbers are masked.",
	}
	if call.Status >= 400 {
		v.Problem = loggedProblem(call)
	}
	v.Steps, v.StepsNote = checkRows(d.Steps)
	if d.SigningString != "" {
		v.Signing = &ui.CodeView{ID: "signing-string", Title: "Signing string, as we computed it", Text: d.SigningString, Wrap: true}
	}
	if d.RequestBody != "" {
		v.Body = &ui.CodeView{ID: "request-body", Title: "Body", Text: d.RequestBody, Spans: spans(d.RequestBody, nil), Wrap: true, Tall: true}
	}
	if d.ResponseBody != "" {
		text := indented(d.ResponseBody)
		v.AnswerTo = &ui.CodeView{ID: "answer-body", Title: "Body", Text: text, Spans: spans(text, nil), Wrap: true, Tall: true}
	}
	if d.Truncated {
		v.BodyNote += " A body was longer than 16 KiB; its beginning is kept."
	}
	v.Again = openInPlayground(call)
	return v
}

func pathOnly(path string) string {
	plain, _, _ := strings.Cut(path, "?")
	return plain
}

func loggedProblem(call calls.Call) *page.ProblemView {
	if call.Code == "" {
		return &page.ProblemView{Title: statusText(call.Status), Text: or(call.Detail.Reason, "The answer carries no code: the status says it all.")}
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

func loggedFacts(call calls.Call, list []apps.App) []ui.KV {
	d := call.Detail
	facts := []ui.KV{
		{Key: "Time", Value: call.At.UTC().Format("2 Jan 2006, 15:04:05.000") + " UTC"},
		{Key: "Took", Value: microseconds(call.Duration)},
		{Key: "App", Value: "–"},
		{Key: "Brand", Value: or(call.Brand, "–")},
		{Key: "Operation", Value: or(call.Operation, "–"), Mono: true},
		{Key: "X-Request-ID", Value: or(call.RequestID, "none"), Mono: true},
	}
	for _, a := range list {
		if a.ID == call.AppID {
			facts[2].Value, facts[2].Href = a.Name, appPath(a.ID)
		}
	}
	if d.Repeated {
		facts = append(facts, ui.KV{Key: "Repeated", Value: "This X-Request-ID was seen before. Make a new one for every request."})
	}
	facts = append(facts, ui.KV{Key: "Connection", Value: or(d.TLSVersion, "without TLS")})
	if d.Thumbprint != "" {
		facts = append(facts, ui.KV{Key: "Certificate", Value: d.Subject}, ui.KV{Key: "SHA-256", Value: d.Thumbprint, Mono: true})
	} else {
		facts = append(facts, ui.KV{Key: "Certificate", Value: "none that is known"})
	}
	return append(facts, ui.KV{Key: "From", Value: or(d.RemoteIP, "–"), Mono: true})
}

func loggedHeaders(headers [][2]string) []page.HeaderRow {
	rows := make([]page.HeaderRow, 0, len(headers))
	for _, h := range headers {
		name := h[0]
		if name == "X-Api-Key" {
			name = "X-API-Key"
		}
		rows = append(rows, page.HeaderRow{Name: name, Value: h[1]})
	}
	return rows
}

// checkRows draws the checks in their order and says where the request stopped.
func checkRows(steps []calls.Step) (rows []page.CheckRow, note string) {
	note = "All of them passed."
	for _, s := range steps {
		r := page.CheckRow{Name: s.Name, Text: s.Text, Took: micros(s.Micros), Tone: ui.OK, Status: "Passed"}
		switch s.Verdict {
		case calls.Failed:
			r.Tone, r.Status = ui.Bad, "Failed"
			note = "It stopped at “" + s.Name + "”; what comes after was not looked at."
		case calls.Skipped:
			r.Tone, r.Status, r.Took = ui.Plain, "Not checked", "–"
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		note = "Not kept step by step: the token endpoint answers in one."
	}
	return rows, note
}

func micros(n int64) string {
	if n < 1 {
		return "< 1 µs"
	}
	return thousands(int(n)) + " µs"
}

func microseconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return micros(d.Microseconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// openInPlayground leads to the same operation in the playground.
func openInPlayground(call calls.Call) *ui.LinkView {
	if _, known := catalog.OperationByID(call.Operation); !known || call.AppID == "" {
		return nil
	}
	query := url.Values{"app": {call.AppID}, "brand": {call.Brand}, "operation": {call.Operation}}
	return &ui.LinkView{Text: "Open in the playground", Href: requestPath + "?" + query.Encode(), Icon: "send"}
}
