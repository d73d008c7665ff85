package site

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/httpkit"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// edition is a version with the banks that have it on the same days.
type edition struct {
	catalog.Version
	brands []string
}

// at names the banks; all is how many there are.
func (e edition) at(all int) string {
	if len(e.brands) == all && all > 1 {
		return "all banks"
	}
	return strings.Join(e.brands, ", ")
}

// line is one API with its versions, oldest first.
type line struct {
	api      catalog.API
	editions []edition
}

// lines lists the versions of every API, those with the same days at several banks once.
func (f *Face) lines(ctx context.Context, brands []catalog.Brand) ([]line, error) {
	apis, err := f.Catalog.APIs(ctx)
	if err != nil {
		return nil, err
	}
	var out []line
	for _, api := range apis {
		l := line{api: api}
		for _, b := range brands {
			versions, err := f.Catalog.Versions(ctx, api.ID, b.ID)
			if err != nil {
				return nil, err
			}
			for _, v := range versions {
				l.add(v, b.Name)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

func (l *line) add(v catalog.Version, brand string) {
	for i, e := range l.editions {
		if e.Version.Version == v.Version && days(e.Version) == days(v) {
			l.editions[i].brands = append(l.editions[i].brands, brand)
			return
		}
	}
	l.editions = append(l.editions, edition{v, []string{brand}})
}

// days are the dates of a version as one text, to compare and to notice a change.
func days(v catalog.Version) string {
	return v.SandboxFrom.Format(time.DateOnly) + dateOr(v.ReleasedAt, "-") + dateOr(v.DeprecatedAt, "-") + dateOr(v.RemovedAt, "-")
}

func dateOr(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return t.UTC().Format("2 Jan 2006")
}

// lifecycles are the versions of every API as a picture and as a table.
func lifecycles(lines []line, brands int, now time.Time) templ.Component {
	var list []page.Lifecycle
	for _, l := range lines {
		v := page.Lifecycle{ID: "api-" + l.api.ID, Name: l.api.Name, None: len(l.editions) == 0, Note: coming(l, now)}
		for _, e := range l.editions {
			state := e.At(now)
			v.Rows = append(v.Rows, page.VersionRow{Version: e.Version.Version, Brands: e.at(brands), Sandbox: dateOr(&e.SandboxFrom, ""), Released: dateOr(e.ReleasedAt, "open"),
				Deprecated: dateOr(e.DeprecatedAt, "–"), Removed: dateOr(e.RemovedAt, "–"), State: state.Name(), Tone: stateTone(state)})
		}
		if !v.None {
			v.Picture = lifePicture(l, brands, now)
		}
		list = append(list, v)
	}
	return page.Lifecycles(list)
}

// coming says whether a change is planned.
func coming(l line, now time.Time) string {
	for _, e := range l.editions {
		for _, t := range []*time.Time{&e.SandboxFrom, e.ReleasedAt, e.DeprecatedAt, e.RemovedAt} {
			if t != nil && t.After(now) {
				return ""
			}
		}
	}
	if len(l.editions) == 1 {
		return "One version, and none planned."
	}
	return "No change is planned."
}

func stateTone(s catalog.State) ui.Tone {
	switch s {
	case catalog.Current:
		return ui.OK
	case catalog.Upcoming:
		return ui.Note
	case catalog.Deprecated:
		return ui.Warn
	}
	return ui.Plain
}

// weekCounted is how far back the reader's calls are counted.
const weekCounted = 7 * 24 * time.Hour

// yourVersions says which versions the reader's apps called in the last seven days.
func (f *Face) yourVersions(c *gin.Context, l *library) (templ.Component, error) {
	who := httpkit.Who(c)
	v := page.YourVersionsView{SignIn: !who.SignedIn(), Staff: who.Staff()}
	if v.SignIn || v.Staff {
		return page.YourVersions(v), nil
	}
	if err := f.awaitLog(c.Request.Context()); err != nil {
		return nil, err
	}
	counts, err := f.Calls.ByOperation(c.Request.Context(), who.OrganisationID, f.Clock.Now().Add(-weekCounted))
	if err != nil {
		return nil, fmt.Errorf("count the calls of a week: %w", err)
	}
	total, of := 0, map[string]int{}
	for operation, n := range counts {
		total += n
		if o, ok := catalog.OperationByID(operation); ok && o.API != "" {
			parts := strings.SplitN(o.Pattern, "/", 4)
			of[parts[1]+"/"+parts[2]] += n
		}
	}
	for _, line := range l.lines {
		for _, version := range line.names() {
			if n := of[line.api.ID+"/"+version]; n > 0 {
				v.Lines = append(v.Lines, page.YourVersion{Text: fmt.Sprintf("Your apps use %s %s: %s in the last 7 days.", line.api.Name, version, plural(n, "call")),
					Ends: line.ends(version, len(l.places), f.Clock.Now())})
			}
		}
	}
	if total >= calls.MostCounted {
		v.Note = fmt.Sprintf("The newest %s calls are counted.", ui.Thousands(calls.MostCounted))
	}
	return page.YourVersions(v), nil
}

// ends says where a version is deprecated, and until when it stays there; it is empty where it is nowhere.
func (l line) ends(version string, brands int, now time.Time) string {
	var at []string
	for _, e := range l.editions {
		if e.Version.Version == version && e.At(now) == catalog.Deprecated {
			at = append(at, "at "+e.at(brands)+" until "+dateOr(e.RemovedAt, "a day that will be announced"))
		}
	}
	if len(at) == 0 {
		return ""
	}
	return "It is deprecated and stays " + strings.Join(at, ", ") + "."
}

// names are the versions of an API, each once.
func (l line) names() []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range l.editions {
		if !seen[e.Version.Version] {
			seen[e.Version.Version] = true
			out = append(out, e.Version.Version)
		}
	}
	return out
}
