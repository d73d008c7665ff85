package playground

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// section is the part of the workbench that belongs to one environment. Apps and APIs have the same pages in both, through
// the same handlers; nothing of the other environment is found there.
type section struct {
	*Playground
	env catalog.Environment
}

func (p *Playground) mountSections(m httpkit.Mounts) {
	for _, env := range catalog.Environments() {
		s := section{p, env}
		s.mountApps(m)
		s.mountAPIs(m)
	}
}

// root is where the pages of an environment lie.
func root(env catalog.Environment) string {
	if env == catalog.Live {
		return "/playground/live"
	}
	return "/playground"
}

func appsPath(env catalog.Environment) string { return root(env) + "/apps" }
func apisPath(env catalog.Environment) string { return root(env) + "/apis" }
func appPath(app apps.App) string             { return appsPath(app.Environment) + "/" + app.ID }

// head is the head of a page that both environments have: the badge tells which one this is.
func (s section) head(title, lead string) ui.HeadView {
	tone := ui.Sandbox
	if s.env == catalog.Live {
		tone = ui.Note
	}
	return ui.HeadView{Title: title, Lead: lead, Tone: tone, Status: s.env.Name()}
}

// frame is the frame of a page of the section.
func (s section) frame(c *gin.Context, title, path string, found problems) layout.Page {
	f := frame(c, title, path, found)
	f.Env = string(s.env)
	return f
}

// shownIn is the environment of a page that tells of the named one, or without a name of both: none, where an organisation
// has apps in Live, since the bar of the sandbox would say that nothing is real.
func shownIn(env string, list []apps.App) string {
	if env == "" && !slices.ContainsFunc(list, func(a apps.App) bool { return a.Environment == catalog.Live }) {
		return string(catalog.Sandbox)
	}
	return env
}

// inFull is an app's name where apps of both environments stand side by side.
func inFull(app apps.App) string {
	if app.Environment == catalog.Live {
		return app.Name + " (Live)"
	}
	return app.Name
}

// ownApp is an app of the visitor's organisation in this environment, else apps.ErrUnknown.
func (s section) ownApp(ctx context.Context, v httpkit.Visitor, id string) (apps.App, error) {
	app, err := s.Apps.ByID(ctx, v.OrganisationID, id)
	if err == nil && app.Environment != s.env {
		return apps.App{}, apps.ErrUnknown
	}
	return app, err
}

// approval is the pair that is approved for Live, or nil.
func (p *Playground) approval(ctx context.Context, organisationID string) (*enrolments.Admitted, error) {
	pairs, err := p.Enrolments.AdmittedOf(ctx, organisationID)
	if err != nil {
		return nil, err
	}
	for _, pair := range pairs {
		if pair.Until.IsZero() {
			return pair, nil
		}
	}
	return nil, nil
}

// shut says what has to be there before the section opens; nil where nothing is missing, as ever in the sandbox.
func (s section) shut(ctx context.Context, v httpkit.Visitor) (*page.NoticeView, error) {
	if s.env == catalog.Sandbox {
		return nil, nil
	}
	pair, err := s.approval(ctx, v.OrganisationID)
	if err != nil || pair != nil {
		return nil, err
	}
	e, ok, err := s.current(ctx, v)
	if err != nil {
		return nil, err
	}
	n := &page.NoticeView{Tone: ui.Note, Title: "Your certificates come first", ActionText: "Open Live certificates", ActionTo: livePath,
		Text: "Apps and APIs open in Live when your qualified certificates are approved; none are yet."}
	switch {
	case ok && e.State == enrolments.Suspended:
		n.Tone, n.Title, n.Text = ui.Bad, "Your certificates are suspended", "Apps and APIs are closed in Live until certificates of yours are approved again."
	case ok && (e.State == enrolments.Submitted || e.State == enrolments.Question):
		n.Text = "Your certificates are handed in. Apps and APIs open in Live when they are approved."
	}
	return n, nil
}
