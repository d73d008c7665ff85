package reference

import (
	"context"
	"strconv"

	"fairway/internal/contract"
	"fairway/internal/search"
	page "fairway/web/templates/reference"
)

// Entries are the operations with their parameters and fields, for the search over everything that can be read. What several
// operations say of a name in the same words is listed once.
func Entries(context.Context) ([]search.Entry, error) {
	documents, err := contract.Documents()
	if err != nil {
		return nil, err
	}
	var out []search.Entry
	known := map[string]bool{}
	for _, d := range documents {
		for _, o := range d.Operations {
			for _, e := range operationEntries(documentPath(d)+"/"+o.ID, o) {
				if said := e.Section + "\x00" + e.Body; e.Section == "" || !known[said] {
					known[said] = true
					out = append(out, e)
				}
			}
		}
	}
	return out, nil
}

// operationEntries are one operation's page and each name on it. What every operation has in common, the proofs of who calls
// and the form of errors, is told by the documentation.
func operationEntries(path string, o contract.Operation) []search.Entry {
	const group = "API reference"
	call := o.Method + " " + o.Path
	out := []search.Entry{{Group: group, Title: call, Href: path, Names: []string{o.ID, call, o.Path}, Body: o.Summary + " " + o.Description}}
	groups := groups(o)
	if a := o.Success(); len(a.Fields) > 0 {
		status := strconv.Itoa(a.Status)
		groups = append(groups, page.GroupView{ID: "answer-" + status, Title: "Answer " + status, Rows: fieldRows("answer-"+status, a.Fields)})
	}
	for _, g := range groups {
		if g.ID == "error" || g.ID == "answer-headers" {
			continue
		}
		for _, row := range g.Rows {
			out = append(out, search.Entry{Group: group, Title: call, Section: g.Title + ": " + row.Name, Href: path + "#" + row.ID, Names: []string{row.Name}, Body: row.Description})
		}
	}
	return out
}
