package main

import (
	"maps"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
)

// inLive has two pairs of the visitor's organisation approved, the first of which goes on beside the second, and opens
// Rocker in Live.
func (v *visitor) inLive() {
	v.world.t.Helper()
	w, ctx := v.world, v.world.t.Context()
	for range 2 {
		id := v.submission()["/admin/reviews :id"]
		err := w.db.InTx(ctx, func(tx db.Tx) error {
			e, err := w.enrols.ByID(ctx, v.person.OrganisationID, id)
			if err != nil {
				return err
			}
			return w.enrols.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: e.Roles(), By: "per_admin", Reason: "Everything agrees."})
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	b := catalog.Backend{Upstream: "https://psd2.bank.example", Authorise: "https://bank.example/authorise", Callers: []string{strings.Repeat("ab", 32)}}
	if err := w.db.InTx(ctx, func(tx db.Tx) error { return catalog.SetBackend(tx, "rocker", b, "per_admin") }); err != nil {
		w.t.Fatal(err)
	}
}

// liveBelongings are an app in Live and the former pair, of an organisation that has been let in.
func (v *visitor) liveBelongings(name string) map[string]string {
	v.world.t.Helper()
	pairs, err := v.world.enrols.AdmittedOf(v.world.t.Context(), v.person.OrganisationID)
	if err != nil {
		v.world.t.Fatal(err)
	}
	if len(pairs) == 0 {
		return nil
	}
	app := v.appIn(catalog.Live, name)
	return map[string]string{
		"/playground/live/apps :id": app.ID, "/playground/live/apps :cid": app.Credentials[0].ID,
		"/playground/live/certificates/former :id": pairs[len(pairs)-1].EnrolmentID,
	}
}

// dispose deletes all apps of the visitor's organisation, which may have twenty.
func (v *visitor) dispose() {
	v.world.t.Helper()
	w, ctx := v.world, v.world.t.Context()
	for _, env := range catalog.Environments() {
		list, err := w.apps.List(ctx, v.person.OrganisationID, env)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, app := range list {
			if err := w.apps.Delete(ctx, v.person.OrganisationID, app.ID, v.person.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (v *visitor) app(name string) apps.App { return v.appIn(catalog.Sandbox, name) }

// both are the things of both environments.
func both(sandbox, live map[string]string) map[string]string {
	all := maps.Clone(sandbox)
	maps.Copy(all, live)
	return all
}
