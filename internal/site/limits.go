package site

import (
	"fmt"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/httpkit"
	"fairway/internal/quota"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// AppUse is how many requests an app of the reader's sent in this UTC day, and how many it may send.
type AppUse struct {
	App         string
	Environment catalog.Environment
	Used        int
	Limits      quota.Limits
}

// exampleDecision is an answer to an app that sent a few requests, at noon.
func exampleDecision(l quota.Limits) quota.Decision {
	const sent = 13
	return quota.Decision{OK: true, Limits: l, LeftInSecond: max(0, l.PerSecond-1), UntilSecond: time.Second, LeftInDay: max(0, l.PerDay-sent), UntilDay: 12 * time.Hour}
}

// usage is what the reader's apps have used today.
func (f *Face) usage(c *gin.Context, _ *library) (templ.Component, error) {
	who := httpkit.Who(c)
	if !who.SignedIn() || who.Staff() {
		return page.Usage(page.UsageView{SignIn: !who.SignedIn(), Staff: who.Staff()}), nil
	}
	list, err := f.Used(c.Request.Context(), who.OrganisationID)
	if err != nil {
		return nil, fmt.Errorf("count the requests of today: %w", err)
	}
	v := page.UsageView{}
	for i, u := range list {
		bar := ui.ProgressView{ID: fmt.Sprintf("use-%d", i+1), Value: min(u.Used, u.Limits.PerDay), Max: max(u.Limits.PerDay, 1),
			Text: fmt.Sprintf("%s, %s: %s of %s requests", u.App, u.Environment.Name(), ui.Thousands(u.Used), ui.Thousands(u.Limits.PerDay))}
		if u.Used*10 >= u.Limits.PerDay*9 {
			bar.Tone = ui.Warn
		}
		v.Bars = append(v.Bars, bar)
		v.Any = v.Any || u.Used > 0
	}
	now := f.Clock.Now().UTC()
	reset := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
	v.Reset = fmt.Sprintf("The count begins anew at 00:00 UTC, in %s.", span(reset.Sub(now)))
	return page.Usage(v), nil
}

// span is a time to wait, in hours and minutes.
func span(d time.Duration) string {
	hours, rest := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return plural(rest, "minute")
	case rest == 0:
		return plural(hours, "hour")
	}
	return plural(hours, "hour") + " and " + plural(rest, "minute")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Thousands(n) + " " + noun + "s"
}
