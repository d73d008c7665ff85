package playground_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"fairway/internal/flows"
)

func TestTheAnswerIsUsedOnce(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()
	back := m.customer(bank, false)
	tokens := 0
	var mu sync.Mutex
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/auth/token" {
			tokens++
		}
		return false
	}

	var group sync.WaitGroup
	for range 6 {
		group.Go(func() { m.send(http.MethodGet, back, nil) })
	}
	group.Wait()
	again := m.get(back)
	head := m.send(http.MethodHead, back, nil)

	if tokens != 1 || again.status != http.StatusSeeOther || again.to() != path || head.status != http.StatusOK {
		t.Errorf("%d exchanges, then %d %s", tokens, again.status, again.to())
	}
	if run := m.run(path); run.Step != flows.Done {
		t.Errorf("it stands at %s", run.Step)
	}
}

func TestHeadDoesNotExchangeTheCode(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()

	m.send(http.MethodHead, m.customer(bank, false), nil)

	if run := m.run(path); run.Step != flows.Authorise {
		t.Errorf("it stands at %s", run.Step)
	}
}

func TestAnAnswerThatIsNotForThisBrowserChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	other, _ := s.tpp("Other Oy")
	path, bank := m.started()
	back := m.customer(bank, false)
	query := must(url.Parse(back))(t).Query()
	with := func(name, value string) string {
		changed := url.Values{}
		for n, v := range query {
			changed[n] = v
		}
		changed.Set(name, value)
		return "/playground/callback?" + changed.Encode()
	}

	for name, a := range map[string]answer{
		"another organisation": other.get(back),
		"no state":             m.get(with("state", "")),
		"another state":        m.get(with("state", "x")),
		"two states":           m.get(back + "&state=" + query.Get("state")),
		"two codes":            m.get(back + "&code=x"),
		"nothing":              m.get("/playground/callback"),
	} {
		if a.status != http.StatusSeeOther || a.to() != "/playground/flow" {
			t.Errorf("%s: %d %s", name, a.status, a.to())
		}
	}
	if run := m.run(path); run.Step != flows.Authorise || run.Problem != nil {
		t.Errorf("it stands at %s, %+v", run.Step, run.Problem)
	}
	for issuer, code := range map[string]string{"": "iss_missing", s.auth + "/sandbox/alisa": "iss_mismatch", "https://evil.example": "iss_mismatch"} {
		m.get(with("iss", issuer))
		run := m.run(path)
		if run.Step != flows.Authorise || run.Problem == nil || run.Problem.Code != code || run.Secrets.Code != "" {
			t.Errorf("iss %q: %s %+v", issuer, run.Step, run.Problem)
		}
	}
	if page := m.mustGet(path); !page.says("The answer was not used") || !page.says("The code was not used") {
		t.Error("the page does not say so")
	}
}

func TestAColleagueCannotBringTheAnswer(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()
	back := m.customer(bank, false)
	colleague := s.member("Colleagues Oy")
	move(t, colleague, m.org)

	a := colleague.get(back)

	if a.to() != "/playground/flow" || m.run(path).Step != flows.Authorise {
		t.Errorf("%s, it stands at %s", a.to(), m.run(path).Step)
	}
	if page := colleague.mustGet(path); !page.says("A colleague started this run") || page.bankHref() != "" {
		t.Error("the colleague is offered the bank")
	}
}

func TestADeniedConsentIsSaidKindly(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()

	m.get(m.customer(bank, true))

	page := m.mustGet(path)
	if !page.says("access_denied") || !page.says("Start again") || !page.says("/docs/errors/access_denied") || page.bankHref() != "" {
		t.Errorf("%s", page.body)
	}
}

func TestAnErrorWhoseConsentStillWaitsLeadsBackToTheBank(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()
	state := must(url.Parse(bank))(t).Query().Get("state")
	refused := url.Values{"state": {state}, "iss": {s.auth + "/sandbox/rocker"}, "error": {"temporarily_unavailable"}, "error_description": {"<b>Later</b>"}}

	m.get("/playground/callback?" + refused.Encode())
	page := m.mustGet(path)
	if !page.says("Try the bank once more") || strings.Contains(page.body, "<b>Later") || !page.says("<b>Later</b>") {
		t.Errorf("%s", page.body)
	}
	m.post(path + "/authorise")

	next := m.mustGet(path).bankHref()
	if next == "" || strings.Contains(next, state) {
		t.Errorf("the state is the same: %s", next)
	}
	m.get(m.customer(next, false))
	if m.run(path).Step != flows.Done {
		t.Errorf("it stands at %s", m.run(path).Step)
	}
}

// move puts a person into another organisation.
func move(t *testing.T, m *member, org string) {
	t.Helper()
	if _, err := m.db.Native().ExecContext(t.Context(), fmt.Sprintf("UPDATE memberships SET organisation_id = '%s' WHERE person_id = '%s'", org, m.person)); err != nil {
		t.Fatal(err)
	}
	m.org = org
}
