package playground_test

import (
	"net/http"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/rehearsals"
)

func (m *member) armed() map[string]rehearsals.Armed {
	m.t.Helper()
	return must(m.orders.List(m.t.Context(), m.org))(m.t)
}

func TestAnAnswerIsOrderedShownAndTakenBack(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Budget")
	empty := m.mustGet("/playground/rehearsals?outcome=CONSENT_UNKNOWN%3Bstatus%3D403")

	sent := m.post("/playground/rehearsals", "app", app.ID, "outcome", "CONSENT_UNKNOWN;status=403", "operation", "card-accounts.list", "calls", "3", "seconds", "10")
	shown := m.mustGet("/playground/rehearsals")
	order := m.armed()[app.ID]
	back := m.post("/playground/rehearsals/disarm", "app", app.ID)

	if !empty.says("Nothing is armed") || !empty.says(`<option value="CONSENT_UNKNOWN;status=403" selected`) || !empty.says(`href="/docs/errors/CONSENT_EXPIRED"`) {
		t.Error("the page before says something else")
	}
	if sent.status != http.StatusSeeOther || sent.to() != "/playground/rehearsals" || order.Outcome.Name != "CONSENT_UNKNOWN" || order.Status != 403 || order.Left != 3 || order.Operation != "card-accounts.list" {
		t.Errorf("%d to %s: %+v", sent.status, sent.to(), order)
	}
	for _, want := range []string{"Armed: CONSENT_UNKNOWN (403). Send a call", "3 of 3 calls to come", "21 Nov 2026, 10:00 UTC", `href="/playground/request?app=` + app.ID + `&operation=card-accounts.list"`} {
		if !shown.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if back.status != http.StatusSeeOther || len(m.armed()) != 0 || !m.mustGet("/playground/rehearsals").says("Disarmed") {
		t.Errorf("%d; still armed: %+v", back.status, m.armed())
	}
}

func TestTheFormOfACodesPageLeadsBackThere(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Budget")

	for outcome, want := range map[string]string{"CONSENT_EXPIRED": "/docs/errors/CONSENT_EXPIRED#rehearse", "503": "/docs/errors/503#rehearse", "CONSENT_UNKNOWN;status=403": "/docs/errors/CONSENT_UNKNOWN#rehearse",
		"slow": "/playground/rehearsals"} {
		if a := m.post("/playground/rehearsals", "app", app.ID, "outcome", outcome, "from", "code"); a.to() != want || m.armed()[app.ID].Outcome.Name != strings.Split(outcome, ";")[0] {
			t.Errorf("%s: to %q, armed %+v", outcome, a.to(), m.armed())
		}
	}
	if a := m.post("/playground/rehearsals/disarm", "app", app.ID, "outcome", "//evil.example", "from", "code"); a.to() != "/playground/rehearsals" {
		t.Errorf("to %q", a.to())
	}
}

func TestWhatCannotBeOrderedComesBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Budget")
	for name, c := range map[string]struct {
		fields []string
		says   string
	}{
		"nothing":               {[]string{"outcome", ""}, "Say what to rehearse"},
		"what there is not":     {[]string{"outcome", "<b>x"}, `"<b>x" cannot be rehearsed`},
		"a heading of the list": {[]string{"outcome", "-"}, `"-" cannot be rehearsed`},
		"too many calls":        {[]string{"outcome", "503", "calls", "99"}, "from 1 to 10"},
		"calls in words":        {[]string{"outcome", "503", "calls", "two"}, "from 1 to 10"},
		"too long a wait":       {[]string{"outcome", "slow", "seconds", "31"}, "from 1 to 30"},
		"no wait":               {[]string{"outcome", "slow", "seconds", "0"}, "from 1 to 30"},
		"another operation":     {[]string{"outcome", "503", "operation", "x"}, "Choose an operation"},
		"two answers":           {[]string{"outcome", "503", "outcome", "500"}, "sent twice"},
	} {
		a := m.post("/playground/rehearsals", append(c.fields, "app", app.ID)...)

		if a.status != http.StatusUnprocessableEntity || !a.says(c.says) || strings.Contains(a.body, "<b>x") || len(m.armed()) != 0 {
			t.Errorf("%s: %d, says it %v, armed %v", name, a.status, a.says(c.says), m.armed())
		}
	}
	if a := m.post("/playground/rehearsals", "app", app.ID, "outcome", "503", "seconds", "77"); a.status != http.StatusSeeOther {
		t.Errorf("the seconds of slow are asked of 503: %d", a.status)
	}
}

func TestWithoutAnAppThereIsNothingToArm(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.createLive(1)

	if a := m.mustGet("/playground/rehearsals"); !a.says("No app to rehearse with") || !a.says(`href="/playground/apps/new"`) || a.says("Order an answer") {
		t.Error("the page offers something else")
	}
	live := must(m.apps.List(t.Context(), m.org, "live"))(t)[0]
	if a := m.post("/playground/rehearsals", "app", live.ID, "outcome", "503"); a.status != http.StatusNotFound {
		t.Errorf("an app of Live: %d", a.status)
	}
}

func TestTheCallFromThePlaygroundMeetsWhatIsArmed(t *testing.T) {
	t.Parallel()
	m, app, _ := newStreet(t).finished()
	m.post("/playground/rehearsals", "app", app.ID, "outcome", "CONSENT_EXPIRED")

	met, after := m.ask("card-accounts.list"), m.ask("card-accounts.list")

	if !met.says("401 Unauthorized") || !met.says("Rehearsed: you ordered this answer.") || len(m.armed()) != 0 || !after.says("200 OK") {
		t.Errorf("%d; armed %v; then %v", met.status, m.armed(), after.says("200 OK"))
	}
}

func TestARehearsedSignatureIsNotSearchedForMistakes(t *testing.T) {
	t.Parallel()
	m, app, _ := newStreet(t).finished()
	m.post("/playground/rehearsals", "app", app.ID, "outcome", "SIGNATURE_INVALID")
	m.ask("card-accounts.list")
	if err := m.calls.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := must(m.calls.List(t.Context(), m.org, calls.Filter{Code: "SIGNATURE_INVALID", Limit: 1}))(t)
	if len(found.Calls) != 1 {
		t.Fatalf("%d calls", len(found.Calls))
	}

	page := m.mustGet("/playground/requests/" + calls.FormatID(found.Calls[0].ID))

	if !page.says("Rehearsed: you ordered this answer.") || page.says("You signed this") || page.says("No common mistake") {
		t.Errorf("the page explains a signature that was right: %s", page.body)
	}
}
