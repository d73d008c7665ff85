package apps_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestARotatedKeyWorksUntilItsOverlapEnds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		if !d.opens(issued.APIKey) || !d.matches(app, issued.ClientSecret) {
			t.Fatal("the first ones do not work")
		}

		key, err := d.RotateAPIKey(t.Context(), d.org, app.ID, d.actor, 2*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		password, err := d.RotateSecret(t.Context(), d.org, app.ID, d.actor, 2*time.Hour)
		if err != nil {
			t.Fatal(err)
		}

		d.clock.Advance(2*time.Hour - time.Microsecond)
		if !d.opens(issued.APIKey) || !d.opens(key) || !d.matches(app, issued.ClientSecret) || !d.matches(app, password) {
			t.Error("old or new is refused during the overlap")
		}
		if loaded := d.mustByID(app.ID); count(loaded, apps.APIKey, false) != 2 || count(loaded, apps.ClientSecret, false) != 2 {
			t.Errorf("%+v", loaded.Credentials)
		}
		d.clock.Advance(time.Microsecond)
		if d.opens(issued.APIKey) || d.matches(app, issued.ClientSecret) {
			t.Error("the old one outlives its overlap")
		}
		if !d.opens(key) || !d.matches(app, password) {
			t.Error("the new one is refused after the overlap")
		}
		if loaded := d.mustByID(app.ID); count(loaded, apps.APIKey, false) != 1 || loaded.Credentials[0].ExpiresAt != nil {
			t.Errorf("%+v", loaded.Credentials)
		}
	})
}

func TestAnOverlapIsAtMostAWeek(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		for _, overlap := range []time.Duration{-time.Second, 168*time.Hour + time.Second} {
			if _, err := d.RotateSecret(t.Context(), d.org, app.ID, d.actor, overlap); !errors.Is(err, apps.ErrOverlap) {
				t.Errorf("%v: %v", overlap, err)
			}
		}
		if _, err := d.RotateSecret(t.Context(), d.org, app.ID, d.actor, 168*time.Hour); err != nil || !d.matches(app, issued.ClientSecret) {
			t.Errorf("a week: %v", err)
		}
		if _, err := d.RotateAPIKey(t.Context(), d.org, app.ID, d.actor, 0); err != nil || d.opens(issued.APIKey) {
			t.Errorf("no overlap: %v", err)
		}
	})
}

func TestTwentyRotationsAtOnceLeaveTwoSecrets(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		var mu sync.Mutex
		made := []secret.Text{issued.ClientSecret}
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				s, err := d.RotateSecret(t.Context(), d.org, app.ID, d.actor, time.Hour)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("rotate: %v", err)
				}
				made = append(made, s)
			})
		}
		group.Wait()

		works := 0
		for _, s := range made {
			if d.matches(app, s) {
				works++
			}
		}
		if loaded := d.mustByID(app.ID); works != 2 || count(loaded, apps.ClientSecret, false) != 2 {
			t.Errorf("%d work, %+v", works, loaded.Credentials)
		}
	})
}

func TestARevokedCredentialIsRefusedOnTheNextCall(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		_, playSecret, playKey, err := d.PlaygroundCredentials(t.Context(), d.org, app.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !d.opens(issued.APIKey) || !d.opens(playKey) || !d.matches(app, issued.ClientSecret) || !d.matches(app, playSecret) {
			t.Fatal("not all open to begin with")
		}

		for _, c := range app.Credentials {
			if err := d.Revoke(t.Context(), d.org, app.ID, c.ID, d.actor); err != nil {
				t.Errorf("revoke: %v", err)
			}
			if err := d.Revoke(t.Context(), d.org, app.ID, c.ID, d.actor); !errors.Is(err, apps.ErrUnknownCredential) {
				t.Errorf("revoke again: %v", err)
			}
		}

		if d.opens(issued.APIKey) || d.opens(playKey) || d.matches(app, issued.ClientSecret) || d.matches(app, playSecret) {
			t.Error("a revoked credential works")
		}
		if _, _, _, err := d.PlaygroundCredentials(t.Context(), d.org, app.ID); !errors.Is(err, apps.ErrNoPlayground) {
			t.Errorf("the playground: %v", err)
		}
		if err := d.RenewPlayground(t.Context(), d.org, app.ID, d.actor); err != nil {
			t.Fatal(err)
		}
		_, fresh, freshKey, err := d.PlaygroundCredentials(t.Context(), d.org, app.ID)
		if err != nil || fresh == playSecret || !d.opens(freshKey) || !d.matches(app, fresh) || d.opens(playKey) {
			t.Errorf("the renewed ones: %v", err)
		}
	})
}

