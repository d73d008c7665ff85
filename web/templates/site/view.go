// Package site draws the public pages: landing page, documentation, pages of codes and the outbox of a developer's
// machine.
package site

import (
	"github.com/a-h/templ"

	"fairway/web/templates/ui"
)

// LandingView is what a visitor sees first.
type LandingView struct {
	Steps    []Step
	Script   ui.CodeView
	Request  ui.CodeView
	Answer   ui.CodeView
	Customer string // whose cards the answer lists
	Asked    string // when the bank was asked for it
	People   string // how many test customers there are, in a word
	Brands   []Brand
	Live     []Step // what Live asks for
	LiveTime string // how long a decision takes, in the middle of a sentence
}

// Step is one step of the way to the first answer.
type Step struct{ Title, Text string }

// Brand is a bank behind the interface.
type Brand struct{ Name, Former, API string }

// DocView is a page of the documentation.
type DocView struct {
	Head       ui.HeadView
	Facts      []ui.KV
	Parts      []templ.Component
	Back, Next *Chapter
}

// Chapter is a link to another page of the documentation.
type Chapter struct{ Title, Href string }

// Hosts are the addresses of one brand in the sandbox.
type Hosts struct {
	ID    string // for links within the page
	Name  string
	Facts []ui.KV
}

// Customer is a test customer with his or her cards.
type Customer struct {
	ID, Name, Situation string
	Cards               []string // masked numbers with currency
}

// CodeRow is one code in a list.
type CodeRow struct{ Code, Href, HTTP, Title, Own string }

// CodeView is the page of one code.
type CodeView struct {
	Head     ui.HeadView
	Code     string
	Statuses []Status
	What     templ.Component // a sentence whose terms are explained
	Request  *RequestView
	Facts    []ui.KV // of a code of check lists: its rule, and who can put it right
	Pairs    []Pair
	Try      string        // how to see it for real in the sandbox
	Rehearse *RehearseView // nil where it cannot be ordered, or not by this reader
	See      []Chapter
	Own      bool // a code of ours and of no standard
	Debugger bool // the signature debugger helps with it
	Check    bool // a code of check lists
}

// Status is an HTTP status that a code comes with.
type Status struct {
	Tone ui.Tone
	Text string
}

// Pair is a cause and what to do about it.
type Pair struct{ Cause, Fix string }

// RequestView is the reader's own request, or why it cannot be shown.
type RequestView struct {
	Note   string // why there is nothing to see
	SignIn string // address of the log-in page that leads back here
	Facts  []ui.KV
	Reason string // what the answer said
	Href   string // its page in the request log
	Ask    string // the page of whom to ask, with this request
}

// UnknownView is the page of a code that does not exist.
type UnknownView struct {
	Code  string
	Close []Chapter
	Ask   string // the page of whom to ask
}

// OutboxView lists the letters that were not sent.
type OutboxView struct {
	Letters []LetterRow
}

// LetterRow is a letter in the list.
type LetterRow struct{ Href, To, Subject, TimeISO, Time string }

// LetterView is one letter.
type LetterView struct {
	Head  ui.HeadView
	Facts []ui.KV
	Links []string
	Text  ui.CodeView
	HTML  ui.CodeView
}

// Diagram is a sequence of messages between three parties, drawn from top to bottom.
type Diagram struct {
	Title, Description string
	Width, Box         string // as it is shown, and its own measures
	Lanes              []Lane
	Legs               []Leg
}

// Leg is one step of a diagram: its messages, and the part of the page that tells of it.
type Leg struct {
	Title, Href string
	Arrows      []Arrow
}

// Lane is one party: its name and its line.
type Lane struct{ Name, X, Top, Bottom, BoxX, BoxWidth string }

// Arrow is one message.
type Arrow struct {
	Text         string
	X1, X2, Y    string
	TextX, TextY string
	Head         string // points of the arrow's head
	Dashed       bool   // an answer
}

// InspectorView is the certificate inspector: its form, and what was found in what was sent.
type InspectorView struct {
	Head            ui.HeadView
	Problems        []ui.FieldError
	FormTitle       string
	First, Second   ui.FieldView
	FirstFile       ui.FieldView
	SecondFile      ui.FieldView
	Tone            ui.Tone
	Verdict, Advice string
	Repairs         []string
	Certificates    []InspectedView
	Pair            *ui.RulesView // nil where one certificate was sent
	PairTone        ui.Tone
	PairStatus      string
}

// InspectedView is one certificate that was inspected.
type InspectedView struct {
	Card  ui.CardView
	Facts []ui.KV
	Rules ui.RulesView
	Chain []ui.KV // the issuers that came along
	All   []ui.KV
	PEM   ui.CodeView
}

// RuleRow is one rule that a certificate is held against.
type RuleRow struct {
	Title, Expected, Rule string
	Codes                 []Chapter
}

// CheckRow is one code of check lists in the table of all of them.
type CheckRow struct{ Code, Href, Title, By string }
