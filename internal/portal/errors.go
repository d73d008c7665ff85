package portal

import (
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
	page "fairway/web/templates/portal"
	"fairway/web/templates/ui"
)

// statuses is the people's row of the table from kinds to answers.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

var titles = map[fault.Kind]string{
	fault.Invalid:         "This could not be read",
	fault.Unauthenticated: "Sign in first",
	fault.Forbidden:       "This is not open to you",
	fault.NotFound:        "Nothing is here",
	fault.Conflict:        "Something changed in the meantime",
	fault.TooMany:         "Too many tries",
	fault.Unavailable:     "Not available for a moment",
	fault.Internal:        "Something failed on our side",
}

// fail is the one writer of errors at the people's door.
func (d *Door) fail(c *gin.Context, err error) {
	httpkit.Failed(c, err)
	f := fault.Of(err)
	if c.Writer.Written() {
		return
	}
	httpkit.StartOver(c)
	if f.Kind == fault.Unauthenticated && (c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead) {
		c.Redirect(http.StatusSeeOther, loginPath(c.Request))
		return
	}
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	status, exceptional := httpkit.ExceptionalStatus(f.Code)
	if !exceptional {
		status = statuses[f.Kind]
	}
	if pageErr := httpkit.Page(c, status, d.message(c, status, f)); pageErr != nil {
		httpkit.Failed(c, fmt.Errorf("draw error page: %w", pageErr))
		c.String(http.StatusInternalServerError, "Something failed on our side. Reference: %s", httpkit.RequestID(c))
	}
}

// failPlainly writes errors for programs, which read no pages.
func (d *Door) failPlainly(c *gin.Context, err error) {
	httpkit.Failed(c, err)
	f := fault.Of(err)
	if c.Writer.Written() {
		return
	}
	httpkit.StartOver(c)
	text := f.Message
	if f.Kind == fault.Internal {
		text = "Something failed on our side. Reference: " + httpkit.RequestID(c)
	}
	answer(c.Writer, statuses[f.Kind], text+"\n")
}

// support is whom a sentence says to write to.
func support(address string) string {
	if address == "" {
		return "support"
	}
	return address
}

func (d *Door) message(c *gin.Context, status int, f *fault.Error) templ.Component {
	p := httpkit.Frame(c, titles[f.Kind])
	view := layout.MessageView{Code: strconv.Itoa(status), Title: titles[f.Kind], Text: []string{f.Message}, Icon: "circle-alert"}
	if f.Kind == fault.Internal {
		view.Text = []string{"Nothing of what you sent is lost where it was saved before. Try again in a minute; if it stays, send " + support(d.deps.Support) + " the reference below."}
		view.Reference = httpkit.RequestID(c)
	}
	if f.Code == errNoPage.Code && d.deps.Near != nil {
		view.Near = d.deps.Near(c.Request.Context(), c.Request.URL.Path)
	}
	start := "Start page"
	if p.SignedIn && !p.Staff {
		start = "Dashboard"
	}
	view.Actions = append(view.Actions, ui.LinkView{Text: start, Href: p.Home, Look: ui.Primary})
	view.Actions = append(view.Actions, ui.LinkView{Text: "Documentation", Href: "/docs"})
	return page.Failure(p, view)
}
