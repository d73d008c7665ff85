package signin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheBrowserThatSignedUpIsSignedInByItsLetter(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.browser()

	if a := b.signUp("maija@acme.example"); a.status != http.StatusSeeOther || a.to() != "/signup/check" {
		t.Fatalf("status %d to %q:\n%s", a.status, a.to(), a.body)
	}
	inbox := b.get("/signup/check")
	wantStatus(t, inbox, http.StatusOK)
	wantWords(t, inbox, "maija@acme.example", `href="/dev/outbox"`, "Send the letter again", `hx-get="/signup/check/state"`)
	path := v.link(1)
	page := b.get(path)
	wantStatus(t, page, http.StatusOK)
	wantWords(t, page, "Confirm my address", `method="post"`)

	confirmed := b.post(path)

	if confirmed.status != http.StatusSeeOther || confirmed.to() != "/playground" {
		t.Fatalf("status %d to %q", confirmed.status, confirmed.to())
	}
	account := b.get("/account")
	wantStatus(t, account, http.StatusOK)
	wantWords(t, account, "Your address is confirmed.", "maija@acme.example", "Acme Payments Oy", "Finland", "Firefox on Linux", "This one")
	if again := b.post(path); again.status != http.StatusConflict || !strings.Contains(again.body, "used already") {
		t.Errorf("pressed again: %d", again.status)
	}
}

func TestAnotherBrowserConfirmsAndIsAskedForThePassword(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	laptop, phone := v.browser(), v.browser()
	laptop.signUp("maija@acme.example")
	path := v.link(1)

	phone.get(path)
	if a := phone.post(path); a.to() != "/login" {
		t.Fatalf("leads to %q", a.to())
	}

	if phone.signedIn() {
		t.Error("the link alone signed somebody in")
	}
	state := laptop.get("/signup/check/state")
	wantWords(t, state, "Your address is confirmed", `href="/login"`)
	if strings.Contains(state.body, "hx-get") || strings.Contains(state.body, "<html") {
		t.Errorf("the part fetches itself on, or is a whole page:\n%s", state.body)
	}
	if a := phone.logIn("MAIJA@acme.example", password); a.to() != "/playground" || !phone.signedIn() {
		t.Errorf("logging in leads to %q", a.to())
	}
}

func TestLookingAtALinkChangesNothing(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b, scanner := v.browser(), v.browser()
	b.signUp("maija@acme.example")
	path := v.link(1)

	for range 10 {
		wantStatus(t, scanner.get(path), http.StatusOK)
	}

	b.get(path)
	if a := b.post(path); a.to() != "/playground" {
		t.Errorf("the link was spent by looking: %d", a.status)
	}
}

func TestALinkThatIsTooOldOffersANewLetter(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.browser()
	b.signUp("maija@acme.example")
	path := v.link(1)
	v.clock.Advance(24 * time.Hour)

	old := b.get(path)
	wantStatus(t, old, http.StatusConflict)
	wantWords(t, old, "too old", "Send a new letter")
	if a := b.post(path + "/again"); a.to() != "/signup/check" {
		t.Fatalf("leads to %q, status %d", a.to(), a.status)
	}

	fresh := v.link(2)
	b.get(fresh)
	if a := b.post(fresh); fresh == path || a.to() != "/playground" {
		t.Errorf("the new link leads to %q", a.to())
	}
}

func TestAnUnconfirmedPersonWithTheRightPasswordIsLedToTheLetter(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.browser().signUp("maija@acme.example")
	v.letter(1)
	b := v.browser()

	a := b.logIn("maija@acme.example", password)

	if a.to() != "/signup/check" || b.signedIn() {
		t.Fatalf("leads to %q", a.to())
	}
	wantWords(t, b.get("/signup/check"), "not confirmed yet", "maija@acme.example")
	wantStatus(t, b.post("/signup/check"), http.StatusSeeOther)
	path := v.link(2)
	b.get(path)
	if a := b.post(path); a.to() != "/playground" {
		t.Errorf("the letter leads to %q", a.to())
	}
	if a := b.get("/signup"); a.to() != "/playground" {
		t.Errorf("signed in, the sign-up leads to %q", a.to())
	}
}

func TestAResetByLetterSignsInAndEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	laptop := v.member("maija@acme.example")
	phone := v.browser()
	phone.get("/reset")
	if a := phone.post("/reset", "email", "maija@acme.example"); a.to() != "/reset/sent" {
		t.Fatalf("leads to %q", a.to())
	}
	path := v.link(2)
	wantWords(t, phone.get(path), "Choose a new password", "maija@acme.example", `autocomplete="new-password"`)

	weak := phone.post(path, "password", "weak-canary")
	wantStatus(t, weak, http.StatusUnprocessableEntity)
	wantWords(t, weak, "12 to 128 characters", `href="#password"`)
	done := phone.post(path, "password", "gravel lantern seventy")

	if done.to() != "/playground" || !phone.signedIn() || laptop.signedIn() || strings.Contains(weak.body, "weak-canary") {
		t.Errorf("leads to %q", done.to())
	}
	if v.letter(3).Subject != "Your password was changed" {
		t.Errorf("the letter says %q", v.letter(3).Subject)
	}
	used := v.browser().get(path)
	wantStatus(t, used, http.StatusConflict)
	wantWords(t, used, "used already", `href="/reset"`)
}
