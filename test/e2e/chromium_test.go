package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fairway/internal/testkit/chrome"
)

// tab is a real browser's window, driven as a hand would: what is pressed is found by what is written on it.
type tab struct {
	looks  int // how many pages were looked at
	t      testing.TB
	sv     *server
	ctx    context.Context
	clicks int
	looked time.Duration // spent on looking, which nobody else does
	axe    string
	heard  *complaints
}

// complaints are what the browser's console said.
type complaints struct {
	mu   sync.Mutex
	said []string
}

// watchPage collects what the policy refused, beside what the console says of it.
const watchPage = `window.__refused = [];
addEventListener('securitypolicyviolation', (e) => __refused.push(e.violatedDirective + ' ' + e.blockedURI));`

// newTab starts Chromium without a window, or skips the test where there is none.
func newTab(t testing.TB, sv *server, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	return newTabFor(t, sv, 3*time.Minute, more...)
}

// newTabFor is newTab with its own end.
func newTabFor(t testing.TB, sv *server, most time.Duration, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	b := &tab{t: t, sv: sv, ctx: chrome.Start(t, most, more...), heard: &complaints{}}
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" || m.Type == "assert" {
				b.heard.add(string(m.Type) + " " + m.Source + " " + m.Text + " " + m.URL)
			}
		}
	}()
	b.do(chromedp.EmulateViewport(1280, 900), onEveryPage(watchPage))
	b.colours("light")
	return b
}

func (c *complaints) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, text)
}

func (c *complaints) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.said...)
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask evaluates an expression on the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%v\n%s", err, expression)
	}
	return value
}

// withoutScripts turns the page's scripts off; ours still run, as a debugger's do.
func (b *tab) withoutScripts() {
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
}

func onEveryPage(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return chromedp.Void{}, err
	}
}

// colours chooses light or dark, as the device would.
func (b *tab) colours(scheme string) {
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	})
}

func (b *tab) open(address string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.sv.portal + address
	}
	b.do(chromedp.Navigate(address))
}

// locate scrolls to the first link or button that begins with a text and gives the middle of its first line.
const locate = `((label) => {
  const shown = (e) => e.offsetParent !== null && !e.disabled;
  const text = (e) => e.textContent.trim().replace(/\s+/g, ' ');
  const all = [...document.querySelectorAll('main a, main button, header a, header button')].filter(shown);
  const found = all.find((e) => text(e) === label) ?? all.find((e) => text(e).startsWith(label));
  if (!found) return null;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const at = found.getClientRects()[0]; // of a link over two lines the middle may be beside its words
  window.__left = false;
  return [at.x + at.width / 2, at.y + at.height / 2];
})`

// press clicks what bears a text and waits for the page behind it.
func (b *tab) press(label string) {
	b.t.Helper()
	b.clicks++
	quoted, _ := json.Marshal(label)
	at := b.settledPlace(locate + "(" + string(quoted) + ")")
	if at == nil {
		b.t.Fatalf("nothing on %s begins with %q:\n%s", b.address(), label, b.words())
	}
	b.do(chromedp.MouseClickXY(at[0], at[1]))
	next := time.Now().Add(missedAfter)
	until(b.t, "the page behind "+label, func() bool {
		arrived, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`window.__left === undefined && document.readyState === 'complete'`))
		if err == nil && !arrived && time.Now().After(next) {
			next = time.Now().Add(missedAfter)
			at = b.pressWhatMoved(label, at)
		}
		return err == nil && arrived
	})
}

// missedAfter is how long the page behind a click may take before the click is looked after.
const missedAfter = 5 * time.Second

// pressWhatMoved clicks again where the page is still there and what was to be clicked has moved away under the mouse, as it
// does when a slow machine lays the page out late. It gives where that is now.
func (b *tab) pressWhatMoved(label string, at []float64) []float64 {
	quoted, _ := json.Marshal(label)
	look := `window.__left === false ? ` + strings.Replace(locate, "window.__left = false;", "", 1) + "(" + string(quoted) + ") : null"
	now, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]float64](look))
	if err != nil || now == nil || slices.Equal(now, at) {
		return at
	}
	b.do(chromedp.MouseClickXY(now[0], now[1]))
	return now
}

// settledPlace asks for a place on the page until it is there and stays where it is.
func (b *tab) settledPlace(expression string) []float64 {
	b.t.Helper()
	var last []float64
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		at := ask[[]float64](b, expression)
		if at != nil && slices.Equal(at, last) {
			return at
		}
		last = at
		<-time.After(50 * time.Millisecond)
	}
	return nil
}

// fill types into the field of a name, over what is there.
func (b *tab) fill(name, text string) {
	b.t.Helper()
	quoted, _ := json.Marshal(name)
	if !ask[bool](b, `((name) => { const e = document.querySelector('main [name="' + name + '"]'); if (!e) return false; e.focus(); e.select(); return true; })(`+string(quoted)+`)`) {
		b.t.Fatalf("%s has no field %s", b.address(), name)
	}
	b.do(chromedp.KeyEvent(text))
}

