package site_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/progress"
	"fairway/internal/quota"
	"fairway/internal/site"
	"fairway/internal/testkit"
)

// signIn makes the visitor a member of a new organisation.
func (w *world) signIn() string {
	w.t.Helper()
	organisation, person := testkit.Organisation(w.t, w.d, "Acme Payments")
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: organisation, Role: "tpp"}
	return organisation
}

func TestTheLimitsShowTheReadersOwnUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.page("/docs/limits")
	w.signIn()

	without := w.page("/docs/limits")
	w.used = []site.AppUse{{App: "Idle", Environment: catalog.Sandbox, Limits: quota.Limits{PerSecond: 5, PerDay: 1000}}}
	idle := w.page("/docs/limits")
	w.used[0].Used = 950
	busy := w.page("/docs/limits")
	w.visitor.Role = "support"
	staff := w.page("/docs/limits")

	mustContain(t, "a stranger", stranger, "/login?next=%2Fdocs%2Flimits", `&#34;second&#34;;q=5;w=1, &#34;day&#34;;q=1000;w=86400`)
	mustContain(t, "without an app", without, "You have no app yet")
	mustContain(t, "an idle app", idle, "No requests today.", "Idle, Sandbox: 0 of 1,000 requests", "in 15 hours")
	mustContain(t, "a busy app", busy, "950 of 1,000 requests", `class="progress warn"`)
	mustContain(t, "staff", staff, "/support-desk")
}

func TestTheStepsTickThemselvesOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.page("/docs/start")
	w.signIn()
	w.taken = [progress.Steps]bool{true, true}

	begun := w.page("/docs/start")
	w.taken = [progress.Steps]bool{true, true, true, true, true, true}
	done := w.page("/docs/start")

	mustContain(t, "a stranger", stranger, "/login?next=%2Fdocs%2Fstart")
	mustContain(t, "two steps on", begun, "Next: step 3, Create an app.", `href="#app"`)
	mustContain(t, "at the end", done, "All six steps are done")
}

// release announces v2 at one bank, with its days.
func (w *world) release(sandbox time.Time) {
	w.t.Helper()
	released := catalog.EarliestRelease(sandbox)
	err := w.d.InTx(w.t.Context(), func(tx db.Tx) error {
		return catalog.AddVersion(tx, catalog.Version{API: "card-account", Brand: "rocker", Version: "v2", SandboxFrom: sandbox, ReleasedAt: &released}, "per_admin")
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestVersionsFollowTheCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.page("/docs/versions")
	w.release(testkit.Start.AddDate(0, 1, 0))

	after, log := w.page("/docs/versions"), w.page("/docs/changelog")

	mustContain(t, "with one version", before, "One version, and none planned.", "all banks", "1 Jun 2026", "3 months at least", "6 months at least")
	mustContain(t, "with two", after, "Upcoming", "21 Dec 2026", "21 Mar 2027", "21 Sep 2027", "v2 at Rocker", "ST1 Finance, Alisa Bank")
	mustContain(t, "the changelog", log, "Card accounts v2 is announced", "It opens in the sandbox on 21 Dec 2026, at Rocker", "Card accounts v1 is the current version")
	if strings.Contains(log, "v2 is in the sandbox") {
		t.Error("what is still to come is told as done")
	}
}

func TestVersionsSayWhatTheReadersAppsCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	organisation := w.signIn()
	none := w.page("/docs/versions")
	for range 3 {
		w.calls.Record(&calls.Call{ID: w.calls.NewID(), At: testkit.Start, Environment: "sandbox", Brand: "rocker", OrganisationID: organisation, AppID: "app_1",
			Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: 200})
	}
	if err := w.calls.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	three := w.page("/docs/versions")

	mustContain(t, "before", none, "have called no version in the last seven days")
	mustContain(t, "after", three, "Card accounts v1: 3 calls")
}

func TestChangesAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	all, fixed, none, odd := w.page("/docs/changelog"), w.page("/docs/changelog?tag=fixed"), w.page("/docs/changelog?api=portal&tag=removed"), w.page("/docs/changelog?tag=%3Cb%3E&api=nope")

	mustContain(t, "all", all, `rel="alternate" type="application/atom+xml"`, "Card accounts v1 is in the sandbox", "21 Nov 2026")
	mustContain(t, "what was fixed", fixed, "No links to what the consent does not open", "1 change<", "Clear")
	if strings.Contains(fixed, "is in the sandbox") {
		t.Error("other kinds are listed")
	}
	mustContain(t, "nothing", none, "Nothing matches", "Show every change")
	mustContain(t, "what does not exist", odd, "Nothing matches")
	mustContain(t, "what has no change yet", w.page("/docs/changelog?api=portal"), "Nothing for Portal and documentation")
}

// atom is what RFC 4287 §4.1.1 and §4.1.2 ask of a feed and its entries.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"http://www.w3.org/2005/Atom id"`
	Title   string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
	Author  string   `xml:"http://www.w3.org/2005/Atom author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID      string `xml:"http://www.w3.org/2005/Atom id"`
		Title   string `xml:"http://www.w3.org/2005/Atom title"`
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"http://www.w3.org/2005/Atom link"`
		Content struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"http://www.w3.org/2005/Atom content"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

