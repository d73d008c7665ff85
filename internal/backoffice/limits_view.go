package backoffice

import (
	"time"

	"fairway/internal/catalog"
	"fairway/internal/quota"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func limitsView(list []quota.Limit, n names, configured quota.Limits, now time.Time) page.LimitsView {
	v := page.LimitsView{
		Head: ui.HeadView{Title: "Limits", Lead: "How many requests an app may send. An organisation’s own limit stands before its environment’s, and that before the configured one."},
		New:  ui.LinkView{Text: "Set a limit", Icon: "plus", Look: ui.Primary, Href: limitsPath + "/new"},
	}
	for _, env := range catalog.Environments() {
		row := page.LimitRow{Environment: env.Name(), For: "Everybody", PerSecond: ui.Thousands(configured.PerSecond), PerDay: ui.Thousands(configured.PerDay),
			Ends: "No end", Tone: ui.OK, State: "In force", Reason: "PORTAL_LIMITS of the configuration"}
		if i := indexOf(list, env); i >= 0 && list[i].Holds(now) {
			row.Tone, row.State = ui.Plain, "Behind another"
		}
		v.Rows = append(v.Rows, row)
	}
	for _, l := range list {
		v.Rows = append(v.Rows, limitRow(l, n, now))
	}
	return v
}

// indexOf is where everybody's limit of an environment stands in the list, or -1.
func indexOf(list []quota.Limit, env catalog.Environment) int {
	for i, l := range list {
		if l.OrganisationID == "" && l.Environment == string(env) {
			return i
		}
	}
	return -1
}

func limitRow(l quota.Limit, n names, now time.Time) page.LimitRow {
	r := page.LimitRow{Environment: catalog.Environment(l.Environment).Name(), PerSecond: ui.Thousands(l.PerSecond), PerDay: ui.Thousands(l.PerDay), Ends: endsOn(l.EndsAt),
		Tone: ui.Plain, State: "Ended", Reason: l.Reason, Set: stamp(l.At) + " by " + nameOf(l.By, n.people)}
	r.For, r.Href = limited(l, n)
	if l.Holds(now) {
		r.Tone, r.State = ui.OK, "In force"
		r.Change, r.End = limitPath("/new", l.Environment, l.OrganisationID), limitPath("/end", l.Environment, l.OrganisationID)
	}
	return r
}

// limited says for whom a limit is, and where more about them stands.
func limited(l quota.Limit, n names) (name, href string) {
	if l.OrganisationID == "" {
		return "Everybody", ""
	}
	if name = n.organisations[l.OrganisationID]; name == "" {
		name = l.OrganisationID
	}
	return name, administeredPath(l.OrganisationID)
}

func limitFormView(form limitForm, found problems, factor ui.FactorView) page.LimitFormView {
	v := page.LimitFormView{
		Head: ui.HeadView{Title: "Set a limit", Lead: "It applies to the next request, in every process within a second. It replaces what was set for the same environment and organisation.",
			Crumbs: []ui.Crumb{{Text: "Limits", Href: limitsPath}, {Text: "Set a limit"}}},
		Problems: found.summary(), Action: limitsPath + "/new", Factor: factor, CancelHref: limitsPath,
		Environment: ui.SelectView{Name: "environment", Label: "Environment", Value: form.Environment, Error: found.at("environment")},
		Fields: []ui.FieldView{
			{Name: "organisation", Label: "Organisation", Value: form.Organisation, Optional: true, Hint: "Its id, or its name; " + everybody + " for all in the environment."},
			{Name: "per_second", Label: "Requests a second", Value: form.PerSecond, InputMode: "numeric", Hint: "For each app, in any 1,000 ms. At most 1,000."},
			{Name: "per_day", Label: "Requests a day", Value: form.PerDay, InputMode: "numeric", Hint: "For each app. The day begins at 00:00 UTC."},
			{Name: "ends_at", Label: "Ends on", Value: form.EndsAt, Type: "date", Hint: "At 00:00 UTC of this day. Needed for an organisation; an environment’s limit may go on without end."},
		},
		Reason: ui.FieldView{Name: "reason", Label: "Reason", Value: form.Reason, Error: found.at("reason"), Rows: 4, Hint: reasonKept},
	}
	for _, env := range catalog.Environments() {
		v.Environment.Options = append(v.Environment.Options, ui.Option{Value: string(env), Text: env.Name()})
	}
	for i := range v.Fields {
		v.Fields[i].Error = found.at(v.Fields[i].Name)
	}
	return v
}

func limitEndView(l quota.Limit, n names, form limitForm, found problems) page.SanctionView {
	name, _ := limited(l, n)
	return page.SanctionView{
		Head: ui.HeadView{Title: "End the limit of " + name, Lead: "It ends now. The limit behind it applies to the next request.",
			Crumbs: []ui.Crumb{{Text: "Limits", Href: limitsPath}, {Text: "End"}}},
		Problems: found.summary(), Action: limitPath("/end", l.Environment, l.OrganisationID),
		Facts: []ui.KV{{Key: "Environment", Value: catalog.Environment(l.Environment).Name()}, {Key: "Requests", Value: ui.Thousands(l.PerSecond) + " a second, " + ui.Thousands(l.PerDay) + " a day"},
			{Key: "Ends", Value: endsOn(l.EndsAt)}, {Key: "Set", Value: stamp(l.At) + " by " + nameOf(l.By, n.people)}, {Key: "Why", Value: l.Reason}},
		Hidden: []ui.Hidden{{Name: "environment", Value: l.Environment}, {Name: "organisation", Value: l.OrganisationID}},
		Reason: ui.FieldView{Name: "reason", Label: "Reason", Value: form.Reason, Error: found.at("reason"), Rows: 4, Hint: reasonKept},
		Button: ui.ButtonView{Text: "End it now", Look: ui.Danger}, CancelHref: limitsPath,
	}
}
