package reference

import (
	"context"
	"net/url"
	"strconv"

	"fairway/internal/catalog"
	"fairway/internal/contract"
	page "fairway/web/templates/reference"
	"fairway/web/templates/ui"
)

func (f *Face) listView(ctx context.Context, r reader) (page.ListView, error) {
	v := page.ListView{Head: ui.HeadView{Title: "API reference", Lead: "Every operation with its parameters, fields, limits and errors. The same documents are the contract that each answer of this program is tested against."}}
	documents, err := contract.Documents()
	if err != nil {
		return v, err
	}
	for _, d := range documents {
		card := page.APICard{Card: ui.CardView{ID: d.API, Title: d.Title + " " + d.Version, Lead: d.Summary}, Href: documentPath(d) + r.query(),
			Operations: counted(len(d.Operations), "operation"), Downloads: downloads(d, r)}
		if card.States, card.Note, err = f.states(ctx, d, r); err != nil {
			return v, err
		}
		v.APIs = append(v.APIs, card)
	}
	v.Tools = toolsView(r)
	return v, nil
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// query carries the chosen brand on.
func (r reader) query() string {
	if !r.chose {
		return ""
	}
	return "?" + url.Values{"brand": {r.brand.ID}}.Encode()
}

func downloads(d contract.Document, r reader) []ui.LinkView {
	what := "of " + d.Title
	return []ui.LinkView{
		{Text: "OpenAPI, YAML", For: what, Href: documentPath(d) + "/openapi.yaml" + r.query(), Icon: "download", Look: ui.Ghost, Small: true, File: true},
		{Text: "OpenAPI, JSON", For: what, Href: documentPath(d) + "/openapi.json" + r.query(), Icon: "download", Look: ui.Ghost, Small: true, File: true},
	}
}

// states say where a version stands at each brand.
func (f *Face) states(ctx context.Context, d contract.Document, r reader) ([]page.StateRow, string, error) {
	switch d.API {
	case "oauth":
		return nil, "It is the same for all brands and versions.", nil
	case "consent":
		return nil, "It comes with every account information API and has no dates of its own.", nil
	case "rehearsals":
		return nil, "It belongs to the sandbox of every brand. Live has nothing like it.", nil
	}
	var rows []page.StateRow
	for _, b := range r.brands {
		offers, err := f.Catalog.Offers(ctx, catalog.Sandbox, b.ID)
		if err != nil {
			return nil, "", err
		}
		row := page.StateRow{Brand: b.Name, State: "Not offered"}
		for _, o := range offers {
			if o.API.ID == d.API && o.Version.Version == d.Version {
				row.State, row.Tone = o.State.Name(), toneOf(o.State)
				if until := o.Until(); until != nil {
					row.Until = "Until " + until.Format("2 Jan 2006")
				}
			}
		}
		rows = append(rows, row)
	}
	return rows, "", nil
}

func toneOf(s catalog.State) ui.Tone {
	switch s {
	case catalog.Current:
		return ui.OK
	case catalog.Deprecated:
		return ui.Warn
	case catalog.Upcoming:
		return ui.Note
	}
	return ui.Plain
}

func crumbs(d contract.Document) []ui.Crumb {
	return []ui.Crumb{{Text: "API reference", Href: rootPath}, {Text: d.Title + " " + d.Version, Href: documentPath(d)}}
}

func (f *Face) apiView(ctx context.Context, d contract.Document, r reader) (page.APIView, error) {
	v := page.APIView{Head: ui.HeadView{Title: d.Title + " " + d.Version, Lead: d.Description, Crumbs: crumbs(d)[:1]}, Brands: r.tabs(documentPath(d))}
	v.Head.Crumbs = append(v.Head.Crumbs, ui.Crumb{Text: d.Title + " " + d.Version})
	v.Actions = append(downloads(d, r), ui.LinkView{Text: "Markdown", For: "of this page", Href: documentPath(d) + markdown + r.query(), Icon: "file-text", Look: ui.Ghost, Small: true})
	v.Facts = []ui.KV{{Key: "Sandbox", Value: r.place(d, catalog.Sandbox), Copy: "sandbox-address"}}
	if d.API == "oauth" {
		v.Brands, v.Facts[0].Key = nil, "All brands"
	} else if d.API != "rehearsals" && r.brand.Live.Open() {
		v.Facts = append(v.Facts, ui.KV{Key: "Live", Value: r.place(d, catalog.Live), Copy: "live-address"})
	}
	for _, o := range d.Operations {
		v.Operations = append(v.Operations, page.OperationRow{Method: o.Method, Path: o.Path, Href: documentPath(d) + "/" + o.ID + r.query(), Summary: o.Summary})
	}
	var err error
	v.States, v.Note, err = f.states(ctx, d, r)
	return v, err
}

// place is the address of the chosen brand in an environment.
func (r reader) place(d contract.Document, env catalog.Environment) string {
	if d.API == "oauth" {
		return r.at.Auth
	}
	at := r.at
	at.Environment = string(env)
	return at.Place()
}

// bank is the address of the chosen brand's own pages.
func (r reader) bank() string {
	at := r.at
	at.API = r.at.Bank
	return at.Place()
}

// tabs lead to the same page for each brand.
func (r reader) tabs(path string) []ui.TabLink {
	out := make([]ui.TabLink, 0, len(r.brands))
	for _, b := range r.brands {
		out = append(out, ui.TabLink{Text: b.Name, Href: path + "?" + url.Values{"brand": {b.ID}}.Encode(), Current: b.ID == r.brand.ID})
	}
	return out
}

func toolsView(r reader) page.ToolsView {
	v := page.ToolsView{Lead: "The whole way as a collection: token, consent, authorisation, accounts and the end. Each request is signed by a script that comes along.",
		Needs: []string{
			"Your certificates: give the tool qwac.pem and qwac.key for the host of the API, and ca.pem as a certificate authority.",
			"Your secrets stay with you: client secret, API key and the eSeal’s key are empty variables, and each says where its value is.",
		}}
	query := ""
	if r.app.ID != "" {
		query = "?" + url.Values{"app": {r.app.ID}, "brand": {r.brand.ID}}.Encode()
		v.Form = chooseView(r)
		v.Needs = append(v.Needs, "They are filled with the app "+r.app.Name+" at "+r.brand.Name+".")
	} else {
		query = r.query()
		v.Needs = append(v.Needs, "Sign in and create an app to have its client id and redirect URI filled in.")
	}
	for _, file := range collectionFiles {
		v.Links = append(v.Links, ui.LinkView{Text: file.tool, For: "collection", Href: collectionsPath + "/" + file.name + query, Icon: "download", File: true})
	}
	return v
}

func chooseView(r reader) *page.ChooseView {
	v := &page.ChooseView{Apps: ui.SelectView{Name: "app", Label: "App", Value: r.app.ID}, Brands: ui.SelectView{Name: "brand", Label: "Brand", Value: r.brand.ID}}
	for _, a := range r.apps {
		v.Apps.Options = append(v.Apps.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	for _, b := range r.brands {
		v.Brands.Options = append(v.Brands.Options, ui.Option{Value: b.ID, Text: b.Name})
	}
	return v
}
