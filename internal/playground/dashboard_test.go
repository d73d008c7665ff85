package playground_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/quota"
)

// createLive makes an app that only counts against the limit; the first one needs an approval.
func (m *member) createLive(i int) {
	m.t.Helper()
	if pairs := must(m.enrolments.AdmittedOf(m.t.Context(), m.org))(m.t); len(pairs) == 0 {
		m.approved()
	}
	err := m.db.InTx(m.t.Context(), func(tx db.Tx) error {
		_, _, err := m.apps.Create(m.t.Context(), tx, m.org, m.person, apps.NewApp{Environment: catalog.Live, Name: fmt.Sprintf("Live %d", i)})
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

func TestTheStepsTickAsTheyAreTaken(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	app := m.list()[0]
	fresh := m.mustGet("/playground")

	same := m.get("/playground/steps?seen=111100")
	m.called(app.ID, "consents.create", 201, "")
	signed := m.get("/playground/steps?seen=111100")
	m.clock.Advance(161 * time.Second)
	m.called(app.ID, "card-accounts.list", 200, "")
	answered := m.get("/playground/steps?seen=111110")
	done := m.mustGet("/playground")

	if !fresh.says(`hx-get="/playground/steps?seen=111100"`) || !fresh.says(`<noscript><meta http-equiv="refresh" content="10"></noscript>`) {
		t.Error("an unfinished list does not fetch itself")
	}
	if same.status != http.StatusNoContent || same.body != "" {
		t.Errorf("without a change: %d, %d bytes", same.status, len(same.body))
	}
	if signed.status != http.StatusOK || !signed.says("5 of 6 steps done") || !signed.says("hx-get") {
		t.Errorf("after the first signed request: %d", signed.status)
	}
	if !answered.says("2 min 41 s after you signed up") || answered.says("hx-get") || strings.Contains(answered.body, "<html") {
		t.Errorf("after the first 200: %d %s", answered.status, answered.body)
	}
	if done.says("hx-get") || done.says(`http-equiv="refresh"`) || !done.says("<h1>Dashboard</h1>") {
		t.Error("a finished dashboard still fetches itself")
	}
}

func TestStepsThatCannotStartYetSaySo(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	empty := m.mustGet("/playground")
	m.create("Buddy")
	withApp := m.mustGet("/playground")

	if n := strings.Count(empty.body, "Cannot start yet"); n != 3 {
		t.Errorf("%d steps cannot start on an empty desk", n)
	}
	if n := strings.Count(withApp.body, "Cannot start yet"); n != 2 || !withApp.says("Connect it yourself") {
		t.Errorf("%d steps cannot start once there is an app", n)
	}
	if strings.Count(empty.body, "btn primary") != 1 {
		t.Errorf("%d primary buttons", strings.Count(empty.body, "btn primary"))
	}
}

func TestTheDashboardShowsWhatHappenedToday(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m, other := d.member("Budget Buddy Oy"), d.member("Other Oy")
	app, _ := m.create("Buddy")
	empty := m.mustGet("/playground")
	m.called(app.ID, "consents.create", 401, "TOKEN_INVALID")
	m.clock.Advance(15 * time.Hour) // midnight
	m.again()
	for range 3 {
		m.called(app.ID, "card-accounts.list", 401, "SIGNATURE_INVALID")
	}
	m.called(app.ID, "card-accounts.list", 429, "RATE_LIMIT_EXCEEDED")
	m.called(app.ID, "consents.create", 201, "")
	other.called("", "consents.create", 403, "SERVICE_BLOCKED")
	for range 3 {
		if _, err := m.quota.Take(t.Context(), quota.Caller{Environment: "sandbox", OrganisationID: app.OrganisationID, App: app.ID}); err != nil {
			t.Fatal(err)
		}
	}

	page := m.mustGet("/playground")

	if !empty.says("No requests yet") || !empty.says("Buddy: 0 of 1,000 requests") {
		t.Error("an empty dashboard does not say what will be there")
	}
	rows := strings.Count(page.body, `<th scope="row"><a href="/playground/requests/`)
	if rows != 5 || !page.says("201") || page.says("SERVICE_BLOCKED") || !page.says("Buddy: 3 of 1,000 requests") {
		t.Errorf("%d rows", rows)
	}
	errors := page.body[strings.Index(page.body, `id="errors"`):]
	if !strings.Contains(errors, `/playground/requests?code=SIGNATURE_INVALID`) || strings.Index(errors, "SIGNATURE_INVALID") > strings.Index(errors, "RATE_LIMIT_EXCEEDED") {
		t.Error("the errors are not grouped, the most frequent first")
	}
	if strings.Contains(errors, "TOKEN_INVALID") {
		t.Error("an error of yesterday counts today")
	}
}

func TestTheDashboardWarnsBeforeCertificatesEnd(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")

	early := m.mustGet("/playground")
	m.clock.Advance(151 * 24 * time.Hour)
	m.again()
	soon := m.mustGet("/playground")
	m.clock.Advance(30 * 24 * time.Hour)
	m.again()
	late := m.mustGet("/playground")

	if early.says("Your certificates expire") || !soon.says("Your certificates expire in 29 days") || !late.says("Your certificates have expired") {
		t.Errorf("early %t, soon %t, late %t", early.says("expire in"), soon.says("expire in 29 days"), late.says("have expired"))
	}
}

// again signs the member in once more, as after a long time.
func (m *member) again() {
	m.t.Helper()
	m.cookie = must(m.accounts.Sessions().Create(m.t.Context(), m.person, nil, "192.0.2.1", "test"))(m.t).Reveal()
}
