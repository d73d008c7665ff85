package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/address"
	"fairway/web/static"
)

// knock sends a request to a door without a connection, so that host and method are what the test says.
func knock(door http.Handler, method, target, host string, headers ...string) answer {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// doorsOf are both doors of a program that listens nowhere; the people's is localhost:8080.
func doorsOf(t *testing.T) (p *program, people, machines http.Handler) {
	t.Helper()
	p = newProgram(t, "localhost:8080", "localhost:8443", generous)
	d, g, err := p.doors()
	if err != nil {
		t.Fatal(err)
	}
	return p, d.Handler(), g.Handler()
}

const here = "localhost:8080"

func TestAnUnknownHostIsMisdirected(t *testing.T) {
	t.Parallel()
	_, people, machines := doorsOf(t)
	for _, host := range []string{"", "evil.example", "localhost", "localhost:8081", "localhost.:8080", "localhost:8080.evil.example", "127.0.0.1:8080", "evil.example:8080", "[::1]:8080", "x@localhost:8080", "localhost:8080@evil.example"} {
		for _, path := range []string{"/", "/login", "/playground", "/static/x.css", "/token", "/v1/authorizations"} {
			a := knock(people, http.MethodGet, path, host, "X-Forwarded-Host", here, "Forwarded", "host="+here)

			if a.status != http.StatusMisdirectedRequest || a.header.Get("Set-Cookie") != "" || a.header.Get("Location") != "" || a.header.Get("X-Content-Type-Options") != "nosniff" || host != "" && strings.Contains(strings.ReplaceAll(a.body, "http://"+here+"/", ""), host) || !strings.Contains(a.body, "http://"+here+"/") {
				t.Errorf("people, %s at %q: %d %v", path, host, a.status, a.header)
			}
			if b := knock(machines, http.MethodGet, path, host); b.status != http.StatusMisdirectedRequest {
				t.Errorf("machines, %s at %q: %d", path, host, b.status)
			}
		}
	}
	if a := knock(people, http.MethodGet, "/login", "LOCALHOST:8080"); a.status != http.StatusOK {
		t.Errorf("letter case of the host: %d", a.status)
	}
}

func TestHealthAnswersOnAnyHost(t *testing.T) {
	t.Parallel()
	p, people, machines := doorsOf(t)
	for name, door := range map[string]http.Handler{"people": people, "machines": machines} {
		for _, host := range []string{"", "localhost:8080", "10.0.0.7", "anything.example:99"} {
			for path, word := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
				a := knock(door, http.MethodGet, path, host)
				head := knock(door, http.MethodHead, path, host)

				if a.status != http.StatusOK || !strings.Contains(a.body, word) || len(a.body) > 30 || a.header.Get("Cache-Control") != "no-store" || head.status != http.StatusOK || a.header.Get("Set-Cookie") != "" {
					t.Errorf("%s, %s at %q: %d %q, HEAD %d", name, path, host, a.status, a.body, head.status)
				}
			}
			if a := knock(door, http.MethodGet, "/healthz/", host); a.status == http.StatusOK && !strings.HasPrefix(host, "localhost") {
				t.Errorf("%s answers /healthz/ at %q", name, host)
			}
		}
	}
	if a := knock(people, http.MethodPost, "/healthz", here); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", a.status, a.header)
	}

	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}

	for name, door := range map[string]http.Handler{"people": people, "machines": machines} {
		healthy, ready := knock(door, http.MethodGet, "/healthz", ""), knock(door, http.MethodGet, "/readyz", "")
		if healthy.status != http.StatusOK || ready.status != http.StatusServiceUnavailable || strings.Contains(ready.body, "sql") {
			t.Errorf("%s without a database: %d, %d %q", name, healthy.status, ready.status, ready.body)
		}
	}
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	t.Parallel()
	_, people, _ := doorsOf(t)
	for _, path := range []string{"/", "/docs", "/docs/signing", "/login", "/signup", "/playground", "/playground/apps/app_x", "/nowhere", "/robots.txt", "/pki/ca.pem", static.URL("portal.css"), "/bank/sandbox/rocker/authorise", "/bank/sandbox/rocker/brand.css"} {
		get, head := knock(people, http.MethodGet, path, here), knock(people, http.MethodHead, path, here)

		if head.status != get.status || strings.Contains(head.body, "<") || head.header.Get("Content-Type") != get.header.Get("Content-Type") || head.header.Get("Location") != get.header.Get("Location") || head.header.Get("Cache-Control") != get.header.Get("Cache-Control") {
			t.Errorf("%s: GET %d %v, HEAD %d %v %q", path, get.status, get.header, head.status, head.header, head.body)
		}
	}
}

