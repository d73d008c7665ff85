package apps

import (
	"context"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

// Change is the form of an app that is there.
type Change struct {
	Name string
	// RedirectURIs are the TPP's own, as lines; the playground's stays without being named.
	RedirectURIs []string
}

// Update replaces an app's name and the TPP's redirect URIs. Faults: ErrUnknown, a Form fault.
func (a *Apps) Update(ctx context.Context, organisationID, appID, actor string, c Change) (App, error) {
	var updated App
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		if err := lockOrganisation(tx, organisationID); err != nil {
			return err
		}
		rec, err := a.lock(tx, organisationID, appID)
		if err != nil {
			return err
		}
		app := rec.app
		f, err := a.check(app.Environment, c.Name, c.RedirectURIs)
		if err != nil {
			return err
		}
		if taken, err := idByName(tx, organisationID, app.Environment, f.name); err != nil {
			return err
		} else if taken != "" && taken != app.ID {
			return nameTaken(f.name)
		}
		app.Name, app.RedirectURIs = f.name, a.withPlayground(app.Environment, f.uris)
		if err := updateName(tx, organisationID, app.ID, app.Name); err != nil {
			return err
		}
		if err := replaceURIs(tx, app); err != nil {
			return err
		}
		updated = app
		return a.changed(tx, app, actor, "apps.updated", nil)
	})
	return updated, err
}

// Delete removes an app with its redirect URIs, credentials and connections; what it holds stops working at once.
// The fault is ErrUnknown.
func (a *Apps) Delete(ctx context.Context, organisationID, appID, actor string) error {
	return a.deed(ctx, organisationID, appID, func(tx db.Tx, rec record) error {
		if there, err := deleteApp(tx, organisationID, appID); err != nil {
			return err
		} else if !there {
			return ErrUnknown
		}
		if err := a.changed(tx, rec.app, actor, "apps.deleted", nil); err != nil {
			return err
		}
		return a.queue.Tell(tx, Deleted{AppID: appID, OrganisationID: organisationID, Environment: rec.app.Environment})
	})
}

// Connect lets an app call an API of a brand, in the caller's transaction. Connecting twice is connecting once.
// Faults: ErrUnknown, catalog.ErrUnknownBrand, catalog.ErrUnknownAPI, ErrNotOffered; in Live also accounts.ErrSuspended and
// what Config.Live and Config.Grants say.
func (a *Apps) Connect(ctx context.Context, tx db.Tx, organisationID, appID, brand, api, actor string) error {
	rec, err := a.byID(tx, organisationID, appID)
	if err != nil {
		return err
	}
	if err := a.mayConnect(ctx, tx, rec.app, api); err != nil {
		return err
	}
	if rec, err = a.lock(tx, organisationID, appID); err != nil {
		return err
	}
	open, err := a.catalog.OfferedIn(tx, rec.app.Environment, brand, api)
	if err != nil {
		return err
	}
	if !open {
		return ErrNotOffered
	}
	if isNew, err := insertConnection(tx, appID, brand, api, actor); err != nil || !isNew {
		return err
	}
	if err := a.changed(tx, rec.app, actor, "apps.connected", map[string]string{"brand": brand, "api": api}); err != nil {
		return err
	}
	return a.queue.Tell(tx, Connected{AppID: appID, OrganisationID: organisationID, Brand: brand, API: api})
}

// mayConnect says whether the app's organisation was granted what an API in Live needs; the sandbox asks nobody. It holds
// the organisation, so it comes before the app is locked.
func (a *Apps) mayConnect(ctx context.Context, tx db.Tx, app App, id string) error {
	if app.Environment == catalog.Sandbox {
		return nil
	}
	if err := a.mayHave(tx, app.OrganisationID, app.Environment); err != nil {
		return err
	}
	api, err := a.catalog.API(ctx, id)
	if err != nil {
		return err
	}
	if a.config.Grants == nil {
		return ErrNoLive
	}
	return a.config.Grants(tx, app.OrganisationID, api.Role)
}

// Disconnect ends a connection; the next call is refused. Without a connection nothing happens. The fault is ErrUnknown.
func (a *Apps) Disconnect(ctx context.Context, organisationID, appID, brand, api, actor string) error {
	return a.deed(ctx, organisationID, appID, func(tx db.Tx, rec record) error {
		if there, err := deleteConnection(tx, appID, brand, api); err != nil || !there {
			return err
		}
		return a.changed(tx, rec.app, actor, "apps.disconnected", map[string]string{"brand": brand, "api": api})
	})
}

// deed runs do in a transaction that holds the app, else ErrUnknown.
func (a *Apps) deed(ctx context.Context, organisationID, appID string, do func(db.Tx, record) error) error {
	return a.db.InTx(ctx, func(tx db.Tx) error {
		rec, err := a.lock(tx, organisationID, appID)
		if err != nil {
			return err
		}
		return do(tx, rec)
	})
}
