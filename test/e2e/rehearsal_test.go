package e2e

import (
	"strings"
	"testing"
)

// TestACodeIsRehearsedFromItsPage goes the way of somebody who reads about a code and wants to see what her app makes of it.
func TestACodeIsRehearsedFromItsPage(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b := newTab(t, sv)
	b.reach200()
	page := sv.portal + "/docs/errors/CONSENT_EXPIRED"
	b.open(page)
	b.look()

	b.press("Answer the next call of My first app with this")
	armed := b.words()
	b.look()
	b.press("Send a request")
	b.press("Send")
	met := b.words()
	b.look()
	b.open(page)
	after := b.words()
	b.open(sv.portal + "/playground/rehearsals")
	b.look()

	if !strings.Contains(armed, "Armed: CONSENT_EXPIRED for My first app") || !strings.Contains(armed, "Its next call until") {
		t.Errorf("after the button the page says\n%s", armed)
	}
	if !strings.Contains(met, "401 Unauthorized") || !strings.Contains(met, "Rehearsed: you ordered this answer.") {
		t.Errorf("the call was answered with\n%s", met)
	}
	if strings.Contains(after, "Armed: ") {
		t.Errorf("the call spent nothing:\n%s", after)
	}
	b.expectQuiet()
}
