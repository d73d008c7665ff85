package playground_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/bankclient"
)

var (
	pickBox   = regexp.MustCompile(`name="pick" value="([^"]+)"`)
	savedLink = regexp.MustCompile(`href="/playground/request\?saved=([^"]+)"`)
)

// sent are the ids of a history, the newest first.
func (m *member) sent() []string {
	m.t.Helper()
	var ids []string
	for _, found := range pickBox.FindAllStringSubmatch(m.mustGet("/playground/history").body, -1) {
		ids = append(ids, found[1])
	}
	return ids
}

// sentAs is the id of the newest request of the history whose row says a text.
func (m *member) sentAs(text string) string {
	m.t.Helper()
	for row := range strings.SplitSeq(html.UnescapeString(m.mustGet("/playground/history").body), "<tr>") {
		if found := pickBox.FindStringSubmatch(row); found != nil && strings.Contains(row, text) {
			return found[1]
		}
	}
	m.t.Fatalf("no row says %q", text)
	return ""
}

func TestTheHistoryHasTheCallsForTokensAndNothingSecret(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app, path := s.finished()
	s.clock.Advance(time.Second)
	m.post(path + "/refresh")
	s.clock.Advance(time.Second)
	m.ask("consents.create")

	page := m.mustGet("/playground/history")

	for text, n := range map[string]int{"POST /token": 4, "Client credentials": 2, "Code for a token": 1, "Token renewed": 1, "A code works once": 1, "A refresh token works once": 1} {
		if rows := strings.Count(page.body, ">"+text); rows != n {
			t.Errorf("%d rows say %q, not %d", rows, text, n)
		}
	}
	for _, once := range []string{"Code for a token", "Token renewed"} {
		id := m.sentAs(once)
		for _, at := range []string{"/playground/request?sent=", "/playground/saved/new?sent="} {
			if a := m.get(at + id); a.to() != "/playground/history" || strings.Contains(page.body, at+id) {
				t.Errorf("%s: %s%s answers %d %s", once, at, id, a.status, a.to())
			}
		}
		if a := m.post("/playground/saved", "sent", id, "name", once); a.to() != "/playground/history" || !m.mustGet("/playground/history").says("codes and refresh tokens work once") {
			t.Errorf("%s is saved: %d", once, a.status)
		}
	}
	form := m.mustGet("/playground/request?sent=" + m.sentAs("Client credentials"))
	if !form.says("An access token of your own, by client credentials.") || strings.Contains(form.body, `id="mistake"`) {
		t.Error("the form of the token call is not there")
	}
	again := m.post("/playground/request", "app", app.ID, "brand", "rocker", "operation", "oauth.token")
	if again.status != http.StatusOK || !again.says("200 OK") || !again.says("grant_type=client_credentials") {
		t.Errorf("sent again: %d %s", again.status, again.body)
	}
	for name, a := range map[string]answer{"history": page, "form": form, "answer": again} {
		if shown := tokenInFull.FindAllString(a.body, -1); len(shown) > 0 {
			t.Errorf("%s shows %q", name, shown)
		}
	}
	var kept []string
	if err := m.db.Reader(t.Context()).SQL().Table("sent_requests").Pluck("form", &kept).Error; err != nil || len(kept) != 8 {
		t.Fatalf("%d forms, %v", len(kept), err)
	}
	for _, form := range kept {
		if strings.Contains(form, "secret") || strings.Contains(form, "verifier") || strings.Contains(form, "sbx_") || tokenInFull.MatchString(form) {
			t.Errorf("kept is %s", form)
		}
	}
}

func TestWhoLeavesBeforeTheAnswerFindsItInTheHistory(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app, _ := s.finished()
	arrived, release, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/card-accounts") {
			close(arrived)
			<-release
		}
		return false
	}
	ctx, leave := context.WithCancel(t.Context())
	s.clock.Advance(time.Second)
	form := m.form("app", app.ID, "brand", "rocker", "operation", "card-accounts.list")
	go func() {
		defer close(done)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, base+"/playground/request", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "fairway", Value: m.cookie})
		m.handler.ServeHTTP(httptest.NewRecorder(), r)
	}()
	<-arrived

	waiting := m.mustGet("/playground/history")
	leave()
	close(release)
	<-done
	after := m.mustGet("/playground/history")

	if !waiting.says("Under way") || !waiting.says("looks again by itself") || !strings.Contains(waiting.body, `http-equiv="refresh"`) {
		t.Error("the history does not say that an answer is waited for")
	}
	if after.says("Under way") || after.says("looks again by itself") || strings.Count(after.body, "GET /card-account/v1/card-accounts<") != 2 || strings.Count(after.body, "200 OK") < 2 {
		t.Errorf("the answer is not there: %s", after.body)
	}
}

func TestWhatCannotBeSentIsNotInTheHistory(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	before := len(m.sent())

	m.ask("card-accounts.list", "header-PSU-IP-Address", "é")

	if after := len(m.sent()); after != before {
		t.Errorf("%d requests, before %d", after, before)
	}
}

