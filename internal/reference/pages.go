package reference

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/codeview"
	"fairway/internal/contract"
	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
	page "fairway/web/templates/reference"
	"fairway/web/templates/ui"
)

// markdown is what an address ends with where the page is wanted as plain text.
const markdown = ".md"

// frame is the frame of a page of the reference.
func (f *Face) frame(c *gin.Context, title, description, path string) layout.Page {
	p := httpkit.PublicFrame(c, title, description)
	p.Path, p.Canonical, p.Wide = path, f.BaseURL.String()+path, true
	return p
}

// showList is the start of the reference.
func (f *Face) showList(c *gin.Context) error {
	r, err := f.read(c)
	if err != nil {
		return err
	}
	view, err := f.listView(c.Request.Context(), r)
	if err != nil {
		return err
	}

	frame := f.frame(c, view.Head.Title, "Every operation of the bank APIs with its parameters, fields, limits, errors and examples, as pages, OpenAPI and collections.", rootPath)
	frame.Wide = false
	return httpkit.Page(c, http.StatusOK, page.List(frame, f.navigation(frame, contract.Document{}, ""), view))
}

// showVersions leads from an API to its newest version.
func (f *Face) showVersions(c *gin.Context) error {
	documents, err := contract.Documents()
	if err != nil {
		return err
	}
	for _, d := range documents {
		if d.API == c.Param("api") {
			return httpkit.SeeOther(c, documentPath(d))
		}
	}
	return f.showUnknown(c, "There is no API of this name.")
}

// showUnknown lists what there is, where something else was asked for.
func (f *Face) showUnknown(c *gin.Context, message string) error {
	documents, err := contract.Documents()
	if err != nil {
		return err
	}
	view := page.UnknownView{Message: message + " These are the versions that the reference describes:"}
	for _, d := range documents {
		view.Versions = append(view.Versions, ui.LinkView{Text: d.Title + " " + d.Version, Href: documentPath(d)})
	}
	frame := httpkit.Frame(c, "Not in the reference")
	return httpkit.Page(c, http.StatusNotFound, page.Unknown(frame, f.navigation(frame, contract.Document{}, ""), view))
}

// document finds the document of an address.
func document(c *gin.Context) (contract.Document, bool) {
	return contract.Find(c.Param("api"), strings.TrimSuffix(c.Param("version"), markdown))
}

// showAPI is a version of an API, as a page or as Markdown.
func (f *Face) showAPI(c *gin.Context) error {
	d, ok := document(c)
	if !ok {
		return f.showUnknown(c, "There is no such version of this API.")
	}
	r, err := f.read(c)
	if err != nil {
		return err
	}
	if strings.HasSuffix(c.Param("version"), markdown) {
		return sendMarkdown(c, apiMarkdown(d, r.at))
	}
	view, err := f.apiView(c.Request.Context(), d, r)
	if err != nil {
		return err
	}

	frame := f.frame(c, d.Title+" "+d.Version+" – API reference", d.Summary, documentPath(d))
	return httpkit.Page(c, http.StatusOK, page.API(frame, f.navigation(frame, d, ""), view))
}

// showOperation is one operation, as a page or as Markdown.
func (f *Face) showOperation(c *gin.Context) error {
	d, ok := document(c)
	if !ok {
		return f.showUnknown(c, "There is no such version of this API.")
	}
	o, ok := d.Operation(strings.TrimSuffix(c.Param("operation"), markdown))
	if !ok {
		return f.showUnknown(c, "This version has no such operation.")
	}
	r, err := f.read(c)
	if err != nil {
		return err
	}
	if strings.HasSuffix(c.Param("operation"), markdown) {
		return sendMarkdown(c, operationMarkdown(d, o, r.at))
	}

	view := operationView(d, o, r)
	view.Samples = codeview.Program("sample", sampleOf(d, o, r), httpkit.CodingOf(c))
	frame := f.frame(c, o.Summary+" – "+d.Title+" "+d.Version, o.Method+" "+o.Path+": "+firstSentence(o.Description), documentPath(d)+"/"+o.ID)
	frame.Scripts = []string{"reference.js"}
	return httpkit.Page(c, http.StatusOK, page.Operation(frame, f.navigation(frame, d, o.ID), view))
}

func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(sentence, ".") + "."
}

func sendMarkdown(c *gin.Context, text string) error {
	c.Header("X-Robots-Tag", "noindex")
	c.Data(http.StatusOK, "text/markdown; charset=utf-8", []byte(text))
	return nil
}

// sendYAML and sendJSON are the document as a file, with the addresses of the brand that was chosen.
func (f *Face) sendYAML(c *gin.Context) error {
	return f.sendDocument(c, ".yaml", "application/yaml", contract.Document.YAML)
}

func (f *Face) sendJSON(c *gin.Context) error {
	return f.sendDocument(c, ".json", "application/json", contract.Document.JSON)
}

func (f *Face) sendDocument(c *gin.Context, ending, kind string, write func(contract.Document, contract.Addresses) ([]byte, error)) error {
	d, ok := document(c)
	if !ok {
		return f.showUnknown(c, "There is no such version of this API.")
	}
	r, err := f.read(c)
	if err != nil {
		return err
	}
	text, err := write(d, r.at)
	if err != nil {
		return err
	}
	return httpkit.Download(c, "fairway-"+d.API+"-"+d.Version+ending, kind, text)
}

// navigation lists the APIs, and the operations of the one that is shown.
func (f *Face) navigation(frame layout.Page, shown contract.Document, operation string) []layout.NavGroup {
	groups := []layout.NavGroup{{Title: "Reference", Items: []layout.NavItem{
		{Text: "All APIs", Href: rootPath, Icon: "layers", Current: frame.Path == rootPath},
		{Text: "Documentation", Href: "/docs", Icon: "book-open"},
	}}}
	documents, err := contract.Documents()
	if err != nil {
		return groups
	}
	for _, d := range documents {
		g := layout.NavGroup{Title: d.Title, Items: []layout.NavItem{{Text: "Overview, " + d.Version, Href: documentPath(d), Current: frame.Path == documentPath(d)}}}
		if d.API == shown.API && d.Version == shown.Version {
			for _, o := range d.Operations {
				g.Items = append(g.Items, layout.NavItem{Text: o.Method + " " + shortPath(d, o), Href: documentPath(d) + "/" + o.ID, Sub: true, Current: o.ID == operation})
			}
		}
		groups = append(groups, g)
	}
	if frame.SignedIn && !frame.Staff {
		groups = append(groups, layout.NavGroup{Title: "Build", Items: []layout.NavItem{{Text: "Dashboard", Href: "/playground", Icon: "layout-dashboard"}}})
	}
	return groups
}

// shortPath is a path without the API's name and version.
func shortPath(d contract.Document, o contract.Operation) string {
	return strings.TrimPrefix(o.Path, "/"+d.API+"/"+d.Version)
}
