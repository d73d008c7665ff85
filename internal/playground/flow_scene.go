package playground

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// scene is a run with what its page tells beside it.
type scene struct {
	run        *flows.Flow
	mine       bool // the visitor started it
	app        apps.App
	brand      catalog.Brand
	status     consents.Status // of its consent; empty where there is none
	superseded []*consents.Consent
	now        time.Time
	coding     httpkit.Coding
	customers  []page.CustomerView // whom one can play at the bank, while that is the open step
	sign       *page.SignView      // of the open step, where it waits for a signature of the browser
}

func (p *Playground) scene(ctx context.Context, v httpkit.Visitor, run *flows.Flow) (scene, error) {
	s := scene{run: run, mine: run.PersonID == v.PersonID, now: p.Clock.Now()}
	var err error
	if s.app, err = p.Apps.ByID(ctx, v.OrganisationID, run.AppID); err != nil {
		return s, err
	}
	if s.brand, err = p.Catalog.Brand(ctx, run.Brand); err != nil {
		return s, err
	}
	if err = p.addCustomers(ctx, &s); err != nil {
		return s, err
	}
	if err = p.addSigning(ctx, &s); err != nil || run.ConsentID == "" {
		return s, err
	}
	owner := consents.Owner{OrganisationID: v.OrganisationID, Environment: env, Brand: run.Brand}
	consent, err := p.Consents.ByID(ctx, owner, run.ConsentID)
	if fault.Is(err, fault.Forbidden) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.status = consent.Status(s.now)
	s.superseded, err = p.Consents.Superseded(ctx, owner, run.ConsentID)
	return s, err
}

// showFlow draws a run. While another request works on it, the page looks again by itself.
func (p *Playground) showFlow(c *gin.Context, s scene) error {
	s.coding = httpkit.CodingOf(c)
	view := p.flowView(s)
	f := httpkit.Frame(c, "Run of the example flow")
	f.Path = runPath(s.run.ID)
	f.Scripts = []string{waitScript}
	if s.run.Busy {
		f.Refresh = lookAgainAfter
	}
	if view.Again != nil {
		view.Again.Token = f.Token
	}
	if view.Now != nil {
		if view.Now.Sign != nil {
			view.Now.Sign.Token, f.Scripts = f.Token, append(f.Scripts, signScript)
		}
		addTokens(f.Token, view.Now.Acts)
	}
	for i := range view.Done {
		addTokens(f.Token, view.Done[i].Acts)
	}
	return httpkit.Page(c, http.StatusOK, page.Flow(f, view))
}

func addTokens(token string, acts []ui.PostView) {
	for i := range acts {
		acts[i].Token = token
	}
}
