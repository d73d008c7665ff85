package backoffice

import (
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// BrandsView is the list of brands.
type BrandsView struct {
	Head ui.HeadView
	New  ui.LinkView
	Rows []BrandRow
}

// BrandRow is one brand of the list.
type BrandRow struct {
	Name, Href, ID, Former, Position string
	SandboxTone                      ui.Tone
	Sandbox                          string
	LiveTone                         ui.Tone
	Live, LiveHref                   string
	Versions                         []string
}

// BrandView is a brand with the form that changes it, or the form of a new one.
type BrandView struct {
	Head      ui.HeadView
	New       bool
	Audit     ui.LinkView
	Facts     []ui.KV
	Live      ui.CardView
	LiveFacts []ui.KV
	LiveHref  string
	APIs      []LineView
	Form      BrandFormView
}

// BrandFormView is what a brand is called and how it looks.
type BrandFormView struct {
	Problems   []ui.FieldError
	Action     string
	ID         ui.FieldView // of a new brand alone
	Fields     []ui.FieldView
	Colours    []ColoursView
	Factor     ui.FactorView
	CancelHref string
}

// ColoursView is one set of colours.
type ColoursView struct {
	Title  string
	Fields []ColourView
}

// ColourView is the field of a colour. Swatch is the colour itself, or nothing where what was typed is none.
type ColourView struct {
	Field  ui.FieldView
	Swatch string
}

// PreviewView is a page of the bank in colours that nobody has kept yet.
type PreviewView struct {
	Page   layout.BankPage
	Facts  []ui.KV
	Cards  ui.ChoiceView
	Action string
	Token  string
	Hidden []ui.Hidden
}

// BackendView is the form that says how a brand's own system is reached.
type BackendView struct {
	Head       ui.HeadView
	Problems   []ui.FieldError
	Action     string
	Open       bool // in Live now
	Fields     []ui.FieldView
	Roots      ui.FieldView
	Callers    ui.FieldView
	Factor     ui.FactorView
	CancelHref string
}

// APIsView is every API with its versions.
type APIsView struct {
	Head ui.HeadView
	APIs []APIView
}

// APIView is one API with its versions at each brand.
type APIView struct {
	Section ui.SectionView
	Change  ui.LinkView
	Facts   []ui.KV
	Lines   []LineView
}

// LineView is the versions of an API at a brand.
type LineView struct {
	Name, Caption string
	New           ui.LinkView
	Rows          []VersionRow
}

// VersionRow is one version.
type VersionRow struct {
	Version, For, Href                     string
	Tone                                   ui.Tone
	State                                  string
	Announced                              bool // without operations in this program
	Sandbox, Released, Deprecated, Removed string
}

// APIFormView is the form of an API's words.
type APIFormView struct {
	Head                    ui.HeadView
	Problems                []ui.FieldError
	Action                  string
	Name, Summary, Position ui.FieldView
	Factor                  ui.FactorView
	CancelHref              string
}

// VersionView is the form of a version's days, beside the days of all versions.
type VersionView struct {
	Head       ui.HeadView
	Problems   []ui.FieldError
	NotBuilt   string // that no operation of it is built in, or ""
	Action     string
	New        bool
	Version    ui.FieldView // of a new version alone
	Fields     []ui.FieldView
	Events     []ui.EventView
	Factor     ui.FactorView
	CancelHref string
}
