package backoffice

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/enrolments"
	"fairway/internal/progress"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func deskView(start page.StartView, s *search) page.DeskView {
	v := page.DeskView{Start: start, Search: ui.FieldView{
		Name: "q", Label: "Search", Value: s.text, Autocomplete: "off", Attrs: map[string]any{"maxlength": strconv.Itoa(longestSearch)},
		Hint: "A name, e-mail address, authorisation number, serial number or fingerprint; a client id (fwy_…), a submission for Live (enr_…), a trace id or X-Request-ID, or a whole link with ?rid= in it.",
	}}
	for _, h := range s.hits {
		v.Hits = append(v.Hits, page.HitRow{Kind: h.kind, Text: h.text, Detail: h.detail, Href: h.href})
	}
	switch {
	case s.text == "":
	case len(s.hits) > 0:
		v.Found = many(len(s.hits), "hit") + "."
	case len(s.tried) == 0:
		v.Empty = &ui.EmptyView{Icon: "search", Title: "Nothing was searched", Text: "Enter two characters of a name at least. Every other id has to be entered whole."}
	default:
		v.Empty = &ui.EmptyView{Icon: "search", Title: "Nothing was found",
			Text: "Looked for: " + strings.Join(s.tried, ", ") + ". Ids have to be entered whole. Requests are kept for 30 days; one that was accepted is found by its X-Request-ID among the newest 20,000."}
	}
	return v
}

// statusOf is the status and the code of an answer: "401 TOKEN_EXPIRED".
func statusOf(call calls.Call) string {
	return strings.TrimSpace(strconv.Itoa(call.Status) + " " + call.Code)
}

func organisationView(d *tppFile) page.OrganisationView {
	o := d.organisation
	v := page.OrganisationView{
		Head: ui.HeadView{Title: o.Name, Lead: "What this TPP has and sees, without its secrets.", Crumbs: []ui.Crumb{{Text: "Support desk", Href: deskPath}, {Text: o.Name}}},
		Facts: []ui.KV{
			{Key: "Organisation id", Value: o.ID, Mono: true, Copy: "organisation-id"},
			{Key: "Country", Value: countryName(o)},
			{Key: "Here since", Value: stamp(o.CreatedAt)},
		},
		Stuck: stuckView(d),
		Parts: []page.PartView{
			peoplePart(d), certificatesPart(d), appsPart(d), connectionsPart(d), refusalsPart(d), callsPart(d), livePart(d), consentsPart(d), limitsPart(d), lettersPart(d),
		},
	}
	if n := authorisationOf(d); n != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Authorisation number in the sandbox", Value: n, Mono: true})
	}
	return v
}

// authorisationOf is the organisation identifier of the newest sandbox set.
func authorisationOf(d *tppFile) string {
	for _, s := range d.sets[catalog.Sandbox] {
		return s.QWAC.Info.OrganizationIdentifier
	}
	return ""
}

// stuckView names the next step and since when nothing has moved; after the first 200 OK that is the way to Live.
func stuckView(d *tppFile) page.StuckView {
	next, since, unfinished := d.taken.Next()
	v := page.StuckView{Title: "Where it stands"}
	for s := range progress.Step(progress.Steps) {
		state := ui.Locked
		switch {
		case !d.taken[s].IsZero():
			state = ui.Done
		case s == next:
			state = ui.Now
		}
		v.Steps = append(v.Steps, ui.StepView{State: state, Text: s.String()})
	}
	if !unfinished {
		v.Text = "The sandbox works since " + stamp(d.taken[progress.Answer]) + ". " + liveStands(d)
		return v
	}
	v.Title = "Where it is stuck"
	v.Text = fmt.Sprintf("Step %d of %d: %s. ", next+1, progress.Steps, next)
	if since.IsZero() {
		since = d.organisation.CreatedAt
	}
	v.Text += "Nothing has moved since " + stamp(since) + ", for " + ago(d.now.Sub(since)) + "."
	return v
}

// liveStands says in a sentence what the way to Live waits for.
func liveStands(d *tppFile) string {
	if len(d.enrolments) == 0 {
		return "The way to Live was not begun."
	}
	e := d.enrolments[0]
	switch e.State {
	case enrolments.Draft:
		return "For Live, certificates are being handed in since " + stamp(e.CreatedAt) + "."
	case enrolments.Submitted:
		return "For Live, it waits for our decision, due " + stamp(e.DueAt) + "."
	case enrolments.Question:
		return "For Live, it has to answer our question of " + stamp(e.AskedAt) + "."
	case enrolments.Approved:
		return "It is in Live since " + stamp(e.DecidedAt) + "."
	}
	return "The last way to Live is " + string(e.State) + "."
}

// ago is how long something has lasted, in words.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return many(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return many(int(d.Hours()), "hour")
	}
	return many(int(d.Hours()/24), "day")
}

// callPage draws a call for the desk, and why it was refused.
func callPage(call calls.Call, organisation, app, brand string) page.CallView {
	call = callview.Visible(call)
	v := page.CallView{
		Head: ui.HeadView{Title: callview.Name(call), Tone: ui.StatusTone(call.Status), Status: callview.Title(call),
			Crumbs: []ui.Crumb{{Text: "Support desk", Href: deskPath}, {Text: organisation, Href: organisationPath(call.OrganisationID)}, {Text: calls.FormatID(call.ID)}}},
		Call: callview.Of(call, callview.Names{App: ui.KV{Key: "App", Value: or(app)}, Brand: brand}),
	}
	v.Call.Facts = append([]ui.KV{{Key: "Organisation", Value: organisation, Href: organisationPath(call.OrganisationID)}}, v.Call.Facts...)
	if call.Status < 400 {
		return v
	}
	v.Problem = &page.ProblemView{Title: callview.Title(call), Text: cmp.Or(call.Detail.Reason, "The log has no reason besides the status.")}
	if call.Code != "" {
		v.Problem.ReadText, v.Problem.ReadHref = "Read about "+call.Code, "/docs/errors/"+url.PathEscape(call.Code)
	}
	return v
}
