package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// watchShifts writes down what moves while a page is drawn, from its first paint on, and how much.
const watchShifts = `window.__shifts = [];
const where = (s) => (s.node?.localName ?? 'text') + '.' + (s.node?.className ?? '') + ' ' + s.previousRect.y + '-' + s.currentRect.y;
new PerformanceObserver((list) => list.getEntries().forEach((e) => __shifts.push(e.value + ': ' + e.sources.map(where).join(', ')))).observe({ type: 'layout-shift', buffered: true });`

// drawn waits until a page is drawn for good: its fonts are there, and two frames have passed.
const drawn = `document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`

// sentPrograms are the languages of the programs as the server sent them, before any script.
const sentPrograms = `fetch(location.href).then((r) => r.text()).then((text) => [...new DOMParser().parseFromString(text, 'text/html')
.querySelectorAll('.tablist a[aria-current=true][data-lang]')].map((a) => a.dataset.lang))`

const shownPrograms = `[...document.querySelectorAll('.tablist [data-lang]:is([aria-selected=true], [aria-current=true])')].map((a) => a.dataset.lang)`

// slowLine is a telephone's: the page is painted before its fonts and scripts are there.
func (b *tab) slowLine() {
	b.t.Helper()
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
			return chromedp.Void{}, err
		}
		late := func(names string, latency float64) *network.Conditions {
			return &network.Conditions{URLPattern: names, Latency: latency, DownloadThroughput: -1, UploadThroughput: -1}
		}
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{late("*://*:*/*.woff2*", 500), late("*://*:*/*.js*", 900)}})
		return chromedp.Void{}, err
	})
}

func TestTheLanguageThatWasChosenIsThereAtTheFirstPaint(t *testing.T) {
	t.Parallel()
	b := newTab(t, town(t, wideLimits))
	b.do(onEveryPage(watchShifts))
	b.slowLine()
	b.open("/reference/card-account/v1")
	operation := ask[string](b, `document.querySelector('main a[href^="/reference/card-account/v1/"]:not([href*="openapi"])').href`)
	b.open("/docs/signing")
	b.do(chromedp.Click(chromedp.CSS(`.tablist [data-lang=go]`)))

	for _, page := range []string{"/docs/auth", operation, "/docs/signing"} {
		b.open(page)
		b.await(drawn)
		sent, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](sentPrograms, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		shown, moved := ask[[]string](b, shownPrograms), ask[[]string](b, "__shifts")
		t.Logf("%s: sent %v, shown %v, layout shifts %v", page, sent, shown, moved)
		if !onlyGo(sent) || !onlyGo(shown) || len(moved) > 0 {
			t.Errorf("%s is not in Go from its first paint on", page)
		}
	}
	ask[bool](b, `(document.querySelector('main').prepend(Object.assign(document.createElement('p'), { textContent: 'late', className: 'lead' })), true)`)
	until(t, "the shift that was made on purpose", func() bool { return len(ask[[]string](b, "__shifts")) > 0 })
}

// await waits for a promise.
func (b *tab) await(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression, chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatal(err)
	}
}

func onlyGo(list []string) bool {
	for _, lang := range list {
		if lang != "go" {
			return false
		}
	}
	return len(list) > 0
}
