package main

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
)

var hrefs = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// crawl follows every link from the start pages, with GET only, and hands each answer to look.
func (v *visitor) crawl(look func(path string, a answer), starts ...string) map[string]int {
	v.world.t.Helper()
	base := v.world.cfg.BaseURL.String()
	seen := map[string]int{}
	for queue := starts; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if _, done := seen[at]; done || len(seen) > 2000 {
			continue
		}
		a := v.get(at)
		seen[at] = a.status
		look(at, a)
		if to := a.header.Get("Location"); to != "" {
			queue = append(queue, strings.TrimPrefix(to, base))
		}
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, found := range hrefs.FindAllStringSubmatch(a.body, -1) {
			link, _, _ := strings.Cut(strings.TrimPrefix(html.UnescapeString(found[1]), base), "#")
			form := strings.HasPrefix(found[0], "action")
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !form {
				queue = append(queue, link)
			}
		}
	}
	return seen
}

// inline finds what the policy forbids: scripts, styles and handlers in the page itself.
var inline = regexp.MustCompile(`(?i)<script(?:>|\s[^>]*>[^<])|<style|\sstyle="|\son[a-z]+="|href="(?:javascript|data):`)

// checkAnswer holds what every answer of the people's door must carry.
func checkAnswer(t *testing.T, who, path string, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": "",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s, %s: %s is %q", who, path, name, got)
		}
	}
	if kind := a.header.Get("Content-Type"); len(a.body) > 0 && (kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8")) {
		t.Errorf("%s, %s: Content-Type is %q", who, path, kind)
	}
	if got := a.header.Get("Referrer-Policy"); got != "same-origin" && got != "no-referrer" {
		t.Errorf("%s, %s: Referrer-Policy is %q", who, path, got)
	}
	if len(a.header.Values("Content-Security-Policy")) != 1 || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'; ") {
		t.Errorf("%s, %s: Content-Security-Policy is %q", who, path, a.header.Values("Content-Security-Policy"))
	}
	for _, cookie := range (&http.Response{Header: a.header}).Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" {
			t.Errorf("%s, %s: %s", who, path, cookie.Raw)
		}
		if strings.HasPrefix(a.header.Get("Cache-Control"), "public") {
			t.Errorf("%s, %s: a cookie in an answer that caches keep", who, path)
		}
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.header.Get("Location") != "" {
		return
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, %s: Cache-Control is %q", who, path, a.header.Get("Cache-Control"))
	}
	if found := inline.FindString(a.body); found != "" {
		t.Errorf("%s, %s has %q in the page", who, path, found)
	}
	for _, leak := range []string{"sql:", ".go:", "goroutine", "SQLITE", "SQLSTATE", "jackc/", "gorm", "runtime error", "%!"} {
		if strings.Contains(a.body, leak) {
			t.Errorf("%s, %s shows %q", who, path, leak)
		}
	}
}

func TestEveryPageThatALinkLeadsToIsThereAndCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	empty, owner, admin, half := w.member("Empty Oy"), w.member("Owner Oy"), w.staff(accounts.Admin), w.halfway(accounts.Support)
	if a := owner.post("/playground/setup"); a.status != http.StatusOK && a.status != http.StatusSeeOther {
		t.Fatalf("setting up: %d %s", a.status, a.body)
	}
	owner.belongings("Second")
	owner.submission()
	live := w.member("Live Oy")
	live.inLive()
	live.belongings("Live")
	starts := []string{"/", "/docs", "/login", "/signup", "/reset", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/dev/outbox"}
	for name, c := range map[string]struct {
		visitor *visitor
		starts  []string
		most    int
	}{
		"nobody": {w.anybody(), starts, 60}, "a newcomer": {empty, append(starts, "/playground", "/account"), 70},
		"an owner":           {owner, append(starts, "/playground", "/account", "/playground/requests", "/playground/flow"), 90},
		"a provider in Live": {live, append(starts, "/playground", "/playground/requests?env=live", "/playground/live/shell"), 100},
		"an administrator":   {admin, append(starts, "/admin", "/support-desk", "/support-desk?q=owner", "/account/factor/replace", "/account/confirm"), 50}, "somebody halfway": {half, append(starts, "/login/code"), 50},
	} {
		seen := c.visitor.crawl(func(path string, a answer) { checkAnswer(t, name, path, a) }, c.starts...)

		for path, status := range seen {
			closed := name == "an administrator" && status == http.StatusForbidden && strings.HasPrefix(path, "/playground")    // the documentation speaks to TPPs
			letter := name != "an administrator" && status == http.StatusNotFound && strings.HasPrefix(path, "/admin/reviews/") // letters to colleagues lie in the same outbox
			tried := status == http.StatusTooManyRequests && strings.HasPrefix(path, "/debugger?example=")                      // examples count as tries, and all of them come from one address
			if status >= 400 && !closed && !letter && !tried {
				t.Errorf("%s: %s leads nowhere: %d", name, path, status)
			}
		}
		if len(seen) < c.most {
			t.Errorf("%s saw only %d addresses", name, len(seen))
		}
	}
	for _, path := range []string{"/nowhere", "/playground/apps/app_x", "/docs/errors/NONE", "/verify/x.y", "/bank/sandbox/rocker/authorise", "/bank/sandbox/rocker/v1/authorizations?client_id=x", "/static/none", "/playground/", "/healthz"} {
		checkAnswer(t, "an owner", path, owner.get(path))
		checkAnswer(t, "nobody", path, w.anybody().get(path))
	}
}

func TestReadingEverythingChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, admin, half := w.member("Owner Oy"), w.staff(accounts.Admin), w.halfway(accounts.Support)
	owner.post("/playground/setup")
	things := owner.belongings("Second")
	maps.Copy(things, owner.submission())
	before := w.everything(t)
	for _, r := range w.people.Routes() {
		if r.Method == http.MethodGet {
			admin.get(fill(r.Path, things))
			half.get(fill(r.Path, things))
			owner.get(fill(r.Path, things) + "?kind=api_key&app=" + things["/playground/apps :id"] + "&brand=rocker&api=card-account&confirm=on&" + url.Values{"_token": {owner.token}}.Encode())
		}
	}
	owner.crawl(func(string, answer) {}, "/playground", "/account", "/playground/requests")

	if after := w.everything(t); after != before {
		t.Errorf("reading changed something:\n%s\n%s", before, after)
	}
}

// No suffix makes a personal page look like a file (cache deception).
func TestNoSuffixMakesAPersonalPageCacheable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.member("Owner Oy")
	things := owner.belongings("Mine")
	for _, r := range peopleRoutes(w, "signed in") {
		if r.Method != http.MethodGet {
			continue
		}
		path := fill(r.Path, things)
		for _, suffix := range []string{".css", ".js", ".png", ".jpg", ".ico", ".svg", ".woff2", ".html", ".json", ".xml", ".txt", ".pdf", "/x.css", "/x.js", "/.css", "/static/x.css", ";x.css", ";a=b.js", "%3Bx.css", "%2Fx.css", "%2f..%2fx.css", "%00.css", "%0a.css", "%3f.css", "%23.css", "/..%2fx.css", "//x.css", "?x.css", "?/x.css", "/x.css?y"} {
			a := owner.get(path + suffix)
			if slices.Contains([]int{200, 203, 206}, a.status) && a.header.Get("Cache-Control") != "no-store" || a.status >= 500 || strings.Contains(a.header.Get("Cache-Control"), "public") {
				t.Errorf("%s: %d %q", path+suffix, a.status, a.header.Get("Cache-Control"))
			}
		}
	}
}
