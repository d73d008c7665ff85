package consents_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestAFaultyRequestMakesNoConsentAndNamesTheField(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		for name, c := range map[string]struct {
			change     func(*consents.Request)
			code, path string
		}{
			"a day that is over":        {func(r *consents.Request) { r.ValidUntil = "2026-11-20" }, "FORMAT_ERROR", "validUntil"},
			"no such day":               {func(r *consents.Request) { r.ValidUntil = "2027-02-30" }, "FORMAT_ERROR", "validUntil"},
			"another form of date":      {func(r *consents.Request) { r.ValidUntil = "21.11.2027" }, "FORMAT_ERROR", "validUntil"},
			"never a day":               {func(r *consents.Request) { r.FrequencyPerDay = 0 }, "FORMAT_ERROR", "frequencyPerDay"},
			"five a day":                {func(r *consents.Request) { r.FrequencyPerDay = 5 }, "FORMAT_ERROR", "frequencyPerDay"},
			"one-off but twice a day":   {func(r *consents.Request) { r.Recurring, r.FrequencyPerDay = false, 2 }, "FORMAT_ERROR", "frequencyPerDay"},
			"combined with a payment":   {func(r *consents.Request) { r.CombinedService = true }, "SESSIONS_NOT_SUPPORTED", "combinedServiceIndicator"},
			"access that asks for none": {func(r *consents.Request) { r.Access = consents.Access{} }, "FORMAT_ERROR", "access"},
		} {
			r := w.request()
			c.change(&r)

			_, _, err := w.consents.Create(t.Context(), r)

			if f := fault.Of(err); f.Code != c.code || f.Path != c.path || f.Kind != fault.Invalid {
				t.Errorf("%s: %v at %q", name, err, f.Path)
			}
		}
	})
}

func TestALifeThatIsTooLongIsLoweredToTheLastDayAllowed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		r := w.request()
		r.ValidUntil = "9999-12-31"

		consent, _, err := w.consents.Create(t.Context(), r)

		if err != nil || consent.ValidUntil != "2027-05-19" {
			t.Fatalf("%+v, %v", consent, err)
		}
	})
}

func TestTheSamePostTwiceIsOneConsentAndAnotherBodyIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		r := w.request()
		var ids sync.Map
		var repeats atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				c, repeated, err := w.consents.Create(t.Context(), r)
				if err != nil {
					t.Error(err)
					return
				}
				ids.Store(c.ID, true)
				if repeated {
					repeats.Add(1)
				}
			})
		}
		wg.Wait()
		other := r
		other.RequestDigest = "SHA-256=other"

		_, _, err := w.consents.Create(t.Context(), other)

		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		if n != 1 || repeats.Load() != 19 {
			t.Errorf("%d consents, %d repeats", n, repeats.Load())
		}
		if f := fault.Of(err); f.Code != "FORMAT_ERROR" || f.Path != "X-Request-ID" {
			t.Errorf("another body: %v", err)
		}
	})
}

func TestANewRecurringConsentEndsTheFormerOneWhenItIsAuthorised(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		first, second := w.create(t), w.create(t)
		w.approve(t, first)
		if got := w.status(t, first); got != consents.Valid {
			t.Fatalf("after creating the second: %s", got)
		}

		superseded := w.approve(t, second)

		if got := w.status(t, first); got != consents.TerminatedByTPP || len(superseded) != 1 || superseded[0] != first.ID {
			t.Errorf("the former is %s, superseded %v", got, superseded)
		}
		if _, err := w.consents.Usable(t.Context(), w.owner, first.ID); fault.Of(err).Code != "CONSENT_INVALID" {
			t.Errorf("using the former: %v", err)
		}
	})
}

func TestAConsentThatHasExpiredIsNotEndedASecondTime(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	w := newWorld(t, testkit.SQLiteAt(t, clk), clk)
	r := w.request()
	r.ValidUntil = "2026-11-21"
	first, _, err := w.consents.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	w.approve(t, first)
	clk.Advance(24 * time.Hour)
	second := w.create(t)

	before, beforeErr := w.consents.Supersedes(t.Context(), second, "1345611")
	superseded := w.approve(t, second)

	if got := w.status(t, first); got != consents.Expired || len(superseded) != 0 || len(before) != 0 || beforeErr != nil {
		t.Errorf("it is %s; to be ended %v, ended %v, %v", got, before, superseded, beforeErr)
	}
}

func TestParallelApprovalsLeaveOneRecurringConsent(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		var made []*consents.Consent
		for range 8 {
			made = append(made, w.create(t))
		}
		var wg sync.WaitGroup
		for _, c := range made {
			wg.Go(func() { w.approve(t, c) })
		}
		wg.Wait()

		valid := 0
		for _, c := range made {
			if w.status(t, c) == consents.Valid {
				valid++
			}
		}
		if valid != 1 {
			t.Fatalf("%d are valid", valid)
		}
	})
}

