package playground

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const (
	recentShown  = 5
	usageShown   = 5
	expiryNotice = 30 * 24 * time.Hour
)

func (p *Playground) dashboardView(w workbench) page.DashboardView {
	j := w.journey
	v := page.DashboardView{
		Head:     ui.HeadView{Title: "Get your first 200 OK", Lead: "Six steps from here to a signed request that a bank answers."},
		Notice:   p.expiryNotice(j.set, j.hasSet),
		Steps:    p.stepsView(j),
		Errors:   p.errorRows(w.calls),
		NoErrors: "None. Every request of today was accepted.",
	}
	if j.answered {
		v.Head = ui.HeadView{Title: "Dashboard", Lead: "What your apps did lately, and what needs you."}
	}
	if !j.ready() {
		v.Setup = setupView(w)
	}
	if len(w.calls) == 0 {
		v.NoErrors = "None. There was no request yet."
	}
	for _, call := range w.calls[:min(recentShown, len(w.calls))] {
		v.Recent = append(v.Recent, requestRow(call, w.apps()))
	}
	v.Usage, v.UsageNote = usage(w.apps(), w.used)
	return v
}

func setupView(w workbench) *page.SetupView {
	v := &page.SetupView{
		Title: "Start in one click", Action: "/playground/setup", Button: "Set up my sandbox",
		Lead: "Certificates, an app and a connection: everything that a first request needs.",
	}
	var makes []string
	j := w.journey
	if !j.hasSet {
		makes = append(makes, "a QWAC and a QC eSeal with their keys (RSA 2048, role PSP_AI)")
	}
	if len(j.apps) == 0 {
		makes = append(makes, "an app called "+firstApp+" with the redirect URI "+firstRedirect)
	}
	if _, connected := j.connected(); !connected {
		makes = append(makes, "its connection to "+w.offer.name())
	}
	if j.hasSet || len(j.apps) > 0 {
		v.Title, v.Lead = "Finish in one click", "What is there stays as it is; what is missing is made."
	}
	v.Text = "This makes " + list(makes) + "."
	return v
}

// expiryNotice warns a month before the certificates end.
func (p *Playground) expiryNotice(set certs.Set, has bool) *page.NoticeView {
	if !has {
		return nil
	}
	left := set.QWAC.X509.NotAfter.Sub(p.Clock.Now())
	if left > expiryNotice {
		return nil
	}
	n := &page.NoticeView{Tone: ui.Warn, ActionText: "Re-generate them", ActionTo: "/playground/certificates/regenerate",
		Title: "Your certificates expire in " + many(int(math.Ceil(left.Hours()/24)), "day"),
		Text:  "After " + instant(set.QWAC.X509.NotAfter) + " the bank refuses every request with CERTIFICATE_EXPIRED."}
	if left <= 0 {
		n.Tone, n.Title = ui.Bad, "Your certificates have expired"
		n.Text = "Since " + instant(set.QWAC.X509.NotAfter) + " the bank refuses every request with CERTIFICATE_EXPIRED."
	}
	return n
}

func requestRow(call calls.Call, list []apps.App) page.RequestRow {
	call = callview.Visible(call)
	r := page.RequestRow{
		ID: "row-" + calls.FormatID(call.ID), Href: callPath(call.ID), Code: call.Code, Method: call.Method, Path: call.Path,
		Tone: ui.StatusTone(call.Status), Status: strconv.Itoa(call.Status), Duration: milliseconds(call.Duration),
		TimeISO: iso(call.At), Time: instant(call.At), App: "–", Env: catalog.Environment(call.Environment).Name(), Live: call.Environment == string(catalog.Live),
	}
	for _, a := range list {
		if a.ID == call.AppID {
			r.App = a.Name
		}
	}
	return r
}

func milliseconds(d time.Duration) string {
	if d < time.Millisecond {
		return "< 1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// errorRows groups the refused calls of this UTC day by their code, the most frequent first.
func (p *Playground) errorRows(recent []calls.Call) []page.ErrorRow {
	today := p.Clock.Now().UTC().Truncate(24 * time.Hour)
	count, last := map[string]int{}, map[string]time.Time{}
	for _, call := range recent {
		if call.Status < 400 || call.At.Before(today) {
			continue
		}
		code := cmp.Or(call.Code, strconv.Itoa(call.Status))
		if count[code]++; call.At.After(last[code]) {
			last[code] = call.At
		}
	}
	var rows []page.ErrorRow
	for code, n := range count {
		rows = append(rows, page.ErrorRow{Code: code, Count: strconv.Itoa(n), LastISO: iso(last[code]), Last: instant(last[code]),
			Href: "/playground/requests?" + url.Values{"code": {code}}.Encode()})
	}
	slices.SortFunc(rows, func(a, b page.ErrorRow) int {
		return cmp.Or(count[b.Code]-count[a.Code], cmp.Compare(a.Code, b.Code))
	})
	return rows
}

// usage is what each app has used of its day, the busiest first.
func usage(list []apps.App, s spent) ([]ui.ProgressView, string) {
	sandbox, live := s.limits[catalog.Sandbox], s.limits[catalog.Live]
	note := fmt.Sprintf("An app may send %s requests a day and %d in a second", ui.Thousands(sandbox.PerDay), sandbox.PerSecond)
	if live != sandbox && slices.ContainsFunc(list, func(a apps.App) bool { return a.Environment == catalog.Live }) {
		note += fmt.Sprintf(" in the sandbox, %s and %d in Live", ui.Thousands(live.PerDay), live.PerSecond)
	}
	note += ". The count starts again at 00:00 UTC."
	var bars []ui.ProgressView
	for _, a := range list {
		bars = append(bars, usageOf(a, inFull(a)+": ", s))
	}
	slices.SortStableFunc(bars, func(a, b ui.ProgressView) int { return b.Value - a.Value })
	return bars[:min(usageShown, len(bars))], note
}

func usageOf(a apps.App, label string, s spent) ui.ProgressView {
	used, most := s.today[a.ID], s.limits[a.Environment].PerDay
	bar := ui.ProgressView{ID: "used-" + a.ID, Value: used, Max: most,
		Text: fmt.Sprintf("%s%s of %s requests", label, ui.Thousands(used), ui.Thousands(most))}
	if used*10 >= most*9 {
		bar.Tone = ui.Warn
	}
	return bar
}
