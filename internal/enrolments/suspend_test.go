package enrolments_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

const why = "They asked us to, after a break-in."

func (w *world) in(deed func(tx db.Tx) error) {
	w.t.Helper()
	must(w.t, w.db.InTx(w.t.Context(), deed))
}

// approved is one that is in Live.
func (w *world) approved() *enrolments.Enrolment {
	w.t.Helper()
	e := w.submitted(w.pair(""))
	w.in(func(tx db.Tx) error {
		return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: e.Roles(), By: "per_admin", Reason: "fine"})
	})
	return w.current(w.who)
}

// suspend and restore are what staff does to the whole organisation.
func (w *world) suspend() {
	w.t.Helper()
	people := accounts.New(w.db, w.queue, testkit.Ring(w.t), testkit.Log(w.t))
	w.in(func(tx db.Tx) error {
		return errors.Join(people.Suspend(tx, accounts.Sanction{OrganisationID: w.who.OrganisationID, By: "per_admin", Reason: why}),
			w.SuspendWith(tx, w.who.OrganisationID, "per_admin", why))
	})
}

func (w *world) restore() {
	w.t.Helper()
	people := accounts.New(w.db, w.queue, testkit.Ring(w.t), testkit.Log(w.t))
	w.in(func(tx db.Tx) error {
		return errors.Join(people.Restore(tx, accounts.Sanction{OrganisationID: w.who.OrganisationID, By: "per_admin", Reason: why}),
			w.RestoreWith(tx, w.who.OrganisationID, "per_admin", why))
	})
}

func TestWhatIsInLiveGoesAndComesWithItsOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.approved()
		other := w.who
		w.who = w.organisation("Other Oy")
		theirs := w.approved()
		w.who = other

		w.suspend()
		during := w.current(w.who)
		w.restore()
		after := w.current(w.who)

		if during.State != enrolments.Suspended || during.Reason != why || after.State != enrolments.Approved || after.Version != e.Version+2 {
			t.Errorf("%s %q, then %s", during.State, during.Reason, after.State)
		}
		if acts := w.acts(e.ID); acts["enrolments.suspended"] != 1 || acts["enrolments.restored"] != 1 {
			t.Errorf("the trail says %v", acts)
		}
		if acts := w.acts(theirs.ID); acts["enrolments.suspended"] != 0 {
			t.Error("another organisation's went along")
		}
	})
}

func TestWhatHasAReasonOfItsOwnDoesNotComeBackWithItsOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.approved()
		own := func(tx db.Tx) error {
			done, err := w.Suspend(tx, e, "system", "The certificate was revoked.")
			if err == nil && !done {
				t.Error("nothing changed")
			}
			return err
		}

		w.in(own)
		w.suspend()
		w.restore()
		before := w.current(w.who).State
		w.in(func(tx db.Tx) error { _, err := w.Restore(tx, e, "system", "It is fine again."); return err })
		w.suspend()
		w.in(own)
		w.restore()

		if after := w.current(w.who); before != enrolments.Suspended || after.State != enrolments.Suspended || after.Reason != "The certificate was revoked." {
			t.Errorf("first %s, then %s %q", before, after.State, after.Reason)
		}
	})
}

func TestNothingComesBackBeforeItsOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.approved()
		w.in(func(tx db.Tx) error { _, err := w.Suspend(tx, e, "system", "The register is silent."); return err })
		w.suspend()

		w.in(func(tx db.Tx) error { _, err := w.Restore(tx, e, "system", "The register speaks again."); return err })
		during := w.current(w.who).State
		w.restore()

		if after := w.current(w.who).State; during != enrolments.Suspended || after != enrolments.Approved {
			t.Errorf("%s while the organisation is suspended, %s after it", during, after)
		}
		if n := w.acts(e.ID)["enrolments.restored"]; n != 2 {
			t.Errorf("the trail has %d returns, one decided and one with the organisation", n)
		}
	})
}

func TestASuspendedOrganisationHandsNothingInAndIsNotApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		e, err := w.Prove(t.Context(), w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text))
		must(t, err)
		w.suspend()
		_, held := w.Submit(t.Context(), w.who, e.Version)
		w.restore()
		e, err = w.Submit(t.Context(), w.who, e.Version)
		must(t, err)
		w.suspend()

		approve := w.db.InTx(t.Context(), func(tx db.Tx) error {
			return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: e.Roles(), By: "per_admin", Reason: "fine"})
		})

		if !errors.Is(held, accounts.ErrSuspended) || !errors.Is(approve, enrolments.ErrHeld) || w.current(w.who).State != enrolments.Submitted {
			t.Errorf("handed in: %v, approved: %v", held, approve)
		}
	})
}

func TestWhatHasASuccessorDoesNotComeBackBesideIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		former := w.approved()
		w.in(func(tx db.Tx) error {
			_, err := w.Suspend(tx, former, "system", "The register is silent.")
			return err
		})
		w.clock.Advance(time.Minute)
		successor := w.approved()

		err := w.db.InTx(t.Context(), func(tx db.Tx) error {
			_, err := w.Restore(tx, former, "per_admin", "The register speaks again.")
			return err
		})

		approved, listErr := w.ApprovedOf(t.Context(), w.who.OrganisationID)
		if !errors.Is(err, enrolments.ErrSuperseded) || listErr != nil || len(approved) != 1 || approved[0].ID != successor.ID {
			t.Errorf("%v, %d are approved", err, len(approved))
		}
	})
}

