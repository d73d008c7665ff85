package catalog_test

import (
	"slices"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/fault"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) *time.Time {
	if s == "" {
		return nil
	}
	t := day(s)
	return &t
}

func version(name, sandbox, released, deprecated, removed string) catalog.Version {
	return catalog.Version{API: "card-account", Brand: "alisa", Version: name, SandboxFrom: day(sandbox),
		ReleasedAt: date(released), DeprecatedAt: date(deprecated), RemovedAt: date(removed)}
}

func TestAVersionsStateFollowsFromItsDates(t *testing.T) {
	t.Parallel()
	v := version("v1", "2026-02-01", "2026-06-01", "2027-01-01", "2027-07-01")
	cases := []struct {
		now           string
		state         catalog.State
		sandbox, live bool
	}{
		{"2026-01-31", catalog.Upcoming, false, false},
		{"2026-02-01", catalog.Upcoming, true, false},
		{"2026-05-31", catalog.Upcoming, true, false},
		{"2026-06-01", catalog.Current, true, true},
		{"2026-12-31", catalog.Current, true, true},
		{"2027-01-01", catalog.Deprecated, true, true},
		{"2027-06-30", catalog.Deprecated, true, true},
		{"2027-07-01", catalog.Removed, false, false},
	}
	for _, c := range cases {
		now := day(c.now)
		if got := v.At(now); got != c.state {
			t.Errorf("%s: %s, not %s", c.now, got, c.state)
		}
		if got := v.OpenIn(catalog.Sandbox, now); got != c.sandbox {
			t.Errorf("%s: open in the sandbox: %v", c.now, got)
		}
		if got := v.OpenIn(catalog.Live, now); got != c.live {
			t.Errorf("%s: open in Live: %v", c.now, got)
		}
	}
	if got := v.At(day("2027-07-01").Add(-time.Microsecond)); got != catalog.Deprecated {
		t.Errorf("the instant before removal: %s", got)
	}
}

func TestPromisedMonthsKeepTheDayOrTakeTheMonthsLast(t *testing.T) {
	t.Parallel()
	cases := []struct{ from, release, removal string }{
		{"2026-11-21", "2027-02-21", "2027-05-21"},
		{"2026-08-31", "2026-11-30", "2027-02-28"},
		{"2027-08-31", "2027-11-30", "2028-02-29"},
		{"2026-11-30", "2027-02-28", "2027-05-30"},
		{"2026-12-31", "2027-03-31", "2027-06-30"},
		{"2028-02-29", "2028-05-29", "2028-08-29"},
		{"2026-10-01", "2027-01-01", "2027-04-01"},
	}
	for _, c := range cases {
		if got := catalog.EarliestRelease(day(c.from)); !got.Equal(day(c.release)) {
			t.Errorf("release after %s: %s", c.from, got)
		}
		if got := catalog.EarliestRemoval(day(c.from)); !got.Equal(day(c.removal)) {
			t.Errorf("removal after %s: %s", c.from, got)
		}
	}
	noon := day("2026-11-21").Add(12*time.Hour + time.Minute)
	if got := catalog.EarliestRelease(noon); !got.Equal(day("2027-02-21").Add(12*time.Hour + time.Minute)) {
		t.Errorf("the time of day became %s", got)
	}
}

func TestDatesThatBreakAPromiseAreNamed(t *testing.T) {
	t.Parallel()
	before := version("v1", "2026-01-01", "2026-06-01", "2026-12-01", "2027-05-31")
	beforeKept := version("v1", "2026-01-01", "2026-06-01", "2026-12-01", "2027-06-01")
	cases := []struct {
		name     string
		v        catalog.Version
		previous *catalog.Version
		fields   []string
	}{
		{"all promises kept", version("v2", "2026-09-01", "2026-12-01", "2027-12-01", "2028-06-01"), &beforeKept, nil},
		{"nothing fixed yet", version("v2", "2026-09-01", "", "", ""), nil, nil},
		{"released too soon", version("v2", "2026-09-02", "2026-12-01", "", ""), nil, []string{"released_at"}},
		{"deprecated before it was released", version("v2", "2026-09-01", "", "2027-01-01", ""), nil, []string{"deprecated_at"}},
		{"removed too soon", version("v2", "2026-09-01", "2026-12-01", "2027-12-01", "2028-05-31"), nil, []string{"removed_at"}},
		{"removed without a successor", version("v2", "2026-09-01", "2026-12-01", "", "2028-05-31"), nil, []string{"removed_at"}},
		{"the one before ends a day too soon", version("v2", "2026-09-01", "2026-12-01", "", ""), &before, []string{"previous_removed_at"}},
		{"the one before ends with no release fixed", version("v2", "2026-09-01", "", "", ""), &before, []string{"previous_removed_at"}},
		{"two at once", version("v2", "2026-09-02", "2026-12-01", "2026-11-01", ""), nil, []string{"released_at", "deprecated_at"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := catalog.CheckDates(c.v, c.previous)
			var fields []string
			if err != nil {
				for _, f := range fault.Of(err).Fields {
					fields = append(fields, f.Name)
				}
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("found %v, not %v", fields, c.fields)
			}
		})
	}
}

func TestATimelineWorksOutTheDatesThatNobodyEntered(t *testing.T) {
	t.Parallel()
	got := catalog.Timeline([]catalog.Version{
		version("v3", "2027-09-01", "", "", ""),
		version("v1", "2026-02-01", "2026-06-01", "", ""),
		version("v2", "2026-09-01", "2026-12-01", "", ""),
	})

	want := []catalog.Version{
		version("v1", "2026-02-01", "2026-06-01", "2026-12-01", "2027-06-01"),
		version("v2", "2026-09-01", "2026-12-01", "", ""),
		version("v3", "2027-09-01", "", "", ""),
	}
	for i, w := range want {
		g := got[i]
		if g.Version != w.Version || !same(g.DeprecatedAt, w.DeprecatedAt) || !same(g.RemovedAt, w.RemovedAt) {
			t.Errorf("%s: deprecated %v, removed %v", g.Version, g.DeprecatedAt, g.RemovedAt)
		}
	}
}

func TestATimelineKeepsDatesThatWereEntered(t *testing.T) {
	t.Parallel()
	got := catalog.Timeline([]catalog.Version{
		version("v1", "2026-02-01", "2026-06-01", "2026-12-01", "2028-01-01"),
		version("v2", "2026-09-01", "2026-12-01", "", ""),
	})
	if !got[0].RemovedAt.Equal(day("2028-01-01")) {
		t.Errorf("removed %v", got[0].RemovedAt)
	}
}

func same(a, b *time.Time) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }
