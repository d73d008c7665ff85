package ui

// SamplesView is one program in several languages, each behind a tab. The tabs are links: without script they lead to the same
// page in another language, which the server remembers; with script they switch every set of the page in place.
type SamplesView struct {
	Label  string
	Tabs   []SampleTab
	Panels []SamplePanel
	// Alone says that there is one panel, and the other tabs lead away.
	Alone bool
}

// SampleTab leads to a language.
type SampleTab struct {
	Href, Lang, Text string
	Current          bool
}

// SamplePanel is the program in one language, with how it runs and what usually goes wrong in it.
type SamplePanel struct {
	ID, Lang, Title string
	Code            CodeView
	Run, Needs      string
	Pitfalls        []string
	Hidden          bool
}
