// Package reference owns the pages of the API reference.
package reference

import (
	"fairway/web/templates/ui"
)

// ListView is the start of the reference: every API with its versions and what can be downloaded.
type ListView struct {
	Head  ui.HeadView
	APIs  []APICard
	Tools ToolsView
}

// APICard is one version of an API.
type APICard struct {
	Card       ui.CardView
	Href       string
	Operations string // "4 operations"
	States     []StateRow
	Note       string // instead of states: "It comes with every API."
	Downloads  []ui.LinkView
}

// StateRow is where a version stands at a brand.
type StateRow struct {
	Brand, State string
	Tone         ui.Tone
	Until        string // "Until 28 May 2027", or ""
}

// ToolsView offers collections for tools of others.
type ToolsView struct {
	Lead  string
	Form  *ChooseView
	Links []ui.LinkView
	Needs []string
}

// ChooseView is the choice of the app and brand that collections are filled with.
type ChooseView struct {
	Apps, Brands ui.SelectView
}

// UnknownView is the page of a version that does not exist.
type UnknownView struct {
	Message  string
	Versions []ui.LinkView
}

// APIView is one version of an API: what it is for, and its operations.
type APIView struct {
	Head       ui.HeadView
	Actions    []ui.LinkView
	Facts      []ui.KV
	Brands     []ui.TabLink
	States     []StateRow
	Note       string
	Operations []OperationRow
}

// OperationRow is an operation in the list of an API.
type OperationRow struct{ Method, Path, Href, Summary string }

// OperationView is the page of one operation.
type OperationView struct {
	Head         ui.HeadView
	Method, Path string
	Actions      []ui.LinkView
	Markdown     string // address of the page as Markdown
	Brands       []ui.TabLink
	Proofs       []RowView
	Groups       []GroupView
	Answers      []AnswerView
	Request      []PanelView
	Replies      []PanelView
	Samples      *ui.SamplesView // the example as a program; nil where no program can carry it
	HasIDs       bool            // its address holds ids of the example
}

// GroupView are rows under one heading.
type GroupView struct {
	ID, Title, Lead string
	Rows            []RowView
}

// RowView is one parameter, header or field.
type RowView struct {
	ID, Name    string
	Type        string
	Required    string // "required", "optional", or when it is
	Must        bool
	Description string
	Limits      string
	Depth       string // a class: "", "d1" to "d3"
	As, AsHref  string // the row whose members are the same
}

// AnswerView is what comes back with one status.
type AnswerView struct {
	ID, Status  string
	Tone        ui.Tone
	Description string
	Codes       []CodeLink
	Fields      []RowView
	Note        string // "The answer has no body."
}

// CodeLink is a message code with its page.
type CodeLink struct{ Code, Href, Title string }

// PanelView is one example, in a set of tabs.
type PanelView struct {
	Tab   ui.Tab
	Title string
	Code  ui.CodeView
}

func tabs(panels []PanelView) []ui.Tab {
	out := make([]ui.Tab, 0, len(panels))
	for _, p := range panels {
		out = append(out, p.Tab)
	}
	return out
}
