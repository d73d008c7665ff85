package playground

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/quota"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const dashboardPath = "/playground"

const (
	// recentCalls is how far back the dashboard looks.
	recentCalls = 50
	// longestSettle is how long a page waits for the request log.
	longestSettle = 300 * time.Millisecond
)

func (p *Playground) mountDashboard(m httpkit.Mounts) {
	m.SignedIn.Get(dashboardPath, p.dashboard)
	m.SignedIn.Get(dashboardPath+"/steps", p.steps)
	m.SignedIn.Post(dashboardPath+"/setup", p.setUp)
}

// dashboard shows the way to the first 200 OK, and what happened lately.
func (p *Playground) dashboard(c *gin.Context) error { return p.showDashboard(c, nil) }

// steps is the part of the dashboard that is fetched again: nothing, where nothing has changed.
func (p *Playground) steps(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	j, err := p.journey(ctx, v)
	if err != nil {
		return err
	}

	if c.Query("seen") == j.state() {
		c.Header("Cache-Control", "no-store")
		c.Status(http.StatusNoContent)
		return nil
	}
	return httpkit.Page(c, http.StatusOK, page.Steps(p.stepsView(j)))
}

// workbench is all that the dashboard tells.
type workbench struct {
	journey journey
	offer   offer
	calls   []calls.Call
	used    spent
	live    liveWork
}

// apps are those of both environments.
func (w workbench) apps() []apps.App { return append(slices.Clone(w.journey.apps), w.live.apps...) }

func (p *Playground) workbench(ctx context.Context, v httpkit.Visitor) (w workbench, err error) {
	p.settleCalls(ctx)
	if w.journey, err = p.journey(ctx, v); err != nil {
		return w, err
	}
	if w.offer, err = p.firstOffer(ctx); err != nil {
		return w, err
	}
	if w.live, err = p.liveWork(ctx, v); err != nil {
		return w, err
	}
	recent, err := p.Calls.List(ctx, v.OrganisationID, calls.Filter{Limit: recentCalls})
	if err != nil {
		return w, err
	}
	w.calls = recent.Calls
	w.used, err = p.used(ctx, v.OrganisationID, w.apps()...)
	return w, err
}

// newsLasts is how long a good decision about Live is told on the dashboard, unless an API is connected before.
const newsLasts = 7 * 24 * time.Hour

// liveNotice is what the way to Live asks of the organisation, or tells it; nil where there is nothing to do.
func liveNotice(w liveWork, now time.Time) *page.NoticeView {
	e := w.enrolment
	if e == nil {
		return nil
	}
	v := &page.NoticeView{Tone: ui.Bad, ActionText: "Open Live certificates", ActionTo: livePath}
	switch {
	case e.State == enrolments.Question:
		v.Tone, v.Title, v.Text = ui.Warn, "A question about your Live certificates", "The decision waits for your answer."
	case e.State == enrolments.Rejected:
		v.Title, v.Text = "Your Live certificates were not accepted", "The reason says what to change."
	case e.State == enrolments.Suspended:
		v.Title, v.Text = "Your Live certificates are suspended", "The reason says what happened."
	case e.State == enrolments.Approved && w.connections() == 0 && now.Sub(e.DecidedAt) < newsLasts:
		v.Tone, v.Title, v.Text = ui.OK, "Your certificates are accepted for Live", "Create an app in Live, connect an API, and call it from your own shell."
	default:
		return nil
	}
	return v
}

// spent is how many requests each app of an organisation sent today, and how many each may send.
type spent struct {
	today  map[string]int // by app
	limits map[catalog.Environment]quota.Limits
}

// used is what apps of one organisation have spent, in both environments.
func (p *Playground) used(ctx context.Context, organisationID string, list ...apps.App) (spent, error) {
	s := spent{today: map[string]int{}, limits: map[catalog.Environment]quota.Limits{}}
	for _, env := range catalog.Environments() {
		var err error
		if s.limits[env], err = p.Quota.For(ctx, string(env), organisationID); err != nil {
			return s, err
		}
		var ids []string
		for _, a := range list {
			if a.Environment == env {
				ids = append(ids, a.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		used, err := p.Quota.Used(ctx, string(env), ids...)
		if err != nil {
			return s, err
		}
		maps.Copy(s.today, used)
	}
	return s, nil
}

// settleCalls waits for the rows of calls that were answered before the page was asked for. One that takes longer is
// on the next page.
func (p *Playground) settleCalls(ctx context.Context) {
	wait, cancel := context.WithTimeout(ctx, longestSettle)
	defer cancel()
	_ = p.Calls.Flush(wait) // late rows come later
}

func (p *Playground) showDashboard(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	w, err := p.workbench(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	v := p.dashboardView(w)
	v.Problems = found.summary()
	v.LiveWork = liveDashboard(w.live)
	v.Live = liveNotice(w.live, p.Clock.Now())
	f := frame(c, v.Head.Title, dashboardPath, found)
	f.Env = shownIn("", w.apps())
	if v.Steps.Poll.Href != "" && !found.any() {
		f.Refresh = "10"
	}
	return httpkit.Page(c, found.status, page.Dashboard(f, v))
}