func TestTwoThatWereSuspendedWithTheirOrganisationComeBackAsOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.approved()
		w.in(func(tx db.Tx) error {
			_, err := w.Suspend(tx, first, "system", "The register is silent.")
			return err
		})
		w.clock.Advance(time.Minute)
		w.beside(first, w.approved())
		w.suspend()

		err := w.db.InTx(t.Context(), func(tx db.Tx) error {
			_, err := w.Restore(tx, first, "per_admin", "The register speaks again.")
			return err
		})
		w.restore()

		approved, listErr := w.ApprovedOf(t.Context(), w.who.OrganisationID)
		if !errors.Is(err, enrolments.ErrSuperseded) || listErr != nil || len(approved) != 1 || approved[0].ID == first.ID {
			t.Errorf("%v, %d are approved", err, len(approved))
		}
	})
}

// beside makes a suspended pair stand beside an approved one, as rows of earlier releases do.
func (w *world) beside(suspended, approved *enrolments.Enrolment) {
	w.t.Helper()
	if _, err := w.db.Native().ExecContext(w.t.Context(), "UPDATE enrolments SET state = 'suspended' WHERE id = '"+suspended.ID+"'"); err != nil {
		w.t.Fatal(err)
	}
	if w.current(w.who).ID != approved.ID {
		w.t.Fatal("the approved one is not the newest")
	}
}

func TestWhatWasReplacedWhileItWasLookedAtEndsAllTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		looked := w.approved()
		w.clock.Advance(time.Minute)
		next := w.approved()
		var done, again bool

		w.in(func(tx db.Tx) (err error) { done, err = w.Suspend(tx, looked, "system", "It was revoked."); return err })
		w.in(func(tx db.Tx) (err error) {
			again, err = w.Suspend(tx, looked, "system", "It was revoked.")
			return err
		})

		pairs, err := w.AdmittedOf(t.Context(), w.who.OrganisationID)
		must(t, err)
		if !done || again || len(pairs) != 1 || pairs[0].EnrolmentID != next.ID || w.acts(looked.ID)["enrolments.overlap_ended"] != 1 {
			t.Errorf("ended %v, again %v, %d pairs open the door", done, again, len(pairs))
		}
	})
}

func TestAFormerPairKeepsNoRoleThatItsSuccessorWasNotGiven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		both := []qcert.Role{qcert.RoleAI, qcert.RolePI}
		approve := func(rights ...qcert.Role) {
			e := w.submitted(demotest.Issue(t, w.qtsp, demo.Request{At: w.clock.Now(), Roles: both}))
			w.in(func(tx db.Tx) error {
				return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: rights, By: "per_admin", Reason: "fine"})
			})
		}
		for _, step := range []struct {
			gives []qcert.Role
			want  []string // of the pairs that open the door, the newest first
		}{
			{both, []string{"PSP_AI PSP_PI"}},
			{both, []string{"PSP_AI PSP_PI", "PSP_AI PSP_PI"}},
			{both[:1], []string{"PSP_AI", "PSP_AI", "PSP_AI"}},
			{both[1:], []string{"PSP_PI"}},
		} {
			w.clock.Advance(time.Minute)
			approve(step.gives...)

			pairs, err := w.AdmittedOf(t.Context(), w.who.OrganisationID)
			must(t, err)
			got := []string{}
			for _, p := range pairs {
				names := []string{}
				for _, r := range p.Rights {
					names = append(names, string(r))
				}
				got = append(got, strings.Join(names, " "))
			}
			if !slices.Equal(got, step.want) {
				t.Errorf("after %v the door opens for %q, want %q", step.gives, got, step.want)
			}
		}
	})
}

func TestNarrowingLeavesAtLeastOneRoleAndHoldsForWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.submitted(demotest.Issue(t, w.qtsp, demo.Request{At: w.clock.Now(), Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}}))
		w.in(func(tx db.Tx) error {
			return w.Approve(tx, e, enrolments.Approval{Seen: seen(e), Rights: e.Roles(), Beside: []qcert.Role{qcert.RolePI, qcert.RoleIC}, By: "per_admin", Reason: "fine"})
		})
		e = w.current(w.who)
		take := func(lost ...qcert.Role) (done bool) {
			w.in(func(tx db.Tx) (err error) {
				done, err = w.Narrow(tx, e, lost, "system", "The register took it back.")
				return err
			})
			return done
		}

		nothing, all, one, again := take(qcert.RoleIC), take(qcert.RoleAI, qcert.RolePI), take(qcert.RolePI), take(qcert.RoleAI)

		now := w.current(w.who)
		if nothing || all || !one || again || len(now.Rights) != 1 || now.Rights[0] != qcert.RoleAI || now.Version != e.Version+1 || w.acts(e.ID)["enrolments.narrowed"] != 1 {
			t.Errorf("a role that it has not %v, all %v, one %v, of what was seen before %v; it gives %v", nothing, all, one, again, now.Rights)
		}
		if len(e.Beside) != 1 || e.Beside[0] != qcert.RolePI {
			t.Errorf("beside the register are %v", e.Beside)
		}
	})
}
