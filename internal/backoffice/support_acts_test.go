package backoffice_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/mail"
	"fairway/internal/testkit"
)

const password = "tall otter paints slowly"

// signUp is somebody whose address is not confirmed yet.
func (h house) signUp(email string) accounts.Member {
	h.t.Helper()
	if _, err := h.accounts.SignUp(h.t.Context(), accounts.SignUp{Email: email, Password: password, Organisation: "Newcomer Oy", Country: "FI", IP: "192.0.2.7"}); err != nil {
		h.t.Fatal(err)
	}
	return h.memberOf(email)
}

// memberOf is what the desk reads of somebody.
func (h house) memberOf(email string) accounts.Member {
	h.t.Helper()
	org, person, err := h.accounts.OrganisationOf(h.db.Reader(h.t.Context()), email)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range must(h.accounts.MembersIn(h.db.Reader(h.t.Context()), org))(h.t) {
		if m.ID == person {
			return m
		}
	}
	h.t.Fatalf("%s is no member", email)
	return accounts.Member{}
}

// letters are those to an address, newest first.
func (h house) letters(address string) []mail.Kept {
	h.t.Helper()
	return slices.DeleteFunc(must(h.outbox.Newest(h.t.Context(), 20))(h.t), func(k mail.Kept) bool { return k.To != address })
}

func pageOf(m accounts.Member) string {
	return "/support-desk/organisations/" + m.OrganisationID + "/people/" + m.ID
}

func (h house) acts(personID, act string) []string {
	h.t.Helper()
	return h.rows("SELECT actor, object FROM audit_log WHERE act = '" + act + "' AND object = '" + personID + "'")
}

func TestTheLetterThatConfirmsAnAddressCanBeSentAgain(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		m := h.signUp("new@tpp.example")
		testkit.Run(t, h.queue.Run)
		testkit.Eventually(t, "the first letter", func() bool { return len(h.letters(m.Email)) == 1 })
		support := h.colleague(accounts.Support)
		before := support.get(pageOf(m))

		sent := support.post(pageOf(m) + "/verification")
		after := support.get(pageOf(m))
		soon := support.post(pageOf(m) + "/verification")
		testkit.Eventually(t, "the second letter", func() bool { return len(h.letters(m.Email)) == 2 })

		letters := h.letters(m.Email)
		if !before.holds("Not confirmed") || sent.status != http.StatusSeeOther || sent.to() != pageOf(m) || !after.holds("The letter is on its way to new@tpp.example.") {
			t.Errorf("%d to %q", sent.status, sent.to())
		}
		if soon.status != http.StatusTooManyRequests || soon.header.Get("Retry-After") == "" {
			t.Errorf("twice in a minute: %d", soon.status)
		}
		if letters[0].Text == letters[1].Text || len(h.acts(m.ID, "accounts.letter_sent_again")) != 1 {
			t.Errorf("%d letters", len(letters))
		}
		for _, a := range []answer{sent, after, support.get("/support-desk/organisations/" + m.OrganisationID)} {
			if strings.Contains(a.body, "lnk_") || a.holds(letters[0].Subject) && a.holds(letters[0].Text) {
				t.Error("support sees what the letter says")
			}
		}
		if page := support.get("/support-desk/organisations/" + m.OrganisationID); strings.Count(page.body, "Confirm your address") != 2 {
			t.Errorf("the letters are not listed")
		}
	})
}

func TestNothingIsSentToAnAddressThatIsConfirmed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, p := h.member("ada@buddy.example", "Budget Buddy Oy")
	m := h.memberOf(p.Email)
	support := h.colleague(accounts.Support)

	a := support.post(pageOf(m) + "/verification")

	if a.status != http.StatusConflict || !a.holds("This address is confirmed already") || len(h.acts(m.ID, "accounts.letter_sent_again")) != 0 {
		t.Errorf("%d", a.status)
	}
	if page := support.get(pageOf(m)); page.holds("Send the letter again") {
		t.Error("the page offers to send it")
	}
}

