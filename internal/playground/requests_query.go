package playground

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/catalog"
)

const (
	maxFilter = 128
	// typedTime is how a time field writes its value, and how the page shows one that it was given.
	typedTime = "2006-01-02T15:04"
	// tokenOperation is the token endpoint in the log.
	tokenOperation = "token"
	// consentsAPI stands for the consents, which come with every API.
	consentsAPI = "consents"
	errorsView  = "errors"
)

// logQuery is what the address of the log asks for. Each field is text of a stranger until filter has read it.
type logQuery struct {
	view, time, from, to                                          string
	env, brand, app, api, operation, method, status, code, search string
	before, after                                                 string
	tail                                                          bool
	// ignored are the names of what was not understood and is left out.
	ignored []string
}

func readLogQuery(c *gin.Context) logQuery {
	read := func(name string) string {
		return strings.ToValidUTF8(strings.TrimSpace(clip(c.Query(name), maxFilter)), "")
	}
	q := logQuery{view: read("view"), time: read("time"), from: read("from"), to: read("to"), env: read("env"), brand: read("brand"), app: read("app"), api: read("api"),
		operation: read("operation"), method: read("method"), status: read("status"), code: read("code"), search: read("q"), before: read("before"), after: read("after")}
	if q.view != errorsView {
		q.view = ""
	}
	q.tail = read("tail") == "on" && q.view == "" && q.before == "" && q.after == ""
	q.understand()
	return q
}

// understand takes out what cannot be meant, and keeps its name.
func (q *logQuery) understand() {
	for _, f := range []struct {
		name string
		text *string
		ok   func(string) bool
	}{
		{"Time", &q.time, func(s string) bool { return slices.Contains(presets[1:], s) || s == timeRange }},
		{"From", &q.from, isTyped}, {"To", &q.to, isTyped}, {"Environment", &q.env, func(s string) bool { return environmentOf(s) != "" }},
		{"API", &q.api, func(s string) bool { return len(operationsOf(s)) > 0 }}, {"Operation", &q.operation, isOperation},
		{"Method", &q.method, func(s string) bool { return slices.Contains(methods, s) }}, {"Status", &q.status, isStatus},
		{"the place in the list", &q.before, isCall}, {"the place in the list", &q.after, isCall},
	} {
		if *f.text != "" && !f.ok(*f.text) {
			*f.text, q.ignored = "", append(q.ignored, f.name)
		}
	}
	if q.from != "" || q.to != "" {
		q.time = timeRange
	}
	if q.after != "" {
		q.before = ""
	}
	if q.operation == "" && isOperation(q.search) {
		q.operation, q.search = q.search, ""
	}
}

// The choices of time. Without one, the list goes back as far as the log does.
const (
	lastHour  = "hour"
	today     = "today"
	lastDay   = "day"
	lastWeek  = "week"
	timeRange = "range"
)

var (
	presets = []string{"", lastHour, today, lastDay, lastWeek}
	methods = []string{"GET", "POST", "PUT", "DELETE"}
)

func isTyped(text string) bool { _, err := time.Parse(typedTime, text); return err == nil }
func isCall(text string) bool  { _, ok := calls.ParseID(text); return ok }

func isOperation(text string) bool {
	_, known := catalog.OperationByID(text)
	return known || text == tokenOperation
}

// isStatus reports whether a text is a class of statuses, by its first digit, or one status.
func isStatus(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && (n >= 2 && n <= 5 || n >= 100 && n <= 599)
}

// operationsOf are the operations of an API as the log names them.
func operationsOf(api string) []string {
	if api == tokenOperation {
		return []string{tokenOperation}
	}
	if api == consentsAPI {
		api = ""
	} else if api == "" {
		return nil
	}
	var names []string
	for _, o := range catalog.Operations() {
		if o.API == api {
			names = append(names, o.ID)
		}
	}
	return names
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
func (q logQuery) filtered() bool {
	return q.time+q.env+q.brand+q.app+q.api+q.operation+q.method+q.status+q.code+q.search != ""
}

// detailed reports whether a filter is set that the page keeps behind one line.
func (q logQuery) detailed() bool {
	return q.from+q.to+q.env+q.brand+q.api+q.operation+q.method+q.code != ""
}

// filter is the query in the log's own words.
func (q logQuery) filter(now time.Time) calls.Filter {
	f := calls.Filter{Environment: q.env, Brand: q.brand, AppID: q.app, Code: q.code, Operation: q.operation, Method: q.method, Limit: requestsShown}
	if q.operation == "" {
		f.Operations = operationsOf(q.api)
	}
	if n, err := strconv.Atoi(q.status); err == nil && n < 10 {
		f.StatusClass = n
	} else {
		f.Status = n
	}
	f.Before, _ = calls.ParseID(q.before)
	f.After, _ = calls.ParseID(q.after)
	f.From, f.To = q.span(now)
	return f
}

// span is the time that is asked for. Zero is without an end.
func (q logQuery) span(now time.Time) (from, to time.Time) {
	switch q.time {
	case lastHour:
		from = now.Add(-time.Hour)
	case today:
		from = now.UTC().Truncate(24 * time.Hour)
	case lastDay:
		from = now.AddDate(0, 0, -1)
	case lastWeek:
		from = now.AddDate(0, 0, -7)
	case timeRange:
		from, _ = time.Parse(typedTime, q.from)
		if to, _ = time.Parse(typedTime, q.to); !to.IsZero() {
			to = to.Add(time.Minute) // the minute that is named is within
		}
	}
	return from, to
}

// expired reports whether all of the time that is asked for lies further back than the log goes.
func (q logQuery) expired(now time.Time) bool {
	kept := now.Add(-calls.Retention)
	if _, to := q.span(now); !to.IsZero() && to.Before(kept) {
		return true
	}
	id, ok := calls.ParseID(q.before)
	return ok && calls.TimeOf(id).Before(kept)
}

// address is the address of this query with some of its values changed: names and values in turn.
func (q logQuery) address(change ...string) string {
	values := map[string]string{"view": q.view, "time": q.time, "from": q.from, "to": q.to, "env": q.env, "brand": q.brand, "app": q.app, "api": q.api,
		"operation": q.operation, "method": q.method, "status": q.status, "code": q.code, "q": q.search}
	for i := 0; i+1 < len(change); i += 2 {
		values[change[i]] = change[i+1]
	}
	query := url.Values{}
	for name, text := range values {
		if text != "" && (name != "time" || text != timeRange) {
			query.Set(name, text)
		}
	}
	if len(query) == 0 {
		return requestsPath
	}
	return requestsPath + "?" + query.Encode()
}
