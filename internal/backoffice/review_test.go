package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

func TestTheScreenShowsAllTheEvidence(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	screen := admin.mustGet(path(a))

	for _, want := range []string{
		"Budget Buddy Oy", "PSDFI-FINFSA-9900001-4", "3 working days left", "checks passed", "The sources were asked on 21 Nov 2026, 09:00 UTC.",
		"Revontuli Tilinakyma Oy", "account information (PS_080)", "2021-03-15", "an account information service provider", // register
		"Granted", "Demonstration QTSP", "FI, number 7, issued on 16 Nov 2026, 09:00 UTC", "granted since 21 Nov 2024", "Next update", // lists
		"Not revoked", "http://qtsp.example.com/ocsp", "CN=Responder", // revocation
		"The key of the seal shown signed the challenge.", a.Proof.Algorithm, "over the seal " + a.QSeal.Info.SHA256, // proof
		"-----BEGIN CERTIFICATE-----", a.QWAC.Info.SHA256, "There is none.", // raw, earlier
		"enrolments.submitted", "nca.examined", "Fairway itself", // trail
		"Record decision", "Ask the sources again",
	} {
		if !screen.says(want) {
			t.Errorf("the screen does not say %q", want)
		}
	}
	for name, want := range map[string]string{"qwac": a.QWAC.Info.SHA256, "qseal": a.QSeal.Info.SHA256, "version": "4"} {
		if got := screen.field(name); got != want {
			t.Errorf("the form carries %s %q, want %q", name, got, want)
		}
	}
	if strings.Contains(screen.body, `href="http://qtsp`) || strings.Contains(screen.body, "examining") {
		t.Error("an address of a stranger is a link, or the page fetches itself again")
	}
}

func TestDifferingCharactersOfTheNameAreMarked(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{Organisation: "Revontuli Tilinakyma Oyj"})

	screen := o.colleague("anna@fairway.example", accounts.Admin).mustGet(path(a))

	if !strings.Contains(screen.body, "Revontuli Tilinakyma Oy<mark>j</mark>") || strings.Count(screen.body, "<mark>") != 1 {
		t.Error("the letter that differs is not the one that is marked")
	}
	if !screen.says("The register knows this number under another name.") {
		t.Error("the check list does not say that the names differ")
	}
}

func TestWithoutAnExaminationTheScreenFetchesItselfAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.submitted("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	screen, state := admin.mustGet(path(a)), admin.mustGet(path(a)+"/state")
	a.examine()
	after := admin.mustGet(path(a) + "/state")

	if !screen.says("Being examined") || screen.says("Record decision") || !strings.Contains(screen.body, `hx-get="`+path(a)+`/state"`) || !strings.Contains(screen.body, `http-equiv="refresh"`) {
		t.Error("the screen does not say that it waits")
	}
	if !strings.Contains(state.body, "hx-get") || state.header.Get("HX-Refresh") != "" {
		t.Error("the part that waits stops early")
	}
	if strings.Contains(after.body, "hx-get") || after.header.Get("HX-Refresh") != "true" {
		t.Error("the part that waits does not load the page")
	}
}

func TestWithoutAnEntryTheScreenSaysHowToSearchByHand(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{Flaw: "not-in-register"})

	screen := o.colleague("anna@fairway.example", accounts.Admin).mustGet(path(a))

	if !screen.says("Look it up by hand") || !screen.says("no entry under 0000000-0") || !strings.Contains(screen.body, "https://www.finanssivalvonta.fi/") {
		t.Error("the screen does not lead to the authority's register")
	}
}

func TestTheSameKeyElsewhereAndEarlierDecisionsAreShown(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	other := o.examined("Copycat Oy", demo.Request{Organisation: "Copycat Oy", Number: "9900009-9"})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin.decide(a, "verdict", "reject", "reason", "The first one was wrong.")
	former := a.ID
	a.handIn(issued(o, demo.Request{}))
	a.examine()

	screen := admin.mustGet(path(a))

	for _, want := range []string{"The same elsewhere", "Copycat Oy", "key", "Earlier submissions", "Rejected", "anna@fairway.example", "The first one was wrong."} {
		if !screen.says(want) {
			t.Errorf("the screen does not say %q", want)
		}
	}
	if !strings.Contains(screen.body, path(other)) || !strings.Contains(screen.body, "/admin/reviews/"+former) {
		t.Error("the screen does not lead to them")
	}
}

