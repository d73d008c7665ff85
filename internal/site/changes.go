package site

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/audit"
	"fairway/internal/search"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

//go:embed changes/*.md
var changeFiles embed.FS

const (
	changesPath  = "/docs/changelog"
	groupChanges = "Changes"
	// portalItself is what a change is about that belongs to no API.
	portalItself = "portal"
)

// tags are the kinds of changes.
var tags = []string{"added", "changed", "deprecated", "removed", "fixed"}

// change is one entry of the changelog.
type change struct {
	// Slug is its place on the page and a part of its id in the feed; it never changes.
	Slug  string
	At    time.Time
	Tag   string
	About string // an API, or the portal itself
	Title string
	Body  string // Markdown
	// Banks are the names of those that it is about; nil is all of them.
	Banks []string
}

// writtenChanges reads the entries that people wrote. A file is named by its day and its slug.
func writtenChanges() ([]change, error) {
	names, err := fs.Glob(changeFiles, "changes/*.md")
	if err != nil {
		return nil, fmt.Errorf("list changes: %w", err)
	}
	var out []change
	for _, name := range names {
		raw, err := changeFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read change: %w", err)
		}
		c, err := readChange(strings.TrimSuffix(path.Base(name), ".md"), string(raw))
		if err != nil {
			return nil, fmt.Errorf("change %s: %w", name, err)
		}
		out = append(out, c)
	}
	return out, nil
}

func readChange(name, raw string) (change, error) {
	head, body, ok := strings.Cut(raw, "\n---\n")
	if !ok || len(name) < len(time.DateOnly)+2 {
		return change{}, fmt.Errorf("it has no head that ends with ---, or no day in its name")
	}
	at, err := time.Parse(time.DateOnly, name[:len(time.DateOnly)])
	if err != nil {
		return change{}, fmt.Errorf("read its day: %w", err)
	}
	c := change{Slug: name[len(time.DateOnly)+1:], At: at, Body: strings.TrimSpace(body)}
	fields := map[string]*string{"tag": &c.Tag, "about": &c.About, "title": &c.Title}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if field, known := fields[key]; known {
			*field = value
		}
	}
	if !slices.Contains(tags, c.Tag) || c.About == "" || c.Title == "" {
		return change{}, fmt.Errorf("its head lacks a tag, about or title")
	}
	return c, nil
}

// changes are all entries, the newest first: those that people wrote, and what the catalogue's days say by now.
func (f *Face) changes(ctx context.Context, lines []line, brands int, now time.Time) ([]change, error) {
	out, err := writtenChanges()
	if err != nil {
		return nil, err
	}
	announced, err := f.announced(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		out = append(out, lifeChanges(l, brands, announced)...)
	}
	out = slices.DeleteFunc(out, func(c change) bool { return c.At.After(now) })
	slices.SortStableFunc(out, func(a, b change) int { return b.At.Compare(a.At) })
	return out, nil
}

// mostAnnounced is how many announcements are looked up.
const mostAnnounced = 200

// announced are the instants at which staff entered versions, by API, brand and version.
func (f *Face) announced(ctx context.Context) (map[string]time.Time, error) {
	found, err := f.Trail.List(ctx, audit.Filter{Act: "catalog.version_added", Limit: mostAnnounced})
	if err != nil {
		return nil, fmt.Errorf("list announcements: %w", err)
	}
	out := map[string]time.Time{}
	for _, l := range found.Lines {
		out[l.Object] = l.At
	}
	return out, nil
}

// turn is a day on which something happens to a version, at the banks where it happens then.
type turn struct {
	change
	edition
	kind string
}

// lifeChanges are the turns in the lives of an API's versions as entries. What identifies an entry is the version, the turn and
// its day, so that it stays the same entry when banks part ways later.
func lifeChanges(l line, brands int, announced map[string]time.Time) []change {
	var turns []turn
	add := func(e edition, name, tag string, at *time.Time) {
		if at == nil {
			return
		}
		slug := l.api.ID + "-" + e.Version.Version + "-" + name + "-" + at.UTC().Format(time.DateOnly)
		i := slices.IndexFunc(turns, func(t turn) bool { return t.Slug == slug })
		if i < 0 {
			c := change{Slug: slug, At: at.UTC(), Tag: tag, About: l.api.ID, Title: l.api.Name + " " + e.Version.Version + " " + titles[name]}
			turns = append(turns, turn{c, edition{Version: e.Version}, name})
			i = len(turns) - 1
		}
		turns[i].brands = append(turns[i].brands, e.brands...)
	}
	for _, e := range l.editions {
		if at, ok := announced[e.API+"/"+e.Brand+"/"+e.Version.Version]; ok {
			add(e, "announced", "added", &at)
		}
		add(e, "sandbox", "added", &e.SandboxFrom)
		add(e, "released", "changed", e.ReleasedAt)
		add(e, "deprecated", "deprecated", e.DeprecatedAt)
		add(e, "removed", "removed", e.RemovedAt)
	}
	out := make([]change, 0, len(turns))
	for _, t := range turns {
		t.Body, t.Banks = t.tell(brands), t.brands
		out = append(out, t.change)
	}
	return out
}

