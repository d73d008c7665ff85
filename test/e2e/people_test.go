package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// judgePage holds a page against what all pages promise: nothing inline, no frame around it, nothing told to others,
// and nothing personal kept.
func judgePage(r *http.Request, res *http.Response) []string {
	var problems []string
	h := res.Header
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, want) {
			problems = append(problems, "the policy lacks "+want+": "+policy)
		}
	}
	if strings.Contains(policy, "unsafe-") || strings.Contains(policy, "*") {
		problems = append(problems, "the policy allows too much: "+policy)
	}
	for name, want := range map[string]string{"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got := h.Get(name); !strings.EqualFold(got, want) {
			problems = append(problems, name+" is "+got)
		}
	}
	if referrer := h.Get("Referrer-Policy"); referrer != "no-referrer" && referrer != "same-origin" {
		problems = append(problems, "Referrer-Policy is "+referrer)
	}
	if !strings.Contains(strings.ToLower(h.Get("Content-Type")), "charset=utf-8") {
		problems = append(problems, "Content-Type is "+h.Get("Content-Type"))
	}
	for _, personal := range []string{"/playground", "/account", "/admin", "/support-desk", "/login/", "/bank/", "/verify/", "/reset/", "/staff/"} {
		if strings.HasPrefix(r.URL.Path, personal) && h.Get("Cache-Control") != "no-store" {
			problems = append(problems, "Cache-Control is "+h.Get("Cache-Control"))
		}
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		problems = append(problems, "other origins may read it")
	}
	return problems
}

// passing are the tables that reading may change: who is signed in, what was called, work that was done.
var passing = []string{"sessions", "throttles", "calls", "quota_days", "changes"}

// TestReadingPagesChangesNothing goes through the whole workbench with GET alone and compares the tables.
func TestReadingPagesChangesNothing(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	b := sv.browser(t)
	b.signUp(t, "reader@acme.example")
	b.setUp(t)
	before := sv.lasting(t)

	b.expectOnce(t)

	after := sv.lasting(t)
	if !maps.Equal(before, after) {
		for name := range before {
			if before[name] != after[name] {
				t.Errorf("the table %s changed:\n%s\n---\n%s", name, before[name], after[name])
			}
		}
	}
}

// lasting reads the tables in which only deeds leave a trace.
func (sv *server) lasting(t testing.TB) map[string]string {
	t.Helper()
	tables, err := sv.tables()
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(tables, func(name, _ string) bool { return slices.Contains(passing, name) || strings.HasPrefix(name, "river_") })
	return tables
}

// TestALinkOfALetterIsSpentByItsButtonAlone is security T31: scanners open links.
func TestALinkOfALetterIsSpentByItsButtonAlone(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b := sv.browser(t)
	email := "scanned-" + randomHex(4) + "@acme.example"
	b.open("/signup")
	b.submit(b.formTo("/signup"), "email", email, "organisation", "Acme "+randomHex(3), "country", "FI", "password", password)
	link := b.letterLink(t, email, "/verify/")
	for range 10 {
		sv.browser(t).open(link)
	}

	b.open(link)
	b.submit(b.formTo(strings.TrimPrefix(link, sv.portal)))

	if b.follow(); b.page.url != sv.portal+"/playground" || b.page.status != http.StatusOK {
		t.Fatalf("after ten looks: %s", b.page)
	}
	again := sv.browser(t)
	again.open(link)
	for _, f := range again.page.forms() {
		if f.action == strings.TrimPrefix(link, sv.portal) {
			t.Errorf("the link can be used twice: %s", again.page)
		}
	}
}

// TestPersonalPagesAreNotServedUnderNamesOfFiles is security T34: a cache keeps what looks like a style sheet.
func TestPersonalPagesAreNotServedUnderNamesOfFiles(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b := sv.browser(t)
	b.signUp(t, "cached-"+randomHex(4)+"@acme.example")
	for _, page := range []string{"/playground", "/playground/apps", "/playground/certificates", "/account"} {
		for _, suffix := range []string{"/1.css", ";x.js", "%3bx.css", ".css", "/..%2fportal.css", "%2ecss", "/.png", "%00.css", "%0a.css", "/static/portal.css"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sv.portal+page+suffix, nil)
			if err != nil {
				continue // no client can ask for it
			}
			res, err := b.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if a := readAnswer(t, res); a.status == http.StatusOK {
				t.Errorf("%s%s is a page: %d", page, suffix, a.status)
			}
		}
	}
}

func TestARefreshTokenIsOfItsClientAlone(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)

	if a := other.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh); a.oauthCode() != "invalid_grant" {
		t.Errorf("another client: %s", a)
	}
	if a := p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh, "scope", "AIS:"+newUUID()); a.oauthCode() != "invalid_scope" {
		t.Errorf("a wider scope: %s", a)
	}
	p.tokens(t, p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh, "scope", "AIS:"+g.consent))
}

func TestALongStateComesBackAsItWas(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	v := p.visit(consent)
	v.state = strings.Repeat("s", 500) + "+/=&%"
	v = p.visitWith(v, consent)
	p.codeIn(t, p.approve(t, p.sv.browser(t), v, nil), v)
}

// visitWith is a visit with the state of another.
func (p *tpp) visitWith(v visit, consent string) visit {
	fresh := p.visit(consent, "state", v.state)
	fresh.state = v.state
	return fresh
}
