package playground

import "fairway/web/templates/ui"

// RequestView is the free request: choose an operation, fill it in, send it, read the answer.
type RequestView struct {
	FormView
	Head    ui.HeadView
	Missing *ui.EmptyView
	// Choose are the selects of the form that loads an operation.
	Choose []ui.SelectView
	Form   *RequestFormView
	Result *ResultView
}

// RequestFormView is the form of the chosen operation.
type RequestFormView struct {
	Method, Path, Summary string
	Fields                []ui.Hidden
	Groups                []FieldGroup
	Customers             []CustomerView // for the field PSU-ID
	Body                  *ui.FieldView
	Mistake               *ui.SelectView // what is done wrong on purpose; nil where nothing can be
	Token                 TokenNote
}

// TokenNote says which access token is sent, and what to do where there is none.
type TokenNote struct {
	Text string
	Tone ui.Tone
	Link *ui.LinkView
}

// FieldGroup are the parameters of one place: path, query or headers.
type FieldGroup struct {
	Title  string
	Inputs []ParamInput
}

// ParamInput is one parameter: to be typed, or to be chosen where Select is set.
type ParamInput struct {
	Field  ui.FieldView
	Select *ui.SelectView
}

// ResultView is what came back.
type ResultView struct {
	Tone          ui.Tone
	Status, Lead  string
	Problem       *ProblemView
	TokenExchange *ExchangeView // how the token was got, where it was got for this
	Exchange      *ExchangeView
	Sign          *SignView // instead of it, where the request waits for a signature of this browser
	Broken        *BrokenView
	Explained     *ExplainedView // what was signed instead
	Wait          *WaitView
}

// BrokenView says what was done wrong on purpose, and what came of it.
type BrokenView struct {
	Tone        ui.Tone
	Title, Text string
	Links       []ui.LinkView
}

// WaitView says when the next request may be sent; a script counts Seconds down.
type WaitView struct{ Text, Seconds string }

// LateView says, while an answer takes its time, what becomes of it where nobody waits.
type LateView struct {
	Text string
	Link ui.LinkView
}
