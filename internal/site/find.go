package site

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/internal/search"
	"fairway/web/templates/layout"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

const (
	// mostFound is how many places the search lists.
	mostFound = 40
	// mostClose is how many pages are offered in place of one that is not there.
	mostClose = 3
)

// The groups in which the search lists what it found.
const (
	groupDocs    = "Documentation"
	groupTerms   = "Terms"
	groupCodes   = "Codes"
	groupHeaders = "Headers"
)

// index is made of everything that the library and others have to read.
func (f *Face) index(ctx context.Context, l *library) (*search.Index, error) {
	var list []search.Entry
	for _, h := range headers {
		list = append(list, search.Entry{Group: groupHeaders, Title: h.Name, Href: h.Href, Names: []string{h.Name}, Body: h.What})
	}
	for _, r := range messagecode.Everything() {
		list = append(list, search.Entry{Group: groupCodes, Title: r.Code, Href: messagecode.Path(r.Code), Names: []string{r.Code},
			Body: r.Title + ". " + r.What + " " + strings.Join(r.Causes, " ") + " " + messagecode.Plain(strings.Join(r.Fixes, " "))})
	}
	for _, c := range l.order {
		list = append(list, entriesOf(l.pages[c.Slug].chapter)...)
	}
	list = append(list, search.Entry{Group: groupDocs, Title: "API reference", Href: "/reference",
		Body: "Every operation with its parameters, fields, limits and errors; OpenAPI 3.1 documents, and collections for Postman, Bruno and Insomnia."})
	list = append(list, termEntries()...)
	list = append(list, changeEntries(l.changes)...)
	if f.Entries != nil {
		more, err := f.Entries(ctx)
		if err != nil {
			return nil, fmt.Errorf("list what else can be found: %w", err)
		}
		list = append(list, more...)
	}
	return search.New(answering(list)), nil
}

func entriesOf(c chapter) []search.Entry {
	var list []search.Entry
	for _, s := range sections(c.Body) {
		e := search.Entry{Group: groupDocs, Title: c.Title, Section: s.Title, Href: c.Path(), Body: s.Body}
		if s.ID == "" {
			e.Body = c.Lead + " " + s.Body
		} else {
			e.Href += "#" + s.ID
		}
		list = append(list, e)
	}
	return list
}

func termEntries() []search.Entry {
	var list []search.Entry
	for _, t := range terms {
		e := search.Entry{Group: groupTerms, Title: t.called(), Href: termsPath + "#" + t.ID, Names: append([]string{t.called()}, t.Words...), Body: t.Meaning}
		if t.Short != "" {
			e.Body = t.Name + ". " + t.Meaning
		}
		list = append(list, e)
	}
	return list
}

// often are the pages that are offered before anything was typed, and where nothing was found.
var often = []page.Chapter{
	{Title: "Get started", Href: "/docs/start"}, {Title: "Message signing", Href: "/docs/signing"},
	{Title: "All error codes", Href: errorsPath}, {Title: "Test customers", Href: "/docs/environments#customers"},
}

// search looks through the documentation. Its results replace themselves while somebody types.
func (f *Face) search(c *gin.Context) error {
	l, err := f.library(c.Request.Context())
	if err != nil {
		return err
	}
	asked := search.Clean(c.Query("q"))

	results := l.index.Find(asked, mostFound)
	lead(results, asked, pastedCall(c.Query("q")))

	frame := httpkit.Frame(c, "Search")
	v := page.SearchView{Query: asked, Close: often, Head: ui.HeadView{Title: "Search", Lead: "Everything that can be read here: documentation, codes, headers, terms and changes."}}
	v.Groups, v.Empty = inGroups(results), asked != "" && len(results) == 0
	if v.Empty {
		v.Close = append(nearest(asked), often...)
	}
	v.Count = count(len(results), asked)
	return httpkit.Page(c, http.StatusOK, page.Search(frame, l.navigation(frame, layout.SearchPath), v))
}

// helpOf is the link at the end of an error answer's text.
var helpOf = regexp.MustCompile(`/docs/errors/[A-Za-z0-9_]{3,60}\?rid=([0-9a-z]{1,13})`)

// pastedCall is the id of the request that a pasted error answer belongs to; empty where the text has none.
func pastedCall(text string) string {
	m := helpOf.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	if _, ok := calls.ParseID(m[1]); !ok {
		return ""
	}
	return m[1]
}

// lead lets the page of the code that was pasted show the request, too.
func lead(results []search.Result, code, rid string) {
	for i := range results {
		if rid != "" && results[i].Href == messagecode.Path(code) {
			results[i].Href += "?" + url.Values{"rid": {rid}}.Encode()
		}
	}
}

func count(n int, asked string) string {
	switch {
	case asked == "":
		return "Type what you look for."
	case n == 0:
		return "No result for “" + asked + "”."
	case n == 1:
		return "1 result for “" + asked + "”."
	case n == mostFound:
		return fmt.Sprintf("The best %d results for “%s”.", n, asked)
	}
	return fmt.Sprintf("%d results for “%s”.", n, asked)
}

// inGroups keeps the order of the results: a group stands where its best one does.
func inGroups(results []search.Result) []page.FoundGroup {
	var groups []page.FoundGroup
	at := map[string]int{}
	for _, r := range results {
		i, ok := at[r.Group]
		if !ok {
			i = len(groups)
			at[r.Group], groups = i, append(groups, page.FoundGroup{Title: r.Group})
		}
		row := page.FoundRow{Href: r.Href, Title: r.Title}
		if r.Section != "" {
			row.Title, row.Section = r.Section, r.Title
		}
		for _, s := range r.Snippet {
			row.Snippet = append(row.Snippet, page.Bit(s))
		}
		groups[i].Rows = append(groups[i].Rows, row)
	}
	return groups
}

// terms is the list of terms, or of those that the address asks for.
func (f *Face) terms(c *gin.Context, l *library) (templ.Component, error) {
	v := page.TermsView{Query: search.Clean(c.Query("q"))}
	v.Everywhere = layout.SearchPath + "?" + url.Values{"q": {v.Query}}.Encode()
	found := map[string]bool{}
	for _, r := range l.words.Find(v.Query, len(terms)) {
		found[r.Href] = true
	}
	for _, t := range terms {
		if v.Query != "" && !found[termsPath+"#"+t.ID] {
			continue
		}
		row := page.TermRow{ID: t.ID, Called: t.called(), Meaning: t.Meaning, Source: t.Source}
		if t.Short != "" {
			row.Name = t.Name
		}
		v.Rows = append(v.Rows, row)
	}
	v.Count = fmt.Sprintf("%d terms", len(v.Rows))
	if len(v.Rows) == 1 {
		v.Count = "1 term"
	}
	return page.Terms(v), nil
}

// Near are the pages of the documentation that an address which is not there may have meant, three at most.
func (f *Face) Near(ctx context.Context, path string) []ui.LinkView {
	l, err := f.library(ctx)
	if err != nil {
		return nil // the error page says what it can without it
	}
	words := strings.ReplaceAll(strings.TrimPrefix(path, "/docs/"), "/", " ")
	var out []ui.LinkView
	seen := map[string]bool{}
	for _, r := range l.index.Find(words, mostFound) {
		href, _, _ := strings.Cut(r.Href, "#")
		if !seen[href] && len(out) < mostClose {
			seen[href] = true
			out = append(out, ui.LinkView{Text: r.Title, Href: href})
		}
	}
	return out
}
