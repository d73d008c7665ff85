package httpkit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

// sightings are what a browser said about where a request came from, by method and path.
type sightings struct {
	mu   sync.Mutex
	seen map[string]string
}

func (s *sightings) watch(h http.Handler) http.Handler {
	s.seen = map[string]string{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen[r.Method+" "+r.URL.Path] = fmt.Sprintf("site=%s origin=%s referer=%s", r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin"), r.Header.Get("Referer"))
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

func (s *sightings) of(what string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[what]
}

// What a real browser says with our referrer policies: forms pass from our own pages, and no other site is told an address.
func TestABrowserSendsOurFormsAndTellsNobodyWhereItWas(t *testing.T) {
	t.Parallel()
	ctx := chrome.Start(t, 2*time.Minute)
	h := newHouse(t, false)
	var here, there sightings
	strange := httptest.NewServer(nil)
	t.Cleanup(strange.Close)
	elsewhere := strings.Replace(strange.URL, "127.0.0.1", "localhost", 1)
	page := func(c *gin.Context) error {
		return httpkit.Page(c, http.StatusOK, text(`<h1>form</h1><form method="post"><input type="hidden" name="_token" value="`+httpkit.FormToken(c)+
			`"><button>Send</button></form><a href="`+elsewhere+`/from`+strings.ReplaceAll(c.Request.URL.Path, "/", "-")+`">away</a>`))
	}
	passed := func(c *gin.Context) error { return httpkit.Page(c, http.StatusOK, text(`<h1>passed</h1>`)) }
	for _, path := range []string{"/plain", "/verify/:token"} {
		h.routes.Get(path, page)
		h.routes.Post(path, passed)
	}
	ours := httptest.NewServer(here.watch(h.engine))
	t.Cleanup(ours.Close)
	strange.Config.Handler = there.watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/attack" {
			_, _ = fmt.Fprintf(w, `<form method="post" action="%s/plain"><input name="_token" value="x"></form><script>document.forms[0].submit()</script>`, ours.URL)
			return
		}
		_, _ = fmt.Fprint(w, `<h1>elsewhere</h1>`)
	}))

	for _, c := range []struct{ path, origin, referer string }{{"/plain", ours.URL, ours.URL + "/plain"}, {"/verify/SECRET", "null", ""}} {
		visit(ctx, t, ours.URL+c.path, "form")
		press(ctx, t, "button", "passed")
		visit(ctx, t, ours.URL+c.path, "form")
		press(ctx, t, "a", "elsewhere")

		if got, want := here.of("POST "+c.path), "site=same-origin origin="+c.origin+" referer="+c.referer; got != want {
			t.Errorf("POST %s: %s, want %s", c.path, got, want)
		}
		if got := there.of("GET /from" + strings.ReplaceAll(c.path, "/", "-")); got != "site=cross-site origin= referer=" {
			t.Errorf("another site learns of %s: %s", c.path, got)
		}
	}
	visit(ctx, t, elsewhere+"/attack", "failed: form_foreign")
	if got := here.of("POST /plain"); !strings.HasPrefix(got, "site=cross-site ") {
		t.Errorf("the form of another site: %s", got)
	}
}

func visit(ctx context.Context, t *testing.T, url, heading string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, heading)
}

func press(ctx context.Context, t *testing.T, what, heading string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(what), chromedp.NodeVisible)); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, heading)
}

func await(ctx context.Context, t *testing.T, heading string) {
	t.Helper()
	testkit.Eventually(t, heading, func() bool {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('h1')?.textContent ?? document.body?.textContent ?? ''`))
		return err == nil && found == heading
	})
}

// A browser tells a page that loads itself again from one that somebody opens.
func TestABrowserTellsARefreshFromAVisit(t *testing.T) {
	t.Parallel()
	ctx := chrome.Start(t, 2*time.Minute)
	h := newHouse(t, false)
	ticks := 0
	h.routes.Get("/tick", func(c *gin.Context) error {
		if ticks++; ticks > 1 { // once is enough
			return httpkit.Page(c, http.StatusOK, text(`<h1 id="again">again</h1><a href="/who">who</a>`))
		}
		return httpkit.Page(c, http.StatusOK, text(`<h1>first</h1><meta http-equiv="refresh" content="0">`))
	})
	server := httptest.NewServer(h.engine)
	t.Cleanup(server.Close)
	do := func(actions ...chromedp.Action[chromedp.Void]) string {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
		return h.keeper.foundSince()
	}
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "fairway", Value: v.cookies["fairway"], URL: server.URL})
		return chromedp.Void{}, err
	})

	opened := do(chromedp.Navigate(server.URL+"/tick"), chromedp.WaitVisible(chromedp.CSS(`#again`)))
	clicked := do(chromedp.Click(chromedp.CSS(`a`)), chromedp.WaitNotPresent(chromedp.CSS(`#again`)))

	if opened != "used, peeked into" || clicked != "used" {
		t.Errorf("a page that loads itself again: %q; a click: %q", opened, clicked)
	}
}
