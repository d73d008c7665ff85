package signin

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/fault"
	"fairway/web/templates/ui"
)

// statuses are those of a form that comes back to be filled in again.
var statuses = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// refusal is why a form comes back.
type refusal struct {
	status int
	errors []ui.FieldError
	fields map[string]string
}

// refused turns a fault into a refusal of the form; ok is false for what the form cannot show.
func refused(c *gin.Context, err error) (r refusal, ok bool) {
	fa := fault.Of(err)
	if r.status, ok = statuses[fa.Kind]; !ok {
		return r, false
	}
	if fa.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(fa.RetryAfter.Seconds()))))
	}
	r.fields = map[string]string{}
	for _, field := range fa.Fields {
		r.errors = append(r.errors, ui.FieldError{Field: field.Name, Text: field.Message})
		r.fields[field.Name] = field.Message
	}
	if len(fa.Fields) == 0 {
		r.errors = []ui.FieldError{{Text: sentence(fa)}}
	}
	return r, true
}

// sentence says how long to wait, where waiting helps.
func sentence(fa *fault.Error) string {
	if fa.Code != accounts.ErrTooMany.Code || fa.RetryAfter <= 0 {
		return fa.Message
	}
	return "Too many tries. Try again in " + span(fa.RetryAfter) + "."
}

func span(d time.Duration) string {
	if d <= 90*time.Second {
		return plural(int(math.Ceil(d.Seconds())), "second")
	}
	return plural(int(math.Ceil(d.Minutes())), "minute")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

func stamp(t time.Time) (text, iso string) {
	return t.UTC().Format("2 Jan 2006, 15:04 UTC"), t.UTC().Format(time.RFC3339)
}

// browser names what a User-Agent header says, roughly: enough to tell one's own browsers apart.
func browser(userAgent string) string {
	name := firstOf(userAgent, [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}, "Unknown browser")
	system := firstOf(userAgent, [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}, "")
	if system == "" {
		return name
	}
	return name + " on " + system
}

func firstOf(text string, marks [][2]string, otherwise string) string {
	for _, m := range marks {
		if strings.Contains(text, m[0]) {
			return m[1]
		}
	}
	return otherwise
}
