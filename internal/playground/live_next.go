package playground

import (
	"context"
	"slices"
	"strconv"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// liveWork is how far an organisation has come in Live.
type liveWork struct {
	enrolment *enrolments.Enrolment  // the matter that is open, else the newest; nil without any
	pairs     []*enrolments.Admitted // what opens the door, the approved one first
	apps      []apps.App
}

func (p *Playground) liveWork(ctx context.Context, v httpkit.Visitor) (w liveWork, err error) {
	if w.enrolment, _, err = p.current(ctx, v); err != nil {
		return w, err
	}
	pairs, err := p.Enrolments.AdmittedOf(ctx, v.OrganisationID)
	if err != nil {
		return w, err
	}
	now := p.Clock.Now()
	w.pairs = slices.DeleteFunc(slices.Clone(pairs), func(a *enrolments.Admitted) bool { return a.Over(now) })
	w.apps, err = p.Apps.List(ctx, v.OrganisationID, catalog.Live)
	return w, err
}

// approved is the pair that was approved last, or nil.
func (w liveWork) approved() *enrolments.Admitted {
	for _, pair := range w.pairs {
		if pair.Until.IsZero() {
			return pair
		}
	}
	return nil
}

func (w liveWork) connections() int {
	n := 0
	for _, a := range w.apps {
		n += len(a.Connections)
	}
	return n
}

// next is the one thing to do now.
func (w liveWork) next() ui.LinkView {
	switch {
	case w.approved() == nil:
		return w.certify()
	case len(w.apps) == 0:
		return ui.LinkView{Text: "Create an app", For: "in Live", Href: appsPath(catalog.Live) + "/new", Icon: "plus"}
	case w.connections() == 0:
		return ui.LinkView{Text: "Connect an API", For: "in Live", Href: apisPath(catalog.Live), Icon: "plug"}
	}
	return ui.LinkView{Text: "Call from your shell", Href: shellPath, Icon: "square-terminal"}
}

func (w liveWork) certify() ui.LinkView {
	link := ui.LinkView{Text: "Hand in your certificates", Href: livePath, Icon: "badge-check"}
	if w.enrolment == nil {
		return link
	}
	switch w.enrolment.State {
	case enrolments.Draft:
		link.Text = "Go on with your certificates"
	case enrolments.Submitted:
		link.Text = "See where your certificates stand"
	case enrolments.Question:
		link.Text = "Answer the question"
	case enrolments.Rejected, enrolments.Suspended:
		link.Text = "Read the reason"
	}
	return link
}

// certificates says how the certificates stand, in a few words.
func (w liveWork) certificates() ui.KV {
	fact := ui.KV{Key: "Certificates", Value: "None handed in", Href: livePath}
	if w.enrolment != nil {
		fact.Value = stateText(w.enrolment.State)
	}
	if pair := w.approved(); pair != nil {
		fact.Value = "Approved, valid until " + day(ends(pair))
		if w.enrolment != nil && w.enrolment.State.Open() {
			fact.Value += ". Others: " + stateText(w.enrolment.State)
		}
	}
	return fact
}

// liveDashboard is Live on the dashboard.
func liveDashboard(w liveWork) page.LiveWorkView {
	next := w.next()
	next.Small = true
	return page.LiveWorkView{Next: next, Facts: []ui.KV{
		w.certificates(),
		{Key: "Apps", Value: strconv.Itoa(len(w.apps)), Href: appsPath(catalog.Live)},
		{Key: "Connections", Value: strconv.Itoa(w.connections()), Href: apisPath(catalog.Live)},
	}}
}

// liveNextView is what an approval opens: the roles that it gives, and the way to the first call.
func liveNextView(w liveWork) *page.LiveNextView {
	pair := w.approved()
	if pair == nil {
		return nil
	}
	v := &page.LiveNextView{Facts: []ui.KV{
		{Key: "Roles that the approval gives", Value: certview.Roles(pair.Rights)},
		{Key: "Valid until", Value: day(ends(pair)) + ", when the first of the two ends"},
	}}
	tasks := []ui.TaskView{
		{Title: "Create an app", Text: "It holds your Live client id, its secret and an API key.", State: ui.Done},
		{Title: "Connect an API", Text: "Each says which role it needs, and whether its brand is open in Live.", State: ui.Done},
		{Title: "Call from your shell", Text: "A script of curl and openssl for your own machine. Your keys stay there.", State: ui.Now},
	}
	steps := []bool{len(w.apps) > 0, w.connections() > 0, false}
	paths := []string{appsPath(catalog.Live), apisPath(catalog.Live), shellPath}
	next := true
	for i, task := range tasks {
		step := page.StepView{TaskView: task}
		switch {
		case steps[i]:
			step.Href = paths[i]
		case next:
			link := w.next()
			link.Small, link.Look = true, ui.Primary
			step.State, step.Action, next = ui.Now, &link, false
		default:
			step.State = ui.Locked
		}
		v.Tasks = append(v.Tasks, step)
	}
	return v
}
