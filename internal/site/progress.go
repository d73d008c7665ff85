package site

import (
	"fmt"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/progress"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// places are where each step is taken: the chapter's part that explains it.
var places = [progress.Steps]string{"#account", "#certificates", "#app", "#connect", "#consent", "#accounts"}

// progress ticks off what the reader has done of the six steps.
func (f *Face) progress(c *gin.Context, _ *library) (templ.Component, error) {
	who := httpkit.Who(c)
	if !who.SignedIn() || who.Staff() {
		return page.Progress(page.ProgressView{SignIn: !who.SignedIn(), Staff: who.Staff()}), nil
	}
	if err := f.awaitLog(c.Request.Context()); err != nil {
		return nil, err
	}
	taken, err := f.Taken(c.Request.Context(), who.OrganisationID)
	if err != nil {
		return nil, fmt.Errorf("read the steps taken: %w", err)
	}
	v, next := page.ProgressView{}, -1
	for s := range progress.Step(progress.Steps) {
		step := ui.StepView{State: ui.Locked, Text: s.String(), Href: places[s]}
		switch {
		case taken[s]:
			step.State = ui.Done
		case next < 0:
			step.State, next = ui.Now, int(s)
		}
		v.Steps = append(v.Steps, step)
	}
	v.Text = "All six steps are done: your sandbox works."
	if next >= 0 {
		v.Text = fmt.Sprintf("Next: step %d, %s.", next+1, progress.Step(next))
	}
	return page.Progress(v), nil
}
