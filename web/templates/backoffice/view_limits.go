package backoffice

import "fairway/web/templates/ui"

// LimitsView is every limit, the configured ones first.
type LimitsView struct {
	Head ui.HeadView
	New  ui.LinkView
	Rows []LimitRow
}

// LimitRow is one limit.
type LimitRow struct {
	Environment, For, Href  string
	PerSecond, PerDay, Ends string
	Tone                    ui.Tone
	State, Reason, Set      string
	Change, End             string // pages that ask, or ""
}

// LimitFormView is the form that sets a limit.
type LimitFormView struct {
	Head        ui.HeadView
	Problems    []ui.FieldError
	Action      string
	Environment ui.SelectView
	Fields      []ui.FieldView
	Reason      ui.FieldView
	Factor      ui.FactorView
	CancelHref  string
}
