package playground

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const apisPath = "/playground/apis"

func (p *Playground) mountAPIs(m httpkit.Mounts) {
	m.SignedIn.Get(apisPath, p.apis)
	m.SignedIn.Post(apisPath+"/connect", p.connect)
	m.SignedIn.Get(apisPath+"/disconnect", p.askDisconnect)
	m.SignedIn.Post(apisPath+"/disconnect", p.disconnect)
}

// connectionForm names an app and an API. From is the page that it came from: "app", or the catalogue.
type connectionForm struct {
	App   string `form:"app"`
	Brand string `form:"brand"`
	API   string `form:"api"`
	From  string `form:"from"`
}

func disconnectPath(appID, brand, api, from string) string {
	return apisPath + "/disconnect?" + url.Values{"app": {appID}, "brand": {brand}, "api": {api}, "from": {from}}.Encode()
}

// back is where the form's page is.
func (f connectionForm) back() string {
	if f.From == "app" {
		return appPath(f.App) + "#connections"
	}
	return apisPath + "#" + apiID(f.Brand, f.API)
}

func apiID(brand, api string) string { return brand + "-" + api }

// offerings is what the catalogue's page shows.
type offerings struct {
	brands []catalog.Brand
	offers map[string][]catalog.Offer
	apps   []apps.App
	set    certs.Set
	hasSet bool
}

func (p *Playground) offerings(ctx context.Context, v httpkit.Visitor) (o offerings, err error) {
	o.offers = map[string][]catalog.Offer{}
	if o.brands, err = p.Catalog.Brands(ctx); err != nil {
		return o, err
	}
	for _, b := range o.brands {
		if o.offers[b.ID], err = p.Catalog.Offers(ctx, env, b.ID); err != nil {
			return o, err
		}
	}
	if o.apps, err = p.Apps.List(ctx, v.OrganisationID, env); err != nil {
		return o, err
	}
	o.set, o.hasSet, err = p.activeSet(ctx, v.OrganisationID)
	return o, err
}

// apis shows the catalogue by brand.
func (p *Playground) apis(c *gin.Context) error { return p.showAPIs(c, nil) }

func (p *Playground) showAPIs(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	o, err := p.offerings(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	view := p.apisView(o)
	view.Problems = found.sentences()
	return httpkit.Page(c, found.status, page.APIs(frame(c, view.Head.Title, apisPath, found), view))
}

// connect lets an app call an API.
func (p *Playground) connect(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f connectionForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showAPIs(c, err)
	}
	app, err := p.sandboxApp(ctx, v, f.App)
	if err != nil {
		return err
	}

	err = p.DB.InTx(ctx, func(tx db.Tx) error {
		return p.Apps.Connect(ctx, tx, v.OrganisationID, app.ID, f.Brand, f.API, v.PersonID)
	})
	if err != nil {
		return p.showAPIs(c, err)
	}

	return p.goTo(c, f.back(), "ok", app.Name+" is connected.")
}

// askDisconnect asks before a connection ends.
func (p *Playground) askDisconnect(c *gin.Context) error {
	f := connectionForm{App: c.Query("app"), Brand: c.Query("brand"), API: c.Query("api"), From: c.Query("from")}

	view, err := p.disconnectView(c.Request.Context(), httpkit.Who(c), f)
	if err != nil {
		return err
	}

	path := disconnectPath(f.App, f.Brand, f.API, f.From)
	return httpkit.Page(c, http.StatusOK, page.Ask(frame(c, view.Head.Title, path, problems{}), view))
}

func (p *Playground) disconnectView(ctx context.Context, v httpkit.Visitor, f connectionForm) (page.AskView, error) {
	app, err := p.sandboxApp(ctx, v, f.App)
	if err != nil {
		return page.AskView{}, err
	}
	brand, err := p.Catalog.Brand(ctx, f.Brand)
	if err != nil {
		return page.AskView{}, err
	}
	api, err := p.Catalog.API(ctx, f.API)
	if err != nil {
		return page.AskView{}, err
	}
	view := page.AskView{
		Head:   ui.HeadView{Title: "Disconnect " + app.Name + "?", Lead: api.Name + " of " + brand.Name, Crumbs: []ui.Crumb{{Text: "APIs", Href: apisPath}, {Text: "Disconnect"}}},
		Points: []string{"The next request of " + app.Name + " to this API is refused with API_NOT_CONNECTED. You can connect it again at any time.", p.lastCall(app)},
		Fields: []ui.Hidden{{Name: "app", Value: app.ID}, {Name: "brand", Value: brand.ID}, {Name: "api", Value: api.ID}, {Name: "from", Value: f.From}},
		Button: "Disconnect", CancelText: "Keep the connection", CancelHref: f.back(),
	}
	view.Action = apisPath + "/disconnect"
	return view, nil
}

func (p *Playground) lastCall(app apps.App) string {
	used := lastUse(app)
	if used == "Not used yet" {
		return app.Name + " has not called a bank yet."
	}
	return app.Name + " was last used on " + used + "."
}

// disconnect ends a connection.
func (p *Playground) disconnect(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f connectionForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showAPIs(c, err)
	}
	app, err := p.sandboxApp(ctx, v, f.App)
	if err != nil {
		return err
	}

	if err := p.Apps.Disconnect(ctx, v.OrganisationID, app.ID, f.Brand, f.API, v.PersonID); err != nil {
		return p.showAPIs(c, err)
	}

	return p.goTo(c, f.back(), "ok", app.Name+" is disconnected.")
}
