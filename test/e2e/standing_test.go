package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// listen writes down what a screen reader is told from now on; a page that is loaded again forgets it.
const listen = `(() => {
  window.__told = [];
  for (const region of document.querySelectorAll('[role=status], [aria-live]')) {
    new MutationObserver(() => { const text = region.textContent.trim(); if (text) __told.push(text); }).observe(region, { childList: true, characterData: true, subtree: true });
  }
  return true;
})()`

// latestNews is how long a page that is open may lag behind a decision.
const latestNews = 20 * time.Second

func TestADecisionReachesThePageThatIsOpen(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	tpp, admin := newTab(t, sv), sv.browser(t)
	tpp.signUp("owner@revontuli.example")
	tpp.handIn(sv.pair(t, ""))
	admin.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	path := admin.review(t)
	ask[bool](tpp, listen)

	admin.decide(path, "approve", "Certificates, register and proof agree.")
	decided := time.Now()

	within(t, latestNews, "the decision on the open page", func() bool { return strings.Contains(tpp.words(), "Your certificates are accepted for Live.") })
	shown := time.Since(decided)
	admin.expectLetter(t, "owner@revontuli.example", "Your certificates are accepted for Live")
	told := ask[[]string](tpp, "window.__told ?? ['the page was loaded again']")
	if len(told) != 1 || told[0] != "Approved. Your certificates are accepted for Live." {
		t.Errorf("a screen reader is told %q", told)
	}
	t.Logf("the open page shows the decision after %.1f s, the letter is there after %.1f s, %d message is read out", shown.Seconds(), time.Since(decided).Seconds(), len(told))
	tpp.look()
	tpp.press("Create an app")
	tpp.expectQuiet()
}

func TestAPageWhoseVisitorIsSignedOutSaysSo(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	b := newTab(t, sv)
	b.signUp("owner@revontuli.example")
	b.handIn(sv.pair(t, ""))
	elsewhere := sv.browser(t)
	elsewhere.logIn("owner@revontuli.example")
	elsewhere.open("/account")
	elsewhere.submit(elsewhere.formTo("/account/sessions"))

	until(t, "the page for signing in", func() bool { return strings.Contains(b.address(), "/login?next=") })
	b.logIn("owner@revontuli.example")

	until(t, "the way back", func() bool {
		return strings.HasSuffix(b.address(), livePath) && strings.Contains(b.words(), "Where it stands")
	})
}

// logIn signs somebody in with the password alone.
func (b *browser) logIn(email string) {
	b.t.Helper()
	b.open("/login")
	b.submit(b.formTo("/login"), "email", email, "password", password)
	b.follow()
}

// logIn fills in the form on the page and sends it by Enter, which counts as a click.
func (b *tab) logIn(email string) {
	b.t.Helper()
	b.clicks++
	b.fill("email", email)
	b.fill("password", password+"\r")
	until(b.t, "the page behind the sign-in", func() bool { return !strings.Contains(b.address(), "/login") })
}

// mostToGoOn is how many clicks lead back into the way to Live on another machine.
const mostToGoOn = 2

func TestTheWayToLiveGoesOnOnAnotherMachine(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	email := "wandering-" + randomHex(4) + "@acme.example"
	dir := sv.pair(t, "")
	first, second := newTab(t, sv), newTab(t, sv)
	first.signUp(email)
	first.open(livePath + "/upload")
	first.paste("qwac", read(t, dir, "qwac.pem"))
	first.paste("qseal", read(t, dir, "qseal.pem")+read(t, dir, "chain.pem"))
	first.press("Read certificates")
	first.press("Continue")
	first.press("Make a challenge")
	text := ask[string](first, `document.getElementById('challenge-text').textContent`)
	if err := chromedp.Cancel(first.ctx); err != nil {
		t.Fatal(err)
	}

	second.open("/login")
	second.clicks = 0
	second.logIn(email)
	second.goTo(livePath)

	until(t, "the same challenge on the other machine", func() bool {
		return ask[string](second, `document.getElementById('challenge-text')?.textContent ?? ''`) == text
	})
	if second.clicks > mostToGoOn {
		t.Errorf("%d clicks lead to it", second.clicks)
	}
	t.Logf("the third step is open on another machine after %d clicks", second.clicks)
}

// goTo clicks the link of the navigation at the left.
func (b *tab) goTo(path string) {
	b.t.Helper()
	b.clicks++
	link := chromedp.CSS(`.sidenav a[href="` + path + `"]`)
	b.do(chromedp.Click(link))
	until(b.t, "the page behind "+path, func() bool { return strings.Contains(b.address(), path) })
}
