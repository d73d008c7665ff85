package playground_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
)

// handedIn walks to the queue with a pair of the demonstration.
func (m *member) handedIn() *enrolments.Enrolment {
	m.t.Helper()
	pair := demotest.Issue(m.t, m.qtsp, demo.Request{At: m.clock.Now()})
	return enrolmentstest.HandIn(m.t, m.enrolments, enrolments.Who{OrganisationID: m.org, PersonID: m.person}, pair)
}

// turned is the enrolment after somebody's act on it.
func (m *member) turned(e *enrolments.Enrolment, act func(tx db.Tx, e *enrolments.Enrolment) error) *enrolments.Enrolment {
	m.t.Helper()
	if err := m.db.InTx(m.t.Context(), func(tx db.Tx) error { return act(tx, e) }); err != nil {
		m.t.Fatal(err)
	}
	return enrolmentstest.Now(m.t, m.enrolments, e)
}

func (m *member) approved() *enrolments.Enrolment {
	m.t.Helper()
	return m.turned(m.handedIn(), func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: e.Roles(), By: "per_admin", Reason: "Everything agrees."})
	})
}

func (m *member) mustSay(path string, words ...string) {
	m.t.Helper()
	shown := m.mustGet(path)
	for _, w := range words {
		if !shown.says(w) {
			m.t.Errorf("%s does not say %q", path, w)
		}
	}
}

func TestAQuestionIsOnTheDashboardUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	m.turned(m.handedIn(), func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Ask(tx, e, enrolmentstest.Seen(e), "per_admin", "Which service comes first?")
	})
	m.mustSay("/playground", "A question about your Live certificates", "Open Live certificates")
	m.mustSay(live, "Which service comes first?")

	m.post(live+"/answer", "version", m.mustGet(live).field("version"), "answer", "Account information.")

	m.mustSay(live, "Question answered", "Which service comes first?", "Account information.")
	if m.mustGet("/playground").says("A question about your Live certificates") {
		t.Error("what was answered is asked again on the dashboard")
	}
}

var fetchedAgain = regexp.MustCompile(`hx-get="([^"]+)"`)

func TestAPageThatIsOpenIsToldOfTheDecisionOnce(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	e := m.handedIn()
	found := fetchedAgain.FindStringSubmatch(m.mustGet(live).body)
	if found == nil {
		t.Fatal("the page does not ask for news")
	}
	before := m.get(found[1])
	m.turned(e, func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Reject(tx, e, enrolmentstest.Seen(e), "per_admin", "The register knows another name.")
	})

	after := m.get(found[1])

	if before.status != http.StatusNoContent {
		t.Errorf("where nothing is new: %d", before.status)
	}
	if after.status != http.StatusOK || !after.says("Rejected. Not accepted this time.") || !after.says("The register knows another name.") || strings.Contains(after.body, "hx-get") {
		t.Errorf("after the decision: %d %s", after.status, after.body)
	}
	if again := m.post(live+"/again", "id", after.field("id")); again.status != http.StatusSeeOther || !strings.HasPrefix(again.to(), live+"/") {
		t.Errorf("the button of the part that came: %d to %s", again.status, again.to())
	}
}

func TestAnApprovalStandsWhileARenewalIsRejected(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	m.approved()
	m.mustSay("/playground", "Your certificates are accepted for Live")
	m.mustSay(live, "Your certificates are accepted for Live.", "PSP_AI", "What comes next", "Create an app", "Connect an API", "Call from your shell")
	m.clock.Advance(8 * 24 * time.Hour)
	m.cookie = must(m.accounts.Sessions().Create(t.Context(), m.person, nil, "192.0.2.1", "test"))(t).Reveal()
	if m.mustGet("/playground").says("Your certificates are accepted for Live") {
		t.Error("old news stay on the dashboard")
	}

	m.turned(m.handedIn(), func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Reject(tx, e, enrolmentstest.Seen(e), "per_admin", "The register knows another name.")
	})

	m.mustSay("/playground", "Your Live certificates were not accepted")
	m.mustSay(live, "The register knows another name.", "Approved before", "still count. When others are approved, they go on beside them for up to 30 days.")
}

func TestASuspensionSaysWhyAndLeadsToNewFiles(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")

	m.turned(m.approved(), func(tx db.Tx, e *enrolments.Enrolment) error {
		_, err := m.enrolments.Suspend(tx, e, "system", "The QWAC was revoked.")
		return err
	})

	m.mustSay("/playground", "Your Live certificates are suspended")
	m.mustSay(live, "No longer accepted for Live.", "The QWAC was revoked.", "Start with new files")
	m.mustSay(live+"/upload", "Upload")
}

func TestTheOutcomesInABrowser(t *testing.T) {
	t.Parallel()
	m, tab := newVisit(t)
	e := m.approved()
	tab.Sound("live-approved", live)
	m.clock.Advance(time.Minute)
	m.turned(m.handedIn(), func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Reject(tx, e, enrolmentstest.Seen(e), "per_admin", "The register knows another name.")
	})
	tab.Sound("live-rejected", live)
	tab.Sound("dashboard-rejected", "/playground")
	m.turned(e, func(tx db.Tx, e *enrolments.Enrolment) error {
		_, err := m.enrolments.Suspend(tx, e, "system", "The QWAC was revoked.")
		return err
	})
	tab.Sound("live-both-ended", live)
}
