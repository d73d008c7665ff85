package playground_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
)

func TestEveryFilterOfTheAddressNarrowsAndStandsInTheForm(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	const consent = "5f1c2d3e-0000-4000-8000-00000000abcd"
	old := m.logged(func(c *calls.Call) { c.Method, c.Operation, c.Path = "POST", "consents.create", "/consent/v1/consents" })
	m.clock.Advance(3 * time.Hour)
	edge := m.clock.Now().UTC().Format("2006-01-02T15:04")
	m.clock.Advance(2 * time.Minute)
	m.again()
	fresh := m.logged(func(c *calls.Call) {
		c.Brand, c.Status, c.Code, c.Detail.RequestHeaders = "other", 404, "RESOURCE_UNKNOWN", [][2]string{{"Consent-ID", consent}}
	})

	for query, want := range map[string][]string{
		"?time=hour": {fresh}, "?time=week": {fresh, old}, "?from=" + edge: {fresh}, "?to=" + edge: {old}, "?brand=other": {fresh}, "?brand=rocker": {old},
		"?method=POST": {old}, "?operation=consents.create": {old}, "?api=consents": {old}, "?api=card-account": {fresh}, "?api=token": nil, "?status=404": {fresh},
		"?status=401": nil, "?q=" + consent: {fresh}, "?q=" + strings.ToUpper(consent) + "&status=2": nil,
	} {
		page := m.mustGet("/playground/requests" + query)

		if got := page.rows(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
		for name, values := range mustQuery(t, query) {
			if name != "q" && !strings.Contains(page.body, `value="`+values[0]+`" selected`) && !strings.Contains(page.body, `value="`+values[0]+`"`) {
				t.Errorf("%q: the form does not hold %s", query, name)
			}
		}
	}
}

func mustQuery(t *testing.T, query string) url.Values {
	t.Helper()
	return must(url.ParseQuery(strings.TrimPrefix(query, "?")))(t)
}

func TestForgedFiltersAreLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	mine := m.logged(func(*calls.Call) {})
	other.logged(func(*calls.Call) {})

	for query, name := range map[string]string{
		"time=yesterday": "Time", "from=tomorrow": "From", "to=2026-13-41T99:99": "To", "env=both": "Environment", "api=%27%3BDROP": "API", "operation=x": "Operation",
		"method=TRACE": "Method", "status=9999": "Status", "status=-1": "Status", "before=..%2f": "the place in the list", "after=%E2%80%AE": "the place in the list",
	} {
		page := m.mustGet("/playground/requests?" + query)

		if got := page.rows(); len(got) != 1 || got[0] != mine {
			t.Errorf("%q lists %v", query, got)
		}
		if !page.says("This was not understood and is left out: " + name) {
			t.Errorf("%q: the page does not say what was left out", query)
		}
	}
	for _, query := range []string{"before=1", "after=1y2p0ij32e8e7", "before=" + id(mine) + "&after=" + id(mine), "q=" + strings.Repeat("%25", 200), "view=errors&before=x", "time=range", "from=0001-01-01T00:00&to=9999-12-31T23:59"} {
		if a := m.get("/playground/requests?" + query); a.status != http.StatusOK {
			t.Errorf("%q: %d", query, a.status)
		}
	}
}

func TestEmptyListsSayWhichKindOfEmptyTheyAre(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	never := m.mustGet("/playground/requests")
	m.logged(func(*calls.Call) {})
	noMatch := m.mustGet("/playground/requests?method=DELETE")
	past := m.mustGet("/playground/requests?to=2020-01-01T00:00")
	noErrors := m.mustGet("/playground/requests?view=errors")

	for text, page := range map[string]answer{"No requests yet": never, "No request matches": noMatch, "Past what is kept": past, "No errors": noErrors} {
		if !page.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

func TestErrorsAreGroupedAndLeadToTheirRequests(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	expired := func(c *calls.Call) { c.Status, c.Code = 401, "TOKEN_EXPIRED" }
	first, second := m.logged(expired), m.logged(expired)
	m.logged(func(c *calls.Call) { c.Status, c.Code = 429, "RATE_LIMIT_EXCEEDED" })
	m.logged(func(*calls.Call) {})
	other.logged(func(c *calls.Call) { c.Status, c.Code = 500, "INTERNAL_SERVER_ERROR" })

	page := m.mustGet("/playground/requests?view=errors&time=hour")

	list := "/playground/requests?code=TOKEN_EXPIRED&operation=card-accounts.list&status=401&time=hour"
	if !page.says(`<a href="`+list+`">TOKEN_EXPIRED</a>`) || !page.says("RATE_LIMIT_EXCEEDED") || page.says("INTERNAL_SERVER_ERROR") {
		t.Fatalf("%s", page.body)
	}
	if rows := m.mustGet(list).rows(); fmt.Sprint(rows) != fmt.Sprint([]string{second, first}) {
		t.Errorf("the kind leads to %v", rows)
	}
}

func TestWhoFollowsTheLogIsSentWhatIsNewAndNothingElse(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	seen := m.logged(func(*calls.Call) {})
	flush(t, m)
	page := m.mustGet("/playground/requests?tail=on&status=4")
	other.logged(func(c *calls.Call) { c.Status = 401 })
	m.logged(func(*calls.Call) {})
	flush(t, m)

	quiet := m.get("/playground/requests/tail?status=4&seen=" + id(seen))
	refused := m.logged(func(c *calls.Call) { c.Status, c.Code = 401, "TOKEN_EXPIRED" })
	flush(t, m)
	news := m.get("/playground/requests/tail?status=4&seen=" + id(seen))

	if !page.says(`hx-get="/playground/requests/tail?status=4"`) || !page.says("Stop live tail") || !page.says(`hx-trigger="every 2s"`) {
		t.Error("the page does not follow the log")
	}
	if quiet.status != http.StatusNoContent || quiet.body != "" {
		t.Errorf("nothing is new: %d %q", quiet.status, quiet.body)
	}
	if rows := news.rows(); news.status != http.StatusOK || len(rows) != 1 || rows[0] != refused {
		t.Errorf("%d %v", news.status, rows)
	}
	if !news.says("1 new request. The newest came at ") || !news.says("seen="+id(refused)) || news.says("<html") {
		t.Errorf("%s", news.body)
	}
	if off := m.mustGet("/playground/requests"); off.says("hx-trigger") || !off.says("Live tail") {
		t.Error("the log is followed without having been asked for")
	}
}

func flush(t *testing.T, m *member) {
	t.Helper()
	if err := m.calls.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}
