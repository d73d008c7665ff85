package backoffice_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

func TestADecisionIsRecordedAndLeadsBackToTheQueue(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[string]struct {
		state enrolments.State
		flash string
	}{"approve": {enrolments.Approved, "Approved. The organisation gets a letter."}, "reject": {enrolments.Rejected, "Rejected. The organisation"}, "ask": {enrolments.Question, "Asked. The clock stands still"}} {
		t.Run(verdict, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, nca.Config{})
			a := o.examined("Budget Buddy Oy", demo.Request{})
			admin := o.colleague("anna@fairway.example", accounts.Admin)

			got := admin.decide(a, "verdict", verdict, "reason", "  "+reason+"\r\nGood luck.  ")
			queue := admin.mustGet("/admin/reviews")

			if got.status != http.StatusSeeOther || got.to() != "/admin/reviews" || !queue.says(want.flash) {
				t.Fatalf("%d to %s", got.status, got.to())
			}
			e := a.now()
			if e.State != want.state || verdict != "ask" && (e.Reason != reason+"\nGood luck." || e.DecidedBy != admin.Person.ID) || verdict == "ask" && e.AskedFor == "" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestAReadyMadeReasonIsTakenWhereNoneIsWritten(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	wrong := admin.decide(a, "verdict", "reject", "template", "approve-agrees")
	right := admin.decide(a, "verdict", "approve", "template", "approve-agrees")

	if wrong.status != http.StatusUnprocessableEntity || !wrong.says("This text is for another decision.") || !strings.Contains(wrong.body, `value="approve-agrees" selected`) {
		t.Errorf("a text for another decision: %d", wrong.status)
	}
	if right.status != http.StatusSeeOther || !strings.HasPrefix(a.now().Reason, "Your certificates, the trusted lists and the register") {
		t.Errorf("%d, reason %q", right.status, a.now().Reason)
	}
}

// What a preview put into the box follows the list, and no text goes out with another decision.
func TestATextThatWasPreviewedFollowsTheChoice(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	question := "Another organisation of this portal has handed in the same certificate, key or authorisation number. How do the two of you belong together?"

	changed := admin.decide(a, "act", "preview", "verdict", "reject", "template", "reject-issuer", "reason", question)
	left := admin.decide(a, "verdict", "reject", "reason", question)

	if !changed.says("is not granted for this kind of certificate") || changed.says("How do the two of you belong together?") {
		t.Error("the text does not follow the choice")
	}
	if left.status != http.StatusUnprocessableEntity || !left.says("This text is for another decision.") || a.deeds("enrolments.rejected") != 0 {
		t.Errorf("a question was sent as a rejection: %d", left.status)
	}
}

func TestSignedUpUnderAnotherNameIsSaid(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	other := o.examined("Norrsken Betalkonto AB", demo.Request{})
	same := o.examined("Revontuli Tilinäkymä", demo.Request{})

	if !admin.mustGet(path(other)).says("It signed up as Norrsken Betalkonto AB (FI); its certificates were issued to Revontuli Tilinakyma Oy (FI).") {
		t.Error("nobody is told that the names differ")
	}
	if admin.mustGet(path(same)).says("Signed up under another name") {
		t.Error("a name without its company form counts as another")
	}
}

func TestTheLetterIsShownBeforeAnythingIsRecorded(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	o.clock.Advance(6 * time.Minute) // the last code is too old to decide with

	shown := admin.decide(a, "act", "preview", "verdict", "reject", "template", "reject-name")

	if shown.status != http.StatusOK || a.now().State != enrolments.Submitted || a.deeds("enrolments.rejected") != 0 {
		t.Fatalf("%d, %s", shown.status, a.now().State)
	}
	for _, want := range []string{"Your certificates were not accepted for Live", "Organisation: Budget Buddy Oy", "another organisation than the register"} {
		if !shown.says(want) {
			t.Errorf("the letter does not say %q", want)
		}
	}
	if !strings.Contains(shown.body, `value="reject" checked`) || strings.Count(shown.body, "another organisation than the register") != 2 || !strings.Contains(shown.body, `name="code"`) {
		t.Error("the form does not come back filled")
	}
}

func TestTheFormComesBackFilledWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	o.clock.Advance(6 * time.Minute)
	now := o.clock.Now()

	short := admin.decide(a, "reason", "no")
	code := admin.decide(a, "verdict", "approve", "reason", reason, "code", "000000")
	good := admin.decide(a, "verdict", "approve", "reason", reason, "code", admin.App.Code(now))

	for _, want := range []string{"Choose what you decide.", "Write a reason of at least ten characters."} {
		if short.status != http.StatusUnprocessableEntity || strings.Count(short.body, want) != 2 {
			t.Errorf("%d: %q stands %d times", short.status, want, strings.Count(short.body, want))
		}
	}
	if code.status != http.StatusUnprocessableEntity || !code.says("This code is not right") || !strings.Contains(code.body, `value="approve" checked`) || !code.says(reason) {
		t.Errorf("a wrong code: %d", code.status)
	}
	if good.status != http.StatusSeeOther || a.now().State != enrolments.Approved {
		t.Errorf("%d, %s", good.status, a.now().State)
	}
}

func TestADecisionOnSomethingElseThanWhatWasShownIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	other := strings.Repeat("0", 64)
	for name, changes := range map[string][]string{
		"version": {"version", "3"}, "no version": {"version", "x"}, "QWAC": {"qwac", other}, "seal": {"qseal", other}, "swapped": {"qwac", a.QSeal.Info.SHA256, "qseal", a.QWAC.Info.SHA256},
		"evidence": {"evidence", other}, "no evidence": {"evidence", ""}, "nothing at all": {"version", "", "qwac", "", "qseal", "", "evidence", ""},
	} {
		for _, verdict := range []string{"approve", "reject", "ask"} {
			got := admin.decide(a, append([]string{"verdict", verdict, "reason", reason}, changes...)...)

			if got.status != http.StatusConflict || !got.says("Nothing was decided") || !got.says(reason) || got.field("version") != "4" || got.field("qwac") != a.QWAC.Info.SHA256 {
				t.Errorf("%s, %s: %d", name, verdict, got.status)
			}
		}
		if preview := admin.decide(a, append([]string{"act", "preview", "verdict", "approve", "reason", reason}, changes...)...); preview.status != http.StatusConflict || strings.Contains(preview.body, `id="letter"`) {
			t.Errorf("%s: the letter is shown: %d", name, preview.status)
		}
		if short := admin.decide(a, append([]string{"reason", "no"}, changes...)...); short.status != http.StatusConflict {
			t.Errorf("%s: a form with other mistakes passes it over: %d", name, short.status)
		}
	}
	if a.now().State != enrolments.Submitted || a.deeds("enrolments.approved", "enrolments.rejected", "enrolments.asked") != 0 {
		t.Error("something was decided")
	}
}

