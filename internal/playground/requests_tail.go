package playground

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
)

const (
	tailPath = requestsPath + "/tail"
	// tailSeconds is how often a page that is followed asks for what is new.
	tailSeconds = 2
)

// tail is the newest page of the log for who follows it, or nothing at all where no row came since the page that is shown.
func (p *Playground) tail(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	q := readLogQuery(c)
	q.before, q.after, q.view, q.tail = "", "", "", true
	seen, _ := calls.ParseID(c.Query("seen"))

	newer := q
	newer.after = calls.FormatID(max(seen, 1))
	came, err := p.find(ctx, v, newer)
	if err != nil {
		return err
	}
	if len(came.Calls) == 0 {
		c.Status(http.StatusNoContent)
		return nil
	}
	known, err := p.legend(ctx, v)
	if err != nil {
		return err
	}
	view, err := p.logView(ctx, v, q, known)
	if err != nil {
		return err
	}

	view.News = newsOf(came)
	return httpkit.Page(c, http.StatusOK, page.LogPart(view))
}

// newsOf is what is read out: how many rows are new, never that nothing is.
func newsOf(came calls.Page) string {
	news := many(len(came.Calls), "new request")
	if came.Newer {
		news = "More than " + news
	}
	return news + ". The newest came at " + came.Calls[0].At.UTC().Format("15:04:05") + " UTC."
}

// tailAddress is where the page asks for what came after its newest row.
func (q logQuery) tailAddress(found []calls.Call) string {
	seen := ""
	if len(found) > 0 {
		seen = calls.FormatID(found[0].ID)
	}
	return tailPath + q.address("seen", seen)[len(requestsPath):]
}
