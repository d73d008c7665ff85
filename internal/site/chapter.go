package site

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed pages/*.md
var sources embed.FS

// order is the order in which the documentation is read; the slug of the introduction is empty.
var order = []string{"introduction", "start", "flow", "environments", "limits", "auth", "signing", "errors", "connection", "live", "versions", "changelog", "terms", "contact"}

// chapter is one page of the documentation before its values are filled in.
type chapter struct {
	// Slug is the last part of its address; empty for the introduction.
	Slug string
	// Title is its h1, Name what the navigation calls it.
	Title, Name, Icon string
	// Lead is a sentence under the title, Description one for search engines.
	Lead, Description string
	// End is what a reader has at the end, Need what must be there before.
	End, Need string
	Body      string
}

// Path is the chapter's address.
func (c chapter) Path() string {
	if c.Slug == "" {
		return "/docs"
	}
	return "/docs/" + c.Slug
}

// chapters reads the embedded pages. They are part of the program, so a fault in them is found by the tests.
func chapters() ([]chapter, error) {
	out := make([]chapter, 0, len(order))
	for _, name := range order {
		raw, err := sources.ReadFile(path.Join("pages", name+".md"))
		if err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		c, err := readChapter(string(raw))
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		if name != order[0] {
			c.Slug = name
		}
		out = append(out, c)
	}
	return out, nil
}

// slugs are the last parts of the chapters' addresses.
func slugs() []string {
	out := slices.Clone(order)
	out[0] = ""
	return out
}

// readChapter takes the lines name: value before "---" off a page.
func readChapter(raw string) (chapter, error) {
	head, body, ok := strings.Cut(raw, "\n---\n")
	if !ok {
		return chapter{}, fmt.Errorf("it has no head that ends with ---")
	}
	c := chapter{Body: body}
	fields := map[string]*string{"title": &c.Title, "name": &c.Name, "icon": &c.Icon, "lead": &c.Lead,
		"description": &c.Description, "end": &c.End, "need": &c.Need}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		field, known := fields[name]
		if !known || value == "" {
			return chapter{}, fmt.Errorf("its head has the line %q", line)
		}
		*field = value
	}
	return c, nil
}
