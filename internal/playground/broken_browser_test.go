package playground_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/testkit/chrome"
)

func TestRequestsAreBrokenComparedAndSavedInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	s := newStreet(t)
	m, _, path := s.finished()
	s.limit(m.org, 5)
	address := ""
	chrome.Serve(t, func(at string) http.Handler {
		address = at
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = strings.TrimPrefix(base, "http://")
			if r.Header.Get("Origin") != "" {
				r.Header.Set("Origin", base)
			}
			s.clock.Advance(2 * time.Second)
			m.handler.ServeHTTP(w, r)
		})
	})
	tab := chrome.Open(t, address, m.cookie)
	tab.Open(path)
	tab.Sound("flow-explained")
	tab.Sound("request-customers", "/playground/request?operation=consents.create&psu=1345611")
	for _, mistake := range []string{"crlf", "no-api-key", "digest-in-hex"} {
		tab.Open("/playground/request?operation=card-accounts.list&mistake=" + mistake)
		tab.Press(`#request form .btn.primary`, `#sent-answer`)
		if !chrome.Ask[bool](tab, `document.body.textContent.includes('and that came. All else was right.')`) {
			t.Errorf("%s: another answer came", mistake)
		}
		tab.Do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // the head that stays lies over what is at the top
		tab.Sound("broken-" + mistake)
	}

	tab.Do(chromedp.Click(chromedp.CSS(`[href="#sent-request"]`)), chromedp.WaitVisible(chromedp.CSS(`#sent-request`)))
	tab.Do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
	tab.Sound("request-explained")
	tab.Open("/playground/request?operation=card-accounts.list&mistake=six-at-once")
	tab.Press(`#request form .btn.primary`, `[data-wait]`)
	if !chrome.Ask[bool](tab, `document.querySelector('form[data-send] button').disabled`) {
		t.Error("Send is not disabled while the limit lasts")
	}
	tab.Do(chromedp.WaitEnabled(chromedp.CSS(`form[data-send] button.primary`)))
	if !chrome.Ask[bool](tab, `document.querySelector('[data-wait]').textContent.includes('you can send again')`) {
		t.Error("the page does not say that the time is over")
	}

	tab.Open("/playground/history")
	tab.Do(chromedp.Click(chromedp.CSS(`tr:nth-child(2) [name=pick]`)), chromedp.Click(chromedp.CSS(`tr:nth-child(3) [name=pick]`)))
	tab.Press(`#sent form .btn`, `#answer-headers`)
	tab.Sound("compare")
	tab.Open("/playground/history")
	tab.Press(`a[href^="/playground/saved/new"]`, `#name`)
	tab.Sound("save")
	tab.Do(chromedp.SetValue(chromedp.CSS(`#name`), "Too many at once"), chromedp.SetValue(chromedp.CSS(`#note`), "Shows the countdown."))
	tab.Press(`main form .btn.primary`, `#saved table`)
	tab.Sound("history")
	tab.Press(`#saved th a`, `#request`)
	if got := chrome.Ask[string](tab, `document.querySelector('#mistake').value`); got != "six-at-once" {
		t.Errorf("the saved request opens with the mistake %q", got)
	}
}
