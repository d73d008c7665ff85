package playground_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
)

var shareLink = regexp.MustCompile(`http://localhost:8080(/shared/req_[A-Za-z0-9_-]{43})`)

// odd is a call that holds what strangers must not see, and what would be markup.
func odd(c *calls.Call) {
	c.Status, c.Code, c.Path = 401, "SIGNATURE_INVALID", "/card-account/v1/card-accounts?iban=FI2112345600000785"
	c.Detail = calls.Detail{Reason: "You sent <b>\u202e \"sbx_at_Zm9vYmFyYmF6cXV4\".", RemoteIP: "203.0.113.9", ErrorPath: "Signature", SigningString: "psu-id: 1345611\ndigest: d",
		Steps:          []calls.Step{{Name: "API key", Verdict: calls.Passed, Text: "A key of Secret project", Micros: 3}, {Name: "Signature", Verdict: calls.Failed, Text: "no <i>", Micros: 9}},
		RequestHeaders: [][2]string{{"Authorization", "Bearer sbx_at_Zm9v…"}, {"PSU-ID", "1345611"}, {"PSU-IP-Address", "198.51.100.4"}, {"TPP-Signature-Certificate", "MIIFZTCCBE2g… (1492 characters)"}},
		RequestBody:    `{"card":"5243789012348693","psu":"1345611"}`, ResponseBody: `</code><script>alert(1)</script>`}
}

