package apps_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestANewAppHasItsOwnCredentialsAndThePlaygrounds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("  Budget Buddy ", "https://app.example/cb", "", "http://localhost:3000/cb\r")

		if app.Name != "Budget Buddy" || app.Environment != catalog.Sandbox || !app.CreatedAt.Equal(testkit.Start) {
			t.Errorf("%+v", app)
		}
		if !strings.HasPrefix(app.ID, "app_") || !strings.HasPrefix(app.ClientID, "fwy_") {
			t.Errorf("ids are %s and %s", app.ID, app.ClientID)
		}
		if !strings.HasPrefix(issued.ClientSecret.Reveal(), "sbx_sk_") || !strings.HasPrefix(issued.APIKey.Reveal(), "sbx_ak_") || issued.Repeated {
			t.Errorf("issued %q and %q", issued.ClientSecret.Reveal(), issued.APIKey.Reveal())
		}
		want := []apps.RedirectURI{{URI: "https://app.example/cb"}, {URI: "http://localhost:3000/cb"}, {URI: callback, Playground: true}}
		if !slices.Equal(app.RedirectURIs, want) {
			t.Errorf("redirect URIs are %v", app.RedirectURIs)
		}
		for _, kind := range []apps.Kind{apps.ClientSecret, apps.APIKey} {
			if count(app, kind, false) != 1 || count(app, kind, true) != 1 {
				t.Errorf("%s: %+v", kind, app.Credentials)
			}
		}
		if !d.opens(issued.APIKey) || !d.matches(app, issued.ClientSecret) {
			t.Error("what was issued does not open the door")
		}
		if got := d.mustByID(app.ID); fmt.Sprint(got) != fmt.Sprint(app) {
			t.Errorf("loaded  %+v\ncreated %+v", got, app)
		}
		if got := acts(t, d.db, app.ID); !slices.Equal(got, []string{"apps.created"}) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestALiveAppHasNothingOfThePlaygrounds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued, err := d.create(apps.NewApp{Environment: catalog.Live, Name: "Buddy", RedirectURIs: []string{"https://app.example/cb"}})
		if err != nil {
			t.Fatal(err)
		}

		_, _, _, playErr := d.PlaygroundCredentials(t.Context(), d.org, app.ID)
		renewErr := d.RenewPlayground(t.Context(), d.org, app.ID, d.actor)

		if !errors.Is(playErr, apps.ErrNoPlayground) || !errors.Is(renewErr, apps.ErrNoPlayground) {
			t.Errorf("%v, %v", playErr, renewErr)
		}
		if len(app.RedirectURIs) != 1 || count(app, apps.APIKey, true) != 0 {
			t.Errorf("%+v", app)
		}
		if !strings.HasPrefix(issued.ClientSecret.Reveal(), "live_sk_") || !strings.HasPrefix(issued.APIKey.Reveal(), "live_ak_") || !d.opens(issued.APIKey) {
			t.Errorf("issued %q", issued.APIKey.Reveal())
		}
	})
}

func TestAFormIsToldEverythingThatIsWrong(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		d.mustCreate("Ärger App")
		eleven := make([]string, 11)
		for i := range eleven {
			eleven[i] = fmt.Sprintf("https://app.example/%d", i)
		}
		cases := []struct {
			name string
			app  apps.NewApp
			says []string
		}{
			{"no name", apps.NewApp{Name: " \t"}, []string{"name: Enter a name"}},
			{"long name", apps.NewApp{Name: strings.Repeat("ä", 61)}, []string{"name: A name has at most 60"}},
			{"control character", apps.NewApp{Name: "a\nb"}, []string{"name: Use letters"}},
			{"direction override", apps.NewApp{Name: "a\u202eb"}, []string{"name: Use letters"}},
			{"not text", apps.NewApp{Name: "a\xff"}, []string{"name: Use letters"}},
			{"taken name", apps.NewApp{Name: "äRGER  aPP"}, []string{"name: You have an app called äRGER  aPP"}},
			{"bad lines", apps.NewApp{Name: "", RedirectURIs: []string{"http://a.example", "", "https://a.example#x", "https://a.example", "https://a.example"}},
				[]string{"name: Enter", "redirect_uris: Line 1: Use https", "redirect_uris: Line 3: Leave out the fragment", "redirect_uris: Line 5: This is the same as line 4"}},
			{"our callback", apps.NewApp{Name: "x", RedirectURIs: []string{callback}}, []string{"redirect_uris: Line 1: This is the playground's"}},
			{"too many lines", apps.NewApp{Name: "x", RedirectURIs: eleven}, []string{"redirect_uris: An app has at most 10 redirect URIs; these are 11"}},
		}
		for _, c := range cases {
			_, _, err := d.create(c.app)
			f := fault.Of(err)
			if err == nil || f.Kind != fault.Invalid || len(f.Fields) != len(c.says) {
				t.Errorf("%s: %v %+v", c.name, err, f.Fields)
				continue
			}
			for i, says := range c.says {
				if line := f.Fields[i].Name + ": " + f.Fields[i].Message; !strings.HasPrefix(line, says) {
					t.Errorf("%s: %q, expected %q", c.name, line, says)
				}
			}
		}
		if _, _, err := d.create(apps.NewApp{Name: strings.Repeat("ä", 60), RedirectURIs: eleven[:10]}); err != nil {
			t.Errorf("sixty letters and ten addresses: %v", err)
		}
	})
}

