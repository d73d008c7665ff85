package ui

import "github.com/a-h/templ"

// HeadView is the head of a page: one h1 and what stands beside it.
type HeadView struct {
	Title  string
	Lead   string // a sentence or two
	Crumbs []Crumb
	Tone   Tone   // of Status
	Status string // a badge beside the title
}

// Crumb is one step of the way to a page. The last one has no Href.
type Crumb struct{ Text, Href string }

// CardView is a bordered part of a page with a heading.
type CardView struct {
	ID     string
	Title  string
	Minor  bool // h3 instead of h2
	Lead   string
	Tone   Tone // of Status
	Status string
}

// SectionView is a part of a page with a heading and an optional link beside it.
type SectionView struct {
	ID, Title          string
	Lead               string
	LinkText, LinkHref string
}

// TabsView is a set of panels of which one shows. Without script all show, one under the other. The panels follow as
// children: one TabPanel for each Tab.
type TabsView struct {
	Label string
	Tabs  []Tab
}

// Tab leads to the TabPanel with its ID. Lang marks a code sample: the choice is remembered for all tabs of the site.
type Tab struct {
	ID, Text string
	Selected bool
	Lang     string
}

// TabLink is a tab that is a page of its own.
type TabLink struct {
	Text, Href string
	Current    bool
}

// DialogView is a question in front of the page. The link that opens it leads to a page that asks the same.
type DialogView struct{ ID, Title string }

// PollView is a part of a page that fetches itself again. Without Href it is finished and stays as it is.
type PollView struct {
	ID      string
	Href    string
	Seconds int
}

func (v TabsView) current(t Tab) string {
	for _, other := range v.Tabs {
		if other.Selected {
			return when(t.Selected, "true")
		}
	}
	return when(t.ID == v.Tabs[0].ID, "true")
}

func (v PollView) trigger() string { return "every " + number(max(v.Seconds, 1)) + "s" }

// HeroView is what the landing page says first. Aside stands beside the words, where there is room.
type HeroView struct {
	Title, Lead string
	Aside       templ.Component
}
