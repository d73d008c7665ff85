package playground_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"fairway/internal/testkit/chrome"
)

// newStreetTab is a TPP with a finished run in front of a real browser, which reaches the door under another name than its own.
func newStreetTab(t *testing.T) (path string, tab *chrome.Tab) {
	t.Helper()
	chrome.Need(t)
	s := newStreet(t)
	m, _, path := s.finished()
	address := ""
	chrome.Serve(t, func(at string) http.Handler {
		address = at
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = strings.TrimPrefix(base, "http://")
			if r.Header.Get("Origin") != "" {
				r.Header.Set("Origin", base)
			}
			m.handler.ServeHTTP(w, r)
		})
	})
	return path, chrome.Open(t, address, m.cookie)
}

func TestARequestIsCopiedInTheLanguageThatWasChosen(t *testing.T) {
	t.Parallel()
	path, tab := newStreetTab(t)
	tab.Open("/playground/request?operation=card-accounts.list")
	tab.Press(`#request form .btn.primary`, `#sent-answer`)
	tab.Do(chromedp.Click(chromedp.CSS(`[href="#sent-copy"]`)), chromedp.WaitVisible(chromedp.CSS(`#sent-sample-curl`)))
	tab.Do(chromedp.Click(chromedp.CSS(`[href="#sent-sample-go"]`)), chromedp.WaitVisible(chromedp.CSS(`#sent-sample-go`)))
	tab.Sound("request-copy-as")
	if !chrome.Ask[bool](tab, `document.cookie.includes('lang_pref=go') && document.getElementById('sent-sample-curl').hidden`) {
		t.Error("the choice is not kept")
	}

	tab.Open(path)
	if !chrome.Ask[bool](tab, `[...document.querySelectorAll('.sample')].every((p) => p.textContent.includes('package main')) && document.querySelectorAll('.sample').length > 3`) {
		t.Error("the run does not show the programs in Go")
	}
	step := chrome.Ask[string](tab, `document.querySelector('.sample').id`)
	tab.Open(path + "?lang=python#" + step)
	tab.Do(chromedp.WaitVisible(chromedp.CSS("#" + step)))
	tab.Sound("flow-copy-as")
	if !chrome.Ask[bool](tab, `document.cookie.includes('lang_pref=python') && document.getElementById('`+step+`').textContent.includes('import os')`) {
		t.Error("the link to Python does not open its program")
	}
}
