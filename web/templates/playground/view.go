// Package playground draws the signed-in workbench: dashboard, certificates, apps, APIs, the example flow and requests.
package playground

import "fairway/web/templates/ui"

// ConfirmView is the field that asks for the password again, where Ask is set.
type ConfirmView struct {
	Ask   bool
	Error string
}

// FormView is what every form knows: where it goes, and what was wrong with it the last time.
type FormView struct {
	Action   string
	Problems []ui.FieldError
}

// AskView is a page that asks before something is ended.
type AskView struct {
	FormView
	Head       ui.HeadView
	Points     []string // what happens, a sentence each
	Fields     []ui.Hidden
	Button     string
	CancelText string
	CancelHref string
}

// ShownView is the page that shows secrets this once.
type ShownView struct {
	Head    ui.HeadView
	Made    []ui.CheckItem
	Secrets []ui.SecretView
	// Again says that there is nothing to show, because a form was sent a second time. It offers new ones instead.
	Again      string
	AgainLinks []ui.LinkView
	Facts      []ui.KV
	// Downloads keep what is shown; Inside says what the first one holds.
	Downloads []ui.PostView
	Inside    string
	Next      ui.LinkView
}
