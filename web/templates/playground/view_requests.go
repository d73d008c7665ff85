package playground

import "fairway/web/templates/ui"

// RequestsView is the request log, or what failed in it.
type RequestsView struct {
	Head        ui.HeadView
	Views       []ui.TabLink
	View        string // as the address names it, for the form
	Filters     []FilterView
	MoreFilters []FilterView
	More        bool   // one of MoreFilters is set
	IDHint      string // what the box for any id finds
	Clear       string // where all filters are off; empty where none is set
	Note        string // what is not kept
	Ignored     string // what was asked for and not understood
	Tail        *ui.LinkView
	Refresh     string // the address of this very page
	Log         LogView
	Errors      *ErrorsView // instead of the log
}

// FilterView is one way to narrow the log: to be chosen, or to be typed.
type FilterView struct {
	Select *ui.SelectView
	Field  *ui.FieldView
}

// LogView is the part of the page that is fetched again while it is followed.
type LogView struct {
	Poll    ui.PollView
	Caption string
	Rows    []RequestRow
	Empty   ui.EmptyView
	Pager   ui.PagerView
	News    string // read out: how many rows are new
}

// ErrorsView are the kinds of failures.
type ErrorsView struct {
	Caption string
	Rows    []ErrorKind
	Note    string
	Empty   ui.EmptyView
}

// ErrorKind is one kind: a code of an operation.
type ErrorKind struct {
	Code, Href, Operation string
	Tone                  ui.Tone
	Status, Count         string
	LastISO, Last         string
	LastHref              string
}

// LoggedView is one request of the log.
type LoggedView struct {
	Head      ui.HeadView
	Actions   []ui.LinkView
	Problem   *ProblemView
	Same      *ui.LinkView // how often this happened today
	Explained *ExplainedView
	Call      ui.CallView
	CopyAs    CopyAsView
	Around    AroundView
	Share     ShareView
}

// CopyAsView is the request as a program, or a note that says why there is none.
type CopyAsView struct {
	ID, Lead string
	Samples  *ui.SamplesView
	Note     string
}

// AroundView are other requests of the same flow.
type AroundView struct {
	Rows    []RequestRow
	Consent *ui.LinkView
}

// ShareView are the links by which others see the request, and the button that makes one.
type ShareView struct {
	Make  ui.PostView
	Links []SharedLink
	Full  bool // no more may be made
}

// SharedLink is a link that works.
type SharedLink struct {
	MadeISO, Made, UntilISO, Until string
	Revoke                         ui.PostView
}

// SharedView is what whoever has a link sees.
type SharedView struct {
	Head   ui.HeadView
	Until  string
	Reason string
	Call   ui.CallView
}

// ExplainedView is what was found out about a signature that did not fit.
type ExplainedView struct {
	Text string
	Diff *ui.DiffView
	Note string
}
