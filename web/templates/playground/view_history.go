package playground

import "fairway/web/templates/ui"

// HistoryView is what a person sent and what her organisation saved.
type HistoryView struct {
	Head    ui.HeadView
	Compare string // where two that were ticked are compared
	Sent    []SentRow
	Saved   []SavedRow
	Waits   bool // for the answer to one of them
}

// SentRow is one request of the history.
type SentRow struct {
	ID, SentISO, Sent       string
	Operation, Brand, Grant string // Grant names the kind of a token call
	Notes                   []string
	Tone                    ui.Tone
	Status, Code, Took      string
	Href, ShareHref         string // its call; empty where the log has none
	AgainHref, SaveHref     string // empty where it cannot be made again
}

// SavedRow is one saved request.
type SavedRow struct {
	Name, Note, Operation, Brand string
	Href, EditHref, DeleteHref   string
}

// SaveView is the form that gives a request a name and a note.
type SaveView struct {
	FormView
	Head       ui.HeadView
	Fields     []ui.Hidden
	Name, Note ui.FieldView
	Button     string
	CancelHref string
}

// ForgetView asks before a saved request is deleted.
type ForgetView struct {
	Head                     ui.HeadView
	Action, CancelHref, Text string
}

// CompareView is two requests side by side.
type CompareView struct {
	Head  ui.HeadView
	Note  string
	Sides []SideView
	Parts []PartView
}

// SideView is one of the two.
type SideView struct {
	Title, Status string
	Tone          ui.Tone
	Facts         []ui.KV
	Links         []ui.LinkView
}

// PartView is one part of both compared.
type PartView struct {
	ID, Title, Status, Note string
	Tone                    ui.Tone
	Diff                    ui.DiffView
}
