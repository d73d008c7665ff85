package notify_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

const day = 24 * time.Hour

// accept has an organisation of its own accepted with a pair that ends then. Its letter has come.
func (o office) accept(organisation string, ends enrolmentstest.Ends) *enrolments.Enrolment {
	o.t.Helper()
	organisationID, person := testkit.Organisation(o.t, o.db, organisation)
	return o.acceptFor(enrolments.Who{OrganisationID: organisationID, PersonID: person}, ends)
}

func (o office) acceptFor(who enrolments.Who, ends enrolmentstest.Ends) *enrolments.Enrolment {
	o.t.Helper()
	before := len(o.settled())
	e := o.decide(enrolmentstest.Submit(o.t, o.db, o.enrolments, who, ends, o.db.Now()), true, "Every check passed.")
	o.wait(before + 1)
	return e
}

// keys are slow to make; all sets here have the same.
var keys struct {
	sync.Mutex
	made *certs.Keys
}

func (o office) generate(organisationID string) certs.Set {
	o.t.Helper()
	if err := o.certs.EnsureAuthorities(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	keys.Lock()
	defer keys.Unlock()
	if keys.made == nil {
		made, err := o.certs.Prepare(o.t.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI}})
		if err != nil {
			o.t.Fatal(err)
		}
		keys.made = &made
	}
	var set certs.Set
	o.deed(func(tx db.Tx) (err error) {
		set, _, err = o.certs.Generate(o.t.Context(), tx, certs.Organisation{ID: organisationID, Name: "Budget Buddy", Country: "FI"}, "per_tester", *keys.made, "")
		return err
	})
	return set
}

func TestCertificatesOfLiveClimbDownTheLadder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		end := monday.AddDate(0, 0, 70)
		e := o.accept("Budget Buddy", enrolmentstest.Ends{QWAC: end.AddDate(1, 0, 0), QSeal: end})

		came := o.walk(clk, 8*time.Hour, end.AddDate(0, 0, 5), o.notify.Endings)

		want := []string{
			"Thu 3 Dec 10:00 Your Live certificates end in 60 days", "Sat 2 Jan 10:00 Your Live certificates end in 30 days",
			"Mon 18 Jan 10:00 Your Live certificates end in 14 days", "Mon 25 Jan 10:00 Your Live certificates end in 7 days",
			"Sun 31 Jan 10:00 Your Live certificates end within a day",
		}
		if !slices.Equal(came, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(came, "\n"), strings.Join(want, "\n"))
		}
		mustSay(t, o.settled()[1], "Budget Buddy", "1 Feb 2027, 08:00 UTC", e.QWAC.Info.SerialHex, e.QSeal.Info.SerialHex, e.ID, home+"/playground/live/certificates")
	})
}

func TestASandboxSetClimbsDownTheLadder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		organisation, _ := testkit.Organisation(t, o.db, "Budget Buddy")
		set := o.generate(organisation)
		end := set.QSeal.X509.NotAfter
		clk.Set(end.Add(-65 * day))

		came := o.walk(clk, day, end.AddDate(0, 0, 5), o.notify.Endings)

		if len(came) != 5 || !strings.HasSuffix(came[0], "Your sandbox certificates end in 60 days") || !strings.HasSuffix(came[4], "Your sandbox certificates end within a day") {
			t.Fatalf("got\n%s", strings.Join(came, "\n"))
		}
		mustSay(t, o.settled()[0], "Budget Buddy", "22 May 2027, 08:00 UTC", set.QWAC.Serial, set.QSeal.Serial, set.ID, home+"/playground/certificates")
	})
}

func TestOfSeveralRungsThatWereMissedTheNearestIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.accept("Budget Buddy", enrolmentstest.Both(monday.AddDate(0, 0, 62)))
		clk.Advance(3 * day)
		first := o.walk(clk, day, clk.Now(), o.notify.Endings)

		clk.Advance(48 * day) // the portal was off
		back := o.walk(clk, day, clk.Now().Add(2*day), o.notify.Endings)

		if !slices.Equal(first, []string{"Thu 26 Nov 10:00 Your Live certificates end in 59 days"}) {
			t.Errorf("at first: %v", first)
		}
		if !slices.Equal(back, []string{"Thu 14 Jan 10:00 Your Live certificates end in 10 days"}) {
			t.Errorf("afterwards: %v", back)
		}
	})
}

func TestWhatWasReplacedIsNotSaidToEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		organisation, person := testkit.Organisation(t, o.db, "Budget Buddy")
		who := enrolments.Who{OrganisationID: organisation, PersonID: person}
		o.generate(organisation)
		clk.Advance(160 * day)
		o.acceptFor(who, enrolmentstest.Both(clk.Now().Add(20*day)))
		o.acceptFor(who, enrolmentstest.Both(clk.Now().AddDate(1, 0, 0)))
		before := len(o.settled())
		o.generate(organisation)
		o.wait(before + 1) // that the set was replaced

		came := o.walk(clk, day, clk.Now().Add(21*day), o.notify.Endings)

		if len(came) != 0 {
			t.Errorf("%v", came)
		}
	})
}

func TestAFactAboutAnEndThatIsNoLongerTrueIsNotWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		organisation, person := testkit.Organisation(t, o.db, "Budget Buddy")
		who := enrolments.Who{OrganisationID: organisation, PersonID: person}
		former := o.acceptFor(who, enrolmentstest.Both(monday.Add(30*day)))
		present := o.acceptFor(who, enrolmentstest.Both(monday.Add(60*day)))
		set := o.generate(organisation)
		o.generate(organisation)
		before := len(o.wait(3))

		o.tell(told{"notify.live_nears_end", []byte(`{"enrolment_id":"` + former.ID + `","days":30}`)}) // replaced
		o.tell(told{"notify.live_nears_end", []byte(`{"enrolment_id":"` + present.ID + `","days":30}`)})
		o.tell(told{"notify.live_nears_end", []byte(`{"enrolment_id":"enr_nobody","days":30}`)})
		o.settled()
		clk.Set(set.QWAC.X509.NotAfter.Add(-30 * day))
		o.tell(told{"notify.sandbox_nears_end", []byte(`{"set_id":"` + set.ID + `","days":30}`)}) // replaced
		o.tell(told{"notify.sandbox_nears_end", []byte(`{"set_id":"set_nobody","days":30}`)})

		if letters := o.settled(); len(letters) != before {
			t.Errorf("%+v", letters[before:])
		}
	})
}

func TestALetterAboutAnEndThatIsSentAgainIsTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.accept("Budget Buddy", enrolmentstest.Both(monday.Add(30*day)))
		o.post.breaks(1)

		if err := o.notify.Endings(t.Context()); err != nil {
			t.Fatal(err)
		}

		letters := o.wait(3)
		if len(letters) != 3 || letters[1] != letters[2] {
			t.Errorf("%d letters: %+v", len(letters), letters)
		}
	})
}

func TestManyEndsAreToldOnceEachByProcessesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		e := o.accept("Budget Buddy", enrolmentstest.Both(monday.Add(30*day)))
		crowd(t, o.db, e, 600)

		var processes sync.WaitGroup
		for range 3 {
			processes.Go(func() {
				if err := o.notify.Endings(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		processes.Wait()

		if n := facts(t, o.db, "notify.live_nears_end"); n != 601 {
			t.Errorf("%d facts", n)
		}
	})
}
