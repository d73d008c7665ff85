package playground

import "fairway/web/templates/ui"

// RequestsView is the request log.
type RequestsView struct {
	Head    ui.HeadView
	Env     ui.SelectView
	Apps    ui.SelectView
	Status  ui.SelectView
	Code    ui.FieldView
	Search  ui.FieldView
	Clear   string // where all filters are off; empty where none is set
	Note    string // what is not kept
	Rows    []RequestRow
	Empty   ui.EmptyView
	Pager   ui.PagerView
	Caption string
}

// LoggedView is one request of the log.
type LoggedView struct {
	Head      ui.HeadView
	Problem   *ProblemView
	Explained *ExplainedView
	Call      ui.CallView
	Again     *ui.LinkView
	Debug     *ui.LinkView // opens a signed request in the debugger
}

// ExplainedView is what was found out about a signature that did not fit.
type ExplainedView struct {
	Text string
	Diff *ui.DiffView
	Note string
}
