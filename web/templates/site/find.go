package site

import "fairway/web/templates/ui"

// SearchView is the search and what it found.
type SearchView struct {
	Head   ui.HeadView
	Query  string
	Count  string
	Groups []FoundGroup
	Empty  bool      // something was looked for and nothing found
	Close  []Chapter // where to look otherwise
}

// FoundGroup is what was found of one kind.
type FoundGroup struct {
	Title string
	Rows  []FoundRow
}

// FoundRow is one place that was found.
type FoundRow struct {
	Href, Title, Section string
	Snippet              []Bit
}

// Bit is a piece of text; Hit marks what was looked for.
type Bit struct {
	Text string
	Hit  bool
}

// TermUse is a word of a text with its explanation.
type TermUse struct {
	ID   string // of the explanation on this page
	Word string // as the text has it
	Name string // what it stands for
	Href string // its row on the page of terms

	Meaning string
}

// TermsView is the list of terms and its search.
type TermsView struct {
	Query, Count string
	Everywhere   string // the same query, looked for in all of the documentation
	Rows         []TermRow
}

// TermRow is one term. Name is what an abbreviation stands for.
type TermRow struct{ ID, Called, Name, Meaning, Source string }
