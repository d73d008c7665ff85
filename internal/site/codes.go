package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/web/templates/layout"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// flushTime is how long the page of a code waits for the request log to be written.
const flushTime = 300 * time.Millisecond

const errorsPath = "/docs/errors"

var errNoCall = fault.New(fault.NotFound, "call_unknown", "This is not the id of a request. Follow the link at the end of the answer’s text as it is.")

// showCode is the page of one code. With ?rid= it shows the reader's own request beside it.
func (f *Face) showCode(c *gin.Context) error {
	ctx := c.Request.Context()
	l, err := f.library(ctx)
	if err != nil {
		return err
	}
	code, rid := c.Param("code"), c.Query("rid")
	record, ok := messagecode.Find(code)
	if !ok {
		frame := httpkit.Frame(c, "No such code")
		v := page.UnknownView{Code: clip(code), Close: nearest(code), Ask: "/docs/contact"}
		if call, ok := calls.ParseID(rid); ok {
			v.Ask = contactPath(calls.FormatID(call))
		}
		return httpkit.Page(c, http.StatusNotFound, page.Unknown(frame, l.navigation(frame, errorsPath), v))
	}
	call, ok := calls.ParseID(rid)
	if rid != "" && !ok {
		return errNoCall
	}

	frame := f.frame(c, record.Code, record.Title+". What it means, what usually causes it and how to put it right.")
	view := l.codeView(record)
	if rid != "" {
		if view.Request, err = f.request(ctx, httpkit.Who(c), record.Code, call); err != nil {
			return err
		}
		view.Request.Ask = contactPath(calls.FormatID(call))
	}
	if view.Rehearse, err = f.rehearse(ctx, httpkit.Who(c), record.Code); err != nil {
		return err
	}
	return httpkit.Page(c, http.StatusOK, page.Code(frame, l.navigation(frame, errorsPath), codeContents(view), view))
}

func (l *library) codeView(r messagecode.Record) page.CodeView {
	v := page.CodeView{Code: r.Code, Debugger: r.Code == "SIGNATURE_INVALID", What: sentence{r.What, explained{}}, Try: r.Try, Own: !r.Standard && !r.OfCheck(), Check: r.OfCheck(), Head: ui.HeadView{Title: r.Title,
		Crumbs: []ui.Crumb{{Text: "Documentation", Href: "/docs"}, {Text: "Errors", Href: errorsPath}, {Text: r.Code}}}}
	for _, s := range r.HTTP {
		v.Statuses = append(v.Statuses, page.Status{Tone: ui.StatusTone(s), Text: strconv.Itoa(s) + " " + http.StatusText(s)})
	}
	switch {
	case r.OfCheck():
		v.Facts = []ui.KV{{Key: "Who can put it right", Value: parties(r.By)}, {Key: "Rule", Value: r.Rule}}
	case len(r.HTTP) == 0:
		v.Statuses = []page.Status{{Tone: ui.Note, Text: "In the redirect to your app"}}
	}
	for i, cause := range r.Causes {
		v.Pairs = append(v.Pairs, page.Pair{Cause: cause, Fix: r.Fixes[i]})
	}
	for _, path := range r.See {
		if w, ok := l.pages[strings.TrimPrefix(path, "/docs/")]; ok {
			v.See = append(v.See, page.Chapter{Title: w.Title, Href: path})
		}
	}
	return v
}

func codeContents(v page.CodeView) []layout.NavItem {
	var items []layout.NavItem
	add := func(text, id string) { items = append(items, layout.NavItem{Text: text, Href: "#" + id}) }
	if v.Request != nil {
		add("Your request", "request")
	}
	add("What happened", "what")
	add("Usual causes, and what to do", "fix")
	add("How to check", "check")
	if v.Try != "" {
		add("See it for real", "try")
	}
	if v.Rehearse != nil {
		add("Rehearse it", "rehearse")
	}
	if len(v.See) > 0 {
		add("Read more", "see")
	}
	return items
}

// request is the reader's own request. Whose it is not, and what is not there any more, look alike.
func (f *Face) request(ctx context.Context, who httpkit.Visitor, code string, id int64) (*page.RequestView, error) {
	rid := calls.FormatID(id)
	if !who.SignedIn() {
		back := messagecode.Path(code) + "?" + url.Values{"rid": {rid}}.Encode()
		return &page.RequestView{Note: "This link belongs to a request of yours.", SignIn: "/login?" + url.Values{"next": {back}}.Encode()}, nil
	}
	call, err := f.find(ctx, who.OrganisationID, id)
	if fault.Is(err, fault.NotFound) {
		return &page.RequestView{Note: "Your organisation’s request log has no such request. Requests are kept for 30 days; one from before authentication may not be kept at all."}, nil
	}
	if err != nil {
		return nil, err
	}
	v := &page.RequestView{Reason: call.Detail.Reason, Href: "/playground/requests/" + rid, Facts: []ui.KV{
		{Key: "Time", Value: call.At.UTC().Format("2 Jan 2006, 15:04:05 UTC")},
		{Key: "Request", Value: call.Method + " " + call.Path, Mono: true},
		{Key: "Status", Value: strings.TrimSpace(strconv.Itoa(call.Status) + " " + call.Code), Tone: ui.StatusTone(call.Status), Badge: true},
	}}
	if call.Detail.ErrorPath != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Looked at", Value: call.Detail.ErrorPath, Mono: true})
	}
	if call.RequestID != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "X-Request-ID", Value: call.RequestID, Mono: true})
	}
	return v, nil
}

func (f *Face) find(ctx context.Context, organisationID string, id int64) (calls.Call, error) {
	if err := f.awaitLog(ctx); err != nil {
		return calls.Call{}, err
	}
	return f.Calls.ByID(ctx, organisationID, id)
}

// awaitLog waits a moment for the log, since readers come here right after the answer.
func (f *Face) awaitLog(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	if err := f.Calls.Flush(wait); err != nil {
		if ctx.Err() != nil {
			return err
		}
		f.Log.WarnContext(ctx, "the request log is behind", "error", err)
	}
	return nil
}

// nearest are the codes that are written most like what was asked for.
func nearest(code string) []page.Chapter {
	asked := strings.ToUpper(clip(code))
	type candidate struct {
		code     string
		distance int
	}
	var found []candidate
	for _, r := range messagecode.Everything() {
		if d := distance(asked, strings.ToUpper(r.Code)); d <= max(2, len(r.Code)/3) {
			found = append(found, candidate{r.Code, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	out := make([]page.Chapter, 0, 3)
	for _, c := range found[:min(3, len(found))] {
		out = append(out, page.Chapter{Title: c.code, Href: messagecode.Path(c.code)})
	}
	return out
}

// distance is Levenshtein's: how many letters must be changed, added or left out.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}

// clip shortens what a visitor sent before it is repeated on a page.
func clip(s string) string {
	r := []rune(strings.ToValidUTF8(s, "�"))
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(r)
}
