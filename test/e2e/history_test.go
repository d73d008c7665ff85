package e2e

import (
	"strings"
	"testing"
)

func TestWhatWasSentFromThePlaygroundIsComparedNamedAndSentAgain(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, town(t, ""))
			if scripts {
				b.axe = axeSource(t)
			} else {
				b.withoutScripts()
			}
			b.reach200()

			b.sendTwo()
			b.compareNewest()
			b.press("Send again")
			b.press("Send")
			b.says("200 OK")
			b.nameNewest()
			b.sendTokenAgain()

			b.expectQuiet()
		})
	}
}

// says fails where the page does not say something.
func (b *tab) says(texts ...string) {
	b.t.Helper()
	words := b.words()
	for _, text := range texts {
		if !strings.Contains(words, text) {
			b.t.Fatalf("%s does not say %q:\n%s", b.address(), text, words)
		}
	}
}

// sendTwo sends a request as it should be, and the same again with a mistake.
func (b *tab) sendTwo() {
	b.t.Helper()
	b.open("/playground/request?operation=card-accounts.list")
	b.press("Send")
	b.says("200 OK")
	b.choose("mistake", "crlf")
	b.press("Send")
	b.says("SIGNATURE_INVALID", "and that came. All else was right.")
}

// compareNewest compares the two newest requests, the older one as A.
func (b *tab) compareNewest() {
	b.t.Helper()
	b.open("/playground/history")
	b.look()
	b.says("Client credentials", "Code for a token", "A code works once", "Broken on purpose")
	for _, id := range ask[[]string](b, `[...document.querySelectorAll('[name=pick]')].slice(0, 2).map((box) => box.value)`) {
		b.tick("pick", id)
	}
	b.press("Compare the two ticked")
	b.says("A: GET /card-account/v1/card-accounts", "401 Unauthorized SIGNATURE_INVALID", "The same", "Differs")
	b.look()
}

// nameNewest saves the newest request under the longest name, and opens it under that.
func (b *tab) nameNewest() {
	b.t.Helper()
	long := strings.Repeat("Cards of ", 8) + "Rocker b"
	b.open("/playground/history")
	b.press("Save GET")
	b.look()
	b.fill("name", long)
	b.press("Save")
	b.says("Everybody of your organisation can open it.")
	b.look()
	b.press(long)
	b.says("List the card accounts that the consent opens.")
}

// sendTokenAgain makes the first call of the flow once more, alone.
func (b *tab) sendTokenAgain() {
	b.t.Helper()
	b.open("/playground/history")
	b.press("Send again, POST /token")
	b.says("by client credentials")
	b.look()
	b.press("Send")
	b.says("200 OK", "expires_in")
	b.look()
}
