package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestNoChangeOfDatesBreaksAPromise(t *testing.T) {
	t.Parallel()
	now := day("2026-11-21").Add(9 * 60 * 60 * 1e9)
	v1 := version("v1", "2026-02-01", "2026-06-01", "", "")
	v2 := version("v2", "2026-10-01", "2027-02-01", "", "")
	old1 := version("v1", "2024-01-01", "2024-06-01", "", "")
	old2 := version("v2", "2025-01-01", "2025-06-01", "", "")
	cases := map[string]struct {
		stored []catalog.Version
		v      catalog.Version
		fields string
		says   string
	}{
		"a first version in the sandbox today":            {nil, version("v1", "2026-11-21", "", "", ""), "", ""},
		"a first version in the sandbox yesterday":        {nil, version("v1", "2026-11-20", "", "", ""), "sandbox_from", "today or a later day"},
		"released three months later":                     {nil, version("v1", "2026-11-21", "2027-02-21", "", ""), "", ""},
		"released a day too early":                        {nil, version("v1", "2026-11-21", "2027-02-20", "", ""), "released_at", "21 Feb 2027 or later"},
		"a next version":                                  {[]catalog.Version{v1}, version("v2", "2026-12-01", "2027-03-01", "", ""), "", ""},
		"a next version before the one before it":         {[]catalog.Version{version("v1", "2027-01-01", "", "", "")}, version("v2", "2026-12-31", "", "", ""), "sandbox_from", "v1 opens in the sandbox on 1 Jan 2027"},
		"the release postponed":                           {[]catalog.Version{v1, v2}, version("v2", "2026-10-01", "2027-03-01", "", ""), "", ""},
		"the release taken back":                          {[]catalog.Version{v1, v2}, version("v2", "2026-10-01", "", "", ""), "", ""},
		"the release made earlier, within the promise":    {[]catalog.Version{v1, v2}, version("v2", "2026-10-01", "2027-01-01", "", ""), "", ""},
		"the release made earlier than promised":          {[]catalog.Version{v1, v2}, version("v2", "2026-10-01", "2026-12-31", "", ""), "released_at", "1 Jan 2027 or later"},
		"the sandbox's day moved, which came":             {[]catalog.Version{v1, v2}, version("v2", "2026-09-01", "2027-02-01", "", ""), "sandbox_from", "1 Oct 2026, has passed"},
		"a release that happened moved":                   {[]catalog.Version{v1, v2}, version("v1", "2026-02-01", "2026-07-01", "", ""), "released_at", "1 Jun 2026, has passed"},
		"a release that happened taken back":              {[]catalog.Version{v1}, version("v1", "2026-02-01", "", "", ""), "released_at", "has passed"},
		"the old one removed six months after":            {[]catalog.Version{v1, v2}, version("v1", "2026-02-01", "2026-06-01", "2027-02-01", "2027-08-01"), "", ""},
		"the old one removed a day too early":             {[]catalog.Version{v1, v2}, version("v1", "2026-02-01", "2026-06-01", "2027-02-01", "2027-07-31"), "removed_at", "1 Aug 2027 or later"},
		"the old one deprecated early, and removed early": {[]catalog.Version{v1, v2}, version("v1", "2026-02-01", "2026-06-01", "2026-12-01", ""), "removed_at", "v2: The version before this one stays for six months"},
		"a release so late that the old one is too short": {[]catalog.Version{version("v1", "2026-02-01", "2026-06-01", "2027-02-01", "2027-08-01"), v2}, version("v2", "2026-10-01", "2027-03-01", "", ""), "released_at", "six months after the release"},
		"an API that closes":                              {[]catalog.Version{v1}, version("v1", "2026-02-01", "2026-06-01", "2026-12-01", "2027-06-01"), "", ""},
		"deprecated last week, as is said today":          {[]catalog.Version{v1}, version("v1", "2026-02-01", "2026-06-01", "2026-11-14", ""), "deprecated_at", "This day is over"},
		"removed without being deprecated":                {[]catalog.Version{v1}, version("v1", "2026-02-01", "2026-06-01", "", "2027-06-01"), "removed_at", "deprecated before it is removed"},
		"a second released before the first":              {[]catalog.Version{version("v1", "2026-10-01", "", "", "")}, version("v2", "2026-11-21", "2027-02-21", "", ""), "released_at", "v1: A version is deprecated after its release"},
		"a removal that followed by itself put off":       {[]catalog.Version{old1, old2}, version("v1", "2024-01-01", "2024-06-01", "", "2027-06-01"), "removed_at", "1 Dec 2025, has passed"},
		"nothing": {[]catalog.Version{v1, v2}, v2, "", ""},
	}
	for name, c := range cases {
		err := catalog.CheckChange(c.stored, c.v, now)

		if got := strings.Join(faulty(err), " "); got != c.fields {
			t.Errorf("%s: %q, %+v", name, got, err)
		}
		if c.says != "" && !slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return strings.Contains(f.Message, c.says) }) {
			t.Errorf("%s: %+v", name, fault.Of(err).Fields)
		}
	}
}

