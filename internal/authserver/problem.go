package authserver

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/web/static"
	page "fairway/web/templates/bank"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// statuses is the row of the banks' pages in the table from kinds to answers.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

var titles = map[fault.Kind]string{
	fault.Invalid:         "This request cannot be taken",
	fault.Unauthenticated: "This request cannot be taken",
	fault.Forbidden:       "This is not open to you",
	fault.NotFound:        "Nothing is here",
	fault.Conflict:        "This request is over",
	fault.TooMany:         "Too many tries",
	fault.Unavailable:     "Not available for a moment",
	fault.Internal:        "Something failed on our side",
}

// FailBank is the one writer of errors on the pages of the banks: a page in the bank's look that says what to do.
func (f *Face) FailBank(c *gin.Context, err error) {
	httpkit.Failed(c, err)
	if c.Writer.Written() {
		return
	}
	httpkit.StartOver(c)
	e := fault.Of(err)
	status, exceptional := httpkit.ExceptionalStatus(e.Code)
	if !exceptional {
		status = statuses[e.Kind]
	}
	frame, base := f.failFrame(c, titles[e.Kind])
	v := layout.MessageView{Code: strconv.Itoa(status), Title: titles[e.Kind], Text: []string{e.Message}, Icon: "circle-alert"}
	if e.Kind == fault.Internal {
		v.Text = []string{"Nothing was shared. Go back to the app or service that sent you and try again; if it stays, tell us the reference below."}
		v.Reference = httpkit.RequestID(c)
	}
	if e.Code == oauth.ErrStaleForm.Code {
		v.Actions = []ui.LinkView{{Text: "Go on with the newer request", Href: base + pagePath, Look: ui.Primary}}
	}
	for _, field := range e.Fields {
		v.Text = append(v.Text, field.Message)
	}
	if pageErr := httpkit.Page(c, status, page.Message(frame, v)); pageErr != nil {
		httpkit.Failed(c, fmt.Errorf("draw error page: %w", pageErr))
		c.String(http.StatusInternalServerError, "Something failed on our side. Reference: %s", httpkit.RequestID(c))
	}
}

// failFrame is the bank's frame, or a plain one where the request is at no bank.
func (f *Face) failFrame(c *gin.Context, title string) (frame layout.BankPage, base string) {
	at, err := f.branchOf(c)
	if err != nil {
		return layout.BankPage{Title: title, BrandName: "Bank", BrandCSS: static.URL("portal.css"), Footer: "Fairway"}, ""
	}
	return f.frame(at, title), at.path
}

// showProblem tells the person at the browser why nobody is sent back: the client or the redirect URI is wrong.
func (f *Face) showProblem(c *gin.Context, at branch, r *oauth.Refusal) error {
	v := page.ProblemView{
		Page: f.frame(at, "This request cannot be taken"),
		Message: layout.MessageView{Code: "400", Title: "This request cannot be taken", Icon: "circle-alert", Text: []string{r.Fault.Message,
			"You were not sent back, because the address to go to is not known to be the app’s."}},
		Note: "You came here from an app or service? Tell its makers what this page says; nothing was shared.",
	}
	v.Message.Actions = []ui.LinkView{
		{Text: "Open the apps in the portal", Href: f.config.PortalURL + "/playground/apps"},
		{Text: "Read about redirects", Href: f.config.PortalURL + "/docs/auth"},
	}
	if r.Sent != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Sent", Value: visible(r.Sent), Mono: true})
	}
	for _, uri := range r.Registered {
		v.Facts = append(v.Facts, ui.KV{Key: "Registered", Value: uri, Mono: true})
	}
	if len(r.Registered) == 0 && r.Sent != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Registered", Value: "none"})
	}
	if nearest := nearestTo(r.Sent, r.Registered); nearest != "" {
		d := compare(visible(r.Sent), nearest)
		v.Message.Text[0] += " " + d.sentence()
		v.Diff = d.view()
	}
	if r.Sent != "" {
		v.Message.Text[0] += " Add this address under Apps > Redirect URIs, or send the registered one."
	}
	return httpkit.Page(c, http.StatusBadRequest, page.Problem(v))
}

// visible writes what a client sent so that every character can be told apart: twins of Latin letters, blanks and
// control characters become escapes.
func visible(s string) string {
	const most = 600
	quoted := strconv.QuoteToASCII(s)
	quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	quoted = strings.ReplaceAll(quoted, `\\`, `\`)
	if len(quoted) > most {
		return quoted[:most] + "…"
	}
	return quoted
}

// nearestTo is the registered address that has most of its beginning and end in common with what was sent.
func nearestTo(sent string, registered []string) string {
	best, length := "", -1
	for _, uri := range registered {
		d := compare(sent, uri)
		if n := len(d.begin) + len(d.end); sent != "" && n > length {
			best, length = uri, n
		}
	}
	return best
}

// shared is how many bytes two texts begin with in common.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// comparison is two addresses cut where they differ: beginning and end in common, the middle not.
type comparison struct {
	begin, sent, registered, end string
}

func compare(sent, registered string) comparison {
	n := shared(sent, registered)
	m := 0
	for m < len(sent)-n && m < len(registered)-n && sent[len(sent)-1-m] == registered[len(registered)-1-m] {
		m++
	}
	return comparison{begin: sent[:n], sent: sent[n : len(sent)-m], registered: registered[n : len(registered)-m], end: sent[len(sent)-m:]}
}

// sentence says in words where they differ.
func (d comparison) sentence() string {
	place := fmt.Sprintf("They differ from character %d on", len(d.begin)+1)
	if d.end == "" && len(d.sent) <= 1 && len(d.registered) <= 1 {
		place = "They differ in the last character"
	}
	switch {
	case d.registered == "":
		return place + ": what was sent has " + count(len(d.sent)) + " more."
	case d.sent == "":
		return place + ": what was sent has " + count(len(d.registered)) + " less."
	}
	return place + "."
}

func count(n int) string {
	if n == 1 {
		return "one character"
	}
	return fmt.Sprintf("%d characters", n)
}

func (d comparison) view() *ui.DiffView {
	line := func(kind, number, middle string) ui.DiffLine {
		return ui.DiffLine{Kind: kind, Number: number, Parts: []ui.DiffPart{{Text: d.begin}, {Text: middle, Changed: middle != ""}, {Text: d.end}}}
	}
	return &ui.DiffView{ID: "redirect-uri", Caption: "The address that was sent, and the nearest one that is registered",
		Lines: []ui.DiffLine{line("del", "Sent", d.sent), line("add", "Registered", d.registered)}}
}
