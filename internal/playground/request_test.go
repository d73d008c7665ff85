package playground_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fairway/internal/apps"
)

// finished is a TPP with a run that came to its end.
func (s *street) finished() (*member, apps.App, string) {
	s.t.Helper()
	m, app := s.tpp("Budget Buddy Oy")
	path, bank := m.started()
	m.get(m.customer(bank, false))
	return m, app, path
}

// ask opens the form of an operation, and sends it as it is filled in but for the given fields.
func (m *member) ask(operation string, fields ...string) answer {
	m.t.Helper()
	app := m.list()[0]
	page := m.mustGet("/playground/request?" + url.Values{"app": {app.ID}, "brand": {"rocker"}, "operation": {operation}}.Encode())
	form := m.form("app", app.ID, "brand", "rocker", "operation", operation)
	for _, tag := range input.FindAllString(page.body, -1) {
		if name := attributeOf(tag, "name"); strings.Contains(name, "-") {
			form.Set(name, attributeOf(tag, "value"))
		}
	}
	if strings.Contains(page.body, `name="query-bookingStatus"`) {
		form.Set("query-bookingStatus", "both")
	}
	if _, text, found := strings.Cut(page.body, `name="body"`); found {
		_, text, _ = strings.Cut(text, ">")
		text, _, _ = strings.Cut(text, "</textarea>")
		form.Set("body", strings.ReplaceAll(strings.TrimPrefix(html.UnescapeString(text), "\n"), "\n", "\r\n"))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return m.send(http.MethodPost, "/playground/request", form)
}

func TestEveryOperationIsFilledInAndAnswers(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	for operation, status := range map[string]string{
		"consents.create": "201 Created", "consents.read": "200 OK", "consents.status": "200 OK", "card-accounts.list": "200 OK", "card-accounts.read": "200 OK",
		"card-accounts.balances": "200 OK", "card-accounts.transactions": "200 OK",
	} {
		a := m.ask(operation)

		if a.status != http.StatusOK || !a.says(status) || a.says("No usable answer") {
			t.Errorf("%s: %d, not %s", operation, a.status, status)
		}
		if shown := tokenInFull.FindAllString(a.body, -1); len(shown) > 0 {
			t.Errorf("%s shows %q", operation, shown)
		}
	}
	if a := m.ask("consents.delete"); !a.says("204 No Content") {
		t.Errorf("delete: %s", a.body)
	}
	if a := m.ask("card-accounts.list"); a.status != http.StatusOK || !a.says("401 Unauthorized · CONSENT_INVALID") {
		t.Error("the consent is gone, and the bank's answer is not shown")
	}
}

func TestARefusalOfTheBankIsAResult(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	for want, a := range map[string]answer{
		"401 Unauthorized · SIGNATURE_INVALID": m.ask("card-accounts.list", "mistake", "unsigned"),
		"404 Not Found · RESOURCE_UNKNOWN":     m.ask("card-accounts.read", "path-account-id", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"),
		"400 Bad Request · FORMAT_ERROR":       m.ask("consents.create", "body", "{"),
		"400 Bad Request · PERIOD_INVALID":     m.ask("card-accounts.transactions", "query-dateFrom", "2026-11-01", "query-dateTo", "2026-10-01"),
	} {
		if a.status != http.StatusOK || !a.says(want) || !a.says("/docs/errors/") || !a.says("See it in the request log") {
			t.Errorf("%s: %d %s", want, a.status, a.body)
		}
	}
}

func TestWhatCannotBeSentIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	for field, a := range map[string]answer{
		"path-account-id":       m.ask("card-accounts.read", "path-account-id", ".."),
		"query-dateTo":          m.ask("card-accounts.transactions", "query-dateTo", "a\r\nHost: x"),
		"header-PSU-IP-Address": m.ask("card-accounts.list", "header-PSU-IP-Address", "é"),
		"body":                  m.ask("consents.create", "body", strings.Repeat("x", 64<<10+1)),
	} {
		if a.status != http.StatusUnprocessableEntity || !a.says("There is a problem") || !strings.Contains(a.body, `href="#`+field+`"`) || !strings.Contains(a.body, `id="`+field+`"`) {
			t.Errorf("%s: %d", field, a.status)
		}
	}
}

func TestAForeignAppIsNotSpokenFor(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	stranger, other := s.tpp("Other Oy")
	_ = stranger
	form := m.form("app", other.ID, "brand", "rocker", "operation", "card-accounts.list")

	a := m.send(http.MethodPost, "/playground/request", form)

	if strings.Contains(a.body, other.ID) || a.status != http.StatusOK {
		t.Errorf("%d", a.status)
	}
	if page := stranger.mustGet("/playground/requests"); !page.says("No requests yet") {
		t.Error("a call was made in the other's name")
	}
}

func TestWithoutARunThePageSaysWhyThereIsNoToken(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")

	page := m.mustGet("/playground/request?operation=card-accounts.list")
	if !page.says("has given My app a token yet") || !page.says("Run the example flow") {
		t.Error("the page does not say so")
	}
	if a := m.ask("card-accounts.list", "header-Consent-ID", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"); !a.says("TOKEN_UNKNOWN") {
		t.Errorf("%s", a.body)
	}
}

func TestAnExpiredTokenLeadsToItsRenewal(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, path := s.finished()
	s.clock.Advance(61 * time.Minute)
	m.cookie = must(m.accounts.Sessions().Create(t.Context(), m.person, nil, "192.0.2.1", "test"))(t).Reveal()

	page := m.mustGet("/playground/request?operation=card-accounts.list")

	if !page.says("has expired") || !strings.Contains(page.body, path+"#step-exchange") {
		t.Error("the page does not say so")
	}
	if a := m.ask("card-accounts.list"); !a.says("TOKEN_EXPIRED") {
		t.Error("the bank does not say so")
	}
	m.post(path + "/refresh")
	if a := m.ask("card-accounts.list"); !a.says("200 OK") {
		t.Error("the renewed token does not work")
	}
}

func TestAnUnknownOperationIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")

	if a := m.post("/playground/request", "app", app.ID, "brand", "rocker", "operation", "money.print"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.status)
	}
	if page := m.mustGet("/playground/request?operation=money.print"); strings.Contains(page.body, `id="request"`) {
		t.Error("there is a form for it")
	}
}
