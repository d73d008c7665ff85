package layout_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", strictPolicy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(html))
		})
	}
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

func mustFetch(t *testing.T, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d", path, w.Code)
	}
	return w.Body.String()
}

// newBrowser starts Chromium without a window, or skips the test where there is none.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type finding struct {
	ID    string
	Nodes []string
}

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => ({ID: v.id + ' ' + v.help, Nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary)})))`

func TestTheGalleryInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes a while")
	}
	t.Parallel()
	server := httptest.NewServer(galleryDoor(t))
	t.Cleanup(server.Close)
	ctx := newBrowser(t)
	if err := chromedp.Do(ctx, onEveryPage(watch)); err != nil {
		t.Fatal(err)
	}
	axe := axeSource(t)
	for name := range gallery() {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390, 320} {
				look(ctx, t, server.URL, name, scheme, width, axe)
			}
		}
	}
}

func look(ctx context.Context, t *testing.T, base, name, scheme string, width int64, axe string) {
	t.Helper()
	at := fmt.Sprintf("%s, %s, %d px", name, scheme, width)
	if err := chromedp.Do(ctx, colours(scheme), chromedp.EmulateViewport(width, 900), chromedp.Navigate(base+"/"+name)); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	broken, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`window.__broken`))
	if err != nil || len(broken) > 0 {
		t.Errorf("%s: %v %v", at, broken, err)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
	if err != nil || over > 0 {
		t.Errorf("%s: the page is %d px too wide (%v)", at, over, err)
	}
	shoot(ctx, t, name, scheme, width)
	if axe == "" || width == 320 {
		return
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		t.Fatal(err)
	}
	findings, err := chromedp.Run(ctx, chromedp.Evaluate[[]finding](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s\n  %s", at, f.ID, strings.Join(f.Nodes, "\n  "))
	}
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

// shoot keeps a picture of the page, where FAIRWAY_SHOTS names a folder.
func shoot(ctx context.Context, t *testing.T, name, scheme string, width int64) {
	t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, scheme, width))
	if err := os.WriteFile(file, picture, 0o600); err != nil {
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
