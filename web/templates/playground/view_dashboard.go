package playground

import "fairway/web/templates/ui"

// DashboardView is the first page of the workbench.
type DashboardView struct {
	Problems []ui.FieldError
	Head     ui.HeadView
	Notice   *NoticeView
	Live     *NoticeView
	LiveWork LiveWorkView
	Setup    *SetupView
	Steps    StepsView
	Recent   []RequestRow
	// Errors are today's, by code; NoErrors says it in words where there are none.
	Errors    []ErrorRow
	NoErrors  string
	Usage     []ui.ProgressView
	UsageNote string
}

// NoticeView is something to act on before it is too late.
type NoticeView struct {
	Tone                 ui.Tone
	Title, Text          string
	ActionText, ActionTo string
}

// SetupView offers to make in one act what is missing.
type SetupView struct{ Title, Lead, Text, Action, Button string }

// StepsView is the way to the first 200 OK. It fetches itself again until it is finished.
type StepsView struct {
	Poll     ui.PollView
	Progress ui.ProgressView
	Tasks    []StepView
	// Finished replaces the list by this sentence and what to do next.
	Finished string
	Next     []ui.LinkView
}

// StepView is one step with the way to take it.
type StepView struct {
	ui.TaskView
	Action *ui.LinkView
}

// RequestRow is one request of the log.
type RequestRow struct {
	ID, Href, Method, Path string
	Tone                   ui.Tone
	Status, Code, Duration string
	TimeISO, Time          string
	App                    string
	Env                    string
	Live                   bool
}

// ErrorRow is one kind of failure.
type ErrorRow struct{ Code, Href, Count, LastISO, Last string }
