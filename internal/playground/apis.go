package playground

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func (s section) mountAPIs(m httpkit.Mounts) {
	at := apisPath(s.env)
	m.SignedIn.Get(at, s.apis)
	m.SignedIn.Post(at+"/connect", s.connect)
	m.SignedIn.Get(at+"/disconnect", s.askDisconnect)
	m.SignedIn.Post(at+"/disconnect", s.disconnect)
}

// connectionForm names an app and an API. From is the page that it came from: "app", or the catalogue.
type connectionForm struct {
	App   string `form:"app"`
	Brand string `form:"brand"`
	API   string `form:"api"`
	From  string `form:"from"`
}

func disconnectPath(app apps.App, brand, api, from string) string {
	return apisPath(app.Environment) + "/disconnect?" + url.Values{"app": {app.ID}, "brand": {brand}, "api": {api}, "from": {from}}.Encode()
}

// back is where the form's page is.
func (f connectionForm) back(app apps.App) string {
	if f.From == "app" {
		return appPath(app) + "#connections"
	}
	return apisPath(app.Environment) + "#" + apiID(f.Brand, f.API)
}

func apiID(brand, api string) string { return brand + "-" + api }

// offerings is what the catalogue's page shows.
type offerings struct {
	brands []catalog.Brand
	offers map[string][]catalog.Offer
	apps   []apps.App
	// certified tells that there are certificates that count, roles are what they may do.
	certified bool
	roles     []qcert.Role
	shut      *page.NoticeView
}

func (s section) offerings(ctx context.Context, v httpkit.Visitor) (o offerings, err error) {
	o.offers = map[string][]catalog.Offer{}
	if o.brands, err = s.Catalog.Brands(ctx); err != nil {
		return o, err
	}
	for _, b := range o.brands {
		if o.offers[b.ID], err = s.Catalog.Offers(ctx, s.env, b.ID); err != nil {
			return o, err
		}
	}
	if o.apps, err = s.Apps.List(ctx, v.OrganisationID, s.env); err != nil {
		return o, err
	}
	if o.shut, err = s.shut(ctx, v); err != nil {
		return o, err
	}
	o.roles, o.certified, err = s.roles(ctx, v)
	return o, err
}

// roles are what the organisation may do here: in the sandbox what its certificates name, in Live what the approval gives.
func (s section) roles(ctx context.Context, v httpkit.Visitor) ([]qcert.Role, bool, error) {
	if s.env == catalog.Sandbox {
		set, has, err := s.activeSet(ctx, v.OrganisationID)
		if err != nil || !has {
			return nil, false, err
		}
		return set.QWAC.Info.Roles, true, nil
	}
	pair, err := s.approval(ctx, v.OrganisationID)
	if err != nil || pair == nil {
		return nil, false, err
	}
	return pair.Rights, true, nil
}

// apis shows the catalogue by brand.
func (s section) apis(c *gin.Context) error { return s.showAPIs(c, nil) }

func (s section) showAPIs(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	o, err := s.offerings(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	view := s.apisView(o)
	view.Problems = found.sentences()
	return httpkit.Page(c, found.status, page.APIs(s.frame(c, view.Head.Title, apisPath(s.env), found), view))
}

// connect lets an app call an API.
func (s section) connect(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f connectionForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.showAPIs(c, err)
	}
	app, err := s.ownApp(ctx, v, f.App)
	if err != nil {
		return err
	}

	err = s.DB.InTx(ctx, func(tx db.Tx) error {
		return s.Apps.Connect(ctx, tx, v.OrganisationID, app.ID, f.Brand, f.API, v.PersonID)
	})
	if err != nil {
		return s.showAPIs(c, err)
	}

	return s.goTo(c, f.back(app), "ok", app.Name+" is connected.")
}

// askDisconnect asks before a connection ends.
func (s section) askDisconnect(c *gin.Context) error {
	f := connectionForm{App: c.Query("app"), Brand: c.Query("brand"), API: c.Query("api"), From: c.Query("from")}

	view, err := s.disconnectView(c.Request.Context(), httpkit.Who(c), f)
	if err != nil {
		return err
	}

	path := apisPath(s.env) + "/disconnect?" + c.Request.URL.Query().Encode()
	return httpkit.Page(c, http.StatusOK, page.Ask(s.frame(c, view.Head.Title, path, problems{}), view))
}

func (s section) disconnectView(ctx context.Context, v httpkit.Visitor, f connectionForm) (page.AskView, error) {
	app, err := s.ownApp(ctx, v, f.App)
	if err != nil {
		return page.AskView{}, err
	}
	brand, err := s.Catalog.Brand(ctx, f.Brand)
	if err != nil {
		return page.AskView{}, err
	}
	api, err := s.Catalog.API(ctx, f.API)
	if err != nil {
		return page.AskView{}, err
	}
	view := page.AskView{
		Head:   ui.HeadView{Title: "Disconnect " + app.Name + "?", Lead: api.Name + " of " + brand.Name, Crumbs: []ui.Crumb{{Text: "APIs", Href: apisPath(s.env)}, {Text: "Disconnect"}}},
		Points: []string{"The next request of " + app.Name + " to this API is refused with API_NOT_CONNECTED. You can connect it again at any time.", s.lastCall(app)},
		Fields: []ui.Hidden{{Name: "app", Value: app.ID}, {Name: "brand", Value: brand.ID}, {Name: "api", Value: api.ID}, {Name: "from", Value: f.From}},
		Button: "Disconnect", CancelText: "Keep the connection", CancelHref: f.back(app),
	}
	view.Action = apisPath(s.env) + "/disconnect"
	return view, nil
}

func (s section) lastCall(app apps.App) string {
	used := lastUse(app)
	if used == "Not used yet" {
		return app.Name + " has not called a bank yet."
	}
	return app.Name + " was last used on " + used + "."
}

// disconnect ends a connection.
func (s section) disconnect(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f connectionForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.showAPIs(c, err)
	}
	app, err := s.ownApp(ctx, v, f.App)
	if err != nil {
		return err
	}

	if err := s.Apps.Disconnect(ctx, v.OrganisationID, app.ID, f.Brand, f.API, v.PersonID); err != nil {
		return s.showAPIs(c, err)
	}

	return s.goTo(c, f.back(app), "ok", app.Name+" is disconnected.")
}
