package playground_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

// tab is a browser of a member in front of the street. Each request takes some time of the street's clock.
func (s *street) tab(m *member, each time.Duration) *chrome.Tab {
	s.t.Helper()
	address := ""
	chrome.Serve(s.t, func(at string) http.Handler {
		address = at
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = strings.TrimPrefix(base, "http://")
			if r.Header.Get("Origin") != "" {
				r.Header.Set("Origin", base)
			}
			s.clock.Advance(each)
			m.handler.ServeHTTP(w, r)
		})
	})
	return chrome.Open(s.t, address, m.cookie)
}

// hold keeps the answers to a path until release is called.
func (s *street) hold(path string) (release func()) {
	wait := make(chan struct{})
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, path) {
			<-wait
		}
		return false
	}
	release = sync.OnceFunc(func() { close(wait) })
	s.t.Cleanup(release) // before the server ends, which waits for its requests
	return release
}

// pressAndLeave clicks a button that leads to another page and, before that page is there, what it waits for: the browser's
// own tools are deaf meanwhile, so the page does it by itself. The words of the button at that moment are kept in its session storage.
func pressAndLeave(tab *chrome.Tab, button, way string) {
	tab.Do(chromedp.Evaluate[chromedp.Void](`(() => {
		const button = document.querySelector('` + button + `'), way = document.querySelector('` + way + `');
		const look = setInterval(() => {
			if (!way.checkVisibility()) return;
			clearInterval(look);
			sessionStorage.said = button.textContent;
			way.click();
		}, 100);
		setTimeout(() => button.click());
	})()`))
}

func TestALateAnswerIsWaitedForInABrowserAndCanBeLeft(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	s := newStreet(t)
	m, _, _ := s.finished()
	tab := s.tab(m, 100*time.Millisecond)

	release := s.hold("/card-accounts")
	tab.Open("/playground/request?operation=card-accounts.list")
	pressAndLeave(tab, `#request form .btn.primary`, `[data-late] a`)
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`[data-again]`)))
	release()
	tab.Do(chromedp.WaitNotPresent(chromedp.CSS(`[data-again]`)), chromedp.WaitVisible(chromedp.CSS(`#sent`))) // nobody loads the page again
	if text := chrome.Ask[string](tab, `document.querySelector('#sent tbody tr').textContent`); !strings.Contains(text, "GET /card-account/v1/card-accounts") || !strings.Contains(text, "200 OK") {
		t.Errorf("the first row says %q", text)
	}

	release = s.hold("/consents")
	tab.Open("/playground/flow")
	pressAndLeave(tab, `main form .btn.primary`, `[data-late] a`)
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`#runs`)))
	if text := chrome.Ask[string](tab, `document.querySelector('#runs tbody tr').textContent`); !strings.Contains(text, "Under way") {
		t.Errorf("the run says %q", text)
	}
	tab.Press(`#runs tbody a`, `[data-again]`)
	release()
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/v1/authorizations"]`)))
	tab.Sound("flow-about", "/playground/flow")
}

func TestTheWaitForALateAnswerIsEndedInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	s := newStreet(t)
	m, _, _ := s.finished()
	tab := s.tab(m, 0)
	s.hold("/card-accounts")
	tab.Open("/playground/request?operation=card-accounts.list")

	pressAndLeave(tab, `#request form .btn.primary`, `[data-stop]`)

	tab.Do(chromedp.WaitVisible(chromedp.CSS(`[data-stopped]`)))
	if said := chrome.Ask[string](tab, `sessionStorage.said`); !strings.Contains(said, "Waiting, 10 s") {
		t.Errorf("the button said %q", said)
	}
	if busy := chrome.Ask[bool](tab, `document.querySelector('[data-late]').checkVisibility() || document.querySelector('[aria-busy]') !== null`); busy {
		t.Error("nobody waits any more, and the page does")
	}
	tab.Sound("stopped-waiting")
	tab.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('[data-late], [data-stop]').forEach((part) => { part.hidden = false; })`))
	tab.Sound("late")
}

func TestRequestsAreBrokenComparedAndSavedInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	s := newStreet(t)
	m, _, path := s.finished()
	s.limit(m.org, 5)
	tab := s.tab(m, 2*time.Second)
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
	tab.Do(chromedp.Click(chromedp.CSS(`[href="#sent-signing"]`)), chromedp.WaitVisible(chromedp.CSS(`#sent-signing`)),
		chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('#sent-signing details').forEach((part) => { part.open = true; }); scrollTo(0, 0)`))
	if !chrome.Ask[bool](tab, `document.getElementById('sent-signing').textContent.includes('What was sent instead')`) {
		t.Error("the digest that was sent is not told beside the right one")
	}
	tab.Sound("signing-apart")
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
	long := "Too many at once: a name with as many letters as a name may have, which are 80, ok"
	tab.Do(chromedp.SetValue(chromedp.CSS(`#name`), long[:80]), chromedp.SetValue(chromedp.CSS(`#note`), "Shows the countdown."))
	tab.Press(`main form .btn.primary`, `#saved table`)
	tab.Sound("history")
	tab.Press(`#saved th a`, `#request`)
	if got := chrome.Ask[string](tab, `document.querySelector('#mistake').value`); got != "six-at-once" {
		t.Errorf("the saved request opens with the mistake %q", got)
	}
}

func TestTheBodyIsCheckedWhileItIsTypedInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	s := newStreet(t)
	m, _, _ := s.finished()
	tab := s.tab(m, 0)
	tab.Open("/playground/request?operation=consents.create")
	said := func(want string) {
		t.Helper()
		testkit.Eventually(t, want, func() bool {
			text := chrome.Ask[string](tab, `document.getElementById('body-json').textContent`)
			return text == want || want != "" && strings.HasPrefix(text, want)
		})
	}
	write := func(text string) {
		tab.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#body').select()`), chromedp.KeyEvent(text))
	}

	write(`{"access": {}`)
	said("This is not JSON, and can be sent all the same. ")
	tab.Keep("request-json")
	write(`{"access": "ä"}`)
	said("This is JSON.")

	write("x\b") // everything is gone
	said("")
}
