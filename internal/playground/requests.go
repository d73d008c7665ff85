package playground

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
)

const (
	requestsPath = "/playground/requests"
	// requestsShown is how many requests a page of the log shows.
	requestsShown = 50
	// flushWait is how long a page waits for what was called a moment ago.
	flushWait = 300 * time.Millisecond
	maxFilter = 128
)

func (p *Playground) mountRequests(m httpkit.Mounts) {
	m.SignedIn.Get(requestsPath, p.requests)
	m.SignedIn.Get(requestsPath+"/:id", p.request)
}

// logQuery is what the address of the log asks for.
type logQuery struct {
	env, app, status, code, search, before, after string
}

func readLogQuery(c *gin.Context) logQuery {
	read := func(name string) string {
		return strings.ToValidUTF8(strings.TrimSpace(clip(c.Query(name), maxFilter)), "")
	}
	return logQuery{env: environmentOf(read("env")), app: read("app"), status: read("status"), code: read("code"), search: read("q"), before: read("before"), after: read("after")}
}

// environmentOf is the name of an environment, or nothing: both.
func environmentOf(text string) string {
	for _, env := range catalog.Environments() {
		if text == string(env) {
			return text
		}
	}
	return ""
}

// filtered reports whether anything narrows the list.
func (q logQuery) filtered() bool { return q.env+q.app+q.status+q.code+q.search != "" }

// filter is the query in the log's own words. What one search box means is told by its form: the name of an operation,
// or else an X-Request-ID.
func (q logQuery) filter() calls.Filter {
	f := calls.Filter{Environment: q.env, AppID: q.app, Code: q.code, Limit: requestsShown}
	if class, err := strconv.Atoi(q.status); err == nil && class >= 2 && class <= 5 {
		f.StatusClass = class
	}
	f.Before, _ = calls.ParseID(q.before)
	f.After, _ = calls.ParseID(q.after)
	if f.After > 0 {
		f.Before = 0
	}
	if _, known := catalog.OperationByID(q.search); known || q.search == tokenOperation {
		f.Operation = q.search
	} else {
		f.RequestID = q.search
	}
	return f
}

// tokenOperation is the token endpoint in the log.
const tokenOperation = "token"

func (q logQuery) address(name, value string) string {
	query := url.Values{}
	for key, text := range map[string]string{"env": q.env, "app": q.app, "status": q.status, "code": q.code, "q": q.search} {
		if text != "" {
			query.Set(key, text)
		}
	}
	if name != "" {
		query.Set(name, value)
	}
	if len(query) == 0 {
		return requestsPath
	}
	return requestsPath + "?" + query.Encode()
}

// flush waits a little for the requests of this moment; a list without the newest is better than none.
func (p *Playground) flush(ctx context.Context) {
	waiting, cancel := context.WithTimeout(ctx, flushWait)
	defer cancel()
	_ = p.Calls.Flush(waiting) // late: the next look has it
}

// requests lists the request log.
func (p *Playground) requests(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	q := readLogQuery(c)

	p.flush(ctx)
	if at, ok, err := p.named(ctx, v, q.search); ok || err != nil {
		if err != nil {
			return err
		}
		return httpkit.SeeOther(c, at)
	}
	found, err := p.Calls.List(ctx, v.OrganisationID, q.filter())
	if err != nil {
		return err
	}
	list, err := p.allApps(ctx, v)
	if err != nil {
		return err
	}

	view := requestsView(q, found, list)
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide, fr.Env = requestsPath, true, shownIn(q.env, list)
	return httpkit.Page(c, http.StatusOK, page.Requests(fr, view))
}

// allApps are the organisation's apps of both environments.
func (p *Playground) allApps(ctx context.Context, v httpkit.Visitor) ([]apps.App, error) {
	var all []apps.App
	for _, env := range catalog.Environments() {
		list, err := p.Apps.List(ctx, v.OrganisationID, env)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// named finds the one call whose id was entered, as error links carry it.
func (p *Playground) named(ctx context.Context, v httpkit.Visitor, search string) (string, bool, error) {
	if len(search) < 8 || uuid.Validate(search) == nil {
		return "", false, nil
	}
	id, ok := calls.ParseID(strings.ToLower(search))
	if !ok {
		return "", false, nil
	}
	call, err := p.Calls.ByID(ctx, v.OrganisationID, id)
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	return requestsPath + "/" + calls.FormatID(call.ID), err == nil, err
}

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
	list, err := p.allApps(ctx, v)
	if err != nil {
		return err
	}
	explained, err := p.explain(ctx, v, call)
	if err != nil {
		return err
	}

	view := loggedView(call, list)
	view.Explained = explained
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide, fr.Env = requestsPath+"/"+c.Param("id"), true, environmentOf(call.Environment)
	return httpkit.Page(c, http.StatusOK, page.Logged(fr, view))
}
