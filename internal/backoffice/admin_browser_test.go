package backoffice_test

import (
	"context"
	"fmt"
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
	"fairway/internal/audit"
	"fairway/internal/testkit"
)

// clerkVisit is an administrator in front of a real browser.
type clerkVisit struct {
	*clerk
	ctx context.Context
	axe string
}

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

// newClerkVisit starts Chromium without a window, or skips the test where there is none.
func newClerkVisit(t *testing.T) clerkVisit {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil || testing.Short() {
		t.Skip("there is no chromium on this machine, or no time for it")
	}
	server := httptest.NewUnstartedServer(nil)
	at := "http://" + server.Listener.Addr().String()
	clk := testkit.Clock()
	m := newBureauOn(t, testkit.SQLiteAt(t, clk), clk, at).admin()
	server.Config.Handler = m.handler
	server.Start()
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	v := clerkVisit{clerk: m, ctx: ctx}
	if name := os.Getenv("FAIRWAY_AXE"); name != "" {
		v.axe = string(given(os.ReadFile(name))(t))
	}
	v.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "fairway", Value: m.cookie, URL: at})
		return chromedp.Void{}, err
	})
	return v
}

func (v clerkVisit) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatal(err)
	}
}

// sound looks at the page as it is: policy, scripts, width and, with the accessibility checker at hand, what that
// finds; in light and dark, wide and narrow. With a path the page is loaded again for each of the two.
func (v clerkVisit) sound(name string, path ...string) {
	v.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		v.do(colours(scheme))
		for _, p := range path {
			v.open(p)
		}
		for _, width := range []int64{1280, 390, 320} {
			v.do(chromedp.EmulateViewport(width, 900))
			over := given(chromedp.Run(v.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)))(v.t)
			if over > 0 {
				v.t.Errorf("%s, %d px: %d px too wide", name, width, over)
			}
			v.keep(fmt.Sprintf("%s-%s-%d", name, scheme, width))
			if v.axe == "" || width == 320 {
				continue
			}
			v.do(chromedp.Evaluate[chromedp.Void](v.axe))
			for _, found := range given(chromedp.Run(v.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise)))(v.t) {
				v.t.Errorf("%s, %s, %d px: %s", name, scheme, width, found)
			}
		}
	}
	for _, broken := range given(chromedp.Run(v.ctx, chromedp.Evaluate[[]string](`window.__broken`)))(v.t) {
		v.t.Errorf("%s: %s", name, broken)
	}
}

// keep writes a picture, where FAIRWAY_SHOTS names a folder.
func (v clerkVisit) keep(name string) {
	v.t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png := given(chromedp.Run(v.ctx, chromedp.FullScreenshot(100)))(v.t)
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

func (v clerkVisit) open(path string) { v.do(chromedp.Navigate(v.at + path)) }

func TestThePagesAreSoundInABrowser(t *testing.T) {
	t.Parallel()
	v := newClerkVisit(t)
	org, person := v.organisation("Budget Buddy Oy")
	v.organisation("Revontuli Maksupalvelut Osuuskunta with a name that is as long as names get")
	set := v.set(org, person, "Budget Buddy Oy")
	for _, act := range []string{"apps.created", "certs.generated", "accounts.logged_in"} {
		v.deed(audit.Entry{Actor: person, Organisation: org, Act: act, Object: set.ID, Detail: map[string]string{"app": "Buddy", "qwac_serial": set.QWAC.Serial}})
	}
	at := "/admin/organisations/" + org
	v.sound("audit", "/admin/audit")
	v.sound("audit-refused", "/admin/audit?from=yesterday")
	v.sound("audit-verified", "/admin/audit/verify")
	v.sound("sources", "/admin/sources")
	v.sound("organisations", "/admin/organisations")
	v.sound("organisation", at)
	v.sound("suspend", at+"/suspend")
	v.clock.Advance(accounts.FactorLasts)
	v.sound("revoke", at+"/certificates/"+set.QWAC.ID+"/revoke")
	v.mustGet(at + "/suspend")
	v.mustPost(at+"/suspend", "reason", why, "code", v.App.Code(v.clock.Now()))
	v.sound("suspended", at)
	v.sound("restore", at+"/restore")
}
