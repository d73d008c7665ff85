// Package reference owns the API reference: a page for every API, version and operation, drawn from the OpenAPI documents, the
// same as Markdown, and what can be downloaded: the documents and collections for the tools of others.
package reference

import (
	"context"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/contract"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

const rootPath = "/reference"

// Deps are what the face is built from.
type Deps struct {
	Catalog *catalog.Catalog
	// Apps fills collections with the reader's own app.
	Apps                              *apps.Apps
	Clock                             clock.Clock
	APIURL, AuthURL, BankURL, BaseURL address.Template
}

// Face is the reference.
type Face struct{ Deps }

// New makes the face.
func New(d Deps) *Face { return &Face{d} }

// Mount adds the routes.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Public.Get(rootPath, f.showList)
	m.Public.Get(rootPath+"/:api", f.showVersions)
	m.Public.Get(rootPath+"/:api/:version", f.showAPI)
	m.Public.Get(rootPath+"/:api/:version/:operation", f.showOperation)
	m.Public.Get(rootPath+"/:api/:version/openapi.yaml", f.sendYAML)
	m.Public.Get(rootPath+"/:api/:version/openapi.json", f.sendJSON)
	f.mountCollections(m)
}

// Paths are the addresses of the pages that search engines may list.
func Paths() []string {
	paths := []string{rootPath}
	documents, err := contract.Documents()
	if err != nil {
		return paths // the tests of the documents find what is wrong with them
	}
	for _, d := range documents {
		paths = append(paths, documentPath(d))
		for _, o := range d.Operations {
			paths = append(paths, documentPath(d)+"/"+o.ID)
		}
	}
	return paths
}

func documentPath(d contract.Document) string { return rootPath + "/" + d.API + "/" + d.Version }

// reader is for whom a page is written: at which brand, and with which app.
type reader struct {
	at     contract.Addresses
	brand  catalog.Brand
	brands []catalog.Brand
	// apps are the reader's own in the sandbox, app the one that was chosen; both are empty for who is not signed in.
	apps []apps.App
	app  apps.App
	// chose says that the address names the brand.
	chose bool
}

// read finds out for whom a page is written. A brand that nobody knows is the first one.
func (f *Face) read(c *gin.Context) (reader, error) {
	ctx := c.Request.Context()
	brands, err := f.Catalog.Brands(ctx)
	if err != nil {
		return reader{}, err
	}
	if len(brands) == 0 {
		return reader{}, fault.New(fault.NotFound, "brand_unknown", "There is no brand yet, so there is nothing to call.")
	}
	r := reader{brand: brands[0], brands: brands}
	if err := f.readApps(ctx, httpkit.Who(c), c.Query("app"), &r); err != nil {
		return reader{}, err
	}
	for _, b := range brands {
		if !r.chose && r.app.ConnectedBrand(b.ID) && !r.app.ConnectedBrand(r.brand.ID) {
			r.brand = b
		}
		if b.ID == c.Query("brand") {
			r.brand, r.chose = b, true
		}
		r.at.Brands = append(r.at.Brands, b.ID)
	}
	r.at.Portal, r.at.Auth, r.at.API, r.at.Bank = f.BaseURL.String(), f.AuthURL.String(), f.APIURL.String(), f.BankURL.String()
	r.at.Environment, r.at.Brand = string(catalog.Sandbox), r.brand.ID
	return r, nil
}

// readApps finds the reader's apps. Staff has none.
func (f *Face) readApps(ctx context.Context, who httpkit.Visitor, chosen string, r *reader) error {
	if !who.SignedIn() || who.Staff() {
		return nil
	}
	list, err := f.Apps.List(ctx, who.OrganisationID, catalog.Sandbox)
	if err != nil {
		return err
	}
	r.apps = list
	for i, a := range list {
		if i == 0 || a.ID == chosen {
			r.app = a
		}
	}
	return nil
}
