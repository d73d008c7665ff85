package playground

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func (s section) mountApps(m httpkit.Mounts) {
	at := appsPath(s.env)
	m.SignedIn.Get(at, s.listApps)
	m.SignedIn.Get(at+"/new", s.askNewApp)
	m.SignedIn.Post(at+"/new", s.createApp)
	m.SignedIn.Get(at+"/:id", s.app)
	m.SignedIn.Get(at+"/:id/edit", s.askEdit)
	m.SignedIn.Post(at+"/:id/edit", s.editApp)
	m.SignedIn.Post(at+"/:id/env", s.downloadEnv)
	m.SignedIn.Get(at+"/:id/rotate", s.askRotate)
	m.SignedIn.Post(at+"/:id/rotate", s.rotate)
	m.SignedIn.Get(at+"/:id/credentials/:cid/revoke", s.askRevoke)
	m.SignedIn.Post(at+"/:id/credentials/:cid/revoke", s.revoke)
	m.SignedIn.Get(at+"/:id/delete", s.askDelete)
	m.SignedIn.Post(at+"/:id/delete", s.deleteApp)
	if s.env == catalog.Sandbox { // the playground has no credentials in Live
		m.SignedIn.Post(at+"/:id/playground", s.renewPlayground)
	}
}

func rotatePath(app apps.App, kind apps.Kind) string {
	return appPath(app) + "/rotate?" + url.Values{"kind": {string(kind)}}.Encode()
}

// rowID makes the id of a row's copied text.
func rowID(name string, i int) string { return name + "-" + strconv.Itoa(i+1) }

// listApps shows the organisation's apps.
func (s section) listApps(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	all, err := s.Apps.List(ctx, v.OrganisationID, s.env)
	if err != nil {
		return err
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	shut, err := s.shut(ctx, v)
	if err != nil {
		return err
	}

	view := s.appsView(all, names, shut)
	return httpkit.Page(c, http.StatusOK, page.Apps(s.frame(c, view.Head.Title, appsPath(s.env), problems{}), view))
}

// app shows one app.
func (s section) app(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := s.ownApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	used, err := s.used(ctx, app.OrganisationID, app)
	if err != nil {
		return err
	}

	view := s.appView(app, names, used)
	shell := s.frame(c, view.Head.Title, appPath(app), problems{})
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

// askNewApp is the form of a new app, filled in. While there can be none, the list says what is missing.
func (s section) askNewApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	shut, err := s.shut(ctx, v)
	if err != nil {
		return err
	}
	if shut != nil {
		return httpkit.SeeOther(c, appsPath(s.env))
	}
	all, err := s.Apps.List(ctx, v.OrganisationID, s.env)
	if err != nil {
		return err
	}

	var f appForm // in Live real customers read the name, and no address of the developer's own machine is allowed
	if s.env == catalog.Sandbox {
		f.Name, f.RedirectURIs = freeName(all), firstRedirect
	}
	return s.drawNewApp(c, f, nil)
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
func (s section) createApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f appForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.drawNewApp(c, f, err)
	}

	var app apps.App
	var issued apps.Issued
	err := s.DB.InTx(ctx, func(tx db.Tx) (err error) {
		app, issued, err = s.Apps.Create(ctx, tx, v.OrganisationID, v.PersonID, apps.NewApp{
			Environment: s.env, Name: f.Name, RedirectURIs: apps.Lines(f.RedirectURIs), Once: f.Once})
		return err
	})
	if err != nil {
		return s.drawNewApp(c, f, err)
	}

	return s.showNewApp(c, app, issued)
}

func (s section) drawNewApp(c *gin.Context, f appForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	if f.Once == "" {
		f.Once = secret.ID("form")
	}
	at := appsPath(s.env)
	view := s.appFormView(f, found)
	view.Head = ui.HeadView{Title: "Create an app", Crumbs: []ui.Crumb{{Text: "Apps", Href: at}, {Text: "Create"}}}
	view.Action, view.Button, view.CancelTo = at+"/new", "Create app", at
	if s.env == catalog.Sandbox {
		view.Playground = s.Addresses.Portal + CallbackPath
	}
	return httpkit.Page(c, found.status, page.AppForm(s.frame(c, view.Head.Title, view.Action, found), view))
}

// askEdit is the form of an app that is there.
func (s section) askEdit(c *gin.Context) error {
	app, err := s.ownApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return err
	}

	return s.drawEdit(c, app, appForm{Name: app.Name, RedirectURIs: strings.Join(ownURIs(app), "\n")}, nil)
}

// editApp changes an app's name and redirect URIs.
func (s section) editApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := s.ownApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	var f appForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.drawEdit(c, app, f, err)
	}

	changed, err := s.Apps.Update(ctx, v.OrganisationID, app.ID, v.PersonID, apps.Change{Name: f.Name, RedirectURIs: apps.Lines(f.RedirectURIs)})
	if err != nil {
		return s.drawEdit(c, app, f, err)
	}

	return s.goTo(c, appPath(app), "ok", changed.Name+" is saved.")
}

func (s section) drawEdit(c *gin.Context, app apps.App, f appForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	f.Once = ""
	view := s.appFormView(f, found)
	view.Head = ui.HeadView{Title: "Edit " + app.Name, Crumbs: appCrumbs(app, "Edit")}
	view.Action, view.Button, view.CancelTo = appPath(app)+"/edit", "Save", appPath(app)
	view.Playground = playgroundURI(app)
	return httpkit.Page(c, found.status, page.AppForm(s.frame(c, view.Head.Title, view.Action, found), view))
}
