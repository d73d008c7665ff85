// Package bank owns the pages on which a bank's customer signs in, reads what a third party asks for, and confirms it.
package bank

import (
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// FormView is what every page of a visit has: where its forms go, and what was wrong with them.
type FormView struct {
	Page          layout.BankPage
	Action, Token string
	Errors        []ui.FieldError
	TPP           string
	Until         string // "09:10 UTC", when the visit ends by itself
	Back          string // address of the page before, or ""
	Sent          SentView
}

// SentView is the drawer with what the TPP sent; it is closed, and there in the sandbox only.
type SentView struct {
	Show       bool
	Parameters []ui.KV
	Access     string // JSON
}

// SignInView is the first page: who is there?
type SignInView struct {
	FormView
	Customer  ui.FieldView
	Customers []CustomerView
}

// CustomerView is a test customer who can be chosen by a click.
type CustomerView struct{ ID, Name, Situation string }

// ConsentView is the second page: what is asked for?
type ConsentView struct {
	FormView
	Who        []ui.KV // the TPP and its app
	Accounts   []AccountView
	Choice     *ui.ChoiceView // where the customer chooses among the accounts
	Missing    []string       // named by the TPP and not the customer's
	Shared     []string       // what is shown of the accounts
	Terms      []ui.KV        // until when, how often, how to withdraw
	Superseded []string       // what ends with this consent, one sentence each
}

// AccountView is an account that is shared.
type AccountView struct{ Number, Name, Shared string }

// ConfirmView is the third page: is it really you?
type ConfirmView struct {
	FormView
	Code        ui.FieldView
	SandboxCode string
	Accounts    []AccountView
	Superseded  []string
	Next        []ui.KV // the address that follows, with its parameters explained
}

// ProblemView is a request that leads nowhere: the address that was sent beside the one that is registered.
type ProblemView struct {
	Page    layout.BankPage
	Message layout.MessageView
	Facts   []ui.KV
	Diff    *ui.DiffView
	Note    string
}