func TestThePlaygroundsCredentialsAreKnownAsSuch(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		clientID, clientSecret, apiKey, err := d.PlaygroundCredentials(t.Context(), d.org, app.ID)
		if err != nil {
			t.Fatal(err)
		}

		ours, err := d.ByAPIKey(t.Context(), apiKey)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := d.ByAPIKey(t.Context(), issued.APIKey)
		if err != nil {
			t.Fatal(err)
		}
		_, playground, err := d.CheckSecret(t.Context(), clientID, clientSecret)
		_, other, err2 := d.CheckSecret(t.Context(), clientID, issued.ClientSecret)

		if !ours.Playground || theirs.Playground || !playground || other || err != nil || err2 != nil || ours.ID != theirs.ID || ours.CredentialID == theirs.CredentialID {
			t.Errorf("%+v, %+v, %v %v, %v %v", ours, theirs, playground, err, other, err2)
		}
	})
}

func TestWrongKeysAndSecretsAreRefusedInOneVoice(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		other, otherIssued := d.mustCreate("Other")
		old, err := d.RotateAPIKey(t.Context(), d.org, other.ID, d.actor, 0)
		if err != nil {
			t.Fatal(err)
		}
		key := issued.APIKey.Reveal()
		for _, wrong := range []secret.Text{"", "x", issued.ClientSecret, otherIssued.APIKey, secret.Token("sbx_ak_"), secret.Token("live_ak_"),
			secret.Text(key[:len(key)-1]), secret.Text(key + "x"), secret.Text(" " + key), secret.Text(strings.ToUpper(key)),
			secret.Text("live" + key[3:]), secret.Text(strings.Repeat("a", 10_000)), secret.Text(app.ClientID)} {
			door, err := d.ByAPIKey(t.Context(), wrong)
			if f := fault.Of(err); err == nil || door != nil || f.Code != "API_KEY_INVALID" || f.Kind != fault.Unauthenticated || err.Error() != apps.ErrAPIKey.Error() || f.Path != "X-API-Key" {
				t.Errorf("%q: %v", wrong.Reveal(), err)
			}
		}
		for _, wrong := range []struct {
			client string
			secret secret.Text
		}{{"", ""}, {app.ClientID, ""}, {app.ClientID, issued.APIKey}, {app.ClientID, otherIssued.ClientSecret}, {other.ClientID, issued.ClientSecret},
			{"fwy_unknown", issued.ClientSecret}, {app.ID, issued.ClientSecret}, {strings.ToUpper(app.ClientID), issued.ClientSecret},
			{app.ClientID, issued.ClientSecret + "x"}, {app.ClientID, secret.Text(strings.Repeat("a", 10_000))}, {strings.Repeat("a", 10_000), ""}} {
			got, _, err := d.CheckSecret(t.Context(), wrong.client, wrong.secret)
			if f := fault.Of(err); err == nil || got.ID != "" || f.Code != "invalid_client" || f.Kind != fault.Unauthenticated || err.Error() != apps.ErrClient.Error() {
				t.Errorf("%q: %v", wrong.client, err)
			}
		}
		if !d.opens(old) || !d.matches(app, issued.ClientSecret) {
			t.Error("the right ones are refused")
		}
	})
}

func TestAKeyThatWasUnknownWorksAsSoonAsItExists(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		here := newApps(t, d.db)
		for i := range 5 {
			app, issued := d.mustCreate(fmt.Sprintf("App %d", i))
			if _, err := here.ByAPIKey(t.Context(), issued.APIKey); err != nil {
				t.Error(err)
			}
			if _, err := here.ByClient(t.Context(), app.ClientID); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAnotherProcessLearnsOfARevocationWithinASecond(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, clk := url(t), testkit.Clock()
			here := newDesk(t, testkit.Open(t, at, clk), clk)
			there := testkit.Open(t, at, clk)
			elsewhere := here
			elsewhere.Apps, elsewhere.db = newApps(t, there), there
			watch(t, there)
			app, issued := here.mustCreate("Buddy")
			if !elsewhere.opens(issued.APIKey) || !elsewhere.matches(app, issued.ClientSecret) {
				t.Fatal("the other process does not know the app")
			}
			steps := []struct {
				what string
				do   func() error
				seen func() bool
			}{
				{"the connection", func() error { return here.connect(app.ID, "alisa", "card-account") }, func() bool {
					door, err := elsewhere.ByAPIKey(t.Context(), issued.APIKey)
					return err == nil && door.ConnectedTo("alisa", "card-account")
				}},
				{"the new secret", func() error {
					_, err := here.RotateSecret(t.Context(), here.org, app.ID, here.actor, 0)
					return err
				}, func() bool { return !elsewhere.matches(app, issued.ClientSecret) }},
				{"the revocation", func() error {
					return here.Revoke(t.Context(), here.org, app.ID, keyID(app), here.actor)
				}, func() bool { return !elsewhere.opens(issued.APIKey) }},
				{"the deletion", func() error { return here.Delete(t.Context(), here.org, app.ID, here.actor) }, func() bool {
					_, err := elsewhere.ByClient(t.Context(), app.ClientID)
					return errors.Is(err, apps.ErrUnknownClient)
				}},
			}
			for _, s := range steps {
				if err := s.do(); err != nil {
					t.Fatalf("%s: %v", s.what, err)
				}
				start := time.Now()
				testkit.Eventually(t, s.what, s.seen)
				if took := time.Since(start); took > time.Second {
					t.Errorf("%s took %v", s.what, took)
				}
			}
		})
	}
}

