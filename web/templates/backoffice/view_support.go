package backoffice

import "fairway/web/templates/ui"

// DeskView is the support desk: the search box and what it found.
type DeskView struct {
	Start  StartView
	Search ui.FieldView
	Hits   []HitRow
	Found  string // what was found, in words, read out
	Empty  *ui.EmptyView
}

// HitRow is one thing that was found.
type HitRow struct {
	Kind, Text, Detail, Href string
}

// OrganisationView is all that support sees of a TPP.
type OrganisationView struct {
	Head  ui.HeadView
	Facts []ui.KV
	Stuck StuckView
	Parts []PartView
}

// StuckView is how far the organisation has come, and since when nothing has moved.
type StuckView struct {
	Title, Text string
	Steps       []ui.StepView
}

// PartView is one part of the page of an organisation: a table, or the words for none.
type PartView struct {
	Section ui.SectionView
	Table   ui.TableView
	Rows    [][]Cell
	Empty   string
}

// Cell is one value in a table. The first of a row names the row.
type Cell struct {
	Text, Href string
	Note       string // small, below
	ISO        string // the text is this instant
	Tone       ui.Tone
	Badge      bool
	Mono       bool
	Number     bool
}

// PersonView is one person of a TPP, and what support may do for her.
type PersonView struct {
	Head   ui.HeadView
	Errors []ui.FieldError
	Facts  []ui.KV
	Form   ui.FormView
	Acts   []ActView
	Factor ui.FactorView
}

// ActView is one act of the support and what it comes to.
type ActView struct {
	Text   string
	Button ui.ButtonView
}

// CallView is one request of a TPP, as the TPP sees it.
type CallView struct {
	Head    ui.HeadView
	Problem *ProblemView
	Call    ui.CallView
}

// ProblemView is why a request was refused.
type ProblemView struct {
	Title, Text        string
	ReadText, ReadHref string // what the code means, where it has one
}
