package playground_test

import (
	"net/http"
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
	if len(ids) != 3 {
		t.Fatalf("%d requests: two steps of the flow and one alone", len(ids))
	}
	form := m.mustGet("/playground/request?sent=" + ids[0])
	if !strings.Contains(form.body, `value="2026-11-03"`) || !strings.Contains(form.body, `<option value="crlf" selected`) || len(tokenInFull.FindAllString(form.body, -1)) > 0 {
		t.Error("the form is not filled in as it was sent")
	}
	if consent := m.mustGet("/playground/request?sent=" + ids[2]); !consent.says(`"recurringIndicator"`) {
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
