package apps_test

import (
	"context"
	"fmt"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

func TestTheLifeOfAnAppIsTold(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		q, err := jobs.New(d, testkit.Log(t))
		if err != nil {
			t.Fatal(err)
		}
		told := make(chan string, 8)
		jobs.On(q, "test.created", func(_ context.Context, f apps.Created) error { told <- fmt.Sprint(f.Kind(), f); return nil })
		jobs.On(q, "test.connected", func(_ context.Context, f apps.Connected) error { told <- fmt.Sprint(f.Kind(), f); return nil })
		jobs.On(q, "test.deleted", func(_ context.Context, f apps.Deleted) error { told <- fmt.Sprint(f.Kind(), f); return nil })
		service := apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: callback, Live: func(db.Tx, string) error { return nil }}, testkit.Log(t))
		org, actor := testkit.Organisation(t, d, "Budget Buddy Oy")
		var app apps.App
		err = d.InTx(t.Context(), func(tx db.Tx) error {
			app, _, err = service.Create(t.Context(), tx, org, actor, apps.NewApp{Environment: catalog.Sandbox, Name: "Buddy"})
			if err != nil {
				return err
			}
			return service.Connect(t.Context(), tx, org, app.ID, "st1", "card-account", actor)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := service.Delete(t.Context(), org, app.ID, actor); err != nil {
			t.Fatal(err)
		}

		testkit.Run(t, q.Run)

		got := map[string]bool{<-told: true, <-told: true, <-told: true}
		for _, want := range []string{
			"apps.created" + fmt.Sprint(apps.Created{AppID: app.ID, OrganisationID: org, Environment: catalog.Sandbox}),
			"apps.connected" + fmt.Sprint(apps.Connected{AppID: app.ID, OrganisationID: org, Brand: "st1", API: "card-account"}),
			"apps.deleted" + fmt.Sprint(apps.Deleted{AppID: app.ID, OrganisationID: org, Environment: catalog.Sandbox}),
		} {
			if !got[want] {
				t.Errorf("not told: %s; told: %v", want, got)
			}
		}
	})
}
