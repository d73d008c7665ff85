package site

import "fairway/web/templates/ui"

// RehearseView lets a reader order the answer that the page explains.
type RehearseView struct {
	Lead   string
	Armed  []ArmedView
	Disarm string       // where the forms go that take an order back
	Link   *ui.LinkView // what comes first, where nothing can be ordered yet
	Action string       // where the form goes; empty where there is none
	Fields []ui.Hidden  // what is not to be chosen
	Choose []ui.SelectView
	Button string
	More   string // the page with all choices
	// Scripted are the other ways to order it: a header for one call, a command for the next calls.
	Scripted []ui.CodeView
}

// ArmedView is what the next calls of an app meet.
type ArmedView struct {
	App, Outcome, Text string
	Send               string // the page that sends one call
	Fields             []ui.Hidden
}

// TryRow is what to do to see a code.
type TryRow struct{ Code, Href, Text string }
