package playground_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
)

var rowLink = regexp.MustCompile(`<th scope="row"><a href="(/playground/requests/[0-9a-z]+)" id="row-`)

// rows are the requests that a page of the log lists.
func (a answer) rows() []string {
	var links []string
	for _, found := range rowLink.FindAllStringSubmatch(a.body, -1) {
		links = append(links, found[1])
	}
	return links
}

// logged records a call with details and gives its address.
func (m *member) logged(change func(*calls.Call)) string {
	m.t.Helper()
	m.clock.Advance(time.Second)
	c := &calls.Call{ID: m.calls.NewID(), At: m.clock.Now(), Environment: "sandbox", Brand: "rocker", OrganisationID: m.org,
		RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: 200, Duration: 1234 * time.Microsecond}
	change(c)
	m.calls.Record(c)
	return "/playground/requests/" + calls.FormatID(c.ID)
}

func TestTheLogIsFilteredByItsAddress(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	app, _ := m.create("My app")
	mine := m.logged(func(c *calls.Call) { c.AppID = app.ID })
	refused := m.logged(func(c *calls.Call) { c.Status, c.Code, c.RequestID = 401, "TOKEN_EXPIRED", "one" })
	token := m.logged(func(c *calls.Call) { c.Operation, c.Path, c.Method = "token", "/token", "POST" })
	other.logged(func(*calls.Call) {})

	for query, want := range map[string][]string{
		"":                       {token, refused, mine},
		"?app=" + app.ID:         {mine},
		"?status=4":              {refused},
		"?status=2":              {token, mine},
		"?code=TOKEN_EXPIRED":    {refused},
		"?q=one":                 {refused},
		"?q=+token+":             {token},
		"?q=card-accounts.list":  {refused, mine},
		"?status=9":              {token, refused, mine},
		"?status=x&before=%00":   {token, refused, mine},
		"?app=app_of_other":      nil,
		"?q=%F0%28%8C%28":        nil,
		"?q=one&code=OTHER_CODE": nil,
		"?before=" + id(refused): {mine},
		"?after=" + id(refused):  {token},
	} {
		page := m.mustGet("/playground/requests" + query)

		if got := page.rows(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
		if !page.says("Kept for 30 days") {
			t.Errorf("%q does not say how long", query)
		}
	}
	if page := m.mustGet("/playground/requests?code=NO"); !page.says("No request matches") || !page.says("Clear the filters") {
		t.Error("nothing matches, and the page does not say so")
	}
	if page := k.member("New Oy").mustGet("/playground/requests"); !page.says("No requests yet") {
		t.Error("nothing is there, and the page does not say so")
	}
	if page := m.mustGet("/playground/requests?before=" + id(mine)); !page.says("Nothing further back") {
		t.Error("there is nothing older, and the page does not say so")
	}
}

func id(href string) string { return href[strings.LastIndexByte(href, '/')+1:] }

func TestTheLogIsReadPageByPage(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	for range 120 {
		m.logged(func(c *calls.Call) { c.Code = "X" })
	}
	if err := m.calls.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	seen, pages, at := map[string]bool{}, 0, "/playground/requests?code=X"
	for at != "" && pages < 10 {
		page := m.mustGet(at)
		for _, r := range page.rows() {
			seen[r] = true
		}
		pages, at = pages+1, page.pager("Older")
	}

	if len(seen) != 120 || pages != 3 {
		t.Errorf("%d requests on %d pages", len(seen), pages)
	}
	if newer := m.mustGet(m.mustGet("/playground/requests?code=X").pager("Older")).pager("Newer"); !strings.Contains(newer, "after=") || !strings.Contains(newer, "code=X") {
		t.Errorf("the way back is %q", newer)
	}
}

// pager is where a link of the pager leads, or "".
func (a answer) pager(text string) string {
	for _, link := range regexp.MustCompile(`(?s)<a class="btn[^"]*" href="([^"]*)"[^>]*>.*?</a>`).FindAllStringSubmatch(a.body, -1) {
		if strings.Contains(link[0], "<span>"+text+"</span>") {
			return strings.ReplaceAll(link[1], "&amp;", "&")
		}
	}
	return ""
}

func TestACallIdLeadsToItsCall(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	href := m.logged(func(*calls.Call) {})
	foreign := other.logged(func(*calls.Call) {})

	if a := m.get("/playground/requests?q=" + id(href)); a.status != http.StatusSeeOther || a.to() != href {
		t.Errorf("%d %s", a.status, a.to())
	}
	if page := m.mustGet("/playground/requests?q=" + id(foreign)); len(page.rows()) > 0 {
		t.Error("a foreign id finds something")
	}
}

func TestACallShowsWhatWasCheckedAndWhereItStopped(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	app, _ := m.create("My app")
	href := m.logged(func(c *calls.Call) {
		c.AppID, c.Status, c.Code = app.ID, 401, "TOKEN_EXPIRED"
		c.Path = "/card-account/v1/card-accounts?a=<script>"
		c.Detail = calls.Detail{Reason: "The access token has <expired>.", ErrorPath: "Authorization", TLSVersion: "TLS 1.3", Thumbprint: "ab12", Subject: "CN=x", RemoteIP: "192.0.2.7",
			Steps:          []calls.Step{{Name: "Certificate", Verdict: calls.Passed, Micros: 41}, {Name: "Token", Verdict: calls.Failed, Text: "It ended.", Micros: 1234}, {Name: "Role", Verdict: calls.Skipped}},
			RequestHeaders: [][2]string{{"Authorization", "Bearer sbx_at_1234…"}}, ResponseHeaders: [][2]string{{"Content-Type", "application/json"}},
			RequestBody: `{"a":"</pre><script>x</script>"}`, ResponseBody: `{"b":1}`, SigningString: "digest: SHA-256=x\nx-request-id: y", Truncated: true}
	})

	page := m.mustGet(href)

	for _, text := range []string{"401 Unauthorized TOKEN_EXPIRED", "The access token has <expired>.", "/docs/errors/TOKEN_EXPIRED?rid=" + id(href), "41 µs", "1,234 µs", "It stopped at “Token”",
		"Not checked", "TLS 1.3", "ab12", "192.0.2.7", "Bearer sbx_at_1234…", "x-request-id: y", "16 KiB", "My app", "Send again", `"b"`} {
		if !page.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(page.body, "<script>x") || strings.Contains(page.body, "a=<script>") {
		t.Error("what a client sent is markup")
	}
}

func TestAForeignOrOddCallDoesNotExist(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	foreign := other.logged(func(*calls.Call) {})

	for _, path := range []string{foreign, "/playground/requests/0", "/playground/requests/-1", "/playground/requests/zzzzzzzzzzzzzzzz", "/playground/requests/" + url.PathEscape("é"), "/playground/requests/1%00"} {
		if a := m.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestTheLogKnowsWhatWasCalledAMomentAgo(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()

	page := m.mustGet("/playground/requests")

	if n := len(page.rows()); n != 4 {
		t.Errorf("%d requests, want two of the token endpoint, a consent and the accounts", n)
	}
	for _, href := range page.rows() {
		if a := m.mustGet(href); tokenInFull.MatchString(a.body) {
			t.Errorf("%s shows a secret", href)
		}
	}
}

func TestABodyWithEscapesIsKeptAsItWasSent(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	href := m.logged(func(c *calls.Call) { c.Detail = calls.Detail{RequestBody: `{"a":"\u0000"}`, ResponseBody: "a\x00b"} })

	if page := m.mustGet(href); !page.says(`"\u0000"`) {
		t.Errorf("%s", page.body)
	}
}
