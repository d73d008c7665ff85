package nca_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
)

func TestAGoodPairIsClear(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})

		x, err := w.Examine(t.Context(), e)

		must(t, err)
		for _, s := range x.Sections {
			for _, c := range s.Checks {
				if c.Level != qcert.LevelPassed || c.Title == "" || c.Rule == "" || c.Expected == "" || c.Found == "" {
					t.Errorf("%s: %+v", s.Title, c)
				}
			}
		}
		if !x.Clear() || w.outside.times() != 2 || !slices.Contains(x.Register.Granted, qcert.RoleAI) {
			t.Errorf("clear %v, asked %d, granted %v", x.Clear(), w.outside.times(), x.Register.Granted)
		}
	})
}

func TestEachFlawOutsideOfTheFilesHasItsCode(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		for _, flaw := range demo.Flaws() {
			if flaw.Finder != demo.ByList && flaw.Finder != demo.ByRegister && flaw.Finder != demo.ByRevocation {
				continue
			}
			w.outside.set(revocation.Good)
			if flaw.Finder == demo.ByRevocation {
				w.outside.set(revocation.Revoked)
			}
			w.who = w.organisation(flaw.Name)
			e := w.submitted(demo.Request{Flaw: flaw.Name})

			x, err := w.Examine(t.Context(), e)

			must(t, err)
			var codes []string
			for _, s := range x.Sections {
				for _, c := range s.Checks {
					for _, f := range c.Findings {
						codes = append(codes, f.Code)
					}
				}
			}
			if !slices.Contains(codes, flaw.Code) || x.Clear() {
				t.Errorf("%s: found %v, clear %v", flaw.Name, codes, x.Clear())
			}
		}
	})
}

func TestWhatWasHandedInIsExaminedAndWaitsForAPerson(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		testkit.Run(t, w.queue.Run)
		e := w.submitted(demo.Request{})
		testkit.Eventually(t, "the examination", func() bool {
			x, err := w.OnRecord(t.Context(), e)
			return err == nil && x != nil
		})

		c, err := w.Case(t.Context(), e.ID)

		must(t, err)
		if !c.Fresh(w.NCA) || c.Enrolment.State != enrolments.Submitted || c.Examination.Worst() != qcert.LevelPassed {
			t.Errorf("fresh %v, %s, %s", c.Fresh(w.NCA), c.Enrolment.State, c.Examination.Worst())
		}
	})
}

func TestWhereEveryCheckAgreesTheConfigurationMayDecide(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		w.who = w.organisation("Revontuli Tilinäkymä")
		testkit.Run(t, w.queue.Run)
		good := w.submitted(demo.Request{})
		testkit.Eventually(t, "the approval", func() bool { return w.state(good) == enrolments.Approved })
		w.who = w.organisation("Unknown Issuer Oy")
		unsure := w.submitted(demo.Request{Flaw: "other-ca"})
		testkit.Eventually(t, "the examination", func() bool {
			x, err := w.OnRecord(t.Context(), unsure)
			return err == nil && x != nil
		})

		if s := w.state(unsure); s != enrolments.Submitted {
			t.Errorf("an unknown issuer is %s", s)
		}
	})
}

func TestWhoSignedUpUnderAnotherNameWaitsForAPerson(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		testkit.Run(t, w.queue.Run)
		w.who = w.organisation("Mallory Trading")

		e := w.submitted(demo.Request{})

		testkit.Eventually(t, "the examination", func() bool {
			c, err := w.Case(t.Context(), e.ID)
			return err == nil && c.Examination != nil && c.Examination.Clear()
		})
		if s := w.state(e); s != enrolments.Submitted {
			t.Errorf("certificates of another name are %s", s)
		}
	})
}

func TestWhatAnotherOrganisationHandedInWaitsForAPerson(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		w.who = w.organisation("Revontuli Tilinäkymä")
		testkit.Run(t, w.queue.Run)
		first := w.submitted(demo.Request{})
		testkit.Eventually(t, "the approval", func() bool { return w.state(first) == enrolments.Approved })
		w.who = w.organisation("Revontuli Tilinakyma Oy")

		second := w.submitted(demo.Request{})

		testkit.Eventually(t, "the examination", func() bool {
			c, err := w.Case(t.Context(), second.ID)
			return err == nil && c.Examination != nil && len(c.Examination.Alike) == 1 && !c.Examination.Clear()
		})
		if s := w.state(second); s != enrolments.Submitted {
			t.Errorf("the number of another organisation is %s", s)
		}
	})
}