func TestTheHistoryHasWhatWasSentAndOpensIt(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _ := s.tpp("Budget Buddy Oy")
	_, bank := m.started()
	s.clock.Advance(time.Second)
	m.get(m.customer(bank, false))
	s.clock.Advance(time.Second)
	m.ask("card-accounts.transactions", "query-dateFrom", "2026-11-03", "mistake", string(bankclient.CRLF))

	page := m.mustGet("/playground/history")

	for _, want := range []string{"GET /card-account/v1/card-accounts/{account-id}/transactions", "POST /consent/v1/consents", "401 Unauthorized", "SIGNATURE_INVALID", "201 Created",
		"Broken on purpose: CR LF between the lines of the signing string", `href="/playground/requests/`} {
		if !page.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	ids := m.sent()
	if len(ids) != 5 {
		t.Fatalf("%d requests: four steps of the flow and one alone", len(ids))
	}
	form := m.mustGet("/playground/request?sent=" + ids[0])
	if !strings.Contains(form.body, `value="2026-11-03"`) || !strings.Contains(form.body, `<option value="crlf" selected`) || len(tokenInFull.FindAllString(form.body, -1)) > 0 {
		t.Error("the form is not filled in as it was sent")
	}
	if consent := m.mustGet("/playground/request?sent=" + m.sentAs("POST /consent/v1/consents")); !consent.says(`"recurringIndicator"`) {
		t.Error("the body of the consent is not filled in")
	}
}

func TestTwoRequestsAreComparedLineByLine(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	s.clock.Advance(time.Second)
	m.ask("card-accounts.list")
	s.clock.Advance(time.Second)
	m.ask("card-accounts.list", "mistake", string(bankclient.NoConsentID))
	ids := m.sent()

	page := m.mustGet("/playground/compare?a=" + ids[1] + "&b=" + ids[0])

	for _, want := range []string{"A: GET /card-account/v1/card-accounts", "200 OK", "400 Bad Request FORMAT_ERROR", "The same", "Differs", "Empty in both", ">removed<", ">added<"} {
		if !page.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	checkMarkup(t, "compare", page)
	if ticked := m.mustGet("/playground/compare?pick=" + ids[0] + "&pick=" + ids[1]); ticked.body != page.body && !ticked.says("400 Bad Request FORMAT_ERROR") {
		t.Error("two that are ticked are not compared")
	}
	for _, wrong := range []string{"", "?pick=" + ids[0], "?a=" + ids[0] + "&b=" + ids[0], "?pick=1&pick=2&pick=3"} {
		if a := m.get("/playground/compare" + wrong); a.to() != "/playground/history" {
			t.Errorf("%q: %d %s", wrong, a.status, a.to())
		}
	}
}

func TestTheHistoryOfOthersIsUnknown(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	ids := m.sent()
	stranger, _ := s.tpp("Other Oy")

	for _, path := range []string{"/playground/compare?a=" + ids[0] + "&b=" + ids[1], "/playground/request?sent=" + ids[0], "/playground/saved/new?sent=" + ids[0], "/playground/saved/saved_x"} {
		theirs, unknown := stranger.get(path), stranger.get(strings.NewReplacer(ids[0], "sent_x", ids[1], "sent_y").Replace(path))
		if theirs.status != http.StatusNotFound || unknown.status != http.StatusNotFound {
			t.Errorf("%s: %d and %d", path, theirs.status, unknown.status)
		}
	}
	if a := stranger.post("/playground/saved", "sent", ids[0], "name", "Stolen"); a.status != http.StatusNotFound {
		t.Errorf("saved: %d", a.status)
	}
}

func TestARequestIsSavedRenamedOpenedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()
	s.clock.Advance(time.Second)
	m.ask("card-accounts.transactions", "query-dateFrom", "2026-11-03")
	sent := m.sent()[0]

	empty := m.post("/playground/saved", "sent", sent, "name", " ")
	saved := m.post("/playground/saved", "sent", sent, "name", "Since <November>", "note", "For the demo")
	again := m.post("/playground/saved", "sent", sent, "name", "since <november>")

	if empty.status != http.StatusUnprocessableEntity || again.status != http.StatusUnprocessableEntity || !again.says("has saved a request under this name") {
		t.Errorf("%d and %d", empty.status, again.status)
	}
	page := m.mustGet("/playground/history")
	found := savedLink.FindStringSubmatch(page.body)
	checkMarkup(t, "history", page)
	checkMarkup(t, "refused", again)
	if saved.to() != "/playground/history#saved" || found == nil || !page.says("Since <November>") || strings.Contains(page.body, "<November>") {
		t.Fatalf("%s", saved.to())
	}
	if form := m.mustGet("/playground/request?saved=" + found[1]); !strings.Contains(form.body, `value="2026-11-03"`) {
		t.Error("the saved request is not filled in")
	}
	at := "/playground/saved/" + found[1]
	if a := m.post(at, "name", "November"); a.to() != "/playground/history#saved" || !m.mustGet("/playground/history").says("November") {
		t.Errorf("renamed: %d", a.status)
	}
	ask := m.mustGet(at + "/delete")
	if checkMarkup(t, "delete", ask); !ask.says("Delete November?") {
		t.Error("it is not asked before")
	}
	if a := m.post(at + "/delete"); a.to() != "/playground/history#saved" || !m.mustGet("/playground/history").says("Nothing is saved yet") {
		t.Errorf("deleted: %d", a.status)
	}
}

func TestACustomerIsFilledInWithOneClick(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, _ := s.finished()

	page := m.mustGet("/playground/request?operation=consents.create")
	filled := m.mustGet("/playground/request?operation=consents.create&psu=1345611")

	if !page.says("Test customers for PSU-ID") || !page.says("Use 1345611") || !strings.Contains(page.body, "psu=1345611") {
		t.Error("the customers are not listed")
	}
	if filled.field("header-PSU-ID") != "1345611" || !filled.says("filled in") {
		t.Error("the customer is not filled in")
	}
	if path, _ := m.started(); !m.mustGet(path).says("Whom you can play at the bank") {
		t.Error("the flow does not list them")
	}
}

func TestASignedStepLeadsToTheSameRequestBroken(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, path := s.finished()

	page := m.mustGet(path)

	if n := strings.Count(page.body, "Break this request on purpose"); n != 2 || !page.says("operation=consents.create") {
		t.Errorf("%d links", n)
	}
}
