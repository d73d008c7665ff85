package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// mostKeys is how many keys, typing aside, lead from the landing page to the first 200 OK at most; letters do not count.
const mostKeys = 120

// keyboard is somebody at a real browser who has no mouse.
type keyboard struct {
	*tab
	keys int
	// unseen are the stops at which nothing showed where the keyboard is.
	unseen []string
}

// stop is where the keyboard stands on a page.
type stop struct {
	Text, Name, Kind string
	// Seen tells that the stop is drawn as one and lies in the window, under nothing.
	Seen bool
}

// standing describes the element that has the focus. A ring is an outline; under a sticky header it would not be seen.
const standing = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return { Text: '', Name: '', Kind: 'body', Seen: true };
  const style = getComputedStyle(e), at = e.getBoundingClientRect();
  const x = Math.min(Math.max(at.x + Math.min(at.width, 40) / 2, 0), innerWidth - 1), y = at.y + Math.min(at.height, 40) / 2;
  const on = document.elementFromPoint(x, y);
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const inside = at.width > 0 && at.height > 0 && y >= 0 && y <= innerHeight;
  return { Text: e.textContent.trim().replace(/\s+/g, ' '), Name: e.name ?? '', Kind: e.localName,
    Seen: ringed && inside && (on === e || e.contains(on) || on?.contains(e) || on?.closest('label')?.control === e) };
})()`

func TestANewcomerReaches200WithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	k := &keyboard{tab: newTab(t, town(t, ""))}
	email := "keyboard-" + randomHex(4) + "@acme.example"
	k.sv.book.hide("the password", password)

	k.open("/")
	k.enter("Start in the sandbox")
	k.typeInto("email", email)
	k.typeInto("organisation", "Acme Payments "+randomHex(3))
	k.typeInto("country", "Finl")
	k.typeInto("password", password)
	k.enter("Create account")
	k.open(k.sv.browser(t).letterLink(t, email, "/verify/"))
	k.enter("Confirm")
	k.enter("Set up my sandbox")
	k.hideSecrets()
	k.enter("Continue to the example flow")
	k.enter("Run to the consent")
	k.enter("Open the bank")
	k.enter("Continue as 1345611")
	k.enter("Approve")
	k.typeInto("code", "123456")
	k.enter("Confirm")

	if text := k.words(); !strings.Contains(text, "200 OK") {
		t.Fatalf("the flow ended with %s:\n%s", k.address(), text)
	}
	t.Logf("from the landing page to 200 OK with %d keys, typing aside", k.keys)
	if k.keys > mostKeys {
		t.Errorf("it took %d keys, promised are %d", k.keys, mostKeys)
	}
	for _, at := range k.unseen {
		t.Errorf("nothing shows where the keyboard is: %s", at)
	}
	k.proveTheRing()
}

// hit presses one key and tells where the keyboard stands then.
func (k *keyboard) hit(key string) stop {
	k.t.Helper()
	k.keys++
	k.do(chromedp.KeyEvent(key))
	return ask[stop](k.tab, standing)
}

// walk goes from stop to stop until one is the right one. More stops than any page has are a trap.
func (k *keyboard) walk(what string, right func(stop) bool) {
	k.t.Helper()
	var passed []string
	for range 150 {
		at := k.hit("\t")
		if !at.Seen {
			k.unseen = append(k.unseen, k.address()+": "+at.Kind+" "+at.Name+" "+at.Text)
		}
		if right(at) {
			return
		}
		passed = append(passed, at.Kind+" "+at.Name+" "+at.Text)
	}
	k.t.Fatalf("%s is not reached on %s; the keyboard passed\n%s", what, k.address(), strings.Join(passed, "\n"))
}

// enter goes to what bears a text and presses Enter there.
func (k *keyboard) enter(label string) {
	k.t.Helper()
	k.skip()
	k.walk(label, func(s stop) bool {
		return (s.Kind == "a" || s.Kind == "button" || s.Kind == "summary") && strings.HasPrefix(s.Text, label)
	})
	ask[bool](k.tab, "(window.__left = false, true)")
	k.keys++
	k.do(chromedp.KeyEvent("\r"))
	until(k.t, "the page behind "+label, func() bool {
		arrived, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool](`window.__left === undefined && document.readyState === 'complete'`))
		return err == nil && arrived
	})
}

// typeInto goes to the field of a name and types.
func (k *keyboard) typeInto(name, text string) {
	k.t.Helper()
	k.skip()
	k.walk("the field "+name, func(s stop) bool { return s.Name == name })
	k.do(chromedp.KeyEvent(text))
}

// skip takes the skip link where the page has just been opened: it is the first stop of every page that has one.
func (k *keyboard) skip() {
	k.t.Helper()
	if ask[stop](k.tab, standing).Kind != "body" || !ask[bool](k.tab, `document.querySelector('a.skip') !== null && location.hash === ''`) {
		return
	}
	if at := k.hit("\t"); at.Kind != "a" || !at.Seen {
		k.t.Fatalf("the first stop on %s is %+v, not the skip link", k.address(), at)
	}
	k.hit("\r")
}

// proveTheRing takes the ring away and expects that it is missed.
func (k *keyboard) proveTheRing() {
	k.t.Helper()
	k.open("/login")
	quoted, err := json.Marshal("*:focus-visible { outline: 0 }")
	if err != nil {
		k.t.Fatal(err)
	}
	ask[bool](k.tab, `(() => { const s = new CSSStyleSheet(); s.replaceSync(`+string(quoted)+`); document.adoptedStyleSheets = [s]; return true; })()`)
	k.hit("\t")
	if at := k.hit("\t"); at.Seen {
		k.t.Errorf("a stop without a ring counts as seen: %+v", at)
	}
}