func TestANameIsFreeInTheOtherEnvironmentAndInOtherOrganisations(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		d.mustCreate("Buddy")
		other := d
		other.org, other.actor = testkit.Organisation(t, d.db, "Other Oy")

		_, _, liveErr := d.create(apps.NewApp{Environment: catalog.Live, Name: "Buddy"})
		_, _, otherErr := other.create(apps.NewApp{Name: "Buddy"})

		if liveErr != nil || otherErr != nil {
			t.Errorf("%v, %v", liveErr, otherErr)
		}
	})
}

func TestAFormThatIsSentFiftyTimesAtOnceMakesOneApp(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		var mu sync.Mutex
		ids, shown := map[string]int{}, 0
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				app, issued, err := d.create(apps.NewApp{Name: "Buddy", Once: "form-1"})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("create: %v", err)
					return
				}
				ids[app.ID]++
				if !issued.Repeated {
					shown++
				} else if issued.APIKey != "" || issued.ClientSecret != "" {
					t.Error("a repeated answer carries secrets")
				}
			})
		}
		group.Wait()

		list, err := d.List(t.Context(), d.org, catalog.Sandbox)
		if err != nil || len(list) != 1 || len(ids) != 1 || shown != 1 {
			t.Errorf("%d apps, %d ids, shown %d times, %v", len(list), len(ids), shown, err)
		}
	})
}

func TestTheTwentyFirstAppIsRefusedHoweverFastItComes(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		for i := range apps.MaxApps - 2 {
			d.mustCreate(fmt.Sprintf("App %d", i))
		}
		var mu sync.Mutex
		made, refused := 0, 0
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				_, _, err := d.create(apps.NewApp{Name: fmt.Sprintf("Late %d", i), Environment: catalog.Live})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					made++
				case errors.Is(err, apps.ErrTooMany):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()

		if made != 2 || refused != 10 {
			t.Errorf("%d made, %d refused", made, refused)
		}
	})
}

