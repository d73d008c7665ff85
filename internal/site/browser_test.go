package site_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fairway/internal/mail"
	"fairway/internal/rehearsals"
	"fairway/internal/testkit/chrome"
)

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
.then((r) => r.violations.map((v) => v.id + ' ' + v.help + ': ' + v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`

// FAIRWAY_SHOTS names a folder for pictures, FAIRWAY_AXE the file of the accessibility checker.
func TestPublicPagesInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes a while")
	}
	w := newWorld(t)
	letter := mail.Message{ID: "a@localhost", To: "ada@tpp.example", Subject: "Confirm your e-mail address",
		Text: "Confirm it here:\n\nhttp://localhost:8080/verify/lnk_abc.def\n", HTML: "<p>Confirm it <a href=\"x\">here</a></p>"}
	if err := w.outbox.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	ctx := chrome.Start(t, 3*time.Minute)
	axe := ""
	if name := os.Getenv("FAIRWAY_AXE"); name != "" {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		axe = string(source)
	}
	if err := chromedp.Do(ctx, onEveryPage(watch)); err != nil {
		t.Fatal(err)
	}
	pages := []string{"/", "/docs", "/docs/start", "/docs/flow", "/docs/environments", "/docs/auth", "/docs/signing", "/docs/errors",
		"/docs/errors/SIGNATURE_INVALID?rid=abc", "/docs/errors/SIGNATUR_INVALID", "/docs/errors/CONSENT_UNKNOWN", "/dev/outbox", "/dev/outbox/1"}
	for _, path := range pages {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390, 320} {
				for _, problem := range problems(ctx, t, server.URL+path, scheme, width, axe) {
					t.Errorf("%s, %s, %d px: %s", path, scheme, width, problem)
				}
				keep(ctx, t, fmt.Sprintf("%s-%s-%d", strings.Trim(strings.NewReplacer("/", "_", "?", "_").Replace(path), "_"), scheme, width))
			}
		}
	}
}

func problems(ctx context.Context, t *testing.T, address, scheme string, width int64, axe string) []string {
	t.Helper()
	if err := chromedp.Do(ctx, colours(scheme), chromedp.EmulateViewport(width, 900), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`window.__broken`))
	if err != nil {
		t.Fatal(err)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
	if err != nil {
		t.Fatal(err)
	}
	if over > 0 {
		out = append(out, fmt.Sprintf("the page is %d px too wide", over))
	}
	if axe == "" || width == 320 {
		return out
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		t.Fatal(err)
	}
	findings, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return append(out, findings...)
}

func keep(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
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

func TestThePanelThatArmsACodeInABrowser(t *testing.T) {
	w := newWorld(t)
	organisation, ids := w.tpp("Savings planner", "An app whose name has as many letters as a name may have, 60")
	for n, outcome := range []string{"PARAMETER_NOT_CONSISTENT", "slow"} {
		order, err := rehearsals.Wish{Outcome: outcome, Calls: 10}.Order()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.orders.Arm(t.Context(), organisation, ids[n], order); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	ctx := chrome.Start(t, 3*time.Minute)
	axe := ""
	if name := os.Getenv("FAIRWAY_AXE"); name != "" {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		axe = string(source)
	}
	if err := chromedp.Do(ctx, onEveryPage(watch)); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390, 320} {
			for _, problem := range problems(ctx, t, server.URL+"/docs/errors/CONSENT_UNKNOWN", scheme, width, axe) {
				t.Errorf("%s, %d px: %s", scheme, width, problem)
			}
			keep(ctx, t, fmt.Sprintf("code-armed-%s-%d", scheme, width))
		}
	}
}
