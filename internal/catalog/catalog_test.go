package catalog_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestTheCatalogueComesWithThreeBrandsAndTheirColours(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))

		brands, err := c.Brands(t.Context())

		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, b := range brands {
			ids = append(ids, b.ID)
			for _, p := range []catalog.Palette{b.Colours.Light, b.Colours.Dark} {
				for _, colour := range []string{p.Accent, p.AccentHover, p.AccentSubtle, p.OnAccent, p.Link} {
					if len(colour) != 7 || colour[0] != '#' {
						t.Errorf("%s has the colour %q, which is not #rrggbb", b.ID, colour)
					}
				}
			}
		}
		if len(ids) != 3 || ids[0] != "rocker" || ids[1] != "st1" || ids[2] != "alisa" {
			t.Errorf("brands are %v", ids)
		}
		if brands[2].FormerName != "Fellow Bank" {
			t.Errorf("Alisa Bank was called %q before", brands[2].FormerName)
		}
	})
}

func TestABrandOrAPIThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))

		_, brandErr := c.Brand(t.Context(), "nobody")
		_, apiErr := c.API(t.Context(), "nothing")
		_, offersErr := c.Offers(t.Context(), catalog.Sandbox, "nobody")
		_, offeredErr := c.Offered(t.Context(), catalog.Sandbox, "alisa", "nothing")

		if !errors.Is(brandErr, catalog.ErrUnknownBrand) || !errors.Is(offersErr, catalog.ErrUnknownBrand) {
			t.Errorf("unknown brand: %v, %v", brandErr, offersErr)
		}
		if !errors.Is(apiErr, catalog.ErrUnknownAPI) || !errors.Is(offeredErr, catalog.ErrUnknownAPI) {
			t.Errorf("unknown API: %v, %v", apiErr, offeredErr)
		}
	})
}

func TestAComingVersionIsOpenInTheSandboxAndAnnouncedInLive(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		reach(t, d, "alisa")
		mustChange(t, d, "INSERT INTO api_versions (api_id, brand_id, version, sandbox_from, released_at) VALUES ('card-account', 'alisa', 'v2', ?, ?)",
			testkit.Start.AddDate(0, -1, 0), testkit.Start.AddDate(0, 2, 0))

		sandbox, err := c.Offers(t.Context(), catalog.Sandbox, "alisa")
		if err != nil {
			t.Fatal(err)
		}
		live, err := c.Offers(t.Context(), catalog.Live, "alisa")
		if err != nil {
			t.Fatal(err)
		}

		if len(sandbox) != 2 || sandbox[0].State != catalog.Upcoming || !sandbox[0].Open || sandbox[1].State != catalog.Current || !sandbox[1].Open {
			t.Errorf("sandbox offers are %+v", sandbox)
		}
		if len(live) != 2 || live[0].Open || !live[1].Open {
			t.Errorf("live offers are %+v", live)
		}
		removal := testkit.Start.AddDate(0, 8, 0)
		if until := live[1].Until(); until == nil || !until.Equal(removal) {
			t.Errorf("the version before ends at %v, not at %v", until, removal)
		}
	})
}

func TestAnAPIWhoseOnlyVersionWasRemovedIsNotOffered(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		reach(t, d, "st1")
		before, err := c.Offered(t.Context(), catalog.Live, "st1", "card-account")
		if err != nil || !before {
			t.Fatalf("offered before: %v, %v", before, err)
		}
		mustChange(t, d, "UPDATE api_versions SET removed_at = ? WHERE brand_id = 'st1'", testkit.Start)

		after, err := c.Offered(t.Context(), catalog.Live, "st1", "card-account")
		offers, _ := c.Offers(t.Context(), catalog.Live, "st1")

		if err != nil || after || len(offers) != 0 {
			t.Errorf("offered after: %v, %v, %+v", after, err, offers)
		}
	})
}

func TestAChangeIsSeenByTheNextReader(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		for i, name := range []string{"First", "Second", "Third"} {
			if _, err := c.Brand(t.Context(), "rocker"); err != nil {
				t.Fatal(err)
			}
			mustChange(t, d, "UPDATE brands SET name = ? WHERE id = 'rocker'", name)

			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					if b, err := c.Brand(t.Context(), "rocker"); err != nil || b.Name != name {
						t.Errorf("round %d: %q, %v", i, b.Name, err)
					}
				})
			}
			group.Wait()
		}
	})
}

func TestAChangeOfAnotherProcessIsSeenWithinASecond(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := url(t)
			here, there := testkit.Open(t, at, testkit.Clock()), testkit.Open(t, at, testkit.Clock())
			c := catalog.New(here, testkit.Log(t))
			watching := make(chan struct{}, 1)
			here.OnChange("catalog", func(string) {
				select {
				case watching <- struct{}{}:
				default:
				}
			})
			testkit.Run(t, here.WatchChanges)
			<-watching
			if _, err := c.Brand(t.Context(), "rocker"); err != nil {
				t.Fatal(err)
			}

			start := time.Now()
			mustChange(t, there, "UPDATE brands SET name = 'Other' WHERE id = 'rocker'")

			testkit.Eventually(t, "the other process's change", func() bool {
				b, err := c.Brand(t.Context(), "rocker")
				return err == nil && b.Name == "Other"
			})
			if took := time.Since(start); took > time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestABrandWithUnreadableColoursStillWorks(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		mustChange(t, d, "UPDATE brands SET colours = 'green' WHERE id = 'st1'")

		b, err := c.Brand(t.Context(), "st1")

		if err != nil || b.Name != "ST1 Finance" || b.Colours != (catalog.Colours{}) {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

func TestAskingForABrandAllocatesNothing(t *testing.T) {
	d := testkit.SQLite(t)
	c := catalog.New(d, testkit.Log(t))
	ctx := t.Context()
	if _, err := c.Brand(ctx, "alisa"); err != nil {
		t.Fatal(err)
	}

	n := testing.AllocsPerRun(100, func() {
		if _, err := c.Brand(ctx, "alisa"); err != nil {
			t.Error(err)
		}
		if _, err := c.Offered(ctx, catalog.Sandbox, "alisa", "card-account"); err != nil {
			t.Error(err)
		}
	})

	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestOnlySandboxAndLiveAreEnvironments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"sandbox": true, "live": true, "Live": false, "": false, "sandbox ": false, "prod": false} {
		if _, ok := catalog.ParseEnvironment(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}