func TestARenewalOfTheSameNeedsNoSecondReview(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		first := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", first.ID))
		_, err := w.Decide(t.Context(), w.decision(first.ID, nca.Approve, "per_admin"))
		must(t, err)
		testkit.Run(t, w.queue.Run)

		second := w.submitted(demo.Request{})

		testkit.Eventually(t, "the renewal", func() bool { return w.state(second) == enrolments.Approved })
		if s := w.state(first); s != enrolments.Replaced {
			t.Errorf("the former is %s", s)
		}
	})
}

func TestAnOldCopyOfTheRegisterDecidesNothing(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		clear := map[time.Duration]bool{}
		for _, day := range []time.Duration{6, 8} {
			w.clock.Advance(testkit.Start.Add(day * 24 * time.Hour).Sub(w.clock.Now()))
			w.who = w.organisation("Revontuli Oy of day " + fmt.Sprint(int(day)))

			x, err := w.Look(t.Context(), w.submitted(demo.Request{}))

			must(t, err)
			x.Whole = true // the other sources do not matter here
			clear[day] = x.Clear()
		}

		if !clear[6] || clear[8] {
			t.Errorf("clear after six days %v, after eight %v", clear[6], clear[8])
		}
	})
}

func TestAServiceThatWasDownForLongIsAskedAgain(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		w.outside.set(revocation.Unavailable)
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		w.outside.set(revocation.Good)
		w.clock.Advance(2 * time.Hour)
		must(t, w.AskAgain(t.Context()))

		testkit.Run(t, w.queue.Run)

		testkit.Eventually(t, "the answer", func() bool {
			x, err := w.OnRecord(t.Context(), e)
			return err == nil && x != nil && !x.Unreachable
		})
	})
}

func TestAServiceThatIsDownDecidesNothing(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		w.outside.set(revocation.Unavailable)
		e := w.submitted(demo.Request{})

		x, err := w.Examine(t.Context(), e)

		must(t, err)
		if !x.Unreachable || x.Clear() || x.Worst() == qcert.LevelError {
			t.Errorf("%+v", x)
		}
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		_, err = w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))
		if !errors.Is(err, nca.ErrUnreached) || w.state(e) != enrolments.Submitted {
			t.Errorf("approved without an answer: %v, %s", err, w.state(e))
		}
	})
}

func TestADecisionIsHeldToTheEvidenceOnThePage(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		start := w.clock.Now()
		defer func() { w.clock.Advance(start.Sub(w.clock.Now())) }()
		e := w.submitted(demo.Request{})
		_, without := w.Decide(t.Context(), nca.Decision{Seen: enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256}, Verdict: nca.Approve, Reason: "Everything is fine.", By: "per_admin"})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		old := w.decision(e.ID, nca.Approve, "per_admin")
		w.outside.set(revocation.NoPointer)
		w.clock.Advance(time.Minute)
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		_, refreshed := w.Decide(t.Context(), old)
		w.clock.Advance(25 * time.Hour)
		_, aged := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))

		for name, err := range map[string]error{"without evidence": without, "with the evidence of before": refreshed, "with evidence of yesterday": aged} {
			if !errors.Is(err, nca.ErrStale) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if s := w.state(e); s != enrolments.Submitted {
			t.Errorf("it is %s", s)
		}
	})
}

func TestWhatFailedCannotBeApprovedButRejected(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		w.outside.set(revocation.Revoked)
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))

		_, approved := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))
		short := w.decision(e.ID, nca.Reject, "per_admin")
		short.Reason = "no"
		_, terse := w.Decide(t.Context(), short)
		unclear := w.decision(e.ID, "maybe", "per_admin")
		_, neither := w.Decide(t.Context(), unclear)
		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Reject, "per_admin"))

		must(t, err)
		if !errors.Is(approved, nca.ErrStands) || len(fault.Of(terse).Fields) != 1 || len(fault.Of(neither).Fields) != 1 || w.state(e) != enrolments.Rejected {
			t.Errorf("approve %v, a short reason %v, neither %v, it is %s", approved, terse, neither, w.state(e))
		}
	})
}

