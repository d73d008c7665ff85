package httpkit_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

type call = gin.Context

func TestAPathOfOursIsKeptAndNothingElse(t *testing.T) {
	t.Parallel()
	for path, ours := range map[string]bool{
		"/": true, "/playground": true, "/a/b?c=d&e=%2F%2Fx#f": true, "/a//b": true, "/a?next=https://x.example": true, "/Ärger": true, "/@x": true, "/:x": true,
		"/" + strings.Repeat("a", 511): true,
		"":                             false, "playground": false, "//evil.example": false, "///evil.example": false, `/\evil.example`: false, `\/evil.example`: false, `\\evil.example`: false,
		"https://evil.example": false, "HTTPS:evil.example": false, "javascript:alert(1)": false, "data:text/html,x": false, " /x": false, "\t/x": false,
		"/\t/evil.example": false, "/\n/evil.example": false, "/\r\nSet-Cookie: a=b": false, "/x\x00": false, "/x\x7f": false, `/x\y`: false, "?x": false, "#x": false, ".": false, "../x": false,
		"/" + strings.Repeat("a", 512): false,
	} {
		want := "/else"
		if ours {
			want = path
		}
		if got := httpkit.OwnPath(path, "/else"); got != want {
			t.Errorf("%q becomes %q", path, got)
		}
	}
}

// Whatever a browser makes of the address: the host is ours.
func TestARedirectNeverLeavesTheHost(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/to", func(c *call) error { return httpkit.SeeOther(c, c.Query("p")) })
	base, _ := url.Parse("https://portal.example/to")
	for _, path := range []string{"/x", "/.//evil.example", "/..//evil.example", "/x/..//evil.example", "/%2f/evil.example", "/%09/evil.example", "/%5cevil.example", "//evil.example", "https://evil.example", "/\u2028/evil.example", "/ /evil.example", "/x?y=//evil.example"} {
		a := h.visitor().get("/to?p=" + url.QueryEscape(path))

		to, err := base.Parse(a.header.Get("Location"))
		if err != nil || to.Host != "portal.example" || a.status != http.StatusSeeOther || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q leads with %d to %v, %v", path, a.status, to, err)
		}
	}
}

func TestNoCacheKeepsAnAnswerThatDoesNotSayOtherwise(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/nothing", func(c *call) error { c.Status(http.StatusNoContent); return nil })
	h.routes.Get("/text", func(c *call) error { c.String(http.StatusOK, "a text"); return nil })
	h.routes.Get("/public", func(c *call) error {
		c.Header("Cache-Control", "public, max-age=60")
		return httpkit.Page(c, http.StatusOK, text("a page"))
	})
	for path, want := range map[string]string{"/nothing": "no-store", "/text": "no-store", "/who": "no-store", "/public": "public, max-age=60"} {
		if got := h.visitor().get(path).header.Get("Cache-Control"); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestAPageIsNeverHalfThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/half", func(c *call) error {
		c.Header("Cache-Control", "public, max-age=60")
		c.Header("ETag", `"x"`)
		return httpkit.Page(c, http.StatusOK, half)
	})

	a := h.visitor().get("/half")

	if a.status != http.StatusInternalServerError || a.body != "failed: internal" || a.header.Get("Cache-Control") != "no-store" || a.header.Get("ETag") != "" {
		t.Errorf("%d %q %v", a.status, a.body, a.header)
	}
}

func TestAPageIsKeptByNoCacheUnlessItSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/public", func(c *call) error {
		c.Header("Cache-Control", "public, max-age=60")
		return httpkit.Page(c, http.StatusTeapot, text("x"))
	})
	v := h.visitor()

	public, personal, head := v.get("/public"), v.get("/who"), v.send(httptest.NewRequest(http.MethodHead, "/who", nil))

	if public.status != http.StatusTeapot || public.header.Get("Cache-Control") != "public, max-age=60" || personal.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v, %v", public.header, personal.header)
	}
	if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Type") != "text/html; charset=utf-8" || head.header.Get("Cache-Control") != "no-store" {
		t.Errorf("HEAD: %d %q %v", head.status, head.body, head.header)
	}
}