func TestAnAnnouncedVersionIsOfferedFromItsDay(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		if err := add(t, d, newBank()); err != nil {
			t.Fatal(err)
		}
		before, err := c.Offered(t.Context(), catalog.Sandbox, "new-bank", "card-account")
		if err != nil || before {
			t.Fatalf("%v, %v", before, err)
		}
		v := catalog.Version{API: "card-account", Brand: "new-bank", Version: "v1", SandboxFrom: day("2026-11-21")}

		added := change(t, d, func(tx db.Tx) error { return catalog.AddVersion(tx, v, "per_admin") })
		twice := change(t, d, func(tx db.Tx) error { return catalog.AddVersion(tx, v, "per_admin") })
		v.ReleasedAt = date("2027-02-21")
		changed := change(t, d, func(tx db.Tx) error { return catalog.ChangeVersion(tx, v, "per_admin") })

		after, err := c.Offered(t.Context(), catalog.Sandbox, "new-bank", "card-account")
		list, listErr := c.Versions(t.Context(), "card-account", "new-bank")
		if err := errors.Join(added, changed, err, listErr); err != nil {
			t.Fatal(err)
		}
		if !catalog.Built("card-account", "v1") || catalog.Built("card-account", "v2") || catalog.Built("consent", "v1") {
			t.Error("it is not known which versions are built in")
		}
		if !after || len(list) != 1 || !list[0].ReleasedAt.Equal(day("2027-02-21")) || !slices.Equal(faulty(twice), []string{"version"}) {
			t.Errorf("%v, %+v, a second time %v", after, list, twice)
		}
		trail := lines(t, d, "card-account/new-bank/v1")
		if len(trail) != 2 || trail[0].Act != "catalog.version_changed" || trail[0].Detail["released_at"] != "2027-02-21T00:00:00Z" || trail[0].Detail["former_released_at"] != "none" || len(trail[0].Detail) != 2 {
			t.Errorf("the trail: %+v", trail)
		}
	})
}

func TestAVersionOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		good := catalog.Version{API: "card-account", Brand: "rocker", Version: "v2", SandboxFrom: day("2026-12-01")}
		for name, c := range map[string]struct {
			spoil func(*catalog.Version)
			want  error
		}{
			"a brand": {func(v *catalog.Version) { v.Brand = "nobody" }, catalog.ErrUnknownBrand},
			"an API":  {func(v *catalog.Version) { v.API = "nothing" }, catalog.ErrUnknownAPI},
		} {
			v := good
			c.spoil(&v)
			if err := change(t, d, func(tx db.Tx) error { return catalog.AddVersion(tx, v, "per_admin") }); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := change(t, d, func(tx db.Tx) error { return catalog.ChangeVersion(tx, good, "per_admin") }); !errors.Is(err, catalog.ErrUnknownVersion) {
			t.Error(err)
		}
		for _, name := range []string{"", "2", "v0", "v1", "V2", "v2.1", "v2000", "new"} {
			v := good
			v.Version = name
			if err := change(t, d, func(tx db.Tx) error { return catalog.AddVersion(tx, v, "per_admin") }); !slices.Equal(faulty(err), []string{"version"}) {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

func TestTwoAdministratorsAnnounceOneVersionOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		v := catalog.Version{API: "card-account", Brand: "rocker", Version: "v2", SandboxFrom: day("2026-12-01")}
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() {
				errs[i] = d.InTx(t.Context(), func(tx db.Tx) error { return catalog.AddVersion(tx, v, "per_admin") })
			})
		}
		group.Wait()

		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !slices.Equal(faulty(err), []string{"version"}) {
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("it was announced %d times", done)
		}
	})
}
