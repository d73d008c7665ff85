package backoffice

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"fairway/internal/catalog"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

var versionTones = map[catalog.State]ui.Tone{catalog.Upcoming: ui.Note, catalog.Current: ui.OK, catalog.Deprecated: ui.Warn, catalog.Removed: ui.Plain}

func apiView(a catalog.API, lines []apiLine, now time.Time) page.APIView {
	return page.APIView{Section: ui.SectionView{ID: a.ID, Title: a.Name, Lead: a.Summary}, Change: ui.LinkView{Text: "Change its words", For: a.Name, Icon: "pencil", Href: apiPath(a.ID)},
		Facts: []ui.KV{{Key: "Id", Value: a.ID, Mono: true}, {Key: "Role that a certificate needs", Value: a.Role, Mono: true}, {Key: "Scope", Value: a.Scope, Mono: true}, {Key: "Operations", Value: strconv.Itoa(len(catalog.OperationsOf(a)))}},
		Lines: lineViews(lines, now, false)}
}

// lineViews are tables of versions, with the days that follow from others. Each is named by its API, or by its brand.
func lineViews(lines []apiLine, now time.Time, byAPI bool) []page.LineView {
	var out []page.LineView
	for _, l := range lines {
		name := l.brand.Name
		if byAPI {
			name = l.api.Name
		}
		v := page.LineView{Name: name, Caption: "Versions of " + l.api.Name + " at " + l.brand.Name,
			New: ui.LinkView{Text: "New version", For: "of " + l.api.Name + " at " + l.brand.Name, Icon: "plus", Href: versionPath(l.api.ID, l.brand.ID, "new"), Small: true}}
		for _, version := range slices.Backward(l.versions) {
			state := version.At(now)
			v.Rows = append(v.Rows, page.VersionRow{Version: version.Version, For: "of " + l.api.Name + " at " + l.brand.Name, Href: versionPath(l.api.ID, l.brand.ID, version.Version), Tone: versionTones[state], State: state.Name(),
				Sandbox: day(version.SandboxFrom), Released: dayOr(version.ReleasedAt), Deprecated: dayOr(version.DeprecatedAt), Removed: dayOr(version.RemovedAt), Announced: !catalog.Built(l.api.ID, version.Version)})
		}
		out = append(out, v)
	}
	return out
}

func dayOr(at *time.Time) string {
	if at == nil {
		return none
	}
	return day(*at)
}

func apiFormView(a catalog.API, form apiForm, found problems) page.APIFormView {
	v := page.APIFormView{
		Head:     ui.HeadView{Title: a.Name, Lead: "What people read about it. Its operations, its role and its scope are built into this program.", Crumbs: []ui.Crumb{{Text: "APIs", Href: apisPath}, {Text: a.Name}}},
		Problems: found.summary(), Action: apiPath(a.ID), CancelHref: apisPath,
		Name:     ui.FieldView{Name: "name", Label: "Name", Value: form.Name, Error: found.at("name")},
		Summary:  ui.FieldView{Name: "summary", Label: "Summary", Value: form.Summary, Error: found.at("summary"), Rows: 3, Hint: "One or two sentences for TPPs, 300 characters at most."},
		Position: ui.FieldView{Name: "position", Label: "Position", Value: form.Position, InputMode: "numeric", Error: found.at("position"), Hint: "Lists begin with the lowest."},
	}
	return v
}