// choose picks an option of a list.
func (b *tab) choose(name, value string) {
	b.t.Helper()
	both, _ := json.Marshal([]string{name, value})
	if !ask[bool](b, `((name, value) => { const e = document.querySelector('main select[name="' + name + '"]'); e.value = value; e.dispatchEvent(new Event('change', { bubbles: true })); return e.value === value; })(...`+string(both)+`)`) {
		b.t.Fatalf("%s has no choice %s of %s", b.address(), value, name)
	}
}

// paste puts a long text into a field at once, as from the clipboard.
func (b *tab) paste(name, text string) {
	b.t.Helper()
	both, _ := json.Marshal([]string{name, text})
	if !ask[bool](b, `((name, text) => { const e = document.querySelector('main [name="' + name + '"]:not([type=file])'); if (!e) return false; e.value = text; e.dispatchEvent(new Event('input', { bubbles: true })); return true; })(...`+string(both)+`)`) {
		b.t.Fatalf("%s has no field %s", b.address(), name)
	}
}

// tick picks one of the buttons of a name.
func (b *tab) tick(name, value string) {
	b.t.Helper()
	b.clicks++
	both, _ := json.Marshal([]string{name, value})
	if !ask[bool](b, `((name, value) => { const e = document.querySelector('main [name="' + name + '"][value="' + value + '"]'); if (!e || e.disabled) return false; e.click(); return e.checked; })(...`+string(both)+`)`) {
		b.t.Fatalf("%s has no %s to tick among %s", b.address(), value, name)
	}
}

func (b *tab) address() string { return ask[string](b, "location.href") }

func (b *tab) words() string {
	return ask[string](b, "(document.querySelector('main') ?? document.body).innerText")
}

// axeSource is the accessibility checker, where the client libraries are installed.
func axeSource(t testing.TB) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("clients", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		if required("node") {
			t.Fatal("axe-core is not installed: run scripts/setup")
		}
		t.Log("skipped: axe-core is not installed, so that no page is checked for accessibility; run scripts/setup")
	}
	return string(source)
}

const runAxe = `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

// look checks the page as it stands: its width in light and dark, narrow and wide, what the policy refused, and what the
// accessibility checker finds in the views of this run.
func (b *tab) look() {
	b.t.Helper()
	defer func(began time.Time) { b.looked += time.Since(began) }(time.Now())
	at := b.address()
	for _, leak := range b.sv.book.leaksIn("the page "+at, ask[string](b, "document.documentElement.outerHTML")) {
		if !strings.HasSuffix(at, "/playground/setup") && !strings.HasSuffix(at, "/apps/new") { // where secrets are shown this once
			b.t.Error(leak)
		}
	}
	for _, refused := range ask[[]string](b, "window.__refused ?? []") {
		b.t.Errorf("%s: the policy refused %s", at, refused)
	}
	sees := b.turn()
	for _, scheme := range []string{"light", "dark"} {
		b.colours(scheme)
		until(b.t, "the end of all movement", func() bool {
			return ask[bool](b, "getComputedStyle(document.body).color !== '' && document.getAnimations().length === 0")
		})
		for _, width := range []int64{1280, 390} {
			b.do(chromedp.EmulateViewport(width, 900))
			b.checkWidth(at, width)
			if sees(view{scheme, width}) {
				b.checkAccess(at, scheme, width)
			}
		}
	}
	b.do(chromedp.EmulateViewport(narrowest, 900))
	b.checkWidth(at, narrowest)
	b.colours("light")
	b.do(chromedp.EmulateViewport(1280, 900))
	until(b.t, "the wide window", func() bool { return ask[int](b, "innerWidth") == 1280 })
}

// narrowest is a window of 1280 px magnified four times (WCAG 1.4.10).
const narrowest = 320

// checkWidth says by how much a page is wider than the window.
func (b *tab) checkWidth(at string, width int64) {
	b.t.Helper()
	if over := ask[int](b, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		b.t.Errorf("%s, %d px: %d px too wide", at, width, over)
	}
}

func (b *tab) checkAccess(at, scheme string, width int64) {
	b.t.Helper()
	for _, violation := range b.violations() {
		b.t.Errorf("%s, %s, %d px: %s", at, scheme, width, violation)
	}
}

// violations are what the accessibility checker finds on the page, nothing where it is not installed.
func (b *tab) violations() []string {
	b.t.Helper()
	if b.axe == "" {
		return nil
	}
	if !ask[bool](b, "'axe' in window") {
		b.do(chromedp.Evaluate[chromedp.Void](b.axe))
	}
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// back goes one page back; a page that nobody may keep is then an error page of the browser's own.
func (b *tab) back() {
	b.t.Helper()
	_ = chromedp.Do(b.ctx, chromedp.NavigateBack()) // the browser's error page counts as a failed navigation
}