func TestAFileIsSavedAndNeverOpened(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/file/:name", func(c *call) error {
		return httpkit.Download(c, c.Param("name"), "application/zip", []byte("PK<script>"))
	})

	a := h.visitor().get("/file/fairway-sandbox.zip")
	head := h.visitor().send(httptest.NewRequest(http.MethodHead, "/file/a.zip", nil))

	for name, want := range map[string]string{
		"Content-Disposition": `attachment; filename="fairway-sandbox.zip"`, "Content-Type": "application/zip", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Length": "10",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.body != "PK<script>" || head.body != "" || head.header.Get("Content-Length") != "10" {
		t.Errorf("%q, HEAD %q %v", a.body, head.body, head.header)
	}
	for _, bad := range []string{`a".zip`, "a;b", "%0aX:y", "ä.zip", strings.Repeat("a", 81)} {
		if a := h.visitor().get("/file/" + url.PathEscape(bad)); a.status != http.StatusInternalServerError || a.header.Get("Content-Disposition") != "" {
			t.Errorf("%q: %d %v", bad, a.status, a.header)
		}
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	for https, hsts := range map[bool]string{false: "", true: "max-age=31536000; includeSubDomains"} {
		h := newHouse(t, https)
		h.routes.Get("/boom", func(*call) error { panic("boom") })
		h.routes.Get("/fault", func(*call) error { return fault.New(fault.Unavailable, "x", "y") })
		h.engine.NoRoute(func(c *call) { fail(c, errors.New("none")) })
		for _, path := range []string{"/who", "/boom", "/fault", "/nowhere", "/form"} {
			a := h.visitor().get(path)

			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
					"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": hsts, "Cache-Control": "no-store", "Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": "",
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("https %v, %s: %s is %q, want %q", https, path, name, got, want)
				}
			}
		}
	}
}

func TestAnAddressWithASecretIsToldToNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	show := func(c *call) error { return httpkit.Page(c, http.StatusOK, text("x")) }
	h.routes.Get("/verify/:token", show)
	h.routes.Post("/verify/:token", show)
	h.routes.Get("/apps/:id", show)
	for path, want := range map[string]string{
		"/verify/abc": "no-referrer", "/verify/abc?x=y": "no-referrer", "/who?code=abc": "no-referrer", "/who?a=b&state=abc": "no-referrer",
		"/who?error=x&state": "no-referrer", "/who": "same-origin", "/who?next=/x": "same-origin", "/apps/app_1": "same-origin",
	} {
		if got := h.visitor().get(path).header.Values("Referrer-Policy"); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	v := h.visitor()
	v.open()
	if a := v.post("/verify/abc"); a.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("after the POST: %v", a.header)
	}
}

func TestOnlyAPlainOriginJoinsThePolicy(t *testing.T) {
	t.Parallel()
	for origin, allowed := range map[string]bool{
		"https://tpp.example": true, "https://tpp.example:8443": true, "http://localhost:9000": true, "http://127.0.0.1:9000": true, "http:": true, "https:": true,
		"": false, "*": false, "https://*": false, "https://*.tpp.example": false, "https://a.example https://b.example": false, "https://a.example;script-src *": false,
		"https://a.example, x": false, "'unsafe-inline'": false, "data:": false, "javascript:": false, "https://a.example\n": false, "https://a.example/path": false, "//a.example": false,
	} {
		h := newHouse(t, false)
		h.routes.Get("/page", func(c *call) error {
			httpkit.AllowFormTarget(c, origin)
			return httpkit.Page(c, http.StatusOK, text("x"))
		})

		got := h.visitor().get("/page").header.Get("Content-Security-Policy")

		want := "form-action 'self';"
		if allowed {
			want = "form-action 'self' " + origin + ";"
		}
		if !strings.Contains(got, want) || strings.Count(got, ";") != 8 {
			t.Errorf("%q: %s", origin, got)
		}
	}
}

func TestAPanicIsAnErrorOfThisRequestAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/boom", func(*call) error { panic("CANARY in " + "session.go") })
	v := h.visitor()

	a, next := v.get("/boom"), v.get("/who")

	if a.status != http.StatusInternalServerError || a.body != "failed: internal" || next.status != http.StatusOK {
		t.Errorf("%d %q, then %d", a.status, a.body, next.status)
	}
	if lines := h.log.String(); !strings.Contains(lines, "CANARY") || !strings.Contains(lines, `"level":"ERROR"`) || !strings.Contains(lines, "answer_test.go") {
		t.Errorf("the log does not say where: %s", lines)
	}
}

