package playground

import (
	"github.com/a-h/templ"

	"fairway/web/templates/ui"
)

// AskFlowView is the first page of the example flow, with everything filled in.
type AskFlowView struct {
	FormView
	Head  ui.HeadView
	Steps []ui.StepView
	// Missing stands instead of the form where something has to be made first.
	Missing    *ui.EmptyView
	App, Brand ui.SelectView
	Access     ui.ChoiceView
	Cards      ui.FieldView
	CardsOpen  bool
	About      []AboutStepView
	Runs       []RunRow
}

// AboutStepView tells of a step before it is taken. Seen leads to a run that has taken it; nil where none has.
type AboutStepView struct {
	ID, Title, Call, Lead string
	Seen                  *ui.LinkView
}

// RunRow is one run of the example flow.
type RunRow struct {
	Href, StartedISO, Started, App, Brand, Status string
	Tone                                          ui.Tone
}

// FlowView is one run: what is to be done now, and what was done.
type FlowView struct {
	Head    ui.HeadView
	Steps   []ui.StepView
	Notice  *NoticeView
	Success *SuccessView
	Now     *FlowStepView
	Done    []FlowStepView
	// Again stands in the head; it is nil where the open step offers the same.
	Again *ui.PostView
}

// SuccessView is the end of the flow: the answer, and what to do with it.
type SuccessView struct {
	Title, Text string
	Cards       []CardRow
	NoCards     string
	Next        []ui.LinkView
}

// CardRow is one card account of an answer.
type CardRow struct{ Name, PAN, Currency, ResourceID, TransactionsHref string }

// FlowStepView is one step with what it sent and got.
type FlowStepView struct {
	ID, Title, Lead string
	Minor           bool // below a heading of its own
	Tone            ui.Tone
	Status          string
	Values          []CarriedView // what it gave to later steps
	Parameters      []CarriedView // of the address that the customer is sent to
	Problem         *ProblemView
	Open            *ui.LinkView
	OpenNote        string
	Busy            bool // another request takes the step: the page looks again
	Acts            []ui.PostView
	Sign            *SignView // its request waits for a signature of this browser
	Exchange        *ExchangeView
	Break           *ui.LinkView   // leads to the same request with a mistake of one's choice
	Customers       []CustomerView // who can be played at the bank
}

// CustomerView is a test customer of a brand and what to see with it. Href fills its number into a field; empty where there
// is none.
type CustomerView struct {
	ID, Name, Situation, Cards, Href string
	Chosen                           bool
}

// CarriedView is a value with where it comes from or goes to. Marked ones were carried forward.
type CarriedView struct {
	Name, Value, Note string
	Marked            bool
}

// ProblemView explains a refusal: what the bank said, the usual causes, and where to look.
type ProblemView struct {
	Title, Text, Path string
	Causes            []CauseRow
	Links             []ui.LinkView
}

// CauseRow is a usual cause with what to do about it.
type CauseRow struct{ Cause, Fix string }

// ExchangeView is a request and its answer as both may be shown.
type ExchangeView struct {
	ID, Start     string
	Headers       []HeaderRow
	Body          *ui.CodeView
	Signing       *SigningView
	Tone          ui.Tone
	Status        string
	AnswerFacts   []ui.KV
	AnswerHeaders []HeaderRow
	Answer        *ui.CodeView
	AnswerNote    string
	// Samples are programs that make the same request; nil where no program can carry it.
	Samples *ui.SamplesView
	// Bare leaves the disclosure around it out.
	Bare, Open bool
}

// SigningView is what was signed: the text, its facts, where each line comes from, how the digest came about, and the bytes.
type SigningView struct {
	Text   ui.CodeView
	Facts  []ui.KV
	Lines  []HeaderRow
	Digest []ui.KV
	Bytes  ui.CodeView
}

// HeaderRow is a header with who set it and from what, what it is for, and where it is described: in the reference, and in
// the chapter about signing. Marked ones carry a value of an earlier step. Number counts the lines of a signing string.
type HeaderRow struct {
	Number                           string
	Name, Value, By, Source, Purpose string
	Href, Chapter                    string
	Marked                           bool
}

func (v ExchangeView) tabs() []ui.Tab {
	tabs := []ui.Tab{{ID: v.ID + "-answer", Text: "Answer"}, {ID: v.ID + "-request", Text: "Request"}}
	if v.Signing != nil {
		tabs = append(tabs, ui.Tab{ID: v.ID + "-signing", Text: "Signing string"})
	}
	if v.Samples != nil {
		tabs = append(tabs, ui.Tab{ID: v.ID + "-copy", Text: "Copy as"})
	}
	return tabs
}

// looksAgain marks what a script loads again after a while.
func looksAgain(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"data-again": ""}
}
