package layout_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"fairway/internal/testkit/chrome"
)

// user drives one browser through the gallery.
type user struct {
	t    *testing.T
	ctx  context.Context
	base string
	axe  string
}

func newUser(t *testing.T) user {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes a while")
	}
	server := httptest.NewServer(galleryDoor(t))
	t.Cleanup(server.Close)
	ctx := chrome.Start(t, 3*time.Minute)
	if err := chromedp.Do(ctx, onEveryPage(watch)); err != nil {
		t.Fatal(err)
	}
	return user{t: t, ctx: ctx, base: server.URL, axe: axeSource(t)}
}

func (u user) open(path string, width int64) {
	u.t.Helper()
	if err := chromedp.Do(u.ctx, colours("light"), chromedp.EmulateViewport(width, 900), chromedp.Navigate(u.base+path)); err != nil {
		u.t.Fatal(err)
	}
}

// holds evaluates an expression on the page and fails the test with the sentence if it is not true.
func (u user) holds(sentence, expression string) {
	u.t.Helper()
	ok, err := chromedp.Run(u.ctx, chromedp.Evaluate[bool](`Boolean(`+expression+`)`))
	if err != nil || !ok {
		u.t.Errorf("%s: %s is not so (%v)", sentence, expression, err)
	}
}

func (u user) click(selector string) {
	u.t.Helper()
	if err := chromedp.Do(u.ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		u.t.Fatal(err)
	}
}

func (u user) press(key string) {
	u.t.Helper()
	if err := chromedp.Do(u.ctx, chromedp.KeyEvent(key)); err != nil {
		u.t.Fatal(err)
	}
}

// photo keeps what the window shows.
func (u user) photo(name string, width int64) {
	u.t.Helper()
	keep(u.ctx, u.t, chromedp.CaptureScreenshot(), fmt.Sprintf("%s-%d", name, width))
}

func TestARefusedFormTakesTheFocusToItsErrors(t *testing.T) {
	t.Parallel()
	u := newUser(t)

	u.open("/noscript/form", 1280)
	u.holds("without script the summary has the focus", `document.activeElement.matches('.error-summary')`)
	u.open("/form", 1280)
	u.holds("with script too", `document.activeElement.matches('.error-summary')`)
	u.click(`.error-summary a[href="#kind"]`)
	u.holds("its link focuses the field", `document.activeElement.id === 'kind'`)
}

func TestTabsWorkByPointerKeyAndAddress(t *testing.T) {
	t.Parallel()
	u := newUser(t)

	u.open("/noscript/docs", 1280)
	u.holds("without script every panel shows", `[...document.querySelectorAll('.tabpanel')].every((p) => p.offsetHeight > 0)`)
	u.holds("and nothing offers what needs script", `[...document.querySelectorAll('.js-only')].every((p) => !p.checkVisibility({ visibilityProperty: true }))`)
	u.open("/docs", 1280)
	u.holds("the selected tab shows its panel", `!document.getElementById('l-go').hidden && document.getElementById('l-curl').hidden`)
	u.click(`[href="#l-curl"]`)
	u.holds("a click shows the other", `document.getElementById('l-go').hidden && !document.getElementById('l-curl').hidden`)
	u.holds("the choice is told to the server", `document.cookie.includes('lang_pref=curl')`)
	u.press(kb.ArrowRight)
	u.holds("an arrow key moves on", `document.activeElement.hash === '#l-go' && !document.getElementById('l-go').hidden`)
	u.open("/docs#s-curl", 1280)
	u.holds("an address into a panel opens it", `!document.getElementById('l-curl').hidden`)
}

func TestADialogIsAskedInPlaceAndGivesTheFocusBack(t *testing.T) {
	t.Parallel()
	u := newUser(t)

	u.open("/certificates", 1280)
	u.click(`[data-dialog]`)
	u.holds("the dialog is open on the same page", `document.getElementById('replace').open && location.pathname === '/certificates'`)
	u.holds("the safe button has the focus", `document.activeElement.textContent.includes('Keep them')`)
	u.photo("dialog", 1280)
	u.press(kb.Escape)
	u.holds("Escape closes it and the focus is back", `!document.getElementById('replace').open && document.activeElement.matches('[data-dialog]')`)
	u.click(`[data-dialog]`)
	u.click(`[data-close]`)
	u.holds("so does the safe button", `!document.getElementById('replace').open`)
}

func TestAFormIsSentOnce(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.open("/signin", 390)

	const twice = `(() => {
		const stopped = [];
		addEventListener('submit', (e) => { stopped.push(e.defaultPrevented); e.preventDefault(); });
		const button = document.querySelector('main .btn.primary');
		button.click(); button.click();
		return stopped.join() === 'false,true' && button.getAttribute('aria-busy') === 'true';
	})()`
	u.holds("the second submission is stopped and the button is busy", twice)
}

func TestSmallThingsHelp(t *testing.T) {
	t.Parallel()
	u := newUser(t)

	u.open("/signin", 1280)
	u.click(`[data-reveal]`)
	u.holds("a password can be looked at", `document.getElementById('password').type === 'text'`)
	u.open("/dashboard", 1280)
	u.holds("times are told relative to now and keep the full one", `/ago|in /.test(document.querySelector('time').textContent) && document.querySelector('time').title.includes('UTC')`)
	u.click(`.account summary`)
	u.photo("account", 1280)
	u.press(kb.Escape)
	u.holds("Escape closes the account menu", `!document.querySelector('.account').open && document.activeElement.matches('.account summary')`)
	u.open("/dashboard", 390)
	u.click(`.menu summary`)
	u.holds("the menu of a narrow page needs no script", `document.querySelector('.menu a').offsetHeight > 0`)
	u.photo("menu", 390)
	u.holds("htmx keeps no pages and evaluates nothing", `htmx.config.historyCacheSize === 0 && htmx.config.allowEval === false && !document.querySelector('head style')`)
}

func TestCodeIsCopiedAsItIs(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.open("/docs", 1280)
	u.mayCopy()

	u.click(`[data-copy="#s-go"]`)
	err := chromedp.Do(u.ctx, chromedp.WaitVisible(chromedp.CSS(`[data-copy="#s-go"]`)), waitForText(`[data-copy="#s-go"] [data-copy-label]`, "Copied"), focusAndPaste(`#target`))
	if err != nil {
		t.Fatal(err)
	}
	u.holds("the code arrives byte for byte", `document.getElementById('target').value === document.getElementById('s-go').textContent`)
}

// mayCopy lets the page write to the clipboard, as a browser with a window does after a click.
func (u *user) mayCopy() {
	u.t.Helper()
	err := chromedp.Do(u.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted})
		return err
	}))
	if err != nil {
		u.t.Fatal(err)
	}
}

func waitForText(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Poll[bool](`document.querySelector('`+selector+`').textContent === '`+text+`'`)(ctx, target)
		return err
	})
}

// focusAndPaste adds a field to the page and pastes into it what was copied.
func focusAndPaste(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		field := `(() => { const f = document.createElement('textarea'); f.id = '` + selector[1:] + `'; document.querySelector('main').append(f); f.focus(); })()`
		if _, err := chromedp.Evaluate[chromedp.Void](field)(ctx, target); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "v", Code: "KeyV", Modifiers: 2, Commands: []string{"paste"}})
		return err
	})
}
