package playground

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const appsPath = "/playground/apps"

func (p *Playground) mountApps(m httpkit.Mounts) {
	m.SignedIn.Get(appsPath, p.listApps)
	m.SignedIn.Get(appsPath+"/new", p.askNewApp)
	m.SignedIn.Post(appsPath+"/new", p.createApp)
	m.SignedIn.Get(appsPath+"/:id", p.app)
	m.SignedIn.Get(appsPath+"/:id/edit", p.askEdit)
	m.SignedIn.Post(appsPath+"/:id/edit", p.editApp)
	m.SignedIn.Post(appsPath+"/:id/env", p.downloadEnv)
	m.SignedIn.Get(appsPath+"/:id/rotate", p.askRotate)
	m.SignedIn.Post(appsPath+"/:id/rotate", p.rotate)
	m.SignedIn.Post(appsPath+"/:id/playground", p.renewPlayground)
	m.SignedIn.Get(appsPath+"/:id/credentials/:cid/revoke", p.askRevoke)
	m.SignedIn.Post(appsPath+"/:id/credentials/:cid/revoke", p.revoke)
	m.SignedIn.Get(appsPath+"/:id/delete", p.askDelete)
	m.SignedIn.Post(appsPath+"/:id/delete", p.deleteApp)
}

// sandboxApp is an app of the visitor's organisation in this environment, else apps.ErrUnknown.
func (p *Playground) sandboxApp(ctx context.Context, v httpkit.Visitor, id string) (apps.App, error) {
	app, err := p.Apps.ByID(ctx, v.OrganisationID, id)
	if err == nil && app.Environment != env {
		return apps.App{}, apps.ErrUnknown
	}
	return app, err
}

func appPath(id string) string { return appsPath + "/" + id }

func rotatePath(id string, kind apps.Kind) string {
	return appPath(id) + "/rotate?" + url.Values{"kind": {string(kind)}}.Encode()
}

// rowID makes the id of a row's copied text.
func rowID(name string, i int) string { return name + "-" + strconv.Itoa(i+1) }

// listApps shows the organisation's apps.
func (p *Playground) listApps(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	all, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return err
	}
	names, err := p.names(ctx)
	if err != nil {
		return err
	}

	view := appsView(all, names)
	return httpkit.Page(c, http.StatusOK, page.Apps(frame(c, view.Head.Title, appsPath, problems{}), view))
}

// app shows one app.
func (p *Playground) app(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := p.sandboxApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	names, err := p.names(ctx)
	if err != nil {
		return err
	}
	used, err := p.used(ctx, app)
	if err != nil {
		return err
	}

	view := p.appView(app, names, used)
	shell := frame(c, view.Head.Title, appPath(app.ID), problems{})
	if view.Renew != nil {
		view.Renew.Token = shell.Token
	}
	return httpkit.Page(c, http.StatusOK, page.App(shell, view))
}

// appForm is the form of a new app or of a change.
type appForm struct {
	Once         string `form:"once"`
	Name         string `form:"name"`
	RedirectURIs string `form:"redirect_uris"`
}

// askNewApp is the form of a new app, filled in.
func (p *Playground) askNewApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	all, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return err
	}

	return p.drawNewApp(c, appForm{Name: freeName(all), RedirectURIs: firstRedirect}, nil)
}

// freeName is a name that no app has yet.
func freeName(all []apps.App) string {
	taken := map[string]bool{}
	for _, a := range all {
		taken[strings.ToLower(a.Name)] = true
	}
	name := firstApp
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = "My app " + strconv.Itoa(n)
	}
	return name
}

// createApp makes an app and shows its secrets.
func (p *Playground) createApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f appForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.drawNewApp(c, f, err)
	}

	var app apps.App
	var issued apps.Issued
	err := p.DB.InTx(ctx, func(tx db.Tx) (err error) {
		app, issued, err = p.Apps.Create(ctx, tx, v.OrganisationID, v.PersonID, apps.NewApp{
			Environment: env, Name: f.Name, RedirectURIs: apps.Lines(f.RedirectURIs), Once: f.Once})
		return err
	})
	if err != nil {
		return p.drawNewApp(c, f, err)
	}

	return showNewApp(c, app, issued)
}

func (p *Playground) drawNewApp(c *gin.Context, f appForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	if f.Once == "" {
		f.Once = secret.ID("form")
	}
	view := appFormView(f, found)
	view.Head = ui.HeadView{Title: "Create an app", Crumbs: []ui.Crumb{{Text: "Apps", Href: appsPath}, {Text: "Create"}}}
	view.Action, view.Button, view.CancelTo = appsPath+"/new", "Create app", appsPath
	view.Playground = p.Addresses.Portal + CallbackPath
	return httpkit.Page(c, found.status, page.AppForm(frame(c, view.Head.Title, view.Action, found), view))
}

// askEdit is the form of an app that is there.
func (p *Playground) askEdit(c *gin.Context) error {
	app, err := p.sandboxApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return err
	}

	return drawEdit(c, app, appForm{Name: app.Name, RedirectURIs: strings.Join(ownURIs(app), "\n")}, nil)
}

// editApp changes an app's name and redirect URIs.
func (p *Playground) editApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := p.sandboxApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	var f appForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return drawEdit(c, app, f, err)
	}

	changed, err := p.Apps.Update(ctx, v.OrganisationID, app.ID, v.PersonID, apps.Change{Name: f.Name, RedirectURIs: apps.Lines(f.RedirectURIs)})
	if err != nil {
		return drawEdit(c, app, f, err)
	}

	return p.goTo(c, appPath(app.ID), "ok", changed.Name+" is saved.")
}

func drawEdit(c *gin.Context, app apps.App, f appForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	f.Once = ""
	view := appFormView(f, found)
	view.Head = ui.HeadView{Title: "Edit " + app.Name, Crumbs: appCrumbs(app, "Edit")}
	view.Action, view.Button, view.CancelTo = appPath(app.ID)+"/edit", "Save", appPath(app.ID)
	view.Playground = playgroundURI(app)
	return httpkit.Page(c, found.status, page.AppForm(frame(c, view.Head.Title, view.Action, found), view))
}
