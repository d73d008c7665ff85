package site

import (
	"github.com/a-h/templ"

	"fairway/web/templates/ui"
)

// ProgressView is how far the reader has come.
type ProgressView struct {
	SignIn, Staff bool
	Text          string
	Steps         []ui.StepView
}

// UsageView is what the reader's apps used today.
type UsageView struct {
	SignIn, Staff bool
	Any           bool // some app sent a request
	Bars          []ui.ProgressView
	Reset         string
}

// Lifecycle is an API with its versions.
type Lifecycle struct {
	ID, Name string
	None     bool
	Note     string // that nothing is planned
	Rows     []VersionRow
	Picture  LifePicture
}

// VersionRow is a version with its days.
type VersionRow struct {
	Version, Brands                        string
	Sandbox, Released, Deprecated, Removed string
	State                                  string
	Tone                                   ui.Tone
}

// LifePicture is the versions of an API along an axis of time.
type LifePicture struct {
	ID, Title, Description string
	Width, Box, Bottom     string
	Today                  string
	Ticks                  []Tick
	Rows                   []LifeRow
}

// Tick is a date on the axis.
type Tick struct{ X, Text string }

// LifeRow is one version.
type LifeRow struct {
	Label, LabelY string
	Phases        []Phase
}

// Phase is a part of a version's life.
type Phase struct {
	X, Y, Width, Height string
	Text, TextX, TextY  string
	Current, Deprecated bool // neither: in the sandbox
}

// YourVersionsView is which versions the reader's apps call.
type YourVersionsView struct {
	SignIn, Staff bool
	Lines         []YourVersion
	Note          string
}

// YourVersion is one version that is called, and where it comes to an end; Ends is empty where it is nowhere deprecated.
type YourVersion struct{ Text, Ends string }

// ChangesView is the list of changes and its filter.
type ChangesView struct {
	API, Tag ui.SelectView
	Filtered bool
	Count    string
	Nothing  string // what is said where no entry is left
	Entries  []ChangeRow
}

// ChangeRow is one change.
type ChangeRow struct {
	ID, Title, About, Tag string
	Tone                  ui.Tone
	ISO, Date             string
	Body                  templ.Component
	Affects               string // which of the reader's apps it is about; empty where nobody asks
}

// YourRequestView is the request that a reader writes about, and the address to write to.
type YourRequestView struct {
	Trace         string
	Note          string // why nothing more is shown
	Facts         []ui.KV
	Mail, Address string
}

// PKCEView is a verifier and its challenge.
type PKCEView struct {
	Token                        string
	Problems                     []ui.FieldError
	Verifier                     ui.FieldView
	Bytes, Hash, Challenge, Note string
}
