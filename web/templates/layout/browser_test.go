package layout_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fairway/web/static"
)

// strictPolicy is the policy of the portal's pages: nothing inline, nothing from elsewhere.
const strictPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// galleryDoor serves every page of the gallery under its name.
func galleryDoor(t *testing.T) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	for name, component := range gallery() {
		html := mustRender(t, component)
		mux.Handle("/"+name, document(html, strictPolicy))
		mux.Handle("/noscript/"+name, document(html, strings.Replace(strictPolicy, "script-src 'self'", "script-src 'none'", 1)))
	}
	mux.Handle("/broken", document(brokenPage, strictPolicy))
	mux.HandleFunc("/broken.js", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("broken()")) })
	mux.HandleFunc("/brand.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		css, err := static.BrandCSS(static.BrandColours{
			Light: static.Palette{Accent: "#8a1f6a", AccentHover: "#6d1854", AccentSubtle: "#fae7f4", OnAccent: "#ffffff", Link: "#8a1f6a"},
			Dark:  static.Palette{Accent: "#f29ad6", AccentHover: "#f7bce4", AccentSubtle: "#3a1230", OnAccent: "#2a0a20", Link: "#f4abdd"},
		})
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(css)
	})
	return mux
}

func document(html, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(html))
	})
}

func mustFetch(t *testing.T, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d", path, w.Code)
	}
	return w.Body.String()
}

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

func TestTheGalleryInABrowser(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	for name := range gallery() {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390, 320} {
				for _, problem := range u.problems("/"+name, scheme, width) {
					t.Errorf("%s, %s, %d px: %s", name, scheme, width, problem)
				}
				keep(u.ctx, t, chromedp.FullScreenshot(100), fmt.Sprintf("%s-%s-%d", name, scheme, width))
			}
		}
	}
}

func TestTheBrowserNoticesWhatIsWrong(t *testing.T) {
	t.Parallel()
	u := newUser(t)

	found := strings.Join(u.problems("/broken", "light", 390), "\n")

	for _, want := range []string{"policy: style-src", "script: Uncaught", "px too wide"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not among the problems: %s", want, found)
		}
	}
	if u.axe != "" && !strings.Contains(found, "image-alt") {
		t.Error("the accessibility checker is blind")
	}
}

// brokenPage has one fault of each kind that the browser looks for.
const brokenPage = `<!DOCTYPE html><html lang="en"><title>Broken</title><script src="/broken.js"></script><main><h1 style="color: red">Broken</h1>
<table><tr><td><img src="/none.png" width="900" height="9"></table></main></html>`

// problems opens a page and lists what the policy refused, what scripts complained about, how much too wide the page
// is and, with the accessibility checker at hand, what that found.
func (u user) problems(path, scheme string, width int64) []string {
	u.t.Helper()
	if err := chromedp.Do(u.ctx, colours(scheme), chromedp.EmulateViewport(width, 900), chromedp.Navigate(u.base+path)); err != nil {
		u.t.Fatal(err)
	}
	out, err := chromedp.Run(u.ctx, chromedp.Evaluate[[]string](`window.__broken`))
	if err != nil {
		u.t.Fatal(err)
	}
	over, err := chromedp.Run(u.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
	if err != nil {
		u.t.Fatal(err)
	}
	if over > 0 {
		out = append(out, fmt.Sprintf("the page is %d px too wide", over))
	}
	if u.axe == "" || width == 320 {
		return out
	}
	if err := chromedp.Do(u.ctx, chromedp.Evaluate[chromedp.Void](u.axe)); err != nil {
		u.t.Fatal(err)
	}
	findings, err := chromedp.Run(u.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		u.t.Fatal(err)
	}
	return append(out, findings...)
}

// axeSource is the accessibility checker, where FAIRWAY_AXE names the file.
func axeSource(t *testing.T) string {
	t.Helper()
	name := os.Getenv("FAIRWAY_AXE")
	if name == "" {
		return ""
	}
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// keep writes a picture, where FAIRWAY_SHOTS names a folder.
func keep(ctx context.Context, t *testing.T, picture chromedp.Action[[]byte], name string) {
	t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(ctx, picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

func colours(scheme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	}
}

func onEveryPage(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return chromedp.Void{}, err
	}
}
