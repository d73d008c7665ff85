package backoffice_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fairway/internal/accounts"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/testkit"
	"fairway/internal/testkit/chrome"
)

// newVisit is a colleague in front of a real browser. What happened before she signed in is arranged by past.
func newVisit(t *testing.T, past func(*office)) (v *colleague, tab *chrome.Tab) {
	t.Helper()
	chrome.Need(t)
	clk := testkit.Clock()
	chrome.Serve(t, func(at string) http.Handler {
		o := newOfficeOn(t, testkit.SQLiteAt(t, clk), clk, nca.Config{}, at)
		o.importAll()
		past(o)
		v = o.colleague("anna@fairway.example", accounts.Admin)
		return o.handler
	})
	tab = chrome.Open(t, v.at, v.cookie)
	tab.Cookie("fairway_device", v.Device.Reveal())
	return v, tab
}

func TestTheReviewPagesInABrowser(t *testing.T) {
	t.Parallel()
	var a, failed, unknown, waiting *applicant
	v, tab := newVisit(t, func(o *office) {
		o.examined("Copycat Oy", demo.Request{Organisation: "Copycat Oy", Number: "9900009-9"})
		o.examined("Hostile <i>Oy</i>", demo.Request{Flaw: "hostile-name"})
		o.clock.Advance(6 * 24 * time.Hour)
		a = o.examined("Budget Buddy Oy", demo.Request{Organisation: "Revontuli Tilinakyma Oyj"})
		failed = o.examined("Hamara Oy", demo.Request{Flaw: "withdrawn"})
		unknown = o.examined("Unlisted Oy", demo.Request{Flaw: "not-in-register"})
		waiting = o.submitted("Waiting Oy", demo.Request{})
	})
	v.clock.Advance(6 * time.Minute) // the last code is too old to decide with
	tab.Open("/admin/reviews?state=approved")
	tab.Sound("queue-empty")
	tab.Open("/admin/reviews")
	tab.Sound("queue")
	tab.Open("/admin")
	tab.Sound("administration")
	for name, one := range map[string]*applicant{"review": a, "review-failed": failed, "review-unknown": unknown, "review-examining": waiting} {
		tab.Open(path(one))
		tab.Sound(name)
	}
	tab.Open(path(a))
	tab.Do(chromedp.EmulateViewport(1280, 800))
	mark := chrome.Ask[[]float64](tab, `(({ top, bottom }) => [top, bottom, innerHeight, scrollY])(document.querySelector('#register-1 mark').getBoundingClientRect())`)
	t.Logf("the letter that differs stands from %.0f to %.0f px of %.0f, scrolled by %.0f", mark[0], mark[1], mark[2], mark[3])
	if mark[0] < 0 || mark[1] > mark[2] || mark[3] != 0 {
		t.Error("the letter that differs cannot be seen without scrolling")
	}
	tab.Do(chromedp.SendKeys(chromedp.CSS(`#reason`), "We look at the names."))
	tab.Press(`#verdict-3`, `#decision`)
	tab.Press(`#decide button[value=preview]`, `#letter`)
	if chrome.Ask[bool](tab, `document.querySelector('#decision').getBoundingClientRect().top > innerHeight`) {
		t.Error("the letter is drawn where nobody sees it")
	}
	tab.Sound("review-letter")
	tab.Press(`#decide .btn.primary`, `.error-summary`) // the code is missing
	tab.Sound("review-refused")
}

// The screen is loaded by itself once the sources have answered.
func TestTheScreenComesByItselfWhenTheSourcesHaveAnswered(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t, func(*office) {})
	a := v.submitted("Budget Buddy Oy", demo.Request{})
	tab.Open(path(a))
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`#examining`)))

	a.examine()

	tab.Do(chromedp.WaitVisible(chromedp.CSS(`#decide`)))
}

// A clean case is decided with six clicks at most, from the start page on.
func TestAnAdministratorApprovesWithFewClicks(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t, func(*office) {})
	a := v.examined("Budget Buddy Oy", demo.Request{})
	tab.Open("/admin")
	tab.Press(`#queue .btn`, `table`)                  // 1
	tab.Press(`.head-actions .btn.primary`, `#decide`) // 2
	tab.Press(`#verdict`, `#template`)                 // 3
	tab.Do(chromedp.Click(chromedp.CSS(`#template`)))  // 4
	tab.Do(chromedp.SendKeys(chromedp.CSS(`#template`), "Approve: everything\r"))
	tab.Press(`#decide .btn.primary`, `.flash`) // 5

	if e := a.now(); e.State != enrolments.Approved || e.DecidedBy != v.Person.ID || v.get("/admin/reviews").status != http.StatusOK {
		t.Errorf("%s by %s", e.State, e.DecidedBy)
	}
}
