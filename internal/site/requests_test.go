package site_test

import (
	"net/http"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/httpkit"
	"fairway/internal/mail"
	"fairway/internal/testkit"
)

// refuse records a refused call of an organisation and returns its id as links carry it.
func (w *world) refuse(organisation string) string {
	w.t.Helper()
	id := w.calls.NewID()
	w.calls.Record(&calls.Call{
		ID: id, At: testkit.Start, Environment: "sandbox", Brand: "rocker", OrganisationID: organisation, AppID: "app_1", Status: 401, Code: "SIGNATURE_INVALID",
		RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Method: "GET", Path: "/card-account/v1/card-accounts",
		Detail: calls.Detail{Reason: `You signed <b>"X-Request-ID"</b> with capital letters.`, ErrorPath: "Signature"},
	})
	return calls.FormatID(id)
}

func TestTheReaderSeesTheRequestThatTheLinkIsAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	organisation, person := testkit.Organisation(t, w.d, "Acme Payments")
	rid := w.refuse(organisation)
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: organisation}

	html := w.page("/docs/errors/SIGNATURE_INVALID?rid=" + rid)

	mustContain(t, "the page", html, "GET /card-account/v1/card-accounts", "21 Nov 2026, 09:00:00 UTC", "401 SIGNATURE_INVALID", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756",
		"You signed &lt;b&gt;", `href="/playground/requests/`+rid+`"`)
}

func TestARequestOfSomebodyElseLooksLikeOneThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	owner, _ := testkit.Organisation(t, w.d, "Acme Payments")
	stranger, person := testkit.Organisation(t, w.d, "Other")
	rid := w.refuse(owner)
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: stranger}

	foreign, gone := w.page("/docs/errors/SIGNATURE_INVALID?rid="+rid), w.page("/docs/errors/SIGNATURE_INVALID?rid=zz")

	mustContain(t, "the page", foreign, "has no such request")
	if strings.Contains(foreign, "X-Request-ID</b>") || strings.ReplaceAll(foreign, rid, "zz") != gone {
		t.Error("a foreign request can be told from none")
	}
}

func TestWhoeverIsNotSignedInIsLedToTheLogInPageAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	html := w.page("/docs/errors/FORMAT_ERROR?rid=abc123")

	mustContain(t, "the page", html, `href="/login?next=%2Fdocs%2Ferrors%2FFORMAT_ERROR%3Frid%3Dabc123"`)
}

func TestStaffHaveNoRequestsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	owner, _ := testkit.Organisation(t, w.d, "Acme Payments")
	rid := w.refuse(owner)
	w.visitor = httpkit.Visitor{PersonID: "per_staff", Role: "admin"}

	mustContain(t, "the page", w.page("/docs/errors/SIGNATURE_INVALID?rid="+rid), "has no such request")
}

func letter(id string) mail.Message {
	return mail.Message{ID: id, To: "ada@tpp.example", Subject: "Confirm <your> address",
		Text: "Confirm it: http://localhost:8080/verify/lnk_1.abc-DEF_9.\nNot there: https://elsewhere.example/x http://localhost:8080.evil.example/ javascript:alert(1)\n",
		HTML: `<p onclick="x()">Confirm <script>alert(1)</script></p>`}
}

func TestTheOutboxListsLettersAndMakesTheirLinksClickable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	empty := w.page("/dev/outbox")
	for _, id := range []string{"one@localhost", "two@localhost"} {
		if err := w.outbox.Send(t.Context(), letter(id)); err != nil {
			t.Fatal(err)
		}
	}

	list, one := w.page("/dev/outbox"), w.page("/dev/outbox/1")

	mustContain(t, "the empty outbox", empty, "No letter yet")
	mustContain(t, "the list", list, `href="/dev/outbox/1"`, `href="/dev/outbox/2"`, "ada@tpp.example", "Confirm &lt;your&gt; address")
	mustContain(t, "the letter", one, `href="http://localhost:8080/verify/lnk_1.abc-DEF_9"`, "one@localhost", "https://elsewhere.example/x")
	for _, never := range []string{`href="https://elsewhere`, `href="http://localhost:8080.evil`, `href="javascript:`, "<script>alert", "onclick=\"x"} {
		if strings.Contains(one, never) {
			t.Errorf("the letter's page holds %s", never)
		}
	}
}

func TestTheOutboxAnswersThisMachineAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.outbox.Send(t.Context(), letter("one@localhost")); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]struct {
		peer   string
		header http.Header
		want   int
	}{
		"this machine":                         {"127.0.0.1:4000", nil, http.StatusOK},
		"this machine, IPv6":                   {"[::1]:4000", nil, http.StatusOK},
		"another one":                          {"192.0.2.7:4000", nil, http.StatusNotFound},
		"another one that says it is this one": {"192.0.2.7:4000", http.Header{"X-Forwarded-For": {"127.0.0.1"}, "X-Real-Ip": {"127.0.0.1"}}, http.StatusNotFound},
		"another one through a proxy here":     {"127.0.0.1:4000", http.Header{"X-Forwarded-For": {"192.0.2.7"}}, http.StatusNotFound},
		"no address at all":                    {"", nil, http.StatusNotFound},
	} {
		for _, path := range []string{"/dev/outbox", "/dev/outbox/1"} {
			if got := w.askFrom(ask.peer, path, ask.header).Code; got != ask.want {
				t.Errorf("%s asks for %s: %d, want %d", name, path, got, ask.want)
			}
		}
	}
}

func TestUnknownLettersAreNotFoundAndWithoutAnOutboxThereIsNoPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, number := range []string{"1", "0", "-1", "x", "99999999999999999999", "1%20OR%201=1"} {
		if got := w.get("/dev/outbox/" + number).Code; got != http.StatusNotFound {
			t.Errorf("letter %s: %d", number, got)
		}
	}

	w.deps.Outbox = nil
	w.mount()

	if got := w.get("/dev/outbox").Code; got != http.StatusNotFound {
		t.Errorf("without an outbox: %d", got)
	}
}
