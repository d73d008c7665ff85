package apps

import (
	"context"
	"slices"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// NewApp is what the form for a new app asks.
type NewApp struct {
	Environment catalog.Environment
	Name        string
	// RedirectURIs are the lines of the field as entered; empty ones are left out, and findings count them.
	RedirectURIs []string
	// Once is the form's unique value: the same value again gives the app that it made before.
	Once string
}

// Create makes an app with its credentials in the caller's transaction. A form that was sent before answers the app it
// made, with Issued.Repeated. Faults: a Form fault with everything that is wrong, ErrTooMany, accounts.ErrSuspended, and what
// Config.Live says.
func (a *Apps) Create(_ context.Context, tx db.Tx, organisationID, actor string, n NewApp) (App, Issued, error) {
	if err := a.mayHave(tx, organisationID, n.Environment); err != nil {
		return App{}, Issued{}, err
	}
	if err := lockOrganisation(tx, organisationID); err != nil {
		return App{}, Issued{}, err
	}
	if before, err := idByOnce(tx, organisationID, n.Once); err != nil || before != "" {
		return a.again(tx, organisationID, before, err)
	}
	f, err := a.check(n.Environment, n.Name, n.RedirectURIs)
	if err != nil {
		return App{}, Issued{}, err
	}
	if taken, err := idByName(tx, organisationID, n.Environment, f.name); err != nil {
		return App{}, Issued{}, err
	} else if taken != "" {
		return App{}, Issued{}, nameTaken(f.name)
	}
	return a.create(tx, organisationID, actor, n, f)
}

// mayHave says whether an organisation may have apps in an environment.
func (a *Apps) mayHave(tx db.Tx, organisationID string, env catalog.Environment) error {
	if err := accounts.Standing(tx, organisationID); err != nil || env == catalog.Sandbox {
		return err
	}
	if a.config.Live == nil {
		return ErrNoLive
	}
	return a.config.Live(tx, organisationID)
}

func (a *Apps) again(tx db.Tx, organisationID, appID string, err error) (App, Issued, error) {
	if err != nil {
		return App{}, Issued{}, err
	}
	rec, err := a.byID(tx, organisationID, appID)
	return rec.app, Issued{Repeated: true}, err
}

// create makes the app of a checked form. The caller holds the organisation's lock.
func (a *Apps) create(tx db.Tx, organisationID, actor string, n NewApp, f form) (App, Issued, error) {
	if count, err := countApps(tx, organisationID); err != nil {
		return App{}, Issued{}, err
	} else if count >= MaxApps {
		return App{}, Issued{}, ErrTooMany
	}
	app := App{ID: secret.ID("app"), OrganisationID: organisationID, Environment: n.Environment, Name: f.name,
		ClientID: secret.ID("fwy"), RedirectURIs: a.withPlayground(n.Environment, f.uris), CreatedAt: tx.Now}
	if err := insertApp(tx, app, n.Once, actor); err != nil {
		return App{}, Issued{}, err
	}
	issued, err := a.issuePair(tx, app, ownerTPP, actor)
	if err != nil {
		return App{}, Issued{}, err
	}
	if app.Environment == catalog.Sandbox {
		if _, err := a.issuePair(tx, app, ownerPlayground, actor); err != nil {
			return App{}, Issued{}, err
		}
	}
	if err := a.trail(tx, app, actor, "apps.created", nil); err != nil {
		return App{}, Issued{}, err
	}
	err = a.queue.Tell(tx, Created{AppID: app.ID, OrganisationID: organisationID, Environment: app.Environment})
	if err != nil {
		return App{}, Issued{}, err
	}
	rec, err := a.byID(tx, organisationID, app.ID)
	return rec.app, issued, err
}

// Ensure gives the organisation's app of that name, making it where it is not there. One that is there gets the
// redirect URIs that it lacks and new secrets; the old ones end at once. It is for the command line, which may run twice.
func (a *Apps) Ensure(_ context.Context, tx db.Tx, organisationID, actor string, env catalog.Environment, name string, redirectURIs []string) (App, Issued, error) {
	f, err := a.check(env, name, redirectURIs)
	if err != nil {
		return App{}, Issued{}, err
	}
	if err := a.mayHave(tx, organisationID, env); err != nil {
		return App{}, Issued{}, err
	}
	if err := lockOrganisation(tx, organisationID); err != nil {
		return App{}, Issued{}, err
	}
	id, err := idByName(tx, organisationID, env, f.name)
	if err != nil {
		return App{}, Issued{}, err
	}
	if id == "" {
		return a.create(tx, organisationID, actor, NewApp{Environment: env}, f)
	}
	return a.refresh(tx, organisationID, actor, id, f)
}

func (a *Apps) refresh(tx db.Tx, organisationID, actor, appID string, f form) (App, Issued, error) {
	rec, err := a.lock(tx, organisationID, appID)
	if err != nil {
		return App{}, Issued{}, err
	}
	app := rec.app
	uris := own(app.RedirectURIs)
	for _, uri := range f.uris {
		if !slices.Contains(uris, uri) {
			uris = append(uris, uri)
		}
	}
	if len(uris) > MaxRedirectURIs {
		return App{}, Issued{}, fault.Form(tooManyURIs(len(uris)))
	}
	app.RedirectURIs = a.withPlayground(app.Environment, uris)
	if err := replaceURIs(tx, app); err != nil {
		return App{}, Issued{}, err
	}
	for _, c := range rec.credentials {
		if c.Owner == ownerTPP {
			if err := endCredential(tx, app.ID, c.ID, tx.Now); err != nil {
				return App{}, Issued{}, err
			}
		}
	}
	issued, err := a.issuePair(tx, app, ownerTPP, actor)
	if err != nil {
		return App{}, Issued{}, err
	}
	if err := a.changed(tx, app, actor, "apps.provisioned", nil); err != nil {
		return App{}, Issued{}, err
	}
	rec, err = a.byID(tx, organisationID, app.ID)
	return rec.app, issued, err
}

// byID and lock read an app with the playground's address of today.
func (a *Apps) byID(tx db.Tx, organisationID, appID string) (record, error) {
	rec, err := byID(tx, organisationID, appID)
	rec.app.settle(a.config.PlaygroundCallback)
	return rec, err
}

func (a *Apps) lock(tx db.Tx, organisationID, appID string) (record, error) {
	rec, err := lockApp(tx, organisationID, appID)
	rec.app.settle(a.config.PlaygroundCallback)
	return rec, err
}

// settle puts the playground's address of today in the place of the one that was written when the app was made: a
// portal that moved to another address takes its playground along.
func (app *App) settle(callback string) {
	for i := range app.RedirectURIs {
		if app.RedirectURIs[i].Playground {
			app.RedirectURIs[i].URI = callback
		}
	}
}

// changed writes the trail and tells everybody to forget the app.
func (a *Apps) changed(tx db.Tx, app App, actor, act string, detail map[string]string) error {
	if err := a.trail(tx, app, actor, act, detail); err != nil {
		return err
	}
	return tx.Tell(Topic, app.ID)
}

func (a *Apps) trail(tx db.Tx, app App, actor, act string, detail map[string]string) error {
	d := map[string]string{"app": app.Name, "environment": string(app.Environment)}
	for k, v := range detail {
		d[k] = v
	}
	return audit.Write(tx, audit.Entry{Actor: actor, Organisation: app.OrganisationID, Act: act, Object: app.ID, Detail: d})
}