// watch follows the changes of other processes, and returns when it does.
func watch(t *testing.T, d *db.DB) {
	t.Helper()
	watching := make(chan struct{}, 1)
	d.OnChange(apps.Topic, func(string) {
		select {
		case watching <- struct{}{}:
		default:
		}
	})
	testkit.Run(t, d.WatchChanges)
	<-watching
}

// keyID names the TPP's API key.
func keyID(app apps.App) string {
	for _, c := range app.Credentials {
		if c.Kind == apps.APIKey && !c.Playground {
			return c.ID
		}
	}
	return ""
}

func TestUsesAreNotedOnceAMinuteAndWrittenLater(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		lastUse := func() *time.Time {
			t.Helper()
			if err := d.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, c := range d.mustByID(app.ID).Credentials {
				if c.ID == keyID(app) {
					return c.LastUsedAt
				}
			}
			return nil
		}
		if got := lastUse(); got != nil {
			t.Errorf("used before it was used: %v", got)
		}

		d.opens(issued.APIKey)
		for _, c := range d.mustByID(app.ID).Credentials {
			if c.LastUsedAt != nil {
				t.Error("the call wrote the use itself")
			}
		}
		first := lastUse()
		d.clock.Advance(59 * time.Second)
		d.opens(issued.APIKey)
		d.CredentialUsed(keyID(app))
		within := lastUse()
		d.clock.Advance(time.Second)
		d.opens(issued.APIKey)
		later := lastUse()

		if first == nil || !first.Equal(testkit.Start) || within == nil || !within.Equal(*first) || later == nil || !later.Equal(testkit.Start.Add(time.Minute)) {
			t.Errorf("%v, %v, %v", first, within, later)
		}
	})
}

func TestTheLastUsesAreWrittenAtTheEnd(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		t.Run("while it runs", func(t *testing.T) {
			testkit.Run(t, d.Run)
			d.matches(app, issued.ClientSecret)
		})

		used := 0
		for _, c := range d.mustByID(app.ID).Credentials {
			if c.LastUsedAt != nil {
				used++
			}
		}
		if used != 1 {
			t.Errorf("%d uses were written", used)
		}
	})
}

func TestTheDoorAllocatesNothingForAnAppItRemembers(t *testing.T) {
	d := newDesk(t, testkit.SQLite(t), nil)
	app, issued := d.mustCreate("Buddy", "https://app.example/cb")
	ctx := t.Context()

	n := testing.AllocsPerRun(200, func() {
		if _, err := d.ByAPIKey(ctx, issued.APIKey); err != nil {
			t.Error(err)
		}
		if _, err := d.ByClient(ctx, app.ClientID); err != nil {
			t.Error(err)
		}
		if _, _, err := d.CheckSecret(ctx, app.ClientID, issued.ClientSecret); err != nil {
			t.Error(err)
		}
	})

	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkByAPIKey(b *testing.B) {
	d := newDesk(b, testkit.SQLiteAt(b, clock.System{}), nil)
	var issued apps.Issued
	err := d.db.InTx(b.Context(), func(tx db.Tx) error {
		var err error
		_, issued, err = d.Create(b.Context(), tx, d.org, d.actor, apps.NewApp{Environment: catalog.Sandbox, Name: "Buddy"})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := d.ByAPIKey(b.Context(), issued.APIKey); err != nil {
				b.Error(err)
			}
		}
	})
}
