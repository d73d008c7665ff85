package site_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"fairway/internal/testkit/chrome"
)

// lit puts the focus on a step of the diagram, or on none, and lists how far each leg can be seen.
const lit = `(() => { document.activeElement.blur(); document.querySelectorAll('.sequence ol a')[%d]?.focus();
return new Promise(requestAnimationFrame).then(() => Promise.all(document.getAnimations().map((a) => a.finished)))
.then(() => [...document.querySelectorAll('.leg')].map((l) => getComputedStyle(l).opacity).join(' ')); })()`

// focused lets the page have the focus, though its window has none.
func focused(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return chromedp.Void{}, err
}

func TestTheStepWithTheFocusLightsUpItsLinesInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes a while")
	}
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	ctx := chrome.Start(t, 3*time.Minute)
	if err := chromedp.Do(ctx, colours("light"), focused, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/docs/flow")); err != nil {
		t.Fatal(err)
	}
	for step := range 7 {
		want := strings.TrimSuffix(strings.Repeat("1 ", 6), " ")
		if step < 6 {
			legs := strings.Fields(strings.Repeat("0.3 ", 6))
			legs[step] = "1"
			want = strings.Join(legs, " ")
		}

		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(lit, step), chromedp.EvalAwaitPromise))

		if err != nil || got != want {
			t.Errorf("step %d: %q, want %q, %v", step+1, got, want, err)
		}
		if step == 1 {
			keep(ctx, t, "flow-second-step")
		}
	}
}
