package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// mostClicks is how many clicks from the landing page to the first 200 OK are promised; letters do not count.
const mostClicks = 12

func TestANewcomerReaches200InABrowserWithinTwelveClicks(t *testing.T) {
	t.Parallel()
	b := newTab(t, town(t, ""))
	b.axe = axeSource(t)
	started := time.Now()

	b.reach200()

	t.Logf("from the landing page to 200 OK in %d clicks and %.1f s", b.clicks, (time.Since(started) - b.looked).Seconds())
	if b.clicks > mostClicks {
		t.Errorf("it took %d clicks, promised are %d", b.clicks, mostClicks)
	}
	b.visitEverything()
	b.expectQuiet()
	b.proveTheChecker()
}

// TestASecretThatWasShownOnceIsNotThereOnTheWayBack looks at the page, at what the browser stores, and at all that the
// server keeps; the last once more when it has ended.
func TestASecretThatWasShownOnceIsNotThereOnTheWayBack(t *testing.T) {
	t.Parallel()
	b := newTab(t, start(t, settings{}))
	b.signUp("owner@acme.example")
	b.press("Set up my sandbox")
	b.hideSecrets()

	b.goBackToASecret()

	found := append(b.sv.leftovers(), b.sv.book.leaksIn("the log", b.sv.out.String())...)
	t.Logf("%d hits in log, files and tables", len(found))
	for _, hit := range found {
		t.Error(hit)
	}
}

func TestANewcomerReaches200WithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, town(t, ""))
	b.withoutScripts()
	started := time.Now()

	b.reach200()

	t.Logf("without scripts from the landing page to 200 OK in %d clicks and %.1f s", b.clicks, (time.Since(started) - b.looked).Seconds())
	if b.clicks > mostClicks+4 {
		t.Errorf("it took %d clicks, promised are %d", b.clicks, mostClicks+4)
	}
	b.expectQuiet()
}

// reach200 goes the shortest way as it is written on the pages.
func (b *tab) reach200() {
	b.t.Helper()
	b.signUp("browser-" + randomHex(4) + "@acme.example")
	b.press("Set up my sandbox")
	b.hideSecrets()
	b.look()
	b.press("Continue to the example flow")
	b.look()
	b.press("Run to the consent")
	b.look()
	b.press("Open the bank")
	b.look()
	b.press("Continue as 1345611")
	b.look()
	b.press("Approve")
	b.look()
	b.fill("code", "123456")
	b.press("Confirm")
	b.look()
	if text := b.words(); !strings.Contains(text, "200 OK") || !strings.Contains(text, "5243 78** **** 8693") {
		b.t.Fatalf("the flow ended with %s:\n%s", b.address(), text)
	}
}

// signUp makes an account, from the landing page to the dashboard, by way of the letter's link.
func (b *tab) signUp(email string) {
	b.t.Helper()
	b.sv.book.hide("the password", password)
	b.open("/")
	b.look()
	b.press("Start in the sandbox")
	b.look()
	b.fill("email", email)
	b.fill("organisation", "Acme Payments "+randomHex(3))
	b.choose("country", "FI")
	b.fill("password", password)
	b.press("Create account")
	b.look()
	b.open(b.sv.browser(b.t).letterLink(b.t, email, "/verify/"))
	b.look()
	b.press("Confirm")
	b.look()
}

var shownSecret = regexp.MustCompile(`(?:sbx|live)_[as]k_[A-Za-z0-9_-]{43}`)

// hideSecrets writes what the page shows this once into the book.
func (b *tab) hideSecrets() []string {
	b.t.Helper()
	found := shownSecret.FindAllString(ask[string](b, "document.documentElement.outerHTML"), -1)
	if len(found) < 2 {
		b.t.Fatalf("the page shows no secrets:\n%s", b.words())
	}
	for _, secret := range found {
		b.sv.book.hide("a secret that was shown once", secret)
	}
	return found
}

// visitEverything opens one page of each kind.
func (b *tab) visitEverything() {
	b.t.Helper()
	b.open("/playground/apps")
	app := strings.TrimPrefix(ask[string](b, `document.querySelector('main a[href*="/playground/apps/app_"]').href`), b.sv.portal)
	b.open("/playground/requests")
	request := strings.TrimPrefix(ask[string](b, `document.querySelector('main a[href*="/playground/requests/"]').href`), b.sv.portal)
	for _, path := range []string{
		"/playground", "/playground/certificates", "/playground/certificates/regenerate", "/playground/certificates/download", "/playground/apps",
		"/playground/apps/new", app, app + "/edit", app + "/rotate?kind=api_key", app + "/delete", "/playground/apis", "/playground/flow",
		"/playground/request", "/playground/requests", request, "/account", "/docs", "/docs/start", "/docs/flow", "/docs/environments", "/docs/auth",
		"/docs/signing", "/docs/errors", "/docs/errors/SIGNATURE_INVALID", "/login", "/reset", "/dev/outbox", "/no/such/page",
	} {
		b.open(path)
		if strings.Contains(b.words(), "Nothing is here") != (path == "/no/such/page") {
			b.t.Errorf("%s: %s", path, b.words())
		}
		b.look()
	}
}

// proveTheChecker puts a fault of each kind into a page, and expects that checker and console notice.
func (b *tab) proveTheChecker() {
	b.t.Helper()
	b.open("/docs")
	ask[bool](b, `(document.querySelector('main').append(document.createElement('img')), true)`)
	if found := strings.Join(b.violations(), " "); b.axe != "" && !strings.Contains(found, "image-alt") {
		b.t.Errorf("the accessibility checker is blind: %q", found)
	}
	ask[bool](b, `(document.querySelector('main').insertAdjacentHTML('beforeend', '<p style="color: red">inline</p>'), setTimeout(() => { throw new Error('on purpose') }), true)`)
	until(b.t, "the console's words", func() bool { return strings.Contains(strings.Join(b.heard.all(), " "), "on purpose") })
	if refused := ask[[]string](b, "window.__refused"); len(refused) != 1 {
		b.t.Errorf("the policy refused %v", refused)
	}
}

// goBackToASecret leaves a page that shows secrets this once and comes back: they are gone.
func (b *tab) goBackToASecret() {
	b.t.Helper()
	b.open("/playground/apps/new")
	b.fill("name", "Second app")
	b.fill("redirect_uris", redirectURI)
	b.press("Create app")
	secrets := b.hideSecrets()
	b.press("Continue to the app")
	b.back()
	left := ask[string](b, `document.documentElement.outerHTML`)
	b.open("/playground/apps")
	left += ask[string](b, `JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie`)
	hits := 0
	for _, secret := range secrets {
		hits += strings.Count(left, secret)
	}
	b.t.Logf("after the way back %d hits for %d secrets in %d bytes of page and storage", hits, len(secrets), len(left))
	if hits > 0 {
		b.t.Error("a secret that is shown once is there again after the way back")
	}
}

// expectQuiet fails on whatever the console said, but for the pages that are not there on purpose, and the forms that
// are refused on purpose.
func (b *tab) expectQuiet() {
	b.t.Helper()
	for _, said := range b.heard.all() {
		refused := strings.Contains(said, "/login/factor") || strings.Contains(said, "/live/certificates/challenge")
		if strings.Contains(said, "/no/such/page") && strings.Contains(said, "404") || refused && strings.Contains(said, "422") {
			continue
		}
		b.t.Errorf("the console said: %s", said)
	}
}