func TestALinkShowsOneRequestWithoutWhatIsSecret(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	href := m.logged(odd)
	m.mustGet(href)

	made := m.post(href + "/share")

	found := shareLink.FindStringSubmatch(made.body)
	if made.status != http.StatusOK || found == nil || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %q %s", made.status, made.header.Get("Cache-Control"), made.body)
	}
	stranger := member{desk: k}
	page := stranger.mustGet(found[1])
	for _, secret := range []string{"sbx_at_", "1345611", "198.51.100.4", "203.0.113.9", "MIIFZTCC", "5243789012348693", "FI2112345600000785", "Secret project", "Budget Buddy", m.org, "<b>", "<script>alert", "<i>", "\u202e"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	for _, text := range []string{"401 Unauthorized SIGNATURE_INVALID", "It stopped at “Signature”", "PSU-ID", "(removed)", "digest: d", id(href), `noindex`, "left out of what is shared", "Whose it is was left out of what is shared."} {
		if !page.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if page.says("none that is known") || strings.Contains(page.body, "<dd>–</dd>") {
		t.Error("what was left out looks as if it had never been there")
	}
	if h := page.header; h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	if again := m.mustGet(href); shareLink.MatchString(again.body) || !again.says("Links that work") {
		t.Error("the link is shown a second time, or not listed")
	}
}

func TestALinkThatDoesNotWorkLooksTheSameWhyeverItDoesNot(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Budget Buddy Oy"), k.member("Other Oy")
	href := m.logged(func(*calls.Call) {})
	m.mustGet(href)
	over := shareLink.FindStringSubmatch(m.post(href + "/share").body)[1]
	k.clock.Advance(calls.ShareLife)
	m.again()
	other.again()
	revoked := shareLink.FindStringSubmatch(m.post(href + "/share").body)[1]
	revoke := regexp.MustCompile(`action="(` + href + `/shares/shr_[a-z0-9]+/revoke)"`).FindStringSubmatch(m.mustGet(href).body)[1]

	foreign := []answer{other.post(href + "/share"), other.post(revoke)}
	works := m.get(revoked)
	done := m.post(revoke)

	for _, a := range foreign {
		if a.status != http.StatusNotFound {
			t.Errorf("another organisation: %d", a.status)
		}
	}
	if works.status != http.StatusOK || done.status != http.StatusSeeOther || done.to() != href {
		t.Errorf("before %d, revoked %d to %s", works.status, done.status, done.to())
	}
	stranger := member{desk: k}
	for _, path := range []string{over, revoked, "/shared/req_none", "/shared/" + strings.Repeat("x", 300), "/shared/%00"} {
		if a := stranger.get(path); a.status != http.StatusNotFound || path != "/shared/%00" && !a.says("There is no request behind this link.") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestOneRequestHasOnlySoManyLinks(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	href := m.logged(func(*calls.Call) {})
	m.mustGet(href)
	for range calls.MaxShares {
		m.post(href + "/share")
	}

	refused := m.post(href + "/share")

	if page := m.mustGet(href); refused.status != http.StatusConflict || !refused.says("Five links to this request work already.") || page.says("Make a link for support") {
		t.Errorf("%d", refused.status)
	}
}

func TestACallShowsWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("My app")
	const consent = "5f1c2d3e-0000-4000-8000-00000000abcd"
	before := m.logged(func(c *calls.Call) { c.AppID, c.Path = app.ID, "/consent/v1/consents/"+consent })
	href := m.logged(func(c *calls.Call) {
		c.AppID, c.Status, c.Code, c.Detail.RequestHeaders = app.ID, 401, "TOKEN_EXPIRED", [][2]string{{"Consent-ID", consent}, {"Signature", "s"}}
		c.Detail.Steps = []calls.Step{{Name: "Quota", Verdict: calls.Passed, Text: "5 of 1000 today", Micros: 250}, {Name: "Signature", Verdict: calls.Failed, Micros: 750}}
		c.Detail.TLSVersion = "TLS 1.3, resumed"
	})
	m.clock.Advance(time.Second)

	page := m.mustGet(href)

	for _, text := range []string{"Rocker", "5 of 1,000 today", "TLS 1.3, resumed", `x="250" width="750"`, "TOKEN_EXPIRED came 1 time today", "/playground/requests?q=" + consent, "answered in 1,234 µs", before, "trace-id"} {
		if !page.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if page.says("Open in the debugger") {
		t.Error("the page leads to a debugger that is not there")
	}
}

func TestARequestIsSentAgainWithWhatItHadAndNoToken(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	app := m.list()[0]
	href := m.logged(func(c *calls.Call) {
		c.AppID, c.Operation, c.Path = app.ID, "card-accounts.transactions", "/card-account/v1/card-accounts/3a1b0f%2F..%2Fx/transactions?dateFrom=2026-01-02&dateTo=2026-02-03&unknown=1"
		c.Detail.RequestHeaders = [][2]string{{"Authorization", "Bearer sbx_at_1234…"}, {"PSU-IP-Address", "192.0.2.99"}}
	})
	created := m.logged(func(c *calls.Call) {
		c.AppID, c.Operation, c.Method, c.Path = app.ID, "consents.create", "POST", "/consent/v1/consents"
		c.Detail.RequestHeaders, c.Detail.RequestBody = [][2]string{{"Signature", "s"}}, `{"mine": "</textarea>"}`
	})

	read, create := m.mustGet("/playground/request?from="+id(href)), m.mustGet("/playground/request?from="+id(created))

	for _, text := range []string{`value="3a1b0f/../x"`, `value="2026-01-02"`, `value="2026-02-03"`, `value="192.0.2.99"`, "/transactions"} {
		if !read.says(text) {
			t.Errorf("the form does not hold %q", text)
		}
	}
	if read.says("sbx_at_1234") || !strings.Contains(read.body, `<option value="unsigned" selected`) || strings.Contains(create.body, `<option value="unsigned" selected`) {
		t.Error("a token, or a signature, is not as it was")
	}
	if !create.says(`{"mine": "</textarea>"}`) || strings.Contains(create.body, `{"mine": "</textarea>`) {
		t.Error("the body is not as it was sent, or markup")
	}
	foreign := s.member("Other Oy").logged(func(c *calls.Call) {
		c.Operation, c.Path = "card-accounts.read", "/card-account/v1/card-accounts/not-yours"
	})
	for _, from := range []string{id(foreign), "%00", "zzzz", strings.Repeat("9", 400)} {
		if a := m.get("/playground/request?from=" + from); a.status != http.StatusOK || a.says("not-yours") {
			t.Errorf("%q: %d", from, a.status)
		}
	}
}
