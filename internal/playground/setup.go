package playground

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
)

const (
	firstApp      = "My first app"
	firstRedirect = "http://localhost:3000/callback"
	// onceFirst is the unique value of an organisation's first set and of the app of its set-up: however often the
	// forms are sent, and from however many windows, each is made once.
	onceFirst = "first"
)

// offer is an API that a brand has open in the sandbox.
type offer struct {
	brand catalog.Brand
	api   catalog.API
	found bool
}

func (o offer) name() string {
	if !o.found {
		return "an API"
	}
	return o.brand.Name + "'s " + strings.ToLower(o.api.Name)
}

// firstOffer is the first open API of the first brand that has one.
func (p *Playground) firstOffer(ctx context.Context) (offer, error) {
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return offer{}, err
	}
	for _, b := range brands {
		offers, err := p.Catalog.Offers(ctx, env, b.ID)
		if err != nil {
			return offer{}, err
		}
		for _, o := range offers {
			if o.Open {
				return offer{brand: b, api: o.API, found: true}, nil
			}
		}
	}
	return offer{}, nil
}

// sandbox is what the set-up found and made.
type sandbox struct {
	set                     certs.Set
	app                     apps.App
	issued                  apps.Issued
	offer                   offer
	newSet, newApp, newLink bool
}

// setUp makes in one act what is missing for a first request.
func (p *Playground) setUp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return p.showDashboard(c, err)
	}
	defer end()

	made, err := p.makeSandbox(ctx, v)
	if err != nil {
		return p.showDashboard(c, err)
	}

	return p.showSandbox(c, made)
}

func (p *Playground) makeSandbox(ctx context.Context, v httpkit.Visitor) (sandbox, error) {
	j, err := p.journey(ctx, v)
	if err != nil {
		return sandbox{}, err
	}
	s := sandbox{set: j.set}
	if s.offer, err = p.firstOffer(ctx); err != nil {
		return sandbox{}, err
	}
	var keys certs.Keys
	if !j.hasSet {
		keys, err = p.Certs.Prepare(ctx, certs.Request{OrganisationID: v.OrganisationID, Once: onceFirst, Roles: []qcert.Role{qcert.RoleAI}})
		if err != nil {
			return sandbox{}, err
		}
	}
	err = p.DB.InTx(ctx, func(tx db.Tx) error { return p.addMissing(ctx, tx, v, j, keys, &s) })
	return s, err
}

// addMissing joins the three deeds in one transaction: all of it is there, or nothing.
func (p *Playground) addMissing(ctx context.Context, tx db.Tx, v httpkit.Visitor, j journey, keys certs.Keys, s *sandbox) (err error) {
	if !j.hasSet {
		if s.set, _, err = p.Certs.Generate(ctx, tx, organisation(v), v.PersonID, keys, onceFirst); err != nil {
			return err
		}
		s.newSet = true
	}
	connected, hasConnection := j.connected()
	switch {
	case hasConnection:
		s.app = connected
	case len(j.apps) > 0:
		s.app = j.apps[0]
	default:
		s.app, s.issued, err = p.Apps.Create(ctx, tx, v.OrganisationID, v.PersonID, apps.NewApp{
			Environment: env, Name: firstApp, RedirectURIs: []string{firstRedirect}, Once: onceFirst})
		if err != nil {
			return err
		}
		s.newApp = !s.issued.Repeated
		s.newSet = s.newSet && s.newApp // a repeated form made neither
	}
	if hasConnection || !s.offer.found {
		return nil
	}
	s.newLink = !s.issued.Repeated
	return p.Apps.Connect(ctx, tx, v.OrganisationID, s.app.ID, s.offer.brand.ID, s.offer.api.ID, v.PersonID)
}

func organisation(v httpkit.Visitor) certs.Organisation {
	return certs.Organisation{ID: v.OrganisationID, Name: v.Organisation, Country: v.Country}
}
