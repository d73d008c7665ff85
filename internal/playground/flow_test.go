package playground_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/flows"
	"fairway/internal/testkit"
)

// tokenInFull is a token, code or key that a page must not show.
var tokenInFull = regexp.MustCompile(`sbx_(at|rt|ac|sk|ak)_[A-Za-z0-9_-]{12,}`)

func (m *member) run(path string) *flows.Flow {
	m.t.Helper()
	owner := flows.Owner{OrganisationID: m.org, Environment: catalog.Sandbox}
	return must(flows.New(m.db, testkit.Ring(m.t)).ByID(m.t.Context(), owner, strings.TrimPrefix(path, "/playground/flow/")))(m.t)
}

func TestTheFlowGoesFromNoTokenToTheCardAccounts(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")

	ask := m.mustGet("/playground/flow")
	if !ask.says("Run to the consent") || !strings.Contains(ask.body, `value="`+app.ID+`" selected`) || !strings.Contains(ask.body, `value="rocker" selected`) {
		t.Errorf("the form is not filled in: %s", ask.body)
	}
	path, bank := m.started()
	waiting := m.mustGet(path)
	if !waiting.says("201 Created") || !waiting.says("Open the bank page") || !waiting.says(m.run(path).ConsentID) {
		t.Errorf("step 3 is not prepared: %s", waiting.body)
	}

	back := m.get(m.customer(bank, false))

	if back.status != http.StatusSeeOther || back.to() != path {
		t.Fatalf("%d %s", back.status, back.to())
	}
	done := m.mustGet(path)
	for _, text := range []string{"200 OK", "5243 78** **** 8693", "5243 66** **** 8694", "The bank answered in", "Signing string", "x-request-id: ", "digest: SHA-256=",
		"openssl dgst -sha256 -sign qseal.key", "$FAIRWAY_API_KEY", "Renew the token"} {
		if !done.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if shown := tokenInFull.FindAllString(ask.body+waiting.body+done.body, -1); len(shown) > 0 {
		t.Errorf("the pages show %q", shown)
	}
	if run := m.run(path); run.Step != flows.Done || run.Secrets.Code != "" || run.Secrets.Verifier != "" {
		t.Errorf("%s, code and verifier are kept", run.Step)
	}
}

func TestTheOtherModelsOfAConsentWorkToo(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	for _, fields := range [][]string{{"access", "choose"}, {"access", "named", "cards", "5243 78** **** 8693"}} {
		app := m.list()[0]
		a := m.post("/playground/flow", append([]string{"app", app.ID, "brand", "rocker"}, fields...)...)
		page := m.mustGet(a.to())

		m.get(m.customer(page.bankHref(), false))

		done := m.mustGet(a.to())
		if !done.says("5243 78** **** 8693") || done.says("5243 66** **** 8694") == (fields[1] == "named") {
			t.Errorf("%v: %s", fields, done.body)
		}
	}
}

func TestTheAddressOfTheBankIsWhatTheStandardAsksFor(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")

	path, bank := m.started()

	u := must(url.Parse(bank))(t)
	q, run := u.Query(), m.run(path)
	if u.Scheme+"://"+u.Host+u.Path != base+"/bank/sandbox/rocker/v1/authorizations" {
		t.Errorf("%s", bank)
	}
	for name, want := range map[string]string{"response_type": "code", "response_mode": "query", "client_id": app.ClientID, "redirect_uri": base + "/playground/callback",
		"scope": "AIS:" + run.ConsentID, "state": run.Secrets.State.Reveal(), "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 43 || strings.Contains(bank, run.Secrets.Verifier.Reveal()) {
		t.Errorf("%s", bank)
	}
}

func TestANewConsentSaysWhichOneItEnded(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	first, bank := m.started()
	m.get(m.customer(bank, false))

	second, bank := m.started()
	if page := m.mustGet(second); page.says("earlier consent") {
		t.Error("it is said before it is true")
	}
	m.get(m.customer(bank, false))

	if page := m.mustGet(second); !page.says("This consent has ended 1 earlier consent") || !page.says(m.run(first).ConsentID) {
		t.Errorf("%s", page.body)
	}
	if page := m.mustGet(first); !page.says("Its status is terminatedByTpp.") {
		t.Error("the first run does not say that its consent ended")
	}
}

func TestATokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	path, bank := m.started()
	m.get(m.customer(bank, false))
	before := m.run(path).Secrets

	var group sync.WaitGroup
	form := m.form()
	for range 4 {
		group.Go(func() { m.send(http.MethodPost, path+"/refresh", form) })
	}
	group.Wait()

	after := m.run(path).Secrets
	if after.AccessToken == before.AccessToken || after.Refresh == before.Refresh || after.Refresh == "" {
		t.Error("the tokens are the same")
	}
	s.clock.Advance(2 * time.Second)
	a := m.post(path + "/refresh")
	if page := m.mustGet(a.to()); !page.says("The token, renewed") || page.says("invalid_grant") {
		t.Errorf("a refresh token was used twice: %s", page.body)
	}
}