// versionView is the form of a version's days beside the days of all. What came to pass cannot be typed over.
func versionView(l apiLine, v *catalog.Version, form versionForm, found problems, now time.Time) page.VersionView {
	timeline := catalog.Timeline(l.versions)
	view := page.VersionView{
		Head:     ui.HeadView{Title: "New version", Lead: l.api.Name + " at " + l.brand.Name + ". Days begin at 00:00 UTC.", Crumbs: []ui.Crumb{{Text: "APIs", Href: apisPath}, {Text: l.brand.Name, Href: brandPath(l.brand.ID)}, {Text: "New version"}}},
		Problems: found.summary(), New: v == nil, CancelHref: apisPath, Action: versionPath(l.api.ID, l.brand.ID, "new"), Events: events(timeline, now),
		Version: ui.FieldView{Name: "version", Label: "Version", Value: form.Version, Mono: true, Short: true, Error: found.at("version"), Hint: "As in its address, such as v1."},
	}
	effective := catalog.Version{}
	if v != nil {
		effective = timeline[slices.IndexFunc(timeline, func(o catalog.Version) bool { return o.Version == v.Version })]
		state := effective.At(now)
		view.Head.Title, view.Head.Tone, view.Head.Status = l.api.Name+" "+v.Version, versionTones[state], state.Name()
		view.Head.Lead = "At " + l.brand.Name + ". Days begin at 00:00 UTC."
		view.Head.Crumbs[2].Text, view.Action = v.Version, versionPath(l.api.ID, l.brand.ID, v.Version)
		if !catalog.Built(l.api.ID, v.Version) {
			view.NotBuilt = "Operations of " + v.Version + " are not built into this program. It can be announced with its days; a call of it finds nothing until a release of the program has them."
		}
	}
	view.Fields = versionFields(effective, form, found, now)
	return view
}

func versionFields(effective catalog.Version, form versionForm, found problems, now time.Time) []ui.FieldView {
	fields := []struct {
		ui.FieldView
		stands *time.Time
	}{
		{ui.FieldView{Name: "sandbox_from", Label: "In the sandbox from", Value: form.SandboxFrom, Hint: "At least three months before the release."}, &effective.SandboxFrom},
		{ui.FieldView{Name: "released_at", Label: "Released", Value: form.ReleasedAt, Optional: true, Hint: "From then on it is the current version, and open in Live."}, effective.ReleasedAt},
		{ui.FieldView{Name: "deprecated_at", Label: "Deprecated", Value: form.DeprecatedAt, Optional: true, Hint: "Left empty, the day on which the next version is released."}, effective.DeprecatedAt},
		{ui.FieldView{Name: "removed_at", Label: "Removed", Value: form.RemovedAt, Optional: true, Hint: "Left empty, six months after it was deprecated; never earlier."}, effective.RemovedAt},
	}
	var out []ui.FieldView
	for _, f := range fields {
		f.Type, f.Error = "date", found.at(f.Name)
		if f.stands != nil && !f.stands.IsZero() && !now.Before(*f.stands) {
			f.Hint, f.Optional, f.Attrs = "This day, "+day(*f.stands)+", has passed and stays.", false, templ.Attributes{"readonly": true}
		} else if f.stands != nil && f.Value == "" {
			f.Hint += " As it stands: " + day(*f.stands) + "."
		}
		out = append(out, f.FieldView)
	}
	return out
}

// events are the days of all versions in their order; on one day a release comes before what it ends.
func events(timeline []catalog.Version, now time.Time) []ui.EventView {
	type moment struct {
		at   time.Time
		text string
	}
	var all []moment
	for _, m := range []struct {
		of   func(catalog.Version) *time.Time
		text string
	}{
		{func(v catalog.Version) *time.Time { return &v.SandboxFrom }, " opens in the sandbox"},
		{func(v catalog.Version) *time.Time { return v.ReleasedAt }, " is released"},
		{func(v catalog.Version) *time.Time { return v.DeprecatedAt }, " is deprecated"},
		{func(v catalog.Version) *time.Time { return v.RemovedAt }, " is removed"},
	} {
		for _, v := range timeline {
			if at := m.of(v); at != nil {
				all = append(all, moment{*at, v.Version + m.text})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	var out []ui.EventView
	for _, m := range all {
		e := ui.EventView{State: ui.Todo, Title: m.text, TimeISO: iso(m.at), Time: day(m.at)}
		if !now.Before(m.at) {
			e.State = ui.Done
		}
		out = append(out, e)
	}
	return out
}
