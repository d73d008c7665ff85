package apps_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestConnectionsAreMadeOnceAndEndAtOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy")
		d.mustConnect(app.ID, "alisa")
		d.mustConnect(app.ID, "alisa")
		d.clock.Advance(time.Minute)
		d.mustConnect(app.ID, "rocker")

		door, err := d.ByAPIKey(t.Context(), issued.APIKey)
		if err != nil || !door.ConnectedTo("alisa", "card-account") || door.ConnectedTo("alisa", "funds") || door.ConnectedTo("st1", "card-account") || !door.ConnectedBrand("rocker") {
			t.Errorf("%+v, %v", door, err)
		}
		for range 2 {
			if err := d.Disconnect(t.Context(), d.org, app.ID, "alisa", "card-account", d.actor); err != nil {
				t.Error(err)
			}
		}
		door, err = d.ByAPIKey(t.Context(), issued.APIKey)
		if err != nil || door.ConnectedBrand("alisa") || !door.ConnectedTo("rocker", "card-account") {
			t.Errorf("%+v, %v", door, err)
		}
		want := []string{"apps.created", "apps.connected", "apps.connected", "apps.disconnected"}
		if got := acts(t, d.db, app.ID); !slices.Equal(got, want) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestOnlyWhatIsOfferedCanBeConnected(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, _ := d.mustCreate("Buddy")

		if err := d.connect(app.ID, "nobody", "card-account"); !errors.Is(err, catalog.ErrUnknownBrand) {
			t.Errorf("unknown brand: %v", err)
		}
		if err := d.connect(app.ID, "alisa", "nothing"); !errors.Is(err, catalog.ErrUnknownAPI) {
			t.Errorf("unknown API: %v", err)
		}
		d.clock.Set(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err := d.connect(app.ID, "alisa", "card-account"); !errors.Is(err, apps.ErrNotOffered) {
			t.Errorf("before it opens: %v", err)
		}
	})
}

func TestUpdatingReplacesTheTPPsAddressesAndKeepsOurs(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, _ := d.mustCreate("Buddy", "https://app.example/old")
		d.mustCreate("Other")
		if _, err := d.ByClient(t.Context(), app.ClientID); err != nil {
			t.Fatal(err)
		}

		updated, err := d.Update(t.Context(), d.org, app.ID, d.actor, apps.Change{Name: "BUDDY", RedirectURIs: []string{"https://app.example/new"}})
		if err != nil {
			t.Fatal(err)
		}
		_, takenErr := d.Update(t.Context(), d.org, app.ID, d.actor, apps.Change{Name: "other"})
		_, badErr := d.Update(t.Context(), d.org, app.ID, d.actor, apps.Change{Name: "Buddy", RedirectURIs: []string{callback}})
		seen, err := d.ByClient(t.Context(), app.ClientID)

		if err != nil || seen.Name != "BUDDY" || seen.AllowsRedirect("https://app.example/old") || !seen.AllowsRedirect("https://app.example/new") || !seen.AllowsRedirect(callback) {
			t.Errorf("%+v, %v", seen, err)
		}
		if got := d.mustByID(app.ID); fmt.Sprint(got) != fmt.Sprint(updated) {
			t.Errorf("loaded %+v, answered %+v", got, updated)
		}
		if fault.Of(takenErr).Fields[0].Name != apps.FieldName || fault.Of(badErr).Fields[0].Name != apps.FieldRedirectURIs {
			t.Errorf("%v, %v", takenErr, badErr)
		}
	})
}

func TestAMovedPortalTakesItsPlaygroundAlong(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, _ := d.mustCreate("Buddy", "https://app.example/cb")
		moved := apps.New(d.db, nil, testkit.Ring(t), apps.Config{PlaygroundCallback: "https://new.example/callback"}, testkit.Log(t))

		seen, err := moved.ByClient(t.Context(), app.ClientID)

		if err != nil || seen.AllowsRedirect(callback) || !seen.AllowsRedirect("https://new.example/callback") {
			t.Errorf("%v, %v", seen.RedirectURIs, err)
		}
	})
}

func TestADeletedAppLeavesNothingThatWorks(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		app, issued := d.mustCreate("Buddy", "https://app.example/cb")
		d.mustConnect(app.ID, "alisa")
		if !d.opens(issued.APIKey) || !d.matches(app, issued.ClientSecret) {
			t.Fatal("the app does not work to begin with")
		}

		err := d.Delete(t.Context(), d.org, app.ID, d.actor)

		if err != nil || d.opens(issued.APIKey) || d.matches(app, issued.ClientSecret) {
			t.Errorf("still open after deletion, or %v", err)
		}
		if _, err := d.ByClient(t.Context(), app.ClientID); !errors.Is(err, apps.ErrUnknownClient) {
			t.Errorf("by client: %v", err)
		}
		if _, err := d.ByID(t.Context(), d.org, app.ID); !errors.Is(err, apps.ErrUnknown) {
			t.Errorf("by id: %v", err)
		}
		if n := rowsOf(t, d.db, app.ID); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if err := d.Delete(t.Context(), d.org, app.ID, d.actor); !errors.Is(err, apps.ErrUnknown) {
			t.Errorf("again: %v", err)
		}
		d.mustCreate("Buddy")
	})
}