func TestTimeMovesAConsentOn(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	w := newWorld(t, d, clk)
	waiting, recurring := w.create(t), w.create(t)
	w.approve(t, recurring)
	oneOff := w.createOneOff(t)
	w.approve(t, oneOff)

	clk.Advance(20 * time.Minute)
	if got := w.status(t, oneOff); got != consents.Expired {
		t.Errorf("one-off after twenty minutes: %s", got)
	}
	clk.Advance(24 * time.Hour)
	if got := w.status(t, waiting); got != consents.Rejected {
		t.Errorf("waiting after a day: %s", got)
	}
	clk.Set(time.Date(2026, 12, 31, 21, 59, 59, 0, time.UTC))
	if got := w.status(t, recurring); got != consents.Valid {
		t.Errorf("in the last second of the last day in Helsinki: %s", got)
	}
	clk.Advance(time.Second)
	if got := w.status(t, recurring); got != consents.Expired {
		t.Errorf("after the last day: %s", got)
	}
	if err := w.consents.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.status(t, recurring); got != consents.Expired {
		t.Errorf("after settling: %s", got)
	}
}

func TestAConsentOpensWhatWasGrantedAndNothingElse(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		c := w.create(t)
		w.approve(t, c, consents.Grant{ResourceID: "a", Balances: true}, consents.Grant{ResourceID: "b"})
		stranger := w.owner
		stranger.OrganisationID = "org_other"
		live := w.owner
		live.Environment = catalog.Live
		for name, x := range map[string]struct {
			owner consents.Owner
			read  consents.Read
			code  string
		}{
			"the list":             {w.owner, consents.Read{Class: consents.List}, ""},
			"details of a":         {w.owner, consents.Read{Class: consents.Details, ResourceID: "a"}, ""},
			"balances of a":        {w.owner, consents.Read{Class: consents.Balances, ResourceID: "a"}, ""},
			"balances of b":        {w.owner, consents.Read{Class: consents.Balances, ResourceID: "b"}, "CONSENT_INVALID"},
			"transactions of a":    {w.owner, consents.Read{Class: consents.Transactions, ResourceID: "a"}, "CONSENT_INVALID"},
			"an account of nobody": {w.owner, consents.Read{Class: consents.Details, ResourceID: "z"}, "CONSENT_INVALID"},
			"another organisation": {stranger, consents.Read{Class: consents.List}, "CONSENT_UNKNOWN"},
			"the live environment": {live, consents.Read{Class: consents.List}, "CONSENT_UNKNOWN"},
		} {
			_, err := w.consents.Allow(t.Context(), x.owner, c.ID, x.read)
			if (x.code == "") != (err == nil) || (err != nil && fault.Of(err).Code != x.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestEndingAConsentTwiceIsNoFaultAndReachesOtherProcesses(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := url(t)
			w := newWorld(t, testkit.Open(t, where, clock.System{}), nil)
			elsewhere := testkit.Open(t, where, clock.System{})
			there := consents.New(elsewhere, consents.Config{MaxDays: 180})
			testkit.Run(t, elsewhere.WatchChanges)
			r := w.request()
			r.ValidUntil = "9999-12-31"
			c, _, err := w.consents.Create(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			w.approve(t, c)
			if _, err := there.Usable(t.Context(), w.owner, c.ID); err != nil {
				t.Fatal(err)
			}

			for range 2 {
				if err := w.consents.Terminate(t.Context(), w.owner, c.ID); err != nil {
					t.Fatal(err)
				}
			}

			if _, err := w.consents.Usable(t.Context(), w.owner, c.ID); fault.Of(err).Code != "CONSENT_INVALID" {
				t.Errorf("here: %v", err)
			}
			testkit.Eventually(t, "the other process knows", func() bool {
				_, err := there.Usable(context.WithoutCancel(t.Context()), w.owner, c.ID)
				return err != nil
			})
		})
	}
}

func TestADenialInAnotherWindowDoesNotEndWhatWasApproved(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		c := w.create(t)
		w.approve(t, c)

		err := d.InTx(t.Context(), func(tx db.Tx) error { return w.consents.Reject(tx, c) })

		if err != nil || w.status(t, c) != consents.Valid {
			t.Fatalf("%v, %s", err, w.status(t, c))
		}
	})
}

func TestADeniedOrEndedConsentCannotBeApproved(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		c := w.create(t)
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return w.consents.Reject(tx, c) }); err != nil {
			t.Fatal(err)
		}

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			_, err := w.consents.Approve(tx, c, "1345611", []consents.Grant{{ResourceID: "a"}})
			return err
		})

		if !errors.Is(err, consents.ErrNotOpen) || w.status(t, c) != consents.Rejected {
			t.Fatalf("%v, %s", err, w.status(t, c))
		}
	})
}

func TestAYesThatAnotherProcessHeardOpensTheConsentAtOnce(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := url(t)
			w := newWorld(t, testkit.Open(t, where, clk), clk)
			c := w.create(t)
			elsewhere := consents.New(testkit.Open(t, where, clk), consents.Config{MaxDays: 180})
			if _, err := elsewhere.Usable(t.Context(), w.owner, c.ID); fault.Of(err).Code != "CONSENT_INVALID" {
				t.Fatalf("before the yes: %v", err)
			}

			w.approve(t, c)

			if got, err := elsewhere.Usable(t.Context(), w.owner, c.ID); err != nil || len(got.Granted) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestADatabaseThatIsAwayMakesNoConsentUnknown(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	w := newWorld(t, d, clk)
	c := w.create(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	_, err := w.consents.Usable(t.Context(), w.owner, c.ID)

	if err == nil || fault.Of(err).Code == "CONSENT_UNKNOWN" {
		t.Errorf("%v", err)
	}
}
