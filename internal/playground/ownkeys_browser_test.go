package playground_test

import (
	"crypto/x509/pkix"
	"testing"

	"github.com/chromedp/chromedp"

	"fairway/internal/certs"
	"fairway/internal/testkit/chrome"
)

func TestKeysInABrowser(t *testing.T) {
	t.Parallel()
	v, tab := newVisit(t)
	own := ownPair()
	tab.Sound("own-empty", ownPath)
	tab.Open(ownPath)
	tab.Press(`#requests .btn.primary`, `.error-summary`)
	tab.Sound("own-refused")
	for name, pair := range map[string][2]string{
		"own-failed":  {csr(t, own[0], pkix.Name{CommonName: "<b>\u202e", Organization: []string{"Other Oy"}}), csr(t, own[0], pkix.Name{})},
		"own-checked": {csr(t, own[0], pkix.Name{Organization: []string{"Other Oy"}}), csr(t, own[1], pkix.Name{})},
	} {
		tab.Open(ownPath)
		tab.Do(chromedp.SetValue(chromedp.CSS(`#qwac`), pair[0]), chromedp.SetValue(chromedp.CSS(`#qseal`), pair[1]))
		tab.Press(`#requests .btn.primary`, `#qwac-checks`)
		tab.Sound(name)
	}
	tab.Open("/playground/certificates")
	tab.Press(`[data-make]`, `#keys-made`)
	tab.Sound("keys-made")
	if set := v.active(); set.Origin != certs.ByBrowser || set.KeyBits != 2048 {
		t.Errorf("%s, %d bits", set.Origin, set.KeyBits)
	}
	chrome.Ask[bool](tab, `(document.querySelectorAll('[data-save]').forEach((link) => link.click()), true)`) // a hand's click waits for the download that no folder takes here
	tab.Open("/playground/certificates")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`[data-here]`)))
	tab.Sound("certificates-own", "/playground/certificates")
	tab.Do(chromedp.Click(chromedp.CSS(`[data-forget]`)), chromedp.WaitVisible(chromedp.CSS(`[data-away]`)))
	tab.Sound("certificates-own-away")
	tab.Sound("regenerate-own", "/playground/certificates/regenerate")
	if kept := chrome.Ask[bool](tab, `document.querySelector('[data-large]').disabled`); kept {
		t.Error("4096 bits cannot be chosen in the browser")
	}
	if v.active().ID == "" {
		t.Error("no set")
	}
}
