package playground

import (
	"context"
	"net/http"
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
	// shortestPart is how long a text must be to be sought inside of requests.
	shortestPart = 8
)

func (p *Playground) mountRequests(m httpkit.Mounts) {
	m.SignedIn.Get(requestsPath, p.requests)
	m.SignedIn.Get(tailPath, p.tail)
	m.SignedIn.Get(requestsPath+"/:id", p.request)
	p.mountShares(m)
}

// flush waits a little for the requests of this moment; a list without the newest is better than none.
func (p *Playground) flush(ctx context.Context) {
	waiting, cancel := context.WithTimeout(ctx, flushWait)
	defer cancel()
	_ = p.Calls.Flush(waiting) // late: the next look has it
}

// requests lists the request log, or what failed in it.
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
	known, err := p.legend(ctx, v)
	if err != nil {
		return err
	}
	view := requestsView(q, known)
	if q.view == errorsView {
		found, edge, err := p.Calls.Failures(ctx, v.OrganisationID, q.filter(p.Clock.Now()))
		if err != nil {
			return err
		}
		view.Errors = errorsListView(q, found, edge)
	} else if view.Log, err = p.logView(ctx, v, q, known); err != nil {
		return err
	}

	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide, fr.Env = requestsPath, true, shownIn(q.env, known.apps)
	if q.tail {
		fr.Refresh = "10"
	}
	return httpkit.Page(c, http.StatusOK, page.Requests(fr, view))
}

// logView looks for a page of the log and draws it.
func (p *Playground) logView(ctx context.Context, v httpkit.Visitor, q logQuery, known legend) (page.LogView, error) {
	found, err := p.find(ctx, v, q)
	if err != nil {
		return page.LogView{}, err
	}
	return logView(q, found, known, p.Clock.Now()), nil
}

// find is the page that is asked for. What the box for any id holds is an X-Request-ID, which is found at once, or else
// stands anywhere inside of a request: that reads many of them whole, so the searches of an organisation follow one another.
func (p *Playground) find(ctx context.Context, v httpkit.Visitor, q logQuery) (calls.Page, error) {
	f := q.filter(p.Clock.Now())
	if q.search == "" {
		return p.Calls.List(ctx, v.OrganisationID, f)
	}
	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return calls.Page{}, err
	}
	defer end()
	sent, err := p.Calls.List(ctx, v.OrganisationID, calls.Filter{RequestID: q.search, Limit: 1})
	if err != nil {
		return sent, err
	}
	if len(sent.Calls) == 0 && len(q.search) >= shortestPart {
		return p.Calls.Mentioning(ctx, v.OrganisationID, q.search, f)
	}
	f.RequestID = q.search
	return p.Calls.List(ctx, v.OrganisationID, f)
}

// legend is what the log's ids stand for.
type legend struct {
	apps   []apps.App
	brands []catalog.Brand
	apis   []catalog.API
}

func (p *Playground) legend(ctx context.Context, v httpkit.Visitor) (n legend, err error) {
	if n.apps, err = p.allApps(ctx, v); err != nil {
		return n, err
	}
	if n.brands, err = p.Catalog.Brands(ctx); err != nil {
		return n, err
	}
	n.apis, err = p.Catalog.APIs(ctx)
	return n, err
}

// brandName is the name of a brand as people read it.
func (n legend) brandName(id string) string {
	for _, b := range n.brands {
		if b.ID == id {
			return b.Name
		}
	}
	return id
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

// named finds the one call whose trace id was entered, as answers and the links of errors carry it.
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
	return callPath(call.ID), err == nil, err
}

func callPath(id int64) string { return requestsPath + "/" + calls.FormatID(id) }
