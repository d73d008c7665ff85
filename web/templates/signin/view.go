// Package signin draws the pages that lead into the portal and out of it: sign-up, log-in, the links of letters, and
// who is signed in.
package signin

import "fairway/web/templates/ui"

// Entry is one answer of a form as it was given, and what is wrong with it.
type Entry struct{ Value, Error string }

// SignUpView is the form that makes an account.
type SignUpView struct {
	Errors                       []ui.FieldError
	Email, Organisation, Country Entry
	PasswordError                string
	Countries                    []ui.Option
}

// InboxView says where the letter went.
type InboxView struct {
	Email     string
	Outbox    bool   // the development outbox is open
	Wait      string // why the letter was not sent again
	Confirmed bool
}

// LogInView is the form that lets somebody in.
type LogInView struct {
	Errors []ui.FieldError
	Email  Entry
	Next   string
}

// AskResetView is the form that asks for a new password.
type AskResetView struct {
	Errors []ui.FieldError
	Email  Entry
}

// LinkView is a page behind a link of a letter that asks for one act.
type LinkView struct {
	Path  string
	Email string
}

// PasswordView is a page behind a link of a letter that asks for a new password.
type PasswordView struct {
	Path          string
	Email         string
	Title, Lead   string
	Button        string
	Errors        []ui.FieldError
	PasswordError string
}

// DeadLinkView is what a link says that was used or is too old.
type DeadLinkView struct {
	Title, Text string
	Again       string // where a new letter is asked for by POST, or ""
	Ask         string // the page where one asks for a new link, or ""

	OnText, OnHref string // where to go on
}

// AccountView says who is signed in, and where.
type AccountView struct {
	Facts    []ui.KV
	Sessions []SessionView
}

// SessionView is one browser that is signed in.
type SessionView struct {
	Browser, Address string
	Since, SinceISO  string
	Seen, SeenISO    string
	Current          bool
}
