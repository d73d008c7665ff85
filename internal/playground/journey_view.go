package playground

import (
	"fmt"
	"time"

	"fairway/internal/progress"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const pollSeconds = 4

// stepsView draws the six steps; finished ones are not fetched again.
func (p *Playground) stepsView(j journey) page.StepsView {
	v := page.StepsView{Poll: ui.PollView{ID: "steps", Seconds: pollSeconds}}
	v.Tasks = stepTasks(j)
	if j.answered {
		v.Finished = finished(j)
		v.Next = []ui.LinkView{
			{Text: "Download the set", Href: "/playground/certificates/download", Icon: "download"},
			{Text: "Read the documentation", Href: "/docs", Icon: "book-open"},
		}
		return v
	}
	v.Poll.Href = "/playground/steps?seen=" + j.state()
	v.Progress = ui.ProgressView{ID: "steps-done", Text: fmt.Sprintf("%d of 6 steps done", j.count()), Value: j.count(), Max: 6}
	return v
}

// finished tells how long it took, where that is something to be proud of.
func finished(j journey) string {
	const next = "Next: your own code. The archive of your set holds a script that makes the same call."
	took := j.answeredAt.Sub(j.joined)
	if took <= 0 || took > 24*time.Hour {
		return "The bank answered your first request for card accounts. " + next
	}
	return "The bank answered your first request for card accounts " + span(took) + " after you signed up. " + next
}

func stepTasks(j journey) []page.StepView {
	app, connected := j.connected()
	steps := []page.StepView{
		{TaskView: ui.TaskView{Title: progress.Verify.String(), Text: j.email}},
		{TaskView: ui.TaskView{Title: progress.Certify.String(), Text: "A QWAC opens the connection, a QC eSeal signs each request."},
			Action: &ui.LinkView{Text: "Choose roles yourself", Href: "/playground/certificates", Small: true}},
		{TaskView: ui.TaskView{Title: progress.CreateApp.String(), Text: "It holds your client id, its secret and an API key."},
			Action: &ui.LinkView{Text: "Create it yourself", Href: "/playground/apps/new", Small: true}},
		{TaskView: ui.TaskView{Title: progress.Connect.String(), Text: "One click. The sandbox needs no approval."},
			Action: &ui.LinkView{Text: "Connect it yourself", Href: "/playground/apis", Small: true}},
		{TaskView: ui.TaskView{Title: progress.Sign.String(), Text: "The example flow fills in certificate, token and signature."},
			Action: &ui.LinkView{Text: "Open the example flow", Href: "/playground/flow", Look: ui.Primary, Small: true}},
		{TaskView: ui.TaskView{Title: progress.Answer.String(), Text: "Allow access as a test customer; then the bank answers."},
			Action: &ui.LinkView{Text: "Open the example flow", Href: "/playground/flow", Look: ui.Primary, Small: true}},
	}
	if j.hasSet {
		steps[1].Href, steps[1].Text = "/playground/certificates", "QWAC and QC eSeal, valid to "+day(j.set.QWAC.X509.NotAfter)
	}
	if len(j.apps) > 0 {
		steps[2].Href, steps[2].Text = "/playground/apps", appNames(j)
	}
	if connected {
		steps[3].Href, steps[3].Text = "/playground/apps/"+app.ID+"#connections", app.Name+" is connected."
	}
	return withStates(steps, j)
}

func appNames(j journey) string {
	var names []string
	for _, a := range j.apps {
		names = append(names, a.Name)
	}
	if len(names) > 3 {
		return many(len(names), "app")
	}
	return list(names)
}

// withStates marks what is done, what is next, and what cannot start before something else.
func withStates(steps []page.StepView, j journey) []page.StepView {
	done := j.done()
	open := [6]bool{true, true, true, done[2], j.ready(), j.ready() && done[4]}
	next := true
	for i := range steps {
		switch {
		case done[i]:
			steps[i].State, steps[i].Action = ui.Done, nil
		case !open[i]:
			steps[i].State, steps[i].Action = ui.Locked, nil
			next = false
		case next:
			steps[i].State = ui.Now
			next = false
		}
	}
	return steps
}
