package playground

import "fairway/web/templates/ui"

// RehearsalsView is what is armed, and what can be.
type RehearsalsView struct {
	FormView
	Head    ui.HeadView
	Missing *ui.EmptyView // nothing can be armed yet
	Armed   []ArmedRow
	Disarm  string // where the forms go that take an order back
	Form    RehearsalFormView
	Groups  []OutcomeGroup
}

// ArmedRow is what the next calls of an app meet.
type ArmedRow struct {
	AppID, App string
	Facts      []ui.KV
	Send       string // the page that sends one call
}

// RehearsalFormView orders an answer.
type RehearsalFormView struct {
	App, Outcome, Operation ui.SelectView
	Calls, Seconds          ui.FieldView
}

// OutcomeGroup are outcomes of one kind.
type OutcomeGroup struct {
	ID, Title string
	Rows      []OutcomeRow
}

// OutcomeRow is one outcome: its page, where it has one, the form with it chosen, and the requests that it was the answer to.
type OutcomeRow struct {
	Name, Title, Status string
	For                 string // which one, for links that are read out alone
	Href, Choose, Log   string
}
