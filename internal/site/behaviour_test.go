package site_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"fairway/internal/testkit/chrome"
)

// wait polls an expression on the page until it holds.
func wait(b *chrome.Tab, expression string) {
	b.Do(chromedp.Poll[chromedp.Void](expression))
}

func TestBrowserAWordIsExplainedWhereItStands(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	b := newWorld(t).tab("/docs/signing")

	const word = `[popovertarget="term-qseal"]`
	b.Do(chromedp.Focus(chromedp.CSS(word)), chromedp.KeyEvent("\r"))

	wait(b, `document.querySelector('#term-qseal:popover-open') !== null`)
	if !chrome.Ask[bool](b, `(() => { const n = document.getElementById('term-qseal').getBoundingClientRect(); return n.left >= 0 && n.top >= 0 && n.right <= innerWidth && n.bottom <= innerHeight && n.width > 100 })()`) {
		t.Error("the explanation is not on the screen")
	}
	b.Keep("term-open")
	b.Sound("term-open")
	b.Do(chromedp.KeyEvent("\u001b"))
	wait(b, `document.querySelector('#term-qseal:popover-open') === null && document.activeElement.matches('`+word+`')`)
}

func TestBrowserTheHotkeyLeadsToTheSearchAndResultsFollowTheTyping(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	b := newWorld(t).tab("/docs/signing")

	b.Do(chromedp.Evaluate[chromedp.Void](`dispatchEvent.call(document, new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true, cancelable: true}))`))
	wait(b, `document.activeElement.id === 'finder'`)
	b.Open("/search")
	b.Do(chromedp.SendKeys(chromedp.CSS("#q"), "SIGNATURE_INV"))

	wait(b, `document.querySelector('#results a')?.getAttribute('href') === '/docs/errors/SIGNATURE_INVALID'`)
	if !chrome.Ask[bool](b, `document.activeElement.id === 'q' && document.querySelectorAll('h1').length === 1 && document.querySelectorAll('#results').length === 1`) {
		t.Error("the field lost the focus, or more than the results was replaced")
	}
	b.Sound("search-typed")
}

func TestBrowserTheChallengeFollowsTheTyping(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	b := newWorld(t).tab("/docs/auth")

	b.Do(chromedp.SendKeys(chromedp.CSS("#verifier"), "~"))
	wait(b, `document.getElementById('pkce-bytes').textContent.includes('7e')`)
	longer := chrome.Ask[string](b, `document.getElementById('pkce-challenge').textContent`)
	b.Do(chromedp.Click(chromedp.CSS("[data-pkce-new]"), chromedp.NodeVisible))
	wait(b, `document.getElementById('verifier').value.length === 43`)
	wait(b, `document.getElementById('pkce-challenge').textContent !== '`+longer+`'`)
	b.Do(chromedp.SendKeys(chromedp.CSS("#verifier"), "?"))

	wait(b, `document.querySelector('[data-pkce-status]').textContent.includes('letters, digits')`)
	if at := chrome.Ask[string](b, `location.pathname + location.search`); at != "/docs/auth" {
		t.Errorf("the verifier was sent to %s", at)
	}
}

func TestBrowserThePagesToLookThingsUpIn(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	b := newWorld(t).tab("/search")

	for name, path := range map[string]string{
		"limits": "/docs/limits", "versions": "/docs/versions", "changelog": "/docs/changelog", "changelog-none": "/docs/changelog?tag=removed",
		"terms": "/docs/terms", "terms-none": "/docs/terms?q=zebra", "contact": "/docs/contact?rid=abc", "search": "/search", "search-none": "/search?q=zebra",
	} {
		b.Sound(name, path)
	}
}

// tab opens a page of the world in a browser.
func (w *world) tab(path string) *chrome.Tab {
	w.t.Helper()
	address := ""
	chrome.Serve(w.t, func(at string) http.Handler {
		address = at
		return w.handler
	})
	b := chrome.Open(w.t, address, "none")
	b.Do(chromedp.EmulateViewport(1280, 800))
	b.Open(path)
	return b
}