func TestAnAnswerThatPanicsInTheMiddleIsBrokenOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/middle", func(c *call) error {
		_, _ = c.Writer.WriteString("the first half")
		c.Writer.Flush()
		panic("boom")
	})
	h.routes.Get("/aborted", func(*call) error { panic(http.ErrAbortHandler) })
	for _, path := range []string{"/middle", "/aborted"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := h.server.Client().Do(r)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			_ = res.Body.Close()
		}

		if err == nil {
			t.Errorf("%s: the answer looks whole", path)
		}
	}
}

func TestALineSaysWhatHappenedAndNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/apps/:id", func(*call) error {
		return fault.New(fault.Invalid, "name_taken", "Taken.").With(errors.New("cause of a client's fault"))
	})
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	v.open()
	before := len(h.log.String())
	r := v.request("/act?code=CANARY1", "password", "CANARY2")
	r.Header.Set("User-Agent", "CANARY3\nlevel=ERROR")
	r.Header.Set("Authorization", "Bearer CANARY4")

	v.send(r)
	v.get("/apps/CANARY5?token=CANARY6")
	v.get("/nowhere/CANARY7")

	lines := strings.Split(strings.TrimSpace(h.log.String()[before:]), "\n")
	if len(lines) != 3 || strings.Contains(strings.Join(lines, ""), "CANARY") || strings.Contains(strings.Join(lines, ""), "cause of") || strings.Contains(strings.Join(lines, ""), v.cookies["fairway"]) {
		t.Fatalf("%q", lines)
	}
	var got []map[string]any
	for _, line := range lines {
		entry := map[string]any{}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if id, _ := entry["request"].(string); !strings.HasPrefix(id, "req_") {
			t.Errorf("no request id: %s", line)
		}
		for _, name := range []string{"time", "request", "took", "msg"} {
			delete(entry, name)
		}
		got = append(got, entry)
	}
	want := []map[string]any{
		{"level": "INFO", "door": "test", "method": "POST", "route": "/act", "status": 303.0, "person": "per_1"},
		{"level": "INFO", "door": "test", "method": "GET", "route": "/apps/:id", "status": 422.0, "person": "per_1", "code": "name_taken"},
		{"level": "INFO", "door": "test", "method": "GET", "route": "", "status": 404.0, "person": "per_1"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestEveryRouteStandsInTheTableWithItsGuardAndHandler(t *testing.T) {
	t.Parallel()
	engine := gin.New()
	var table httpkit.Table
	face := faceOf{}
	r := httpkit.NewRoutes(engine.Group("/base"), httpkit.Support, &table, fail)

	r.Get("/a/:id", face.show)
	r.Post("/a", face.act)
	r.Delete("/a/:id", face.act)

	want := []httpkit.Route{
		{Method: "GET", Path: "/base/a/:id", Guard: "support", Handler: "httpkit_test.faceOf.show"},
		{Method: "POST", Path: "/base/a", Guard: "support", Handler: "httpkit_test.faceOf.act"},
		{Method: "DELETE", Path: "/base/a/:id", Guard: "support", Handler: "httpkit_test.faceOf.act"},
	}
	if !reflect.DeepEqual(table.Routes, want) {
		t.Errorf("%+v", table.Routes)
	}
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/base/a/1", nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d %q", w.Code, w.Body)
	}
}

type faceOf struct{}

func (faceOf) show(c *call) error { return httpkit.Page(c, http.StatusOK, text("x")) }
func (faceOf) act(c *call) error  { return httpkit.SeeOther(c, "/") }

func TestStaffAndFreshness(t *testing.T) {
	t.Parallel()
	now := testStart
	for _, c := range []struct {
		visitor         httpkit.Visitor
		in, staff, auth bool
	}{
		{httpkit.Visitor{}, false, false, false},
		{httpkit.Visitor{AuthAt: now}, false, false, false},
		{httpkit.Visitor{PersonID: "p", Role: "tpp"}, true, false, false},
		{httpkit.Visitor{PersonID: "p", Role: "tpp", AuthAt: now.Add(-fiveMinutes + 1)}, true, false, true},
		{httpkit.Visitor{PersonID: "p", Role: "support", AuthAt: now.Add(-fiveMinutes)}, true, true, false},
		{httpkit.Visitor{PersonID: "p", Role: "admin"}, true, true, false},
		{httpkit.Visitor{PersonID: "p", Role: "Admin"}, true, false, false},
	} {
		v := c.visitor
		if v.SignedIn() != c.in || v.Staff() != c.staff || v.Authenticated(now) != c.auth {
			t.Errorf("%+v: %v %v %v", v, v.SignedIn(), v.Staff(), v.Authenticated(now))
		}
	}
}