func TestAFailingStepStaysOpenAndCanBeTakenAgain(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/consent/v1/consents") {
			return false
		}
		w.Header().Set("Link", `<https://x.example/docs/errors/SERVICE_BLOCKED?rid=dysus4e2uhsy>; rel="help"`)
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"tppMessages":[{"category":"ERROR","code":"SERVICE_BLOCKED","path":"TLS","text":"<script>alert(1)</script> Blocked. https://x.example/docs/errors/SERVICE_BLOCKED?rid=dysus4e2uhsy"}]}`))
		return true
	}

	path, _ := m.started()

	page := m.mustGet(path)
	for _, text := range []string{"403 Forbidden · SERVICE_BLOCKED", "/docs/errors/SERVICE_BLOCKED?rid=dysus4e2uhsy", "/playground/requests/dysus4e2uhsy", "Run this step again"} {
		if !page.says(text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(page.body, "<script>alert") {
		t.Error("the bank's text is markup")
	}
	s.before = nil
	m.post(path + "/run")
	if page := m.mustGet(path); page.bankHref() == "" || m.run(path).Step != flows.Authorise {
		t.Errorf("it stands at %s", m.run(path).Step)
	}
}

func TestATokenThatTheBankForgotIsAskedForAnew(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	refuse := true
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !refuse || !strings.HasSuffix(r.URL.Path, "/consent/v1/consents") {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"tppMessages":[{"category":"ERROR","code":"TOKEN_EXPIRED"}]}`))
		return true
	}
	path, _ := m.started()
	refuse = false

	m.post(path + "/run")

	if run := m.run(path); run.Step != flows.Authorise {
		t.Errorf("it stands at %s", run.Step)
	}
}

func TestABankThatAnswersOddlyIsShownAndNotBelieved(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`<html><script>alert(1)</script>`:         "without a consentId",
		`{"consentId":"AIS:x&redirect_uri=evil"}`: "without a consentId",
		`{"consentId":7}`:                         "without a consentId",
		``:                                        "without a consentId",
	} {
		s := newStreet(t)
		m, _ := s.tpp("Budget Buddy Oy")
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/consent/v1/consents") {
				return false
			}
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(body))
			return true
		}

		path, bank := m.started()

		page := m.mustGet(path)
		if bank != "" || !page.says(want) || strings.Contains(page.body, "<script>alert") {
			t.Errorf("%s: %s", body, page.body)
		}
	}
}

func TestWithoutCertificatesAppOrConnectionTheFlowSaysWhatToMake(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m := s.member("New Oy")
	if page := m.mustGet("/playground/flow"); !page.says("Set up your sandbox first") {
		t.Error("nothing is there, and the page does not say so")
	}
	ready, app := s.tpp("Budget Buddy Oy")
	if err := ready.apps.Disconnect(t.Context(), ready.org, app.ID, "rocker", "card-account", ready.person); err != nil {
		t.Fatal(err)
	}

	if page := ready.mustGet("/playground/flow"); !page.says("Connect an API first") {
		t.Error("the connection is missing, and the page does not say so")
	}
	if a := ready.post("/playground/flow", "app", app.ID, "brand", "rocker", "access", "all"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.status)
	}
}

