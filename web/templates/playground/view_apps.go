package playground

import "fairway/web/templates/ui"

// AppsView lists the organisation's apps.
type AppsView struct {
	Head   ui.HeadView
	Notice *NoticeView
	Create string // where a new one is made, beside those that are there; empty where none can be
	Cards  []AppCard
	Empty  ui.EmptyView // what stands there without any
}

// AppCard is an app in the list.
type AppCard struct {
	Name, Href  string
	Facts       []ui.KV
	Connections []string
}

// AppFormView is the form of a new app or of a change.
type AppFormView struct {
	FormView
	Head             ui.HeadView
	Once             string
	Name, NameError  string
	URIs, URIsError  string
	Schemes          string // which addresses are allowed
	Playground       string // our own redirect URI
	Button, CancelTo string
}

// AppView is one app.
type AppView struct {
	ID, Name    string
	Head        ui.HeadView
	Facts       []ui.KV
	Usage       ui.ProgressView
	Credentials []CredentialRow
	Rotate      []ui.LinkView
	// Renew gives the playground new credentials, where it has lost its own.
	Renew       *ui.PostView
	Shell       *ui.LinkView // where calls for the TPP's own shell are written, in Live
	URIs        []URIRow
	Connections []ConnectionRow
	EditHref    string
	DeleteHref  string
	APIsHref    string
}

// CredentialRow is a secret or key as it may be shown.
type CredentialRow struct {
	ID, Kind, Hint     string
	Playground         bool
	CreatedISO         string
	Created            string
	UsedISO, Used      string
	ExpiresISO, Expiry string
	RevokeHref         string
}

// URIRow is one redirect URI.
type URIRow struct {
	ID, URI    string
	Playground bool
}

// ConnectionRow is an API that the app may call.
type ConnectionRow struct {
	API, Brand     string
	SinceISO       string
	Since          string
	DisconnectHref string
}

// RotateView asks how a secret or key is replaced.
type RotateView struct {
	FormView
	Head       ui.HeadView
	Kind, Once string
	Points     []string
	Overlap    *ui.ChoiceView // where there is one that may stay
	Confirm    ConfirmView
	Button     string
	CancelHref string
}

// DeleteView asks for the app's name before it is deleted.
type DeleteView struct {
	FormView
	Head             ui.HeadView
	App              string
	Points           []string
	Typed, NameError string
	CancelHref       string
}
