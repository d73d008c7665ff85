package quota_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fairway/internal/audit"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/quota"
	"fairway/internal/testkit"
)

var configured = quota.Limits{PerSecond: 5, PerDay: 1000}

func set(t *testing.T, d *db.DB, l quota.Limit) error {
	t.Helper()
	l.By = "per_admin"
	return d.InTx(t.Context(), func(tx db.Tx) error { return quota.Set(tx, l) })
}

func mustSet(t *testing.T, d *db.DB, environment, organisation string, l quota.Limits, until time.Time) {
	t.Helper()
	limit := quota.Limit{Environment: environment, OrganisationID: organisation, Limits: l, Reason: "They test their load."}
	if !until.IsZero() {
		limit.EndsAt = &until
	}
	if err := set(t, d, limit); err != nil {
		t.Fatal(err)
	}
}

func applies(t *testing.T, q *quota.Quota, environment, organisation string) quota.Limits {
	t.Helper()
	l, err := q.For(t.Context(), environment, organisation)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnOrganisationsLimitStandsBeforeTheEnvironmentsAndThatBeforeTheConfigured(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		q := quota.New(d, clk, configured)
		before := applies(t, q, "sandbox", "org_1")
		everybody, own := quota.Limits{PerSecond: 10, PerDay: 2000}, quota.Limits{PerSecond: 50, PerDay: 9000}

		mustSet(t, d, "sandbox", "", everybody, time.Time{})
		mustSet(t, d, "sandbox", "org_1", own, clk.Now().Add(time.Hour))

		if before != configured || applies(t, q, "live", "org_1") != configured {
			t.Errorf("before %+v, in Live %+v", before, applies(t, q, "live", "org_1"))
		}
		if applies(t, q, "sandbox", "org_1") != own || applies(t, q, "sandbox", "org_2") != everybody || applies(t, q, "sandbox", "") != everybody {
			t.Errorf("its own %+v, another's %+v", applies(t, q, "sandbox", "org_1"), applies(t, q, "sandbox", "org_2"))
		}
	})
}

func TestALimitEndsByItself(t *testing.T) {
	t.Parallel()
	testkit.EachAt(t, testkit.Clock(), func(t *testing.T, d *db.DB) {
		clk := clock.NewManual(d.Now())
		q := quota.New(d, clk, configured)
		own := quota.Limits{PerSecond: 1, PerDay: 9000}
		mustSet(t, d, "sandbox", "org_1", own, clk.Now().Add(time.Hour))

		clk.Advance(time.Hour - time.Microsecond)
		last := applies(t, q, "sandbox", "org_1")
		clk.Advance(time.Microsecond)

		if last != own || applies(t, q, "sandbox", "org_1") != configured {
			t.Errorf("a microsecond before %+v, then %+v", last, applies(t, q, "sandbox", "org_1"))
		}
	})
}

func TestARequestIsCountedUnderTheLimitsOfItsOrganisation(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		for name, q := range map[string]*quota.Quota{"memory": quota.New(d, clk, configured), "shared": quota.NewShared(d, clk, configured)} {
			mustSet(t, d, "sandbox", "org_1", quota.Limits{PerSecond: 2, PerDay: 7}, clk.Now().Add(time.Hour))
			by := quota.Caller{Environment: "sandbox", OrganisationID: "org_1", App: "app_" + name}
			var first, third, after quota.Decision
			var errs [4]error
			first, errs[0] = q.Take(t.Context(), by)
			_, errs[1] = q.Take(t.Context(), by)
			third, errs[2] = q.Take(t.Context(), by)

			mustSet(t, d, "sandbox", "org_1", quota.Limits{PerSecond: 3, PerDay: 8}, clk.Now().Add(time.Hour))
			after, errs[3] = q.Take(t.Context(), by)

			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			if !first.OK || first.Limits.PerDay != 7 || first.LeftInSecond != 1 || first.LeftInDay != 6 || third.OK || third.Which != "second" || third.Limits.PerSecond != 2 {
				t.Errorf("%s: first %+v, third %+v", name, first, third)
			}
			if !after.OK || after.Limits.PerSecond != 3 || after.LeftInDay != 5 {
				t.Errorf("%s: under the new limit %+v", name, after)
			}
		}
	})
}

func TestALimitThatAnotherProcessSetAppliesWithinASecond(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, clk := url(t), testkit.Clock()
			here, there := testkit.Open(t, at, clk), testkit.Open(t, at, clk)
			q := quota.New(here, clk, configured)
			watching := make(chan struct{}, 1)
			here.OnChange(quota.Topic, func(string) {
				select {
				case watching <- struct{}{}:
				default:
				}
			})
			testkit.Run(t, here.WatchChanges)
			<-watching
			before := applies(t, q, "live", "org_1")
			want := quota.Limits{PerSecond: 9, PerDay: 99}

			start := time.Now()
			mustSet(t, there, "live", "", want, time.Time{})

			testkit.Eventually(t, "the other process's limit", func() bool { return applies(t, q, "live", "org_1") == want })
			if took := time.Since(start); before != configured || took > time.Second {
				t.Errorf("before %+v, it took %v", before, took)
			}
		})
	}
}

