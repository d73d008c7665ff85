package site

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/codeview"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/mail"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

const outboxLength = 100

var (
	errOutbox = fault.New(fault.NotFound, "page_unknown", "There is no such page.")
	errLetter = fault.New(fault.NotFound, "letter_unknown", "There is no such letter in the outbox.")
)

// fromHere refuses everybody but this very machine: letters hold links that open accounts. The address is the
// connection's own; a request that says it was forwarded comes from elsewhere.
func fromHere(c *gin.Context) error {
	ip := net.ParseIP(c.RemoteIP())
	if ip == nil || !ip.IsLoopback() {
		return errOutbox
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
		if c.GetHeader(name) != "" {
			return errOutbox
		}
	}
	return nil
}

// showOutbox lists the letters.
func (f *Face) showOutbox(c *gin.Context) error {
	if err := fromHere(c); err != nil {
		return err
	}
	letters, err := f.Outbox.Newest(c.Request.Context(), outboxLength)
	if err != nil {
		return err
	}
	var v page.OutboxView
	for _, l := range letters {
		v.Letters = append(v.Letters, page.LetterRow{Href: "/dev/outbox/" + strconv.FormatInt(l.Number, 10), To: l.To, Subject: l.Subject,
			TimeISO: l.At.UTC().Format(time.RFC3339), Time: letterTime(l)})
	}
	return httpkit.Page(c, http.StatusOK, page.Outbox(httpkit.Frame(c, "Outbox of this machine"), v))
}

// showLetter shows one letter and makes its links clickable.
func (f *Face) showLetter(c *gin.Context) error {
	if err := fromHere(c); err != nil {
		return err
	}
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return errLetter
	}
	l, err := f.Outbox.ByNumber(c.Request.Context(), number)
	if err != nil {
		return err
	}
	return httpkit.Page(c, http.StatusOK, page.Letter(httpkit.Frame(c, l.Subject), f.letterView(l)))
}

func (f *Face) letterView(l mail.Kept) page.LetterView {
	return page.LetterView{
		Head: ui.HeadView{Title: l.Subject, Crumbs: []ui.Crumb{{Text: "Outbox of this machine", Href: "/dev/outbox"}, {Text: l.Subject}}},
		Facts: []ui.KV{
			{Key: "To", Value: l.To}, {Key: "Time", Value: letterTime(l)}, {Key: "Message-ID", Value: l.ID, Mono: true},
		},
		Links: f.linksOf(l.Text),
		Text:  ui.CodeView{ID: "text", Title: "Text", Text: strings.TrimSpace(l.Text), Wrap: true, Plain: true},
		HTML:  ui.CodeView{ID: "html", Title: "HTML part", Text: strings.TrimSpace(l.HTML), Spans: codeview.Spans("html", strings.TrimSpace(l.HTML)), Wrap: true, Tall: true, Plain: true},
	}
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"'\\]+`)

// linksOf lists the addresses of this portal in a text. Others stay text: nobody is led elsewhere from here.
func (f *Face) linksOf(text string) []string {
	var out []string
	for _, found := range webAddress.FindAllString(text, -1) {
		found = strings.TrimRight(found, ".,;:!?)")
		if strings.HasPrefix(found, f.BaseURL.String()+"/") && !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out
}

func letterTime(l mail.Kept) string { return l.At.UTC().Format("2 Jan 2006, 15:04:05 UTC") }
