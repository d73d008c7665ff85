package playground

import (
	"context"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
)

const (
	flowPath = "/playground/flow"
	// earlierRuns is how many runs the first page of the flow lists.
	earlierRuns = 10
)

func (p *Playground) mountFlow(m httpkit.Mounts) {
	m.SignedIn.Get(flowPath, p.askFlow)
	m.SignedIn.Post(flowPath, p.startFlow)
	m.SignedIn.Get(flowPath+"/:id", p.flow)
	m.SignedIn.Post(flowPath+"/:id/run", p.runFlow)
	m.SignedIn.Post(flowPath+"/:id/sign", p.signFlow)
	m.SignedIn.Post(flowPath+"/:id/authorise", p.reauthorise)
	m.SignedIn.Post(flowPath+"/:id/refresh", p.refreshFlow)
	m.SignedIn.Get(CallbackPath, p.callback)
}

// flowForm is what a run starts from.
type flowForm struct {
	App    string `form:"app"`
	Brand  string `form:"brand"`
	Access string `form:"access"`
	Cards  string `form:"cards"`
}

func flowOwner(v httpkit.Visitor) flows.Owner {
	return flows.Owner{OrganisationID: v.OrganisationID, Environment: env}
}

// askFlow is the first page of the example flow, with everything filled in.
func (p *Playground) askFlow(c *gin.Context) error {
	return p.showAskFlow(c, flowForm{App: c.Query("app"), Brand: c.Query("brand")}, nil)
}

// startFlow makes a run and takes it as far as it goes without the customer.
func (p *Playground) startFlow(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	var f flowForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showAskFlow(c, f, err)
	}

	run, err := p.beginFlow(ctx, v, f)
	if err != nil {
		return p.showAskFlow(c, f, err)
	}

	return httpkit.SeeOther(c, runPath(run.ID))
}

func runPath(id string) string { return flowPath + "/" + id }

// beginFlow lets the runs of an organisation start one after the other.
func (p *Playground) beginFlow(ctx context.Context, v httpkit.Visitor, f flowForm) (*flows.Flow, error) {
	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return nil, err
	}
	defer end()
	begin, err := p.readFlow(ctx, v, f)
	if err != nil {
		return nil, err
	}
	if _, err := p.identity(ctx, v.OrganisationID, begin.AppID); err != nil {
		return nil, err
	}
	run, err := p.Flows.Start(ctx, begin)
	if err != nil {
		return nil, err
	}
	return run, p.advance(ctx, run)
}

// readFlow checks the form against what there is.
func (p *Playground) readFlow(ctx context.Context, v httpkit.Visitor, f flowForm) (flows.Begin, error) {
	app, err := section{p, env}.ownApp(ctx, v, f.App)
	if fault.Is(err, fault.NotFound) {
		return flows.Begin{}, fault.Form(fault.Field{Name: "app", Message: "Choose one of your apps."})
	}
	if err != nil {
		return flows.Begin{}, err
	}
	brand, err := p.Catalog.Brand(ctx, f.Brand)
	if err != nil {
		return flows.Begin{}, fault.Form(fault.Field{Name: "brand", Message: "Choose a brand."})
	}
	if !app.ConnectedTo(brand.ID, flowAPI) {
		return flows.Begin{}, fault.Form(fault.Field{Name: "brand", Message: app.Name + " is not connected to " + brand.Name + ". Connect it under APIs, or choose another brand."})
	}
	body, err := consentBody(f, p.Clock.Now())
	if err != nil {
		return flows.Begin{}, err
	}
	return flows.Begin{Owner: flowOwner(v), PersonID: v.PersonID, AppID: app.ID, Brand: brand.ID, Access: f.Access, Request: body}, nil
}

// flowAPI is the API that the example flow ends with.
const flowAPI = "card-account"

// runFlow takes the step that stands open once more.
func (p *Playground) runFlow(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	run, err := p.Flows.ByID(ctx, flowOwner(v), c.Param("id"))
	if err != nil {
		return err
	}

	if run.Step != flows.Authorise && run.Step != flows.Done {
		err = p.resume(ctx, run)
	}

	return p.backTo(c, run.ID, err)
}

// resume leases a run and goes on with it.
func (p *Playground) resume(ctx context.Context, run *flows.Flow) error {
	run, err := p.Flows.Take(ctx, run.Owner, run.ID, run.Step)
	if err != nil {
		return err
	}
	if run.Step == flows.Consent && run.Secrets.ClientToken == "" {
		run.Step = flows.Token
	}
	return p.advance(ctx, run)
}

// reauthorise sends the customer to the bank again, with a new state and a new verifier.
func (p *Playground) reauthorise(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	run, err := p.Flows.Take(ctx, flowOwner(v), c.Param("id"), flows.Authorise)
	if fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		prepareAuthorisation(run)
		err = p.Flows.Save(ctx, run)
	}

	return p.backTo(c, c.Param("id"), err)
}

// refreshFlow renews the access token of a finished run.
func (p *Playground) refreshFlow(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	run, err := p.Flows.Take(ctx, flowOwner(v), c.Param("id"), flows.Done)
	if fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		err = p.refresh(ctx, run)
	}

	return p.backTo(c, c.Param("id"), err)
}

// backTo leads to the page of a run. That another window was faster is no error there: the page shows where it stands.
func (p *Playground) backTo(c *gin.Context, id string, err error) error {
	if fault.Of(err).Code == flows.ErrMoved.Code || err == nil {
		return httpkit.SeeOther(c, runPath(id))
	}
	if !httpkit.Mendable(err) {
		return err
	}
	return p.goTo(c, runPath(id), "bad", fault.Of(err).Message)
}

// flow shows how far a run has come.
func (p *Playground) flow(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	run, err := p.Flows.ByID(ctx, flowOwner(v), c.Param("id"))
	if err != nil {
		return err
	}
	s, err := p.scene(ctx, v, run)
	if err != nil {
		return err
	}

	return p.showFlow(c, s)
}

// connectedApps are the apps that the example flow can run for.
func connectedApps(all []apps.App) []apps.App {
	return slices.DeleteFunc(slices.Clone(all), func(a apps.App) bool {
		return !slices.ContainsFunc(a.Connections, func(c apps.Connection) bool { return c.API == flowAPI })
	})
}

func (p *Playground) showAskFlow(c *gin.Context, f flowForm, failed error) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	j, err := p.journey(ctx, v)
	if err != nil {
		return err
	}
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return err
	}
	earlier, err := p.Flows.List(ctx, flowOwner(v), earlierRuns)
	if err != nil {
		return err
	}
	view := p.askFlowView(j, brands, earlier, filled(f, j, brands), found)
	fr := frame(c, view.Head.Title, flowPath, found)
	fr.Scripts = []string{waitScript}
	return httpkit.Page(c, found.status, page.AskFlow(fr, view))
}

// filled puts defaults where nothing was chosen: the first connected app, its first brand, and all accounts.
func filled(f flowForm, j journey, brands []catalog.Brand) flowForm {
	ready := connectedApps(j.apps)
	if f.App == "" && len(ready) > 0 {
		f.App = ready[0].ID
	}
	for _, a := range ready {
		for _, b := range brands {
			if f.Brand == "" && a.ID == f.App && a.ConnectedTo(b.ID, flowAPI) {
				f.Brand = b.ID
			}
		}
	}
	if f.Access == "" {
		f.Access = accessAll
	}
	if f.Cards == "" {
		f.Cards = strings.Join(exampleCards, "\n")
	}
	return f
}