func (w *world) feed() atom {
	w.t.Helper()
	answer := w.get("/docs/changelog.atom")
	if got := answer.Header().Get("Content-Type"); answer.Code != http.StatusOK || got != "application/atom+xml; charset=utf-8" {
		w.t.Fatalf("the feed: %d, %s", answer.Code, got)
	}
	var f atom
	if err := xml.Unmarshal(answer.Body.Bytes(), &f); err != nil {
		w.t.Fatal(err)
	}
	return f
}

func TestTheFeedIsWhatReadersOfFeedsExpect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	html := w.page("/docs/changelog")

	f := w.feed()

	if f.ID != "tag:localhost,2026:changelog" || f.Title == "" || f.Author == "" || len(f.Links) != 2 || len(f.Entries) < 6 || f.Updated != f.Entries[0].Updated {
		t.Errorf("the feed is %+v", f)
	}
	ids := map[string]bool{}
	last := testkit.Start.Add(time.Second)
	for _, e := range f.Entries {
		at, err := time.Parse(time.RFC3339, e.Updated)
		if err != nil || at.After(last) || ids[e.ID] || !strings.HasPrefix(e.ID, "tag:localhost,2026-") || e.Title == "" || e.Content.Type != "html" || !strings.HasPrefix(e.Content.Text, "<p>") {
			t.Errorf("entry %+v, %v", e, err)
		}
		ids[e.ID], last = true, at
		_, fragment, _ := strings.Cut(e.Link.Href, "#")
		if !strings.HasPrefix(e.Link.Href, "http://localhost:8080/docs/changelog#") || !strings.Contains(html, `id="`+fragment+`"`) {
			t.Errorf("%s is not there", e.Link.Href)
		}
	}
}

func TestIdsOfTheFeedStayWhenMoreIsAnnounced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.feed()
	w.release(testkit.Start.AddDate(0, 2, 0))

	after := w.feed()

	known := map[string]bool{}
	for _, e := range after.Entries {
		known[e.ID] = true
	}
	if len(after.Entries) <= len(before.Entries) {
		t.Errorf("%d entries, %d before", len(after.Entries), len(before.Entries))
	}
	for _, e := range before.Entries {
		if !known[e.ID] {
			t.Errorf("%s has another id now", e.Title)
		}
	}
}

func TestALetterToSupportCarriesTheTraceId(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Run(t, w.calls.Run)
	organisation := w.signIn()
	rid := w.refuse(organisation)

	own := w.page("/docs/contact?rid=" + rid)
	w.visitor = httpkit.Visitor{}
	stranger, plain := w.page("/docs/contact?rid="+rid), w.page("/docs/contact")

	mustContain(t, "its owner", own, "subject=Request%20"+rid+"%3A%20401%20SIGNATURE_INVALID", "GET /card-account/v1/card-accounts", `id="trace">`+rid)
	mustContain(t, "a stranger", stranger, "subject=Request%20"+rid+`"`, "Sign in to see here what it was")
	if strings.Contains(stranger, "SIGNATURE_INVALID%") || strings.Contains(plain, "Your request") {
		t.Error("a stranger sees what the request was, or a request is shown that nobody named")
	}
	if code := w.get("/docs/contact?rid=%3Cscript%3E").Code; code != http.StatusNotFound {
		t.Errorf("a made-up id is answered %d", code)
	}
	mustContain(t, "the page of the code", w.page("/docs/errors/SIGNATURE_INVALID?rid="+rid), "/docs/contact?rid="+rid)
}

// verify sends the form of the calculator.
func (w *world) verify(name, value string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.post("/docs/auth", "application/x-www-form-urlencoded", []byte(url.Values{name: {value}}.Encode()))
}

func TestAChallengeIsComputedWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for verifier, want := range map[string]string{
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
		strings.Repeat("a", 43):                       "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA",
		"short":                                       "43 to 128 characters; this one has 5.",
		strings.Repeat("a", 129):                      "this one has 129.",
		strings.Repeat("ä", 50):                       "letters, digits, -, ., _ and ~ only",
		"":                                            "Enter a verifier",
	} {
		answer := w.verify("verifier", verifier)

		refused := answer.Code == http.StatusUnprocessableEntity
		if refused != strings.Contains(want, " ") || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%.50q: %d, without %q", verifier, answer.Code, want)
		}
		if answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("a page with a verifier may be kept")
		}
	}
}

func TestANewVerifierIsAnotherEachTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	one, two := w.verify("new", "yes").Body.String(), w.verify("new", "yes").Body.String()

	value := func(html string) string {
		_, rest, _ := strings.Cut(html, `name="verifier"`)
		_, rest, _ = strings.Cut(rest, `value="`)
		v, _, _ := strings.Cut(rest, `"`)
		return v
	}
	if len(value(one)) != 43 || value(one) == value(two) {
		t.Errorf("%q and %q", value(one), value(two))
	}
}
