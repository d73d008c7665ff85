package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fairway/internal/audit"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

// newBank is a brand that can be added.
func newBank() catalog.Brand {
	light := catalog.Palette{Accent: "#1d4ed8", AccentHover: "#173fae", AccentSubtle: "#e6edfd", OnAccent: "#ffffff", Link: "#1d4ed8"}
	dark := catalog.Palette{Accent: "#9bb8ff", AccentHover: "#bccfff", AccentSubtle: "#162447", OnAccent: "#0a1433", Link: "#a9c1ff"}
	return catalog.Brand{ID: "new-bank", Name: "New Bank", SupportEmail: "openbanking@new.example", SupportHours: "Monday to Friday, 09:00 to 16:00", Position: 4, Colours: catalog.Colours{Light: light, Dark: dark}}
}

func change(t *testing.T, d *db.DB, deed func(db.Tx) error) error {
	t.Helper()
	return d.InTx(t.Context(), deed)
}

func add(t *testing.T, d *db.DB, b catalog.Brand) error {
	t.Helper()
	return change(t, d, func(tx db.Tx) error { return catalog.AddBrand(tx, b, "per_admin") })
}

func faulty(err error) (names []string) {
	for _, f := range fault.Of(err).Fields {
		names = append(names, f.Name)
	}
	return names
}

func lines(t *testing.T, d *db.DB, object string) []audit.Line {
	t.Helper()
	page, err := audit.New(d, testkit.Log(t)).List(t.Context(), audit.Filter{Object: object})
	if err != nil {
		t.Fatal(err)
	}
	return page.Lines
}

func TestABrandThatIsAddedIsThereAtOnceAndClosedInLive(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		if _, err := c.Brand(t.Context(), "new-bank"); !errors.Is(err, catalog.ErrUnknownBrand) {
			t.Fatal(err)
		}
		b := newBank()
		b.Name, b.Colours.Light.Link = " New Bank ", "#1D4ED8"

		err := add(t, d, b)
		again := add(t, d, b)

		got, lookErr := c.Brand(t.Context(), "new-bank")
		if err != nil || lookErr != nil || got.Name != "New Bank" || got.Colours != newBank().Colours || got.Position != 4 || got.Live.Open() {
			t.Errorf("%v, %v, %+v", err, lookErr, got)
		}
		if !slices.Equal(faulty(again), []string{"id"}) || len(lines(t, d, "new-bank")) != 1 {
			t.Errorf("a second time: %v", again)
		}
	})
}

func TestAChangedBrandLeavesTheOldAndTheNewInTheTrail(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		reach(t, d, "alisa")
		b, err := c.Brand(t.Context(), "alisa")
		if err != nil {
			t.Fatal(err)
		}
		b.Name, b.Live = "Alisa Bank Oyj", catalog.Backend{}

		done := change(t, d, func(tx db.Tx) error { return catalog.ChangeBrand(tx, b, "per_admin") })
		same := change(t, d, func(tx db.Tx) error { return catalog.ChangeBrand(tx, b, "per_admin") })

		after, err := c.Brand(t.Context(), "alisa")
		if err := errors.Join(done, same, err); err != nil {
			t.Fatal(err)
		}
		if after.Name != "Alisa Bank Oyj" || after.FormerName != "Fellow Bank" || !after.Live.Open() {
			t.Errorf("%+v", after)
		}
		trail := lines(t, d, "alisa")
		if len(trail) != 2 || trail[0].Act != "catalog.brand_changed" || trail[0].Detail["name"] != "Alisa Bank Oyj" || trail[0].Detail["former_name"] != "Alisa Bank" || len(trail[0].Detail) != 2 {
			t.Errorf("the trail: %+v", trail)
		}
	})
}

func TestABackendThatIsChangedLeavesTheOldOneInTheTrail(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		reach(t, d, "st1")

		if err := set(t, d, "st1", catalog.Backend{}); err != nil {
			t.Fatal(err)
		}

		if l := lines(t, d, "st1")[0]; l.Detail["upstream"] != "" || l.Detail["former_upstream"] != whole().Upstream || l.Detail["former_callers"] == "" {
			t.Errorf("%+v", l)
		}
	})
}

func TestABrandThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	for name, c := range map[string]struct {
		spoil func(*catalog.Brand)
		field string
	}{
		"no id":               {func(b *catalog.Brand) { b.ID = "" }, "id"},
		"one letter":          {func(b *catalog.Brand) { b.ID = "a" }, "id"},
		"a long id":           {func(b *catalog.Brand) { b.ID = strings.Repeat("a", 31) }, "id"},
		"capitals":            {func(b *catalog.Brand) { b.ID = "Rocker2" }, "id"},
		"a dot":               {func(b *catalog.Brand) { b.ID = "a.b" }, "id"},
		"a slash":             {func(b *catalog.Brand) { b.ID = "a/b" }, "id"},
		"a hyphen at the end": {func(b *catalog.Brand) { b.ID = "ab-" }, "id"},
		"punycode":            {func(b *catalog.Brand) { b.ID = "xn--bcher-kva" }, "id"},
		"an environment":      {func(b *catalog.Brand) { b.ID = "sandbox" }, "id"},
		"a word of ours":      {func(b *catalog.Brand) { b.ID = "new" }, "id"},
		"one that is there":   {func(b *catalog.Brand) { b.ID = "rocker" }, "id"},
		"no name":             {func(b *catalog.Brand) { b.Name = "  " }, "name"},
		"a long name":         {func(b *catalog.Brand) { b.Name = strings.Repeat("ä", 61) }, "name"},
		"a name that turns":   {func(b *catalog.Brand) { b.Name = "a\u202eb" }, "name"},
		"two lines":           {func(b *catalog.Brand) { b.FormerName = "a\nb" }, "former_name"},
		"no address":          {func(b *catalog.Brand) { b.SupportEmail = "" }, "support_email"},
		"hours on two lines":  {func(b *catalog.Brand) { b.SupportHours = "Monday\nTuesday" }, "support_hours"},
		"endless hours":       {func(b *catalog.Brand) { b.SupportHours = strings.Repeat("always ", 20) }, "support_hours"},
		"a name with it":      {func(b *catalog.Brand) { b.SupportEmail = "Us <us@new.example>" }, "support_email"},
		"no place":            {func(b *catalog.Brand) { b.Position = 0 }, "position"},
		"a short colour":      {func(b *catalog.Brand) { b.Colours.Light.Accent = "#fff" }, "light_accent"},
		"markup for a colour": {func(b *catalog.Brand) { b.Colours.Dark.OnAccent = "#fff;}a{" }, "dark_on_accent"},
	} {
		b := newBank()
		c.spoil(&b)

		if err := add(t, d, b); !slices.Equal(faulty(err), []string{c.field}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneInstallationServesAsManyBrandsAsItsSandboxRemembers(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	for i := range catalog.MaxBrands - 3 {
		b := newBank()
		b.ID = fmt.Sprintf("bank-%d", i)
		if err := add(t, d, b); err != nil {
			t.Fatal(err)
		}
	}

	if err := add(t, d, newBank()); !slices.Equal(faulty(err), []string{"id"}) {
		t.Error(err)
	}
}

func TestAnAPIIsRenamedAndKeepsItsRole(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		a := catalog.API{ID: "card-account", Name: "Cards", Summary: "The cards of a customer.", Position: 2, Role: "PSP_PI"}

		err := change(t, d, func(tx db.Tx) error { return catalog.ChangeAPI(tx, a, "per_admin") })
		nameless := change(t, d, func(tx db.Tx) error { return catalog.ChangeAPI(tx, catalog.API{ID: "card-account"}, "per_admin") })
		a.ID = "nothing"
		unknown := change(t, d, func(tx db.Tx) error { return catalog.ChangeAPI(tx, a, "per_admin") })

		got, lookErr := c.API(t.Context(), "card-account")
		if err != nil || lookErr != nil || got.Name != "Cards" || got.Role != "PSP_AI" || got.Position != 2 {
			t.Errorf("%v, %v, %+v", err, lookErr, got)
		}
		if !slices.Equal(faulty(nameless), []string{"name", "summary", "position"}) || !errors.Is(unknown, catalog.ErrUnknownAPI) {
			t.Errorf("%v, %v", nameless, unknown)
		}
	})
}
