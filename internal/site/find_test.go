package site_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/messagecode"
	"fairway/internal/search"
	"fairway/web/templates/ui"
)

// found are the addresses that the search lists, in their order.
func (w *world) found(query string) []string {
	w.t.Helper()
	html := w.page("/search?" + url.Values{"q": {query}}.Encode())
	_, list, _ := strings.Cut(html, `id="results"`)
	list, _, _ = strings.Cut(list, "<footer")
	var out []string
	for _, m := range regexp.MustCompile(`<li><a href="([^"]*)"><strong>`).FindAllStringSubmatch(list, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestTheSearchFindsWhatWasMeantFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, first := range map[string]string{
		"TPP-Signature-Certificate": "/docs/signing#certificate",
		"tpp signature certificate": "/docs/signing#certificate",
		"Retry-After":               "/docs/limits#headers",
		"qwac":                      "/docs/terms#qwac",
		"rate limits":               "/docs/limits",
		"refresh":                   "/docs/auth#refresh",
		"ten mistakes":              "/docs/signing#mistakes",
		"frequencyPerDay":           "/docs/terms#frequency-per-day",
		`{"tppMessages":[{"code":"CONSENT_EXPIRED"}]}`: "/docs/errors/CONSENT_EXPIRED",
	} {
		if got := w.found(query); len(got) == 0 || got[0] != first {
			t.Errorf("%q finds %.5v, want %s first", query, got, first)
		}
	}
	for _, r := range messagecode.Everything() {
		if got := w.found(r.Code); len(got) == 0 || !strings.HasPrefix(got[0], "/docs/errors/") && got[0] != "/docs/errors" {
			t.Errorf("%s finds %.3v first", r.Code, got)
		}
	}
}

func TestAPastedAnswerLeadsToItsCodeAndItsRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const at = "http://localhost:8080/docs/errors/SIGNATURE_INVALID?rid="
	for pasted, want := range map[string]string{
		`{"tppMessages":[{"category":"ERROR","code":"SIGNATURE_INVALID","path":"Digest","text":"It does not match. ` + at + `dysus4e2uhsy"}]}`: "/docs/errors/SIGNATURE_INVALID?rid=dysus4e2uhsy",
		"{\n  \"tppMessages\" : [ {\n \"code\" : \"SIGNATURE_INVALID\",\n \"text\" : \"" + at + "dysus4e2uhsy\"\n } ]\n}\n":                    "/docs/errors/SIGNATURE_INVALID?rid=dysus4e2uhsy",
		`{"error":"invalid_client","error_description":"The client id and client secret do not match."}`:                                       "/docs/errors/invalid_client",
		`{"tppMessages":[{"code":"SIGNATURE_INVALID","text":"cut off ` + at:                                                                    "/docs/errors/SIGNATURE_INVALID",
		`{"tppMessages":[{"code":"CONSENT_EXPIRED","text":"` + at + `dysus4e2uhsy"}]}`:                                                         "/docs/errors/CONSENT_EXPIRED?rid=dysus4e2uhsy",
		`{"tppMessages":[{"code":"CONSENT_EXPIRED","text":"` + at + `zzzzzzzzzzzzz"}]}`:                                                        "/docs/errors/CONSENT_EXPIRED",
	} {
		if got := w.found(pasted); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %.3v, want %s first", pasted, got, want)
		}
	}
	pasted := func(code string) string {
		return w.page("/search?q=" + url.QueryEscape(`{"tppMessages":[{"code":"`+code+`"}]}`))
	}
	mustContain(t, "a misspelt code", pasted("SIGNATRE_NVALYD"), `href="/docs/errors/SIGNATURE_INVALID"`)
	mustContain(t, "an unknown code", pasted("QQQQQ_WWWWW"), "Nothing matches", "Ask a person")
	unknown := w.get("/docs/errors/SIGNATURE_INVALYD?rid=dysus4e2uhsy").Body.String()
	mustContain(t, "the page of an unknown code", unknown, "Did you mean", `href="/docs/errors/SIGNATURE_INVALID"`, `href="/docs/contact?rid=dysus4e2uhsy"`)
}

func TestEveryPlaceThatTheSearchKnowsIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pages := map[string]string{}
	for _, query := range []string{"a header", "the", "token", "signature", "consent", "certificate", "live", "sandbox", "request", "bank", "of", "how", "X-", "PSU", "RateLimit", "Link", "digest"} {
		for _, href := range w.found(query) {
			path, fragment, _ := strings.Cut(href, "#")
			if pages[path] == "" {
				pages[path] = w.page(path)
			}
			if fragment != "" && !strings.Contains(pages[path], `id="`+fragment+`"`) {
				t.Errorf("%q leads to %s, which is not there", query, href)
			}
		}
	}
	if len(pages) < 12 {
		t.Errorf("only %d pages were found", len(pages))
	}
}

func TestTheSearchAnswersHostileQueriesWithText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, query := range []string{`"><script>alert(1)</script>`, "\x00\xff", strings.Repeat("signature ", 900), "%", "' OR 1=1", strings.Repeat("z", 3000)} {
		if html := w.page("/search?" + url.Values{"q": {query}}.Encode()); strings.Contains(html, "<script>alert") || !strings.Contains(html, `role="status"`) {
			t.Errorf("%.30q is answered wrongly", query)
		}
	}
	mustContain(t, "where nothing matches", w.page("/search?q=zebra"), "Nothing matches", `href="/docs/contact"`, `content="noindex"`)
	mustContain(t, "before anything was typed", w.page("/search"), "Type what you look for.", "/docs/start")
}

func TestTheSearchListsWhatOthersHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deps.Entries = func(context.Context) ([]search.Entry, error) {
		return []search.Entry{{Group: "Reference", Title: "List transactions", Section: "bookingStatus", Href: "/reference/card-account/v1#bookingStatus", Names: []string{"bookingStatus"}, Body: "booked, pending or both"}}, nil
	}
	w.mount()

	html := w.page("/search?q=bookingStatus")

	mustContain(t, "the search", html, `href="/reference/card-account/v1#bookingStatus"`, "in List transactions")
	if got := w.found("bookingStatus"); got[0] != "/reference/card-account/v1#bookingStatus" {
		t.Errorf("another place comes first: %.3v", got)
	}
}

func TestAnAddressThatIsNotThereLeadsToItsNeighbours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]string{"/docs/rate-limit": "/docs/limits", "/docs/pkce": "/docs/auth", "/docs/errors/x/SIGNATURE_INVALID": "/docs/errors/SIGNATURE_INVALID"} {
		list := w.face.Near(t.Context(), path)

		there := slices.ContainsFunc(list, func(l ui.LinkView) bool { return l.Href == want })
		if !there || len(list) > 3 {
			t.Errorf("%s leads to %v, want %s", path, list, want)
		}
	}
	if list := w.face.Near(t.Context(), "/wp-login.php7"); len(list) > 3 {
		t.Errorf("%v", list)
	}
}

func TestATermIsExplainedOnceWhereItIsFirstUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	terms := w.page("/docs/terms")
	explained := 0
	for _, path := range publicPages() {
		html := w.page(path)
		for _, m := range regexp.MustCompile(`popovertarget="term-([a-z0-9-]+)"`).FindAllStringSubmatch(html, -1) {
			explained++
			if strings.Count(html, `popovertarget="term-`+m[1]+`"`) != 1 || strings.Count(html, `id="term-`+m[1]+`"`) != 1 {
				t.Errorf("%s explains %s more than once", path, m[1])
			}
			if !strings.Contains(html, `href="/docs/terms#`+m[1]+`"`) || !strings.Contains(terms, `<tr id="`+m[1]+`"`) {
				t.Errorf("%s: %s leads to no row", path, m[1])
			}
		}
		for _, tag := range []string{"h1", "h2", "h3", "a", "code", "th"} {
			for _, m := range regexp.MustCompile(`(?s)<`+tag+`[ >].*?</`+tag+`>`).FindAllString(html, -1) {
				if strings.Contains(m, `class="term"`) {
					t.Errorf("%s explains a term within %s: %.120s", path, tag, m)
				}
			}
		}
	}
	if explained < 60 {
		t.Errorf("%d explanations on all pages", explained)
	}
}

func TestTermsAreFoundWithinTheirPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	all, some, none := w.page("/docs/terms"), w.page("/docs/terms?q=seal"), w.page("/docs/terms?q=zebra")

	mustContain(t, "all", all, `id="tpp"`, `id="xs2a"`, "ETSI TS 119 495", "terms</p>")
	mustContain(t, "those with a seal", some, `id="qseal"`, `value="seal"`, `href="/docs/terms"`)
	if strings.Contains(some, `<tr id="psu"`) {
		t.Error("other terms are listed")
	}
	mustContain(t, "none", none, "No term matches", "Show every term", `href="/search?q=zebra"`)
}