func TestTheSourcesAreAskedAgainAndTheScreenShowsIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	o.clock.Advance(25 * time.Hour)
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	old := admin.mustGet(path(a))

	answered := admin.send(http.MethodPost, path(a)+"/refresh", old.form())
	after := admin.mustGet(path(a))

	if !old.says("The evidence is too old to decide on") || answered.status != http.StatusSeeOther || answered.to() != path(a) {
		t.Errorf("%d to %s", answered.status, answered.to())
	}
	if after.says("too old") || !after.says("The sources were asked on 22 Nov 2026, 10:00 UTC.") || a.deeds("nca.examined") != 2 {
		t.Error("the sources were not asked again")
	}
}

func TestALongTrailIsFolded(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	short := admin.mustGet(path(a))
	for range 20 {
		if err := o.db.InTx(t.Context(), func(tx db.Tx) error {
			return audit.Write(tx, audit.Entry{Actor: "system", Act: "nca.examined", Object: a.now().ID})
		}); err != nil {
			t.Fatal(err)
		}
	}

	long := admin.mustGet(path(a))

	if short.says("earlier row") || !long.says("earlier rows") || !strings.Contains(long.body, "What was done before that, newest first") {
		t.Error("a long trail is not folded, or a short one is")
	}
}

func TestSourcesThatTakeTooLongLeaveWhatIsOnRecord(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	screen := admin.mustGet(path(a))
	o.issuers.slow = true

	got := admin.send(http.MethodPost, path(a)+"/refresh", screen.form())

	if got.status != http.StatusServiceUnavailable || !got.says("did not all answer in time") || !got.says("checks passed") || a.deeds("nca.examined") != 1 {
		t.Errorf("%d", got.status)
	}
}

func TestWhatFailedStandsAboveAllElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Hamara Oy", demo.Request{Flaw: "withdrawn"})

	screen := o.colleague("anna@fairway.example", accounts.Admin).mustGet(path(a))

	if !screen.says("checks failed") || !screen.says("ended on 30 June 2024. The sources were asked") {
		t.Error("the page does not begin with what failed")
	}
}

func TestWhatStrangersWroteIsShownAsText(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	a := o.examined(`<b>Bold</b> & "Sons"`, demo.Request{Flaw: "hostile-name"})
	admin.decide(a, "verdict", "ask", "reason", "Who are you?\n\n<img src=x onerror=alert(1)> And where?")
	if err := o.enrols.Reply(t.Context(), a.who, a.now().Version, "\u202eevil <script>alert(2)</script>\nline two"); err != nil {
		t.Fatal(err)
	}
	a.examine()

	screen, queue := admin.mustGet(path(a)), admin.mustGet("/admin/reviews")

	for _, page := range []answer{screen, queue} {
		for _, raw := range []string{"<script>alert", "<img src=x", "<b>Bold", "\u202e"} {
			if strings.Contains(page.body, raw) {
				t.Errorf("a page holds %q", raw)
			}
		}
	}
	if !screen.says("[U+202E]evil") || !screen.says("line two") || !screen.says("And where?") || !queue.says(`& "Sons"`) {
		t.Error("what was written cannot be read")
	}
	if len(screen.body) > 250_000 {
		t.Errorf("the screen has %d bytes", len(screen.body))
	}
}

func TestWhatNobodyHandedInIsUnknown(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	org, person := testkit.Organisation(t, o.db, "Draft Oy")
	pair := issued(o, demo.Request{})
	draft := must(o.enrols.Upload(t.Context(), enrolments.Who{OrganisationID: org, PersonID: person}, 0, enrolmentstest.Files(pair)))(t)

	for _, id := range []string{draft.ID, "enr_nobody", "%2e%2e"} {
		if got := admin.get("/admin/reviews/" + id); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", id, got.status)
		}
	}
}

// The queue and the screen read with statements that both databases must understand.
func TestBothDatabasesGiveTheSamePages(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		o := newOfficeOn(t, d, clk, nca.Config{FourEyes: true}, base)
		o.importAll()
		a := o.examined("Budget Buddy Oy", demo.Request{})
		a.examine()
		admin := o.colleague("anna@fairway.example", accounts.Admin)

		admin.decide(a, "verdict", "approve", "reason", reason)

		if queue := admin.mustGet("/admin/reviews"); !queue.says("Approved once") || !queue.says("checks passed") || strings.Count(queue.body, path(a)) != 2 {
			t.Error("the queue does not show the first approval")
		}
		if screen := admin.mustGet(path(a)); !screen.says("anna@fairway.example approved PSP_AI – account information on 21 Nov 2026, 09:00 UTC: "+reason) || screen.field("evidence") == "" {
			t.Error("the screen does not show who approved first")
		}
	})
}