func TestAnAddressThatIsNoTextIsUnknownBeforeAnybodyLooksForIt(t *testing.T) {
	t.Parallel()
	_, people, _ := doorsOf(t)
	for _, path := range []string{"/playground/apps/%00", "/playground/live/certificates/former/%ff/end", "/admin/live/enr_%00/restore", "/nowhere%00"} {
		if a := knock(people, http.MethodGet, path, here); a.status != http.StatusNotFound || !strings.Contains(a.body, "<h1") || a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	t.Parallel()
	_, people, _ := doorsOf(t)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO"} {
		for _, path := range []string{"/", "/login", "/logout", "/docs", "/playground/apps/new", static.URL("portal.css"), "/bank/sandbox/rocker/authorise"} {
			a := knock(people, method, path, here)

			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" || strings.Contains(a.header.Get("Allow"), "OPTIONS") || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s %s: %d, Allow %q", method, path, a.status, a.header.Get("Allow"))
			}
		}
		if a := knock(people, method, "/nowhere", here); a.status != http.StatusNotFound {
			t.Errorf("%s /nowhere: %d", method, a.status)
		}
	}
	for path, allow := range map[string]string{"/login": "GET, HEAD, POST", "/logout": "POST", "/": "GET, HEAD"} {
		a := knock(people, "PUT", path, here, "X-HTTP-Method-Override", "GET")
		for method := range strings.SplitSeq(allow, ", ") {
			if !strings.Contains(a.header.Get("Allow"), method) {
				t.Errorf("%s allows %q, want %q", path, a.header.Get("Allow"), allow)
			}
		}
	}
	if a := knock(people, http.MethodPost, "/docs", here); a.status != http.StatusMethodNotAllowed {
		t.Errorf("POST /docs: %d", a.status)
	}
}

func TestASlashAtTheEndLeadsToTheAddressWithoutIt(t *testing.T) {
	t.Parallel()
	_, people, _ := doorsOf(t)
	for path, want := range map[string]string{
		"/docs/": "/docs", "/docs/signing/?a=b": "/docs/signing?a=b", "/playground/apps//": "/playground/apps", "/nowhere/": "/nowhere",
		"//evil.example/": "", "/%2fevil.example/": "", "/%5Cevil.example/": "", "/a%0d%0ab/": "", "//": "", "///": "", "/x%3fy/": "/x%3Fy",
	} {
		a := knock(people, http.MethodGet, "http://localhost:8080"+path, here)

		if want == "" && (a.status != http.StatusNotFound || a.header.Get("Location") != "") {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
		if want != "" && (a.status != http.StatusPermanentRedirect || a.header.Get("Location") != want || a.header.Get("Cache-Control") != "no-store") {
			t.Errorf("%s: %d to %q, want %q", path, a.status, a.header.Get("Location"), want)
		}
	}
	if a := knock(people, http.MethodPost, "/login/", here); a.status != http.StatusNotFound {
		t.Errorf("POST /login/: %d", a.status)
	}
}

// Files are the same for everybody: they are kept for ever and served without a look at who asks, or at the database.
func TestFilesAreCachedAndAskNobody(t *testing.T) {
	t.Parallel()
	p, people, _ := doorsOf(t)
	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"portal.css", "portal.js", "htmx.min.js", "inter.woff2", "icons.svg"} {
		a := knock(people, http.MethodGet, static.URL(name), here, "Cookie", "fairway=a-session-that-would-be-looked-up")

		if a.status != http.StatusOK || a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.header.Get("Set-Cookie") != "" || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	if a := knock(people, http.MethodGet, "/login", here, "Cookie", "fairway=a-session-that-would-be-looked-up"); a.status < 500 || strings.Contains(a.body, "sql") {
		t.Errorf("a page without a database: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/static/", "/static", "/static/../wire.go", "/static/%2e%2e/portal.css", "/static/portal.css", "/static/0000000000000000/portal.css"} {
		a := knock(people, http.MethodGet, path, here)
		if a.status == http.StatusOK || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
}

func TestABanksOwnHostServesItsPagesAndFilesAlone(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	for i, template := range []string{"http://{brand}.{environment}.localhost:8080", "http://bank.localhost:8080/{environment}/{brand}"} {
		var err error
		if p.cfg.BankURL, err = address.Parse(template); err != nil {
			t.Fatal(err)
		}
		d, _, err := p.doors()
		if err != nil {
			t.Fatal(err)
		}
		door := d.Handler()
		host := []string{"rocker.sandbox.localhost:8080", "bank.localhost:8080"}[i]
		base := []string{"", "/sandbox/rocker"}[i]

		css := knock(door, http.MethodGet, static.URL("portal.css"), host)
		brand := knock(door, http.MethodGet, base+"/brand.css", host)
		page := knock(door, http.MethodGet, base+"/authorise", host)
		login := knock(door, http.MethodGet, base+"/login", host)
		root := knock(door, http.MethodGet, "/login", host)
		other := knock(door, http.MethodGet, base+"/authorise", "evil.localhost:8080")

		if css.status != 200 || css.header.Get("X-Content-Type-Options") != "nosniff" || brand.status != 200 || page.status < 400 || page.status >= 500 || !strings.Contains(page.body, static.URL("portal.css")) {
			t.Errorf("%s: css %d %v, brand %d, page %d", template, css.status, css.header, brand.status, page.status)
		}
		if login.status != http.StatusNotFound || root.status != http.StatusNotFound && root.status != http.StatusMisdirectedRequest || other.status != http.StatusMisdirectedRequest {
			t.Errorf("%s: the portal's log-in answers %d, %d; another host %d", template, login.status, root.status, other.status)
		}
		for name, a := range map[string]answer{"page": page, "log-in": login} {
			if strings.Contains(a.header.Get("Set-Cookie"), "fairway") || strings.Contains(a.body, url.QueryEscape("/playground")) {
				t.Errorf("%s, %s: %v", template, name, a.header)
			}
		}
	}
}
