package playground

import "fairway/web/templates/ui"

// APIsView is the catalogue by brand.
type APIsView struct {
	Problems []ui.FieldError
	Head     ui.HeadView
	Notice   *NoticeView
	Brands   []BrandView
	Connect  string // where its forms go
	Nothing  string // what a brand without APIs is said to do, after its name
}

// BrandView is a brand with its APIs.
type BrandView struct {
	ID, Name, Former string
	APIs             []APIView
}

// APIView is one API of a brand.
type APIView struct {
	ID       string // of the card
	Card     ui.CardView
	Versions []VersionView
	Facts    []ui.KV
	// RoleMissing says that the certificates lack what the API needs; RoleLink mends it.
	RoleMissing string
	RoleLink    ui.LinkView
	Connected   []ConnectedApp
	Connect     *ConnectView
	// Closed says why there is nothing to connect now.
	Closed     string
	Operations []OperationRow
}

// VersionView is a version with its state.
type VersionView struct {
	Text, State, Detail string
	Tone                ui.Tone
}

// ConnectedApp is an app that may call the API.
type ConnectedApp struct{ Name, Href, DisconnectHref string }

// ConnectView is the form that connects an app. With one app there is nothing to choose.
type ConnectView struct {
	Fields []ui.Hidden
	Apps   *ui.SelectView
	Button string
	For    string
}

// OperationRow is one call of an API.
type OperationRow struct{ Method, Path, Summary string }
