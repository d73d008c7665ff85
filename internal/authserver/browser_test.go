package authserver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

// watch collects what the policy refused and what scripts complained about.
const watch = `window.__broken = [];
addEventListener('securitypolicyviolation', (e) => __broken.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', (e) => __broken.push('script: ' + e.message));`

func onEveryPage(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return chromedp.Void{}, err
	}
}

// keepPicture writes a picture, where FAIRWAY_SHOTS names a folder.
func keepPicture(ctx context.Context, t *testing.T, name string) {
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

func TestACustomersBrowserReachesTheTPPInThreeClicks(t *testing.T) {
	t.Parallel()
	ctx := chrome.Start(t, 2*time.Minute)
	w := newWorld(t)
	arrived := make(chan url.Values, 1)
	tpp := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			arrived <- r.URL.Query()
		}
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte("<title>Budget Buddy</title>"))
	}))
	t.Cleanup(tpp.Close)
	w.org, w.thumbprint = w.organisation("Second TPP")
	w.app, w.secret = w.newApp(w.org, tpp.URL+"/callback")
	query := w.query(w.consent())
	query.Set("redirect_uri", tpp.URL+"/callback")
	w.must(chromedp.Do(ctx, onEveryPage(watch), chromedp.EmulateViewport(480, 900), chromedp.Navigate(w.people+bankPath+"/v1/authorizations?"+query.Encode())))

	for _, step := range []struct{ heading, button string }{
		{"Sign in to Rocker", `button[name="psu_id"][value="1345611"]`},
		{"Allow Budget Buddy Oy to see your accounts?", `form.go-on button`},
		{"Confirm with your code", `form.go-on button`},
	} {
		testkit.Eventually(t, step.heading, func() bool {
			title, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('h1')?.textContent ?? ''`))
			return err == nil && strings.TrimSpace(title) == step.heading
		})
		broken, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`window.__broken`))
		if err != nil || len(broken) > 0 {
			t.Errorf("%s: %v %v", step.heading, broken, err)
		}
		over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
		if err != nil || over > 0 {
			t.Errorf("%s: %d px too wide, %v", step.heading, over, err)
		}
		keepPicture(ctx, t, strings.ReplaceAll(step.heading, " ", "-"))
		w.must(chromedp.Do(ctx, chromedp.Click(chromedp.CSS(step.button), chromedp.NodeVisible)))
	}

	select {
	case answer := <-arrived:
		if answer.Get("code") == "" || answer.Get("state") != "a state & more" || answer.Get("iss") != authURL+"/sandbox/rocker" {
			t.Errorf("%v", answer)
		}
	case <-time.After(10 * time.Second):
		t.Error("the browser did not arrive; the policy may have stopped the redirect")
	}
}