func TestEvidenceThatChangedMeanwhileIsShownBeforeAnythingIsDecided(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	form := admin.mustGet(path(a)).form("verdict", "approve", "reason", reason)
	o.clock.Advance(time.Minute)
	a.examine()

	refused := admin.send(http.MethodPost, path(a)+"/decide", form)
	again := admin.send(http.MethodPost, path(a)+"/decide", refused.form("verdict", "approve", "reason", reason))

	if refused.status != http.StatusConflict || !refused.says("gathered anew since") || refused.field("evidence") == form.Get("evidence") {
		t.Errorf("%d", refused.status)
	}
	if again.status != http.StatusSeeOther || a.now().State != enrolments.Approved {
		t.Errorf("the form that came back: %d", again.status)
	}
}

func TestWhatFailedCannotBeApproved(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{Flaw: "withdrawn"})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	screen := admin.mustGet(path(a))
	got := admin.decide(a, "verdict", "approve", "roles", "PSP_AI", "reason", reason)

	if !screen.says("what failed cannot be approved.") || !strings.Contains(screen.body, `value="approve" disabled`) {
		t.Error("the form offers an approval")
	}
	if got.status != http.StatusConflict || !got.says("A check failed") || a.now().State != enrolments.Submitted {
		t.Errorf("%d", got.status)
	}
}