// titles follow the name of a version.
var titles = map[string]string{"announced": "is announced", "sandbox": "is in the sandbox", "released": "is the current version",
	"deprecated": "is deprecated", "removed": "is removed"}

// tell is a turn in a sentence or two.
func (t turn) tell(brands int) string {
	at := t.at(brands)
	switch t.kind {
	case "announced":
		return fmt.Sprintf("It opens in the sandbox on %s, at %s, and is released on %s.", dateOr(&t.SandboxFrom, ""), at, dateOr(t.ReleasedAt, "a day that is not fixed yet"))
	case "sandbox":
		return fmt.Sprintf("It can be called in the sandbox of %s. Release: %s.", at, dateOr(t.ReleasedAt, "not fixed yet"))
	case "released":
		return fmt.Sprintf("It is open in Live of %s.", at)
	case "deprecated":
		return fmt.Sprintf("A newer version took its place at %s. This one stays until %s.", at, dateOr(t.RemovedAt, "a day that will be announced"))
	}
	return fmt.Sprintf("It cannot be called at %s any more. Call the current version.", at)
}

// changelog is the list of changes that the address asks for.
func (f *Face) changelog(c *gin.Context, l *library) (templ.Component, error) {
	api, tag := c.Query("api"), c.Query("tag")
	own, err := f.ownApps(c)
	if err != nil {
		return nil, err
	}
	v := page.ChangesView{
		API:      ui.SelectView{Name: "api", Label: "About", Value: api, Options: append([]ui.Option{{Text: "Everything"}}, l.abouts()...)},
		Tag:      ui.SelectView{Name: "tag", Label: "Kind", Value: tag, Options: []ui.Option{{Text: "Every kind"}}},
		Filtered: api != "" || tag != "", Nothing: "Nothing matches",
	}
	if about := l.about(api); tag == "" && about != api {
		v.Nothing = "Nothing for " + about
	}
	for _, t := range tags {
		v.Tag.Options = append(v.Tag.Options, ui.Option{Value: t, Text: capital(t)})
	}
	for i, ch := range l.changes {
		if (api == "" || ch.About == api) && (tag == "" || ch.Tag == tag) {
			v.Entries = append(v.Entries, page.ChangeRow{ID: ch.Slug, Title: ch.Title, About: l.about(ch.About), Tag: capital(ch.Tag), Tone: tagTone(ch.Tag),
				ISO: ch.At.Format(time.DateOnly), Date: ch.At.Format("2 Jan 2006"), Body: l.changeBodies[i],
				Affects: own.affected(ch, l)})
		}
	}
	v.Count = plural(len(v.Entries), "change")
	return page.Changes(v), nil
}

// abouts are what changes can be about.
func (l *library) abouts() []ui.Option {
	var out []ui.Option
	for _, line := range l.lines {
		out = append(out, ui.Option{Value: line.api.ID, Text: line.api.Name})
	}
	return append(out, ui.Option{Value: portalItself, Text: "Portal and documentation"})
}

func (l *library) about(id string) string {
	for _, o := range l.abouts() {
		if o.Value == id {
			return o.Text
		}
	}
	return id
}

func tagTone(tag string) ui.Tone {
	switch tag {
	case "added":
		return ui.OK
	case "deprecated":
		return ui.Warn
	case "removed":
		return ui.Bad
	}
	return ui.Note
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// writeChanges renders the texts of the entries, for the page and for the feed.
func (l *library) writeChanges(ctx context.Context) error {
	for _, c := range l.changes {
		d, err := convertPlain(ctx, c.Body)
		if err != nil {
			return fmt.Errorf("change %s: %w", c.Slug, err)
		}
		l.changeBodies = append(l.changeBodies, d)
	}
	return nil
}

func changeEntries(list []change) []search.Entry {
	var out []search.Entry
	for _, c := range list {
		out = append(out, search.Entry{Group: groupChanges, Title: c.Title, Href: changesPath + "#" + url.PathEscape(c.Slug), Body: c.At.Format("2 Jan 2006") + ". " + sections(c.Body)[0].Body})
	}
	return out
}
