package playground

import (
	"fairway/web/static"
	"fairway/web/templates/ui"
)

// SignView is a request that is prepared and waits for a signature that this browser makes. Only the signature is sent.
type SignView struct {
	Action, Token string
	Fields        []ui.Hidden
	// Text is what is signed as it is shown, Exact the same as a string of JSON.
	Text   ui.CodeView
	Exact  string
	Serial string
	Seal   SealKeyView
}

// SealKeyView tells whether the seal's key is in this browser, and lets a person add or remove it. Hash names the key, Scheme how it
// has to sign where that is not the right way.
type SealKeyView struct{ Hash, Serial, Scheme string }

// keystore is the module that keeps the key of a seal in the browser.
func keystore() string { return static.URL("keystore.js") }

// OwnRequestsView is the form for certificate signing requests, with their check lists once they were read.
type OwnRequestsView struct {
	FormView
	Head           ui.HeadView
	FormTitle      string
	Once           string
	Roles          ui.ChoiceView
	QWAC, QWACFile ui.FieldView
	QSeal          ui.FieldView
	QSealFile      ui.FieldView
	CheckLook      ui.Look
	Checked        *CheckedRequestsView
	Commands       ui.CodeView
}

// CheckedRequestsView is how two requests stand. Without Button nothing can be issued for them.
type CheckedRequestsView struct {
	Action          string
	Tone            ui.Tone
	Verdict, Advice string
	Repairs         []string
	Requests        []CheckedRequest
	Fields          []ui.Hidden
	Button          string
	ButtonLook      ui.Look
}

// CheckedRequest is one request with its check list.
type CheckedRequest struct {
	Card  ui.CardView
	Rules ui.RulesView
}
