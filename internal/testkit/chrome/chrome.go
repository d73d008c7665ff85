// Package chrome opens the pages of tests in a real browser and looks at them as a person and an accessibility checker would.
package chrome

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
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is one page of a browser without a window.
type Tab struct {
	t   testing.TB
	ctx context.Context
	at  string
	axe string
}

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

// lastWidth is the narrowest screen; the checker has seen the page on a telephone by then.
const lastWidth = 320

// Path is the browser of this machine: the one that FAIRWAY_BROWSER names, else the shell without a window, which does the same
// in less time, else Chromium itself; "" where there is none.
func Path() string {
	names := []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}
	if name := os.Getenv("FAIRWAY_BROWSER"); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Need skips the test where there is no browser, and in short runs; where FAIRWAY_BROWSER names one that is not there, or
// FAIRWAY_REQUIRE says chromium, it fails it. Ask it before anything slow is built.
func Need(t testing.TB) {
	t.Helper()
	switch name := os.Getenv("FAIRWAY_BROWSER"); {
	case testing.Short():
		t.Skip("a browser takes a while")
	case Path() != "":
	case name != "":
		t.Fatalf("FAIRWAY_BROWSER names %s, which is not on this machine; correct it or unset it", name)
	case strings.Contains(os.Getenv("FAIRWAY_REQUIRE"), "chromium"):
		t.Fatal("there is no chromium on this machine, and FAIRWAY_REQUIRE names it")
	default:
		t.Skip("there is no chromium on this machine")
	}
}

// Start starts a browser without a window, or skips the test where there is none, and gives its first tab. It ends with the
// test, and after most at the latest.
func Start(t testing.TB, most time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	Need(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(Path()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), append(options, more...)...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, most)
	t.Cleanup(cancel)
	return ctx
}

// Serve starts a server whose handler has to know its own address.
func Serve(t testing.TB, handler func(at string) http.Handler) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = handler("http://" + server.Listener.Addr().String())
	server.Start()
	t.Cleanup(server.Close)
}

// Open starts Chromium with the session cookie of somebody who is signed in at an address. FAIRWAY_AXE names the file of
// the accessibility checker.
func Open(t testing.TB, at, cookie string) *Tab {
	t.Helper()
	b := &Tab{t: t, ctx: Start(t, 3*time.Minute), at: at}
	if name := os.Getenv("FAIRWAY_AXE"); name != "" {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b.axe = string(source)
	}
	b.Do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
		return chromedp.Void{}, err
	})
	b.Cookie("fairway", cookie)
	return b
}

// Cookie gives the browser a cookie for the address.
func (b *Tab) Cookie(name, value string) {
	b.t.Helper()
	b.Do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.at})
		return chromedp.Void{}, err
	})
}

// Do performs actions one after the other.
func (b *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// Ask evaluates an expression on a page.
func Ask[T any](b *Tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%v\n%s", err, expression)
	}
	return value
}

// Open goes to a path.
func (b *Tab) Open(path string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(b.at + path))
}

// Press clicks and waits for the page that follows.
func (b *Tab) Press(selector, wait string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)), chromedp.WaitVisible(chromedp.CSS(wait)))
}

// Sound looks at the page as it is: policy, scripts, width and, with the accessibility checker at hand, what that
// finds; in light and dark, wide and narrow. With a path the page is loaded again for each of the two.
func (b *Tab) Sound(name string, path ...string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		b.colours(scheme)
		for _, p := range path {
			b.Open(p)
		}
		for _, width := range []int64{1280, 390, lastWidth} {
			b.Do(chromedp.EmulateViewport(width, 900))
			if over := Ask[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				b.t.Errorf("%s, %d px: %d px too wide", name, width, over)
			}
			b.settle()
			b.Keep(fmt.Sprintf("%s-%s-%d", name, scheme, width))
			if b.axe == "" || width == lastWidth {
				continue
			}
			b.Do(chromedp.Evaluate[chromedp.Void](b.axe))
			found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
			if err != nil {
				b.t.Fatal(err)
			}
			for _, violation := range found {
				b.t.Errorf("%s, %s, %d px: %s", name, scheme, width, violation)
			}
		}
	}
	for _, broken := range Ask[[]string](b, `window.__broken`) {
		b.t.Errorf("%s: %s", name, broken)
	}
	b.Do(chromedp.EmulateViewport(1280, 800))
}

// settle waits for the end of all movement: a colour on its way from one to the other has the contrast of neither.
func (b *Tab) settle() {
	b.t.Helper()
	for !Ask[bool](b, `getComputedStyle(document.body).color !== '' && document.getAnimations().length === 0`) {
		<-time.After(20 * time.Millisecond)
	}
}

// Keep writes a picture, where FAIRWAY_SHOTS names a folder.
func (b *Tab) Keep(name string) {
	b.t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *Tab) colours(scheme string) {
	b.t.Helper()
	b.Do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	})
}