func TestAMemberCannotDecideAboutTheOwnOrganisation(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))

		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, w.who.PersonID))

		if !errors.Is(err, nca.ErrOwn) || w.state(e) != enrolments.Submitted {
			t.Errorf("%v, it is %s", err, w.state(e))
		}
	})
}

func TestFourEyesAreTwoPeople(t *testing.T) {
	each(t, nca.Config{FourEyes: true}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_one", e.ID))

		pending, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_one"))
		must(t, err)
		_, same := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_one"))
		between := w.state(e)
		c, err := w.Case(t.Context(), e.ID)
		must(t, err)
		still, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_two"))
		must(t, err)

		if !pending || still || between != enrolments.Submitted || c.FirstBy != "per_one" || !errors.Is(same, nca.ErrSecond) || w.state(e) != enrolments.Approved {
			t.Errorf("pending %v then %v, between %s, first %q, the same person %v, then %s", pending, still, between, c.FirstBy, same, w.state(e))
		}
	})
}

func TestFourEyesLookAtRenewalsToo(t *testing.T) {
	each(t, nca.Config{FourEyes: true}, func(t *testing.T, w *world) {
		first := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_one", first.ID))
		for _, by := range []string{"per_one", "per_two"} {
			_, err := w.Decide(t.Context(), w.decision(first.ID, nca.Approve, by))
			must(t, err)
		}
		testkit.Run(t, w.queue.Run)
		renewal := w.submitted(demo.Request{})

		testkit.Eventually(t, "the examination", func() bool {
			c, err := w.Case(t.Context(), renewal.ID)
			return err == nil && c.Examination != nil && c.Examination.Clear()
		})
		if w.state(renewal) != enrolments.Submitted || w.state(first) != enrolments.Approved {
			t.Errorf("the renewal is %s, the former %s", w.state(renewal), w.state(first))
		}
	})
}

func TestAFirstApprovalHoldsWhileTheSourcesSayTheSame(t *testing.T) {
	each(t, nca.Config{FourEyes: true}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_one", e.ID))
		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_one"))
		must(t, err)
		w.clock.Advance(time.Minute)
		who := w.who
		w.who = w.organisation("Revontuli Tilinakyma Oy")
		w.submitted(demo.Request{}) // the same number at somebody else
		w.who = who
		must(t, w.Refresh(t.Context(), "per_two", e.ID))

		alone, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_two"))
		must(t, err)
		between := w.state(e)
		w.clock.Advance(time.Minute)
		must(t, w.Refresh(t.Context(), "per_one", e.ID))
		still, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_one"))
		must(t, err)

		if !alone || still || between != enrolments.Submitted || w.state(e) != enrolments.Approved {
			t.Errorf("with evidence that the first never saw: pending %v, %s; with the same evidence: pending %v, %s", alone, between, still, w.state(e))
		}
	})
}

func TestWhatWasApprovedIsLookedAtAgainAndEndsWhereASourceSaysSo(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))
		must(t, err)
		var told atomic.Int32
		jobs.On(w.queue, "test.suspended", func(context.Context, nca.Suspended) error { told.Add(1); return nil })
		w.outside.set(revocation.Revoked)

		testkit.Run(t, w.queue.Run) // whose daily timer is due at the start

		testkit.Eventually(t, "the suspension", func() bool { return w.state(e) == enrolments.Suspended && told.Load() == 1 })
		now, err := w.enrolments.ByID(t.Context(), e.OrganisationID, e.ID)
		if err != nil || !strings.Contains(now.Reason, "revoked") {
			t.Errorf("%q, %v", now.Reason, err)
		}
	})
}

func TestALookThatChangesNothingLeavesNoTrace(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))
		must(t, err)
		before := w.outside.times()

		testkit.Run(t, w.queue.Run)

		testkit.Eventually(t, "the look", func() bool { return w.outside.times() == before+2 })
		c, err := w.Case(t.Context(), e.ID)
		must(t, err)
		if w.state(e) != enrolments.Approved || c.Examination.Version == c.Enrolment.Version {
			t.Errorf("it is %s, and the examination is of version %d of %d", w.state(e), c.Examination.Version, c.Enrolment.Version)
		}
	})
}