func TestALimitIsEndedOnce(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		q := quota.New(d, clk, configured)
		mustSet(t, d, "live", "org_1", quota.Limits{PerSecond: 9, PerDay: 99}, clk.Now().Add(time.Hour))
		end := func() error {
			return d.InTx(t.Context(), func(tx db.Tx) error { return quota.End(tx, "live", "org_1", "per_admin", "The load test is over.") })
		}

		first, second := end(), end()

		if first != nil || !errors.Is(second, quota.ErrNoLimit) || applies(t, q, "live", "org_1") != configured {
			t.Errorf("%v, then %v; %+v applies", first, second, applies(t, q, "live", "org_1"))
		}
	})
}

func TestTheTrailHasALimitWithTheOneBefore(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		mustSet(t, d, "sandbox", "org_1", quota.Limits{PerSecond: 9, PerDay: 99}, clk.Now().Add(time.Hour))
		mustSet(t, d, "sandbox", "org_1", quota.Limits{PerSecond: 10, PerDay: 99}, clk.Now().Add(time.Hour))

		page, err := audit.New(d, testkit.Log(t)).List(t.Context(), audit.Filter{Object: "sandbox/org_1"})

		if err != nil || len(page.Lines) != 2 {
			t.Fatalf("%d lines, %v", len(page.Lines), err)
		}
		l := page.Lines[0]
		if l.Act != "quota.limit_set" || l.Organisation != "org_1" || l.Detail["per_second"] != "10" || l.Detail["former_per_second"] != "9" || l.Detail["reason"] == "" {
			t.Errorf("%+v", l)
		}
	})
}

func TestALimitThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	later, now := clk.Now().Add(time.Hour), clk.Now()
	good := quota.Limit{Environment: "sandbox", OrganisationID: "org_1", Limits: quota.Limits{PerSecond: 5, PerDay: 50}, EndsAt: &later, Reason: "They test their load."}
	for name, c := range map[string]struct {
		spoil func(*quota.Limit)
		field string
	}{
		"an environment that is none": {func(l *quota.Limit) { l.Environment = "prod" }, "environment"},
		"nothing in a second":         {func(l *quota.Limit) { l.PerSecond = 0 }, "per_second"},
		"more than a row can hold":    {func(l *quota.Limit) { l.PerSecond = quota.MaxShared + 1 }, "per_second"},
		"nothing in a day":            {func(l *quota.Limit) { l.PerDay = -1 }, "per_day"},
		"an endless day":              {func(l *quota.Limit) { l.PerDay = quota.MaxPerDay + 1 }, "per_day"},
		"one's own without an end":    {func(l *quota.Limit) { l.EndsAt = nil }, "ends_at"},
		"an end that is over":         {func(l *quota.Limit) { l.EndsAt = &now }, "ends_at"},
		"no reason":                   {func(l *quota.Limit) { l.Reason = " " }, "reason"},
		"a long reason":               {func(l *quota.Limit) { l.Reason = strings.Repeat("ä", 2001) }, "reason"},
	} {
		l := good
		c.spoil(&l)

		err := set(t, d, l)

		if fields := fault.Of(err).Fields; len(fields) != 1 || fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := set(t, d, good); err != nil {
		t.Error(err)
	}
}

func TestLimitsAreListedUntilAWeekAfterTheirEnd(t *testing.T) {
	t.Parallel()
	testkit.EachAt(t, testkit.Clock(), func(t *testing.T, d *db.DB) {
		q := quota.New(d, clock.NewManual(d.Now()), configured)
		l := quota.Limits{PerSecond: 9, PerDay: 99}
		mustSet(t, d, "sandbox", "org_1", l, d.Now().Add(time.Hour))
		mustSet(t, d, "sandbox", "", l, time.Time{})

		before, err := q.List(t.Context())
		var own []quota.Limit
		ownErr := d.Read(t.Context(), func(tx db.Tx) (err error) {
			own, err = quota.Of(tx, "org_1")
			return err
		})
		purged := q.Purge(t.Context(), d.Now().Add(2*time.Hour))
		after, afterErr := q.List(t.Context())

		if err := errors.Join(err, ownErr, purged, afterErr); err != nil {
			t.Fatal(err)
		}
		if len(before) != 2 || before[0].OrganisationID != "" || len(own) != 1 || len(after) != 1 || after[0].OrganisationID != "" {
			t.Errorf("before %+v, its own %+v, after %+v", before, own, after)
		}
	})
}

func TestKnowingTheLimitsAllocatesNothing(t *testing.T) {
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	q := quota.New(d, clk, quota.Limits{PerSecond: 1, PerDay: 1})
	mustSet(t, d, "sandbox", "org_1", quota.Limits{PerSecond: 1, PerDay: 10}, clk.Now().Add(time.Hour))
	by, ctx := quota.Caller{Environment: "sandbox", OrganisationID: "org_1", App: "app_1"}, t.Context()
	if _, err := q.Take(ctx, by); err != nil {
		t.Fatal(err)
	}

	n := testing.AllocsPerRun(100, func() {
		if d, err := q.Take(ctx, by); err != nil || d.Limits.PerDay != 10 {
			t.Error(d, err)
		}
	})

	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
