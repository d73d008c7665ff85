package playground

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/notebook"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

var errPair = fault.New(fault.Conflict, "two_runs", "Tick two requests of the list, then compare them.")

// kept is one request of the history with its call, as far as the log has it.
type kept struct {
	notebook.Sent
	call calls.Call
	here bool
}

// compare shows two requests of the history side by side.
func (p *Playground) compare(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	a, b := c.Query("a"), c.Query("b")
	if picked := c.QueryArray("pick"); len(picked) == 2 && a == "" && b == "" {
		a, b = picked[1], picked[0] // the list has the newest first
	}
	if a == "" || b == "" || a == b {
		return p.goTo(c, historyPath, "bad", errPair.Message)
	}

	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return err
	}
	defer end()
	p.flush(ctx)
	first, err := p.keptOf(ctx, v, a)
	if err != nil {
		return err
	}
	second, err := p.keptOf(ctx, v, b)
	if err != nil {
		return err
	}
	known, err := p.legend(ctx, v)
	if err != nil {
		return err
	}

	view := compareView(first, second, known, p.Clock.Now())
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide = historyPath, true
	return httpkit.Page(c, http.StatusOK, page.Compare(fr, view))
}

// keptOf is a request of the visitor's history. Where the log has not kept its call there is less to compare.
func (p *Playground) keptOf(ctx context.Context, v httpkit.Visitor, id string) (kept, error) {
	s, err := p.Notebook.SentByID(ctx, noteOwner(v), id)
	if err != nil || s.CallID == 0 {
		return kept{Sent: s}, err
	}
	call, err := p.Calls.ByID(ctx, v.OrganisationID, s.CallID)
	if fault.Is(err, fault.NotFound) {
		return kept{Sent: s}, nil
	}
	return kept{s, callview.Visible(call), true}, err
}

func compareView(a, b kept, known legend, now time.Time) page.CompareView {
	v := page.CompareView{Head: ui.HeadView{Title: "Two requests side by side", Crumbs: []ui.Crumb{{Text: "History", Href: historyPath}, {Text: "Compare"}},
		Lead: "Lines marked as removed are in A alone, lines marked as added in B alone."}}
	v.Sides = []page.SideView{side("A", a, known, now), side("B", b, known, now)}
	if !a.here || !b.here {
		v.Note = "The log has not kept the call of one of them, so its headers and bodies are not here."
	}
	for _, part := range []struct {
		id, title string
		of        func(kept) string
	}{
		{"line", "Request line", func(k kept) string { return strings.TrimSpace(k.call.Method + " " + k.call.Path) }},
		{"headers", "Request headers", func(k kept) string { return headerLines(k.call.Detail.RequestHeaders) }},
		{"string", "Signing string, as the bank computed it", func(k kept) string { return k.call.Detail.SigningString }},
		{"body", "Request body", func(k kept) string { return callview.Indented(k.call.Detail.RequestBody) }},
		{"status", "Status", statusLine},
		{"answer-headers", "Answer headers", func(k kept) string { return headerLines(k.call.Detail.ResponseHeaders) }},
		{"answer", "Answer body", func(k kept) string { return callview.Indented(k.call.Detail.ResponseBody) }},
	} {
		v.Parts = append(v.Parts, comparedPart(part.id, part.title, part.of(a), part.of(b)))
	}
	return v
}

func statusLine(k kept) string {
	if k.Status == 0 {
		return "No answer"
	}
	return strings.TrimSpace(callview.StatusText(k.Status) + " " + k.Code)
}

// comparedPart is one part of both; where both are empty or the same, a word says so.
func comparedPart(id, title, a, b string) page.PartView {
	lines, cut := callview.Compare(a, b)
	v := page.PartView{ID: id, Title: title, Diff: ui.DiffView{ID: "diff-" + id, Caption: title + ", A and B", Lines: lines}, Tone: ui.Note, Status: "Differs"}
	switch {
	case len(lines) == 0:
		v.Tone, v.Status = ui.Plain, "Empty in both"
	case callview.Same(lines):
		v.Tone, v.Status = ui.OK, "The same"
	}
	if cut {
		v.Note = "Only the first 2,000 lines of each are compared."
	}
	return v
}

// headerLines writes headers one a line, by their names.
func headerLines(list [][2]string) string {
	lines := make([]string, 0, len(list))
	for _, h := range list {
		lines = append(lines, h[0]+": "+h[1])
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func side(name string, k kept, known legend, now time.Time) page.SideView {
	r := sentRow(k.Sent, known, now)
	v := page.SideView{Title: name + ": " + r.Operation, Tone: r.Tone, Status: strings.TrimSpace(r.Status + " " + r.Code), Facts: []ui.KV{
		{Key: "Sent", Value: r.Sent}, {Key: "Brand", Value: r.Brand}, {Key: "Took", Value: r.Took}, {Key: "X-Request-ID", Value: k.RequestID, Mono: true}}}
	if r.Grant != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Grant", Value: r.Grant})
	}
	for _, note := range r.Notes {
		v.Facts = append(v.Facts, ui.KV{Key: "Note", Value: note})
	}
	if r.Href != "" && k.here {
		v.Links = append(v.Links, ui.LinkView{Text: "In the request log", For: name, Href: r.Href, Icon: "scroll-text", Small: true})
	}
	if r.AgainHref == "" {
		return v
	}
	v.Links = append(v.Links, ui.LinkView{Text: "Send again", For: name, Href: r.AgainHref, Icon: "send", Small: true})
	return v
}
