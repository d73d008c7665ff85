package playground_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/bankclient"
	"fairway/internal/db"
	"fairway/internal/quota"
)

// brokenAt is an operation that can have a mistake.
func brokenAt(m bankclient.Mistake) string {
	switch m {
	case bankclient.BodyChanged:
		return "consents.create"
	case bankclient.NoDateFrom:
		return "card-accounts.transactions"
	}
	return "card-accounts.list"
}

func TestEachMistakeGivesItsDocumentedAnswer(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	s.limit(m.org, 5)
	for _, wrong := range bankclient.Mistakes() {
		s.clock.Advance(2 * time.Second)

		a := m.ask(brokenAt(wrong.ID), "mistake", string(wrong.ID))

		if a.status != http.StatusOK || !a.says("Broken on purpose: "+wrong.Title) || !a.says("and that came. All else was right.") {
			t.Errorf("%s: %d, not %d %s, but %s", wrong.ID, a.status, wrong.Status, wrong.Code, came(a))
		}
		if explained := strings.Contains(a.body, `id="explained"`); explained != (wrong.Cause != "") {
			t.Errorf("%s is explained: %v", wrong.ID, explained)
		}
		if shown := tokenInFull.FindAllString(a.body, -1); len(shown) > 0 {
			t.Errorf("%s shows %q", wrong.ID, shown)
		}
	}
}

var problemTitle = regexp.MustCompile(`\d{3} [A-Z][A-Za-z ]+ · [A-Z_a-z]+`)

func came(a answer) string { return problemTitle.FindString(html.UnescapeString(a.body)) }

func TestAMistakeThatAnOperationCannotHaveIsNotMade(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()

	for mistake, operation := range map[bankclient.Mistake]string{bankclient.NoDateFrom: "card-accounts.list", bankclient.BodyChanged: "card-accounts.list",
		bankclient.SixAtOnce: "consents.create", "Host: x": "card-accounts.list"} {
		if a := m.ask(operation, "mistake", string(mistake)); a.status != http.StatusOK || a.says("Broken on purpose:") || !a.says("20") {
			t.Errorf("%s: %d", mistake, a.status)
		}
	}
}

func TestAfterTooManyRequestsThePageSaysWhenToGoOn(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	s.limit(m.org, 5)
	s.clock.Advance(2 * time.Second)

	a := m.ask("card-accounts.list", "mistake", string(bankclient.SixAtOnce))

	if !strings.Contains(a.body, `data-wait="1"`) || !a.says("Retry-After: wait 1 second before you send again.") {
		t.Errorf("%s", a.body)
	}
	s.limit(m.org, 1000)
	if a := m.ask("card-accounts.list", "mistake", string(bankclient.SixAtOnce)); a.status != http.StatusUnprocessableEntity || !a.says("Your limit is higher") {
		t.Errorf("%d: a limit that is too high is not told", a.status)
	}
}

func TestEachHeaderSaysWhoSetItAndWhatItIsFor(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()

	a := m.ask("card-accounts.list")

	for _, want := range []string{"set by you", "set by the playground for you", "set by the connection", "Computed from the bytes of the body.",
		"The hash of the body’s bytes as they are sent", `href="/reference/card-account/v1/card-accounts.list#header-Digest"`, `href="/docs/signing#signature"`,
		`href="/reference/card-account/v1/card-accounts.list#access-apiKey"`, `href="/reference/card-account/v1/card-accounts.list#access-customerToken"`,
		`href="/reference/card-account/v1/card-accounts.list#answer-headers-RateLimit"`} {
		if !a.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	rows := strings.Count(a.body, "set by ")
	if words := strings.Count(a.body, `<p class="hint">`); rows < 10 || words < rows {
		t.Errorf("%d headers, %d sentences", rows, words)
	}
}

// limit lets an organisation's apps send so many requests a second.
func (s *street) limit(organisation string, perSecond int) {
	s.t.Helper()
	end := s.clock.Now().Add(24 * time.Hour)
	err := s.db.InTx(s.t.Context(), func(tx db.Tx) error {
		return quota.Set(tx, quota.Limit{Environment: "sandbox", OrganisationID: organisation, Limits: quota.Limits{PerSecond: perSecond, PerDay: 1000}, EndsAt: &end, Reason: "A test of limits.", By: "test"})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
