package signin

import (
	"strings"

	"github.com/a-h/templ"

	"fairway/web/templates/ui"
)

// CodeView asks for the second step of a log-in.
type CodeView struct {
	Errors    []ui.FieldError
	CodeError string
	Email     string
	Next      string
	Recovery  bool   // a recovery code is asked for, not the app's
	Other     string // address of this page that asks for the other kind
}

// EnrolView sets up an authenticator app.
type EnrolView struct {
	Title, Lead string
	Action      string
	Errors      []ui.FieldError
	CodeError   string
	Key         string        // in groups of four
	Link        templ.SafeURL // made by AppLink
	QR          QRView
	Next        string
	Half        bool // the person is not signed in yet
}

// AppLink lets an address open in an authenticator app, and no other address anywhere.
func AppLink(address string) templ.SafeURL {
	if !strings.HasPrefix(address, "otpauth://totp/") {
		return ""
	}
	return templ.SafeURL(address)
}

// QRView is a QR code: the modules of a square as one path of an SVG.
type QRView struct {
	Box   string // "0 0 45 45"
	Paper string // path of the whole square, which stays white in the dark
	Ink   string // path of the dark modules
}

// CodesView shows recovery codes this once.
type CodesView struct {
	Title, Lead string
	Codes       []string
	All         string // the codes, one a line, to copy
	NextHref    string
}

// FactorView says what a person's second factor is, and changes it.
type FactorView struct {
	Errors []ui.FieldError
	Facts  []ui.KV
	Few    string // a warning that few recovery codes are left, or ""
	Factor ui.FactorView
}

// ConfirmView asks for a code before a page that needs a recent one.
type ConfirmView struct {
	Errors []ui.FieldError
	Factor ui.FactorView
	Next   string
}
