package site

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// showChapter is a page of the documentation, /docs and below.
func (f *Face) showChapter(c *gin.Context) error {
	l, err := f.library(c.Request.Context())
	if err != nil {
		return err
	}
	slug := strings.TrimPrefix(strings.TrimPrefix(c.FullPath(), "/docs"), "/")
	w, ok := l.pages[slug]
	if !ok {
		return fault.New(fault.NotFound, "page_unknown", "There is no such page in the documentation.")
	}

	reader, err := f.readerOf(c)
	if err != nil {
		return err
	}

	frame, v := httpkit.PublicFrame(c, w.Title, w.Description), l.docView(w)
	if v.Parts, err = l.fill(c.Request.Context(), v.Parts, reader, httpkit.CodingOf(c), f.Clock.Now()); err != nil {
		return err
	}
	return httpkit.Page(c, http.StatusOK, page.Doc(frame, l.navigation(frame, w.Path()), w.contents(), v))
}

func (l *library) docView(w written) page.DocView {
	v := page.DocView{Head: ui.HeadView{Title: w.Title, Lead: w.Lead}, Parts: w.doc.Parts}
	if w.Slug != "" {
		v.Head.Crumbs = []ui.Crumb{{Text: "Documentation", Href: "/docs"}, {Text: w.Name}}
	}
	if w.End != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "At the end you have", Value: w.End})
	}
	if w.Need != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "You need", Value: w.Need})
	}
	v.Facts = append(v.Facts, ui.KV{Key: "Reading time", Value: minutes(w.minutes)})
	for i, c := range l.order {
		if c.Slug != w.Slug {
			continue
		}
		if i > 0 {
			v.Back = &page.Chapter{Title: l.order[i-1].Name, Href: l.order[i-1].Path()}
		}
		if i+1 < len(l.order) {
			v.Next = &page.Chapter{Title: l.order[i+1].Name, Href: l.order[i+1].Path()}
		}
	}
	return v
}

func minutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return strconv.Itoa(n) + " minutes"
}

// navigation lists the chapters. On narrow screens it is the only menu, so it also leads back to the dashboard.
func (l *library) navigation(frame layout.Page, current string) []layout.NavGroup {
	learn := layout.NavGroup{Title: "Documentation"}
	for _, c := range l.order {
		learn.Items = append(learn.Items, layout.NavItem{Text: c.Name, Href: c.Path(), Icon: c.Icon, Current: c.Path() == current})
	}
	groups := []layout.NavGroup{learn}
	if frame.SignedIn && !frame.Staff {
		groups = append(groups, layout.NavGroup{Title: "Build", Items: []layout.NavItem{{Text: "Dashboard", Href: "/playground", Icon: "layout-dashboard"}}})
	}
	return groups
}

// contents is what stands on the page, by its headings.
func (w written) contents() []layout.NavItem {
	var items []layout.NavItem
	for _, h := range w.doc.Headings {
		if h.Level <= 3 {
			items = append(items, layout.NavItem{Text: h.Text, Href: "#" + h.ID, Sub: h.Level == 3})
		}
	}
	return items
}