func TestAForeignAppIsLikeNone(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy", "https://app.example/cb")
		d.mustConnect(app.ID, "alisa")
		before := d.mustByID(app.ID)
		stranger, person := testkit.Organisation(t, d.db, "Stranger Oy")
		ctx := t.Context()
		inTx := func(do func(tx db.Tx) error) error { return d.db.InTx(ctx, do) }
		attempts := map[string]func(id string) error{
			"ByID": func(id string) error { _, err := d.ByID(ctx, stranger, id); return err },
			"Update": func(id string) error {
				_, err := d.Update(ctx, stranger, id, person, apps.Change{Name: "Mine"})
				return err
			},
			"Delete":       func(id string) error { return d.Delete(ctx, stranger, id, person) },
			"RotateSecret": func(id string) error { _, err := d.RotateSecret(ctx, stranger, id, person, 0); return err },
			"RotateAPIKey": func(id string) error { _, err := d.RotateAPIKey(ctx, stranger, id, person, 0); return err },
			"Revoke":       func(id string) error { return d.Revoke(ctx, stranger, id, before.Credentials[0].ID, person) },
			"Renew":        func(id string) error { return d.RenewPlayground(ctx, stranger, id, person) },
			"Connect": func(id string) error {
				return inTx(func(tx db.Tx) error { return d.Connect(ctx, tx, stranger, id, "rocker", "card-account", person) })
			},
			"Disconnect": func(id string) error { return d.Disconnect(ctx, stranger, id, "alisa", "card-account", person) },
			"Credentials": func(id string) error {
				_, _, _, err := d.PlaygroundCredentials(ctx, stranger, id)
				return err
			},
		}
		for name, attempt := range attempts {
			foreign, none := attempt(app.ID), attempt("app_none")
			if !errors.Is(foreign, apps.ErrUnknown) || !fault.Is(foreign, fault.NotFound) || foreign.Error() != none.Error() {
				t.Errorf("%s: %v, and for none %v", name, foreign, none)
			}
		}

		list, err := d.List(ctx, stranger, catalog.Sandbox)
		if err != nil || len(list) != 0 {
			t.Errorf("the stranger sees %v, %v", list, err)
		}
		if after := d.mustByID(app.ID); fmt.Sprint(after) != fmt.Sprint(before) || !d.opens(issued.APIKey) {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
		foreignOnce := d
		foreignOnce.org, foreignOnce.actor = stranger, person
		if made, again, err := foreignOnce.create(apps.NewApp{Name: "Theirs", Once: "form-1"}); err != nil || again.Repeated || made.OrganisationID != stranger {
			t.Errorf("%+v, %v", made, err)
		}
	})
}

func TestACredentialOfAnotherAppCannotBeRevokedThroughOnesOwn(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		victim, issued := d.mustCreate("Victim")
		thief := d
		thief.org, thief.actor = testkit.Organisation(t, d.db, "Thief Oy")
		own, _ := thief.mustCreate("Own")

		for _, c := range victim.Credentials {
			if err := d.Revoke(t.Context(), thief.org, own.ID, c.ID, thief.actor); !errors.Is(err, apps.ErrUnknownCredential) {
				t.Errorf("%s: %v", c.Kind, err)
			}
		}
		if !d.opens(issued.APIKey) {
			t.Error("the victim's key is gone")
		}
	})
}

func TestEnsureMakesAnAppOnceAndRenewsItsSecrets(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		first, old, err := d.ensure("Smoke Test", "http://localhost:3000/cb")
		if err != nil {
			t.Fatal(err)
		}
		d.mustConnect(first.ID, "alisa")
		if !d.opens(old.APIKey) || !d.matches(first, old.ClientSecret) {
			t.Fatal("the first secrets do not work")
		}

		second, fresh, err := d.ensure("smoke test", "http://localhost:4000/cb", "http://localhost:3000/cb")

		if err != nil || second.ID != first.ID || second.ClientID != first.ClientID || len(second.RedirectURIs) != 3 || !second.ConnectedTo("alisa", "card-account") {
			t.Errorf("%+v, %v", second, err)
		}
		if d.opens(old.APIKey) || d.matches(first, old.ClientSecret) || !d.opens(fresh.APIKey) || !d.matches(second, fresh.ClientSecret) {
			t.Error("the old secrets work on, or the new ones do not")
		}
		if count(second, apps.APIKey, false) != 1 || count(second, apps.APIKey, true) != 1 {
			t.Errorf("%+v", second.Credentials)
		}
		if _, _, err := d.ensure("Smoke Test", "ftp://x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a bad address: %v", err)
		}
	})
}

func TestNoSecretStandsInClearInAnyTable(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy", "https://app.example/cb")
		rotated, err := d.RotateSecret(t.Context(), d.org, app.ID, d.actor, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, playSecret, playKey, err := d.PlaygroundCredentials(t.Context(), d.org, app.ID)
		if err != nil {
			t.Fatal(err)
		}

		everything := dump(t, d.db)

		for _, s := range []secret.Text{issued.APIKey, issued.ClientSecret, rotated, playSecret, playKey} {
			if !strings.Contains(everything, secret.Hash(s)) {
				t.Error("a hash is missing, so the search proves nothing")
			}
			random := s.Reveal()[strings.LastIndex(s.Reveal()[:8], "_")+1:]
			if strings.Contains(everything, random) || strings.Contains(everything, random[:20]) {
				t.Errorf("a secret of kind %s stands in clear", s.Reveal()[:7])
			}
		}
	})
}
