// Package debugger draws the signature debugger.
package debugger

import "fairway/web/templates/ui"

// View is the page: its form, and what was found out about the request in it.
type View struct {
	Head     ui.HeadView
	Problems []ui.FieldError
	Result   *ResultView
	Note     string // what to know about the request before anything else
	Dropped  string // what was secret and is gone

	FormTitle    string
	Request      ui.FieldView
	Certificate  ui.FieldView
	Second       ui.FieldView
	SecondOpen   bool
	Examples     []ui.LinkView
	ExamplesLead string
}

// ResultView is what was found out.
type ResultView struct {
	Tone     ui.Tone
	Title    string
	Text     string
	Steps    []StepView
	Where    string // the first byte that differs, in words
	Diff     *ui.DiffView
	Signed   *ui.CodeView
	Expected *ui.CodeView
	Findings []FindingView
	Fix      *ui.CodeView // the commands that make it right
	FixLead  string
	JSON     ui.CodeView
}

// StepView is one step with its own verdict.
type StepView struct {
	Tone           ui.Tone // Plain is undecided
	Title, Verdict string
	Text           string
	Sent, Right    string // of a failed step
}

// FindingView is something beside the verdict. Href is the page of its code, or empty.
type FindingView struct {
	Tone             ui.Tone
	Kind, Text, Path string
	Code, Href       string
}