func TestTheFormOfTheFlowIsChecked(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")
	other, foreign := s.tpp("Other Oy")
	_ = other
	long := strings.Repeat("5243 78** **** 8693\n", 11)
	for text, fields := range map[string][]string{
		"Choose one of your apps.":               {"app", foreign.ID, "brand", "rocker", "access", "all"},
		"Choose a brand.":                        {"app", app.ID, "brand", "nobody", "access", "all"},
		"is not connected to Alisa Bank":         {"app", app.ID, "brand", "alisa", "access", "all"},
		"Choose what the customer is asked for.": {"app", app.ID, "brand", "rocker", "access", "everything"},
		"Enter at least one masked card number.": {"app", app.ID, "brand", "rocker", "access", "named", "cards", " \n"},
		"Write each card masked":                 {"app", app.ID, "brand", "rocker", "access", "named", "cards", "5243781234568693"},
		"Enter at most 10 cards.":                {"app", app.ID, "brand", "rocker", "access", "named", "cards", long},
	} {
		a := m.post("/playground/flow", fields...)

		if a.status != http.StatusUnprocessableEntity || !a.says(text) || !a.says("There is a problem") {
			t.Errorf("%q: %d", text, a.status)
		}
	}
}

func TestRevokedPlaygroundCredentialsAreNamed(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")
	for _, c := range app.Credentials {
		if c.Playground && c.Kind == apps.ClientSecret {
			if err := m.apps.Revoke(t.Context(), m.org, app.ID, c.ID, m.person); err != nil {
				t.Fatal(err)
			}
		}
	}

	a := m.post("/playground/flow", "app", app.ID, "brand", "rocker", "access", "all")

	if a.status != http.StatusConflict || !a.says("The playground has no credentials for this app") {
		t.Errorf("%d", a.status)
	}
}

func TestARunThatAnotherWindowWorksOnLooksAgain(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.tpp("Budget Buddy Oy")
	f := must(s.flows.Start(t.Context(), flows.Begin{Owner: flows.Owner{OrganisationID: m.org, Environment: catalog.Sandbox}, PersonID: m.person, AppID: app.ID, Brand: "rocker",
		Access: "all", Request: "{}"}))(t)

	page := m.mustGet("/playground/flow/" + f.ID)

	if !page.says("Under way") || !strings.Contains(page.body, `http-equiv="refresh"`) {
		t.Errorf("%s", page.body)
	}
	if a := m.post("/playground/flow/" + f.ID + "/run"); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
}

func TestTheNumberOfRunsInTheListIsTheNewestTen(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	var last string
	for range 12 {
		s.clock.Advance(time.Second)
		last, _ = m.started()
	}

	page := m.mustGet("/playground/flow")

	if n := strings.Count(page.body, `class="nowrap" href="/playground/flow/flow_`); n != 10 || !strings.Contains(page.body, last) {
		t.Errorf("%d runs are listed", n)
	}
}

func TestEachStepOfTheFlowIsToldWithALinkToTheNewestRunThatTookIt(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	before := m.mustGet("/playground/flow")
	finished, bank := m.started()
	m.get(m.customer(bank, false))
	s.clock.Advance(time.Second)
	newest, _ := m.started()

	page := m.mustGet("/playground/flow")
	run := m.mustGet(finished)

	for n := 1; n <= 6; n++ {
		if id := fmt.Sprintf(`id="step-%d"`, n); !strings.Contains(before.body, id) || !strings.Contains(page.body, id) {
			t.Errorf("there is no %s", id)
		}
	}
	if strings.Contains(before.body, "in your newest run") {
		t.Error("a run is promised where there is none")
	}
	for _, href := range []string{newest + "#step-token-request", newest + "#step-consent-request", finished + "#step-authorise", finished + "#step-exchange-request", finished + "#step-accounts-request"} {
		path, id, _ := strings.Cut(href, "#")
		if !strings.Contains(page.body, `href="`+href+`"`) || path == finished && !strings.Contains(run.body, `id="`+id+`"`) {
			t.Errorf("nothing leads to %s, or it is not there", href)
		}
	}
	for _, want := range []string{"The address, parameter by parameter", "used once", "set by the playground for you", "set by the connection"} {
		if !run.says(want) {
			t.Errorf("the run does not say %q", want)
		}
	}
}