func TestNobodyDecidesAboutHerOwnOrganisation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	other, admin := o.colleague("bea@fairway.example", accounts.Admin), o.colleague("anna@fairway.example", accounts.Admin)
	form := other.mustGet(path(a)).form("verdict", "approve", "reason", reason)
	if _, err := o.db.Native().ExecContext(t.Context(), "UPDATE people SET verified_at = created_at WHERE id = ?", admin.Person.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.db.Native().ExecContext(t.Context(), "INSERT INTO memberships (person_id, organisation_id, role, created_at) VALUES (?, ?, 'owner', '2026-11-21 09:00:00')", admin.Person.ID, a.who.OrganisationID); err != nil {
		t.Fatal(err)
	}

	screen := admin.mustGet(path(a))
	form.Set("_token", screen.field("_token"))
	got := admin.send(http.MethodPost, path(a)+"/decide", form)

	if !screen.says("You belong to this organisation. Somebody else has to decide.") || screen.says("Record decision") {
		t.Error("the screen offers a decision")
	}
	if got.status != http.StatusForbidden || a.now().State != enrolments.Submitted {
		t.Errorf("%d, %s", got.status, a.now().State)
	}
}

func TestWhatTheEvidenceDecidedAloneIsShownAsDecided(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{Automatic: true})
	a := o.submitted("Revontuli Tilinakyma Oy", demo.Request{})
	testkit.Eventually(t, "the evidence decides", func() bool { return a.now().State == enrolments.Approved })

	screen := o.colleague("anna@fairway.example", accounts.Admin).mustGet(path(a))

	if !screen.says("by Fairway itself") || !screen.says("Every check passed.") || screen.says("Record decision") {
		t.Error("the screen does not say who decided")
	}
}

func TestFourEyesNeedTwoPeople(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{FourEyes: true})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	anna, bea := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("bea@fairway.example", accounts.Admin)

	first := anna.decide(a, "verdict", "approve", "reason", reason)
	flash := anna.mustGet("/admin/reviews")
	again := anna.decide(a, "verdict", "approve", "reason", reason)
	pending := a.now().State
	screen := bea.mustGet(path(a))
	second := bea.decide(a, "verdict", "approve", "reason", reason)

	if first.status != http.StatusSeeOther || !flash.says("A second person has to approve it, too.") || pending != enrolments.Submitted {
		t.Errorf("first: %d, %s", first.status, pending)
	}
	if again.status != http.StatusConflict || !again.says("You approved this already.") || !strings.Contains(again.body, `value="approve" checked disabled`) {
		t.Errorf("the same person again: %d", again.status)
	}
	if !screen.says("anna@fairway.example approved PSP_AI – account information on 21 Nov 2026, 09:00 UTC: "+reason) || second.status != http.StatusSeeOther || a.now().State != enrolments.Approved {
		t.Errorf("second: %d, %s", second.status, a.now().State)
	}
}

func TestTwoWhoDecideAtOnceMakeOneDecision(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			o := newOfficeOn(t, open(t, clk), clk, nca.Config{}, base)
			o.importAll()
			anna, bea := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("bea@fairway.example", accounts.Admin)
			for range 25 {
				a := o.examined("Budget Buddy Oy", demo.Request{})
				forms := map[*colleague]url.Values{
					anna: anna.mustGet(path(a)).form("verdict", "approve", "reason", reason),
					bea:  bea.mustGet(path(a)).form("verdict", "reject", "reason", "This is another organisation."),
				}
				var group sync.WaitGroup
				var mu sync.Mutex
				statuses := map[int]int{}
				for who, form := range forms {
					group.Go(func() {
						got := who.send(http.MethodPost, path(a)+"/decide", form)
						mu.Lock()
						defer mu.Unlock()
						statuses[got.status]++
					})
				}
				group.Wait()

				if statuses[http.StatusSeeOther] != 1 || statuses[http.StatusConflict] != 1 || a.deeds("enrolments.approved", "enrolments.rejected") != 1 {
					t.Errorf("statuses %v, %d rows", statuses, a.deeds("enrolments.approved", "enrolments.rejected"))
				}
			}
		})
	}
}

func TestASessionInAnotherBrowserGivesTheCodeAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	thief := o.colleague("anna@fairway.example", accounts.Admin)
	thief.elsewhere = true

	got := thief.decide(a, "verdict", "approve", "reason", reason)
	before := a.now().State
	right := thief.decide(a, "verdict", "approve", "reason", reason, "code", thief.App.Next(o.clock.Now()))

	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="code"`) || before != enrolments.Submitted {
		t.Errorf("a session without its browser: %d, %s", got.status, before)
	}
	if right.status != http.StatusSeeOther || a.now().State != enrolments.Approved {
		t.Errorf("with the code: %d, %s", right.status, a.now().State)
	}
}
