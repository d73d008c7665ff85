package backoffice

import "fairway/web/templates/ui"

// NoticeView is something to know before going on.
type NoticeView struct {
	Tone        ui.Tone
	Title, Text string
}

// ReviewsView is the queue of what organisations handed in for Live.
type ReviewsView struct {
	Head    ui.HeadView
	Notices []NoticeView
	Next    *ui.LinkView // to what is due first; nil where nothing waits
	States  []ui.TabLink
	Columns ui.TableView
	Rows    []ReviewRow
	Empty   ui.EmptyView
	More    string // that the list is longer, or ""
}

// ReviewRow is one enrolment of the queue.
type ReviewRow struct {
	Href, Organisation      string
	Identifier, Country     string
	SubmittedISO, Submitted string
	LeftTone                ui.Tone
	Left                    string
	DueISO, Due             string // "" where nothing is due
	ChecksTone              ui.Tone
	Checks                  string
	StateTone               ui.Tone
	State                   string
}
