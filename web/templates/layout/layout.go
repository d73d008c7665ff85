// Package layout owns the frame around every page: head, header, navigation and footer, for the portal, for the
// documentation and for the pages of the banks.
package layout

import (
	"strings"

	"fairway/web/templates/ui"
)

// Page is what the frame of the portal's pages needs to know.
type Page struct {
	Title       string // as the h1 says it; "Fairway" is added
	Description string // one sentence for search engines, on public pages
	Path        string // of this page, to mark it in the navigation
	Env         string // "", "sandbox" or "live"

	SignedIn     bool
	Staff        bool
	Home         string // where this visitor begins: "/playground", "/admin", "/support-desk" or "/"
	Organisation string // or, for staff, her part of the service provider
	Email        string
	Token        string // form token for logging out and changing the theme
	Theme        string // "auto", "light" or "dark"

	Suspended string // why the visitor's organisation is suspended, or ""
	Flash     *ui.FlashView
	Error     bool     // a form was refused: the title says so first
	Wide      bool     // tables and side-by-side views use the whole width
	Refresh   string   // seconds after which a browser without script loads the page again, or ""
	Public    bool     // search engines may list it
	Support   string   // where to ask for help, or ""
	DevOutbox bool     // the local outbox at /dev/outbox is open; development only
	Scripts   []string // names of further modules in web/static
	Canonical string   // the page's own full address, for search engines, or ""
	Feed      string   // address of the feed of changes that the page belongs to, or ""
	Finder    bool     // the header has the search field; the frame of the documentation sets it
}

// SearchPath is the page that looks through the documentation.
const SearchPath = "/search"

// documentation adds what belongs to every page of the documentation: the search in the header, unless the page is the search.
func (p Page) documentation() Page {
	p.Finder = p.Path != SearchPath
	p.Scripts = append([]string{"find.js"}, p.Scripts...)
	return p
}

// NavGroup is a part of the navigation with its heading.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is one link of the navigation. Sub marks an entry below the one before it.
type NavItem struct {
	Text, Href, Icon string
	Current          bool
	Sub              bool
}

// BankPage is what the frame of a bank's own pages needs to know. It has no portal navigation: the person who reads it
// is the bank's customer.
type BankPage struct {
	Title     string
	BrandID   string // "rocker"
	BrandName string // "Rocker"
	BrandCSS  string // address of the brand's colours, made by static.BrandCSS
	Theme     string
	Sandbox   bool // shows the ribbon
	Error     bool
	Refresh   string
	Footer    string // who to ask, in the bank's words
}

// MessageView is a page that says what happened and what to do next.
type MessageView struct {
	Code      string // "404", shown small above the heading, or ""
	Title     string
	Text      []string // paragraphs
	Reference string   // the request id that support asks for
	Icon      string
	Actions   []ui.LinkView
	Near      []ui.LinkView // pages that may have been meant
}

// title tells pages apart that are there in both environments.
func (p Page) title() string {
	if p.Env == "live" && !strings.Contains(p.Title, "Live") {
		return pageTitle(p.Error, p.Title, "Live – Fairway")
	}
	return pageTitle(p.Error, p.Title, "Fairway")
}

func (p BankPage) title() string { return pageTitle(p.Error, p.Title, p.BrandName) }

func pageTitle(refused bool, title, owner string) string {
	t := title
	if t == "" {
		t = owner
	} else if t != owner {
		t += " – " + owner
	}
	if refused {
		return "Error: " + t
	}
	return t
}

func theme(name string) string {
	switch name {
	case "light", "dark":
		return name
	}
	return "auto"
}

// learn are the pages that need no account.
func (p Page) learn() []NavItem {
	return []NavItem{
		p.item("Documentation", "/docs", "book-open"),
		p.item("Reference", "/reference", "braces"),
		p.item("Debugger", "/debugger", "file-diff"),
		p.item("Inspector", "/inspector", "file-badge"),
	}
}

// outside is the navigation of the pages that need no account, in narrow windows.
func (p Page) outside() []NavGroup {
	items := p.learn()
	if p.SignedIn && !p.Staff {
		items = append([]NavItem{p.item("Dashboard", "/playground", "layout-dashboard")}, items...)
	}
	return []NavGroup{{Items: items}}
}

// groups is the navigation of the signed-in pages. What is not built has no entry.
func (p Page) groups() []NavGroup {
	learn := NavGroup{Title: "Learn", Items: p.learn()}
	if p.Staff {
		return []NavGroup{p.desk(), {Title: "You", Items: []NavItem{
			p.item("Your account", "/account", "user-round"),
			p.item("Second factor", "/account/factor", "shield-check"),
		}}, learn}
	}
	return []NavGroup{
		{Title: "Build", Items: []NavItem{
			p.item("Dashboard", "/playground", "layout-dashboard"),
			p.item("Requests", "/playground/requests", "scroll-text"),
		}},
		{Title: "Sandbox", Items: []NavItem{
			p.item("Certificates", "/playground/certificates", "file-key"),
			p.item("Apps", "/playground/apps", "app-window"),
			p.item("APIs", "/playground/apis", "plug"),
			p.item("Playground", "/playground/flow", "play"),
			p.item("Rehearsals", "/playground/rehearsals", "flask-conical"),
		}},
		{Title: "Live", Items: []NavItem{
			p.item("Certificates", "/playground/live/certificates", "badge-check"),
			p.item("Apps", "/playground/live/apps", "app-window"),
			p.item("APIs", "/playground/live/apis", "plug"),
			p.item("Your shell", "/playground/live/shell", "square-terminal"),
		}},
		learn,
	}
}

// desk is what staff works with: support has its own desk, an administrator both.
func (p Page) desk() NavGroup {
	g := NavGroup{Title: "Work"}
	if p.Home == "/admin" {
		g.Items = append(g.Items, p.item("Administration", "/admin", "layout-dashboard"),
			p.item("Organisations", "/admin/organisations", "building-2"),
			p.item("Brands", "/admin/brands", "tag"),
			p.item("APIs", "/admin/apis", "plug"),
			p.item("Limits", "/admin/limits", "gauge"),
			p.item("Sources", "/admin/sources", "landmark"),
			p.item("Audit", "/admin/audit", "scroll-text"))
	}
	g.Items = append(g.Items, p.item("Support desk", "/support-desk", "life-buoy"), p.item("Review queue", "/admin/reviews", "clipboard-check"))
	return g
}

// item marks the entry whose page or part of the site this is.
func (p Page) item(text, href, icon string) NavItem {
	exact := p.Path == href
	below := href != "/playground" && href != "/account" && href != "/admin" && strings.HasPrefix(p.Path, href+"/")
	return NavItem{Text: text, Href: href, Icon: icon, Current: exact || below}
}

func (p Page) mailto() string { return "mailto:" + p.Support }

func (p Page) home() string {
	if p.Home == "" {
		return "/"
	}
	return p.Home
}

func (p Page) inPart(path string) bool { return p.Path == path || strings.HasPrefix(p.Path, path+"/") }

// current is the value of aria-current.
func current(is bool) string {
	if is {
		return "page"
	}
	return "false"
}

func pressed(is bool) string {
	if is {
		return "true"
	}
	return "false"
}