func TestAnAccountIsUnlocked(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		h.signUp("ada@buddy.example")
		m := h.memberOf("ada@buddy.example")
		must(h.accounts.Sessions().Create(t.Context(), m.ID, nil, "198.51.100.7", "test"))(t)
		for range 7 {
			_, _ = h.accounts.LogIn(t.Context(), accounts.LogIn{Email: m.Email, Password: "wrong horse paints slowly", IP: "198.51.100.7"}) // refused
		}
		slowed := h.memberOf(m.Email)
		if _, err := h.db.Native().ExecContext(t.Context(), "UPDATE throttles SET n = 300 WHERE win <> 0 AND n = 7"); err != nil {
			t.Fatal(err)
		}
		locked := h.memberOf(m.Email)
		support := h.colleague(accounts.Support)
		before := support.get(pageOf(m))

		a := support.post(pageOf(m) + "/unlock")

		after := h.memberOf(m.Email)
		_, err := h.accounts.LogIn(t.Context(), accounts.LogIn{Email: m.Email, Password: password, IP: "198.51.100.7"})
		if slowed.SlowedUntil.IsZero() || !slowed.LockedUntil.IsZero() || locked.LockedUntil.IsZero() || !before.holds("Locked") {
			t.Errorf("slowed until %s, locked until %s", slowed.SlowedUntil, locked.LockedUntil)
		}
		if a.status != http.StatusSeeOther || !after.LockedUntil.IsZero() || !after.SlowedUntil.IsZero() || err == nil || !strings.Contains(err.Error(), accounts.ErrUnverified.Message) {
			t.Errorf("%d, then %+v; logging in: %v", a.status, after, err)
		}
		if acts := h.acts(m.ID, "accounts.unlocked"); len(acts) != 1 || !strings.Contains(acts[0], support.person) {
			t.Errorf("the audit has %v", acts)
		}
	})
}

func TestAnActAsksForTheSecondFactorAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, p := h.member("ada@buddy.example", "Budget Buddy Oy")
	m := h.memberOf(p.Email)
	support := h.colleague(accounts.Support)
	fresh := support.get(pageOf(m))
	h.clock.Advance(6 * time.Minute)

	stale := support.get(pageOf(m))
	without := support.post(pageOf(m) + "/unlock")
	wrong := support.post(pageOf(m)+"/unlock", "code", "000000")
	undone := len(h.acts(m.ID, "accounts.unlocked"))
	right := support.post(pageOf(m)+"/unlock", "code", support.app.Code(h.clock.Now()))

	if strings.Contains(fresh.body, `name="code"`) || !strings.Contains(stale.body, `name="code"`) {
		t.Error("the form does not ask when the code is old, or asks too early")
	}
	if without.status != http.StatusUnprocessableEntity || wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, `name="code"`) || undone != 0 {
		t.Errorf("without a code %d, with a wrong one %d, done %d times", without.status, wrong.status, undone)
	}
	if right.status != http.StatusSeeOther || len(h.acts(m.ID, "accounts.unlocked")) != 1 {
		t.Errorf("with the right one: %d", right.status)
	}
}

func TestActsReachNobodyButMembersOfTheOrganisation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, p := h.member("ada@buddy.example", "Budget Buddy Oy")
	_, other := h.member("bob@other.example", "Other Oy")
	support, admin := h.colleague(accounts.Support), h.colleague(accounts.Admin)
	org := "/support-desk/organisations/" + p.OrganisationID + "/people/"
	before := len(h.rows("SELECT id FROM audit_log WHERE act LIKE 'accounts.%'"))

	for _, id := range []string{other.ID, admin.person, support.person, "per_nobody"} {
		for _, act := range []string{"/unlock", "/verification"} {
			if a := support.post(org + id + act); a.status != http.StatusNotFound {
				t.Errorf("%s%s: %d", id, act, a.status)
			}
		}
		if a := support.get(org + id); a.status != http.StatusNotFound {
			t.Errorf("the page of %s: %d", id, a.status)
		}
	}

	if after := len(h.rows("SELECT id FROM audit_log WHERE act LIKE 'accounts.%'")); after != before {
		t.Errorf("%d acts are on record", after-before)
	}
}
