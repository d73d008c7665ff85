package playground

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

var errNoCall = fault.New(fault.NotFound, "call_unknown", "There is no such request in your log. Requests are kept for 30 days.")

// request shows one request of the log.
func (p *Playground) request(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	id, ok := calls.ParseID(c.Param("id"))
	if !ok {
		return errNoCall
	}

	p.flush(ctx)
	call, err := p.Calls.ByID(ctx, v.OrganisationID, id)
	if err != nil {
		return err
	}
	known, err := p.legend(ctx, v)
	if err != nil {
		return err
	}
	view := p.loggedView(call, known)
	view.CopyAs = p.copyAs(call, known, httpkit.CodingOf(c))
	if view.Explained, err = p.explain(ctx, v, call); err != nil {
		return err
	}
	if e := view.Explained; e != nil && view.Problem != nil && e.Text == view.Problem.Text {
		e.Text = "" // said above
	}
	if err := p.relate(ctx, v, call, known, &view); err != nil {
		return err
	}

	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide, fr.Env = callPath(id), true, environmentOf(call.Environment)
	view.Share.Make.Token = fr.Token
	for i := range view.Share.Links {
		view.Share.Links[i].Revoke.Token = fr.Token
	}
	return httpkit.Page(c, http.StatusOK, page.Logged(fr, view))
}

// relate puts beside a call what else there is of its flow, of its kind, and the links to it.
func (p *Playground) relate(ctx context.Context, v httpkit.Visitor, call calls.Call, known legend, view *page.LoggedView) error {
	near, err := p.Calls.Around(ctx, v.OrganisationID, call)
	if err != nil {
		return err
	}
	for _, other := range near {
		view.Around.Rows = append(view.Around.Rows, requestRow(other, known.apps))
	}
	if id := consentOf(call); id != "" {
		view.Around.Consent = &ui.LinkView{Text: "All requests that name this consent", Href: (logQuery{search: id}).address()}
	}
	if view.Same, err = p.sameToday(ctx, v, call); err != nil {
		return err
	}
	links, err := p.Calls.Shares(ctx, v.OrganisationID, call.ID)
	if err != nil {
		return err
	}
	view.Share = shareView(call.ID, links)
	return nil
}

// sameToday says how often the same error came today, where it is of today.
func (p *Playground) sameToday(ctx context.Context, v httpkit.Visitor, call calls.Call) (*ui.LinkView, error) {
	day := p.Clock.Now().UTC().Truncate(24 * time.Hour)
	if call.Status < 400 || call.Code == "" || call.At.Before(day) {
		return nil, nil
	}
	found, _, err := p.Calls.Failures(ctx, v.OrganisationID, calls.Filter{From: day, Code: call.Code, Operation: call.Operation})
	if err != nil {
		return nil, err
	}
	n := 0
	for _, f := range found {
		n += f.Count
	}
	q := logQuery{time: today, code: call.Code, operation: call.Operation, status: strconv.Itoa(call.Status)}
	return &ui.LinkView{Text: call.Code + " came " + many(n, "time") + " today at this operation", Href: q.address()}, nil
}

// consentOf is the consent that a call names in its path or its header.
func consentOf(call calls.Call) string {
	if _, rest, found := strings.Cut(call.Path, "/consents/"); found {
		id, _, _ := strings.Cut(rest, "/")
		id, _, _ = strings.Cut(id, "?")
		return id
	}
	return headerOf(call.Detail.RequestHeaders, "Consent-ID")
}

// headerOf is the value of a header that the log keeps.
func headerOf(kept [][2]string, name string) string {
	for _, h := range kept {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// loggedView draws one call with all that was kept of it.
func (p *Playground) loggedView(call calls.Call, known legend) page.LoggedView {
	app := ui.KV{Key: "App", Value: "–"}
	for _, a := range known.apps {
		if a.ID == call.AppID {
			app.Value, app.Href = a.Name, appPath(a)
		}
	}
	v := page.LoggedView{
		Head: ui.HeadView{Title: callview.Name(call), Tone: ui.StatusTone(call.Status), Status: callview.Title(call),
			Lead:   call.At.UTC().Format("2 Jan 2006, 15:04:05") + " UTC, answered in " + callview.Duration(call.Duration) + " at the bank’s door.",
			Crumbs: []ui.Crumb{{Text: "Requests", Href: requestsPath}, {Text: calls.FormatID(call.ID)}}},
		Call: callview.Of(call, callview.Names{App: app, Brand: known.brandName(call.Brand)}), Actions: p.actionsOn(call, known.apps),
	}
	v.Call.Facts = append([]ui.KV{{Key: "Trace id", Value: calls.FormatID(call.ID), Copy: "trace-id"}}, v.Call.Facts...)
	if call.Status >= 400 {
		v.Problem = loggedProblem(callview.Visible(call))
	}
	return v
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

// actionsOn are what can be done with a call: sent again in the sandbox, written as a script in Live, looked into byte by byte.
func (p *Playground) actionsOn(call calls.Call, list []apps.App) []ui.LinkView {
	var actions []ui.LinkView
	if p.Debugger != "" && headerOf(call.Detail.RequestHeaders, "Signature") != "" {
		actions = append(actions, ui.LinkView{Text: "Open in the debugger", Href: p.Debugger + "?request=" + calls.FormatID(call.ID), Icon: "signature"})
	}
	if again := openAgain(call, list); again != nil {
		actions = append(actions, *again)
	}
	return actions
}

// openAgain leads to the same operation: in the sandbox to the playground with what was sent, in Live to a script of it.
func openAgain(call calls.Call, list []apps.App) *ui.LinkView {
	_, known := catalog.OperationByID(call.Operation)
	if !known || call.AppID == "" {
		return nil
	}
	if call.Environment != string(catalog.Sandbox) {
		return scriptOf(call, list)
	}
	return &ui.LinkView{Text: "Send again", For: "in the playground", Href: requestPath + "?" + url.Values{"from": {calls.FormatID(call.ID)}}.Encode(), Icon: "send"}
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
