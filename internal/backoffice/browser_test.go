package backoffice_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fairway/internal/accounts"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

// visit is a colleague in front of a real browser.
type visit struct {
	*colleague
	ctx context.Context
	axe string
}

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

// newVisit starts Chromium without a window, or skips the test where there is none. What happened before the colleague
// signed in is arranged by past.
func newVisit(t *testing.T, past func(*office)) visit {
	t.Helper()
	binary, err := exec.LookPath("chromium")
	if err != nil || testing.Short() {
		t.Skip("there is no chromium on this machine, or no time for it")
	}
	server := httptest.NewUnstartedServer(nil)
	at := "http://" + server.Listener.Addr().String()
	clk := testkit.Clock()
	o := newOfficeOn(t, testkit.SQLiteAt(t, clk), clk, nca.Config{}, at)
	o.importAll()
	past(o)
	server.Config.Handler = o.handler
	server.Start()
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	v := visit{colleague: o.colleague("anna@fairway.example", accounts.Admin), ctx: ctx}
	if name := os.Getenv("FAIRWAY_AXE"); name != "" {
		v.axe = string(must(os.ReadFile(name))(t))
	}
	v.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "fairway", Value: v.cookie, URL: at})
		return chromedp.Void{}, err
	})
	return v
}

func (v visit) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatal(err)
	}
}

// sound looks at the page as it is: policy, scripts, width and, with the accessibility checker at hand, what that
// finds; in light and dark, wide and narrow.
func (v visit) sound(name string) {
	v.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		v.do(colours(scheme))
		for _, width := range []int64{1280, 390, 320} {
			v.do(chromedp.EmulateViewport(width, 900))
			over := must(chromedp.Run(v.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)))(v.t)
			if over > 0 {
				v.t.Errorf("%s, %d px: %d px too wide", name, width, over)
			}
			v.keep(fmt.Sprintf("%s-%s-%d", name, scheme, width))
			if v.axe == "" || width == 320 {
				continue
			}
			v.do(chromedp.Evaluate[chromedp.Void](v.axe))
			for _, found := range must(chromedp.Run(v.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise)))(v.t) {
				v.t.Errorf("%s, %s, %d px: %s", name, scheme, width, found)
			}
		}
	}
	for _, broken := range must(chromedp.Run(v.ctx, chromedp.Evaluate[[]string](`window.__broken`)))(v.t) {
		v.t.Errorf("%s: %s", name, broken)
	}
	v.do(chromedp.EmulateViewport(1280, 800))
}

// keep writes a picture, where FAIRWAY_SHOTS names a folder.
func (v visit) keep(name string) {
	v.t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png := must(chromedp.Run(v.ctx, chromedp.FullScreenshot(100)))(v.t)
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

func colours(scheme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	}
}

func (v visit) open(at string) { v.do(chromedp.Navigate(v.at + at)) }

// press clicks and waits for the page that follows.
func (v visit) press(selector, wait string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(selector)), chromedp.WaitVisible(chromedp.CSS(wait)))
}

func (v visit) asks(question string) bool {
	v.t.Helper()
	return must(chromedp.Run(v.ctx, chromedp.Evaluate[bool](question)))(v.t)
}

func TestTheReviewPagesInABrowser(t *testing.T) {
	t.Parallel()
	var a, failed, unknown, waiting *applicant
	v := newVisit(t, func(o *office) {
		o.examined("Copycat Oy", demo.Request{Organisation: "Copycat Oy", Number: "9900009-9"})
		o.examined("Hostile <i>Oy</i>", demo.Request{Flaw: "hostile-name"})
		o.clock.Advance(6 * 24 * time.Hour)
		a = o.examined("Budget Buddy Oy", demo.Request{Organisation: "Revontuli Tilinakyma Oyj"})
		failed = o.examined("Hamara Oy", demo.Request{Flaw: "withdrawn"})
		unknown = o.examined("Unlisted Oy", demo.Request{Flaw: "not-in-register"})
		waiting = o.submitted("Waiting Oy", demo.Request{})
	})
	v.clock.Advance(6 * time.Minute) // the last code is too old to decide with
	v.open("/admin/reviews?state=approved")
	v.sound("queue-empty")
	v.open("/admin/reviews")
	v.sound("queue")
	v.open("/admin")
	v.sound("administration")
	for name, one := range map[string]*applicant{"review": a, "review-failed": failed, "review-unknown": unknown, "review-examining": waiting} {
		v.open(path(one))
		v.sound(name)
	}
	v.open(path(a))
	v.do(chromedp.EmulateViewport(1280, 800))
	if !v.asks(`document.querySelector('#register-1 mark').getBoundingClientRect().bottom < innerHeight`) {
		t.Error("the letter that differs cannot be seen without scrolling")
	}
	v.do(chromedp.SendKeys(chromedp.CSS(`#reason`), "We look at the names."))
	v.press(`#verdict-3`, `#decision`)
	v.press(`#decide button[value=preview]`, `#letter`)
	if v.asks(`document.querySelector('#decision').getBoundingClientRect().top > innerHeight`) {
		t.Error("the letter is drawn where nobody sees it")
	}
	v.sound("review-letter")
	v.press(`#decide .btn.primary`, `.error-summary`) // the code is missing
	v.sound("review-refused")
}

// The screen is loaded by itself once the sources have answered.
func TestTheScreenComesByItselfWhenTheSourcesHaveAnswered(t *testing.T) {
	t.Parallel()
	v := newVisit(t, func(*office) {})
	a := v.submitted("Budget Buddy Oy", demo.Request{})
	v.open(path(a))
	v.do(chromedp.WaitVisible(chromedp.CSS(`#examining`)))

	a.examine()

	v.do(chromedp.WaitVisible(chromedp.CSS(`#decide`)))
}

// A clean case is decided with six clicks at most, from the start page on.
func TestAnAdministratorApprovesWithFewClicks(t *testing.T) {
	t.Parallel()
	v := newVisit(t, func(*office) {})
	a := v.examined("Budget Buddy Oy", demo.Request{})
	v.open("/admin")
	v.press(`#queue .btn`, `table`)                  // 1
	v.press(`.head-actions .btn.primary`, `#decide`) // 2
	v.press(`#verdict`, `#template`)                 // 3
	v.do(chromedp.Click(chromedp.CSS(`#template`)))  // 4
	v.do(chromedp.SendKeys(chromedp.CSS(`#template`), "Approve: everything\r"))
	v.press(`#decide .btn.primary`, `.flash`) // 5

	if e := a.now(); e.State != enrolments.Approved || e.DecidedBy != v.Person.ID || v.get("/admin/reviews").status != http.StatusOK {
		t.Errorf("%s by %s", e.State, e.DecidedBy)
	}
}
