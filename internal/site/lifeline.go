package site

import (
	"fmt"
	"strconv"
	"time"

	page "fairway/web/templates/site"
)

// The measures of the picture of versions, in its own units.
const (
	lifeWidth  = 690
	lifeMargin = 8
	lifeTop    = 38
	lifeRow    = 58
	lifeBar    = 22
	// monthsAhead is how much of the future it shows where nothing is planned.
	monthsAhead = 7
	// labelWidth is how much room the name of a phase needs.
	labelWidth = 84
	// tickWidth is how much room a date on the axis needs.
	tickWidth = 70
)

// scale turns instants into places along the axis.
type scale struct{ from, to time.Time }

func (s scale) x(t time.Time) int {
	if t.Before(s.from) {
		t = s.from
	}
	if t.After(s.to) {
		t = s.to
	}
	return lifeMargin + int(float64(lifeWidth-2*lifeMargin)*float64(t.Sub(s.from))/float64(s.to.Sub(s.from)))
}

// scaleOf reaches from the first day of an API to a while after its last one or today.
func scaleOf(l line, now time.Time) scale {
	s := scale{from: l.editions[0].SandboxFrom, to: now}
	for _, e := range l.editions {
		if e.SandboxFrom.Before(s.from) {
			s.from = e.SandboxFrom
		}
		for _, t := range []*time.Time{&e.SandboxFrom, e.ReleasedAt, e.DeprecatedAt, e.RemovedAt} {
			if t != nil && t.After(s.to) {
				s.to = *t
			}
		}
	}
	if now.Before(s.from) {
		s.from = now
	}
	return scale{from: monthOf(s.from), to: monthOf(s.to).AddDate(0, monthsAhead, 0)}
}

func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// lifePicture draws each version as a bar of its phases.
func lifePicture(l line, brands int, now time.Time) page.LifePicture {
	s := scaleOf(l, now)
	height := lifeTop + lifeRow*len(l.editions) + 12
	p := page.LifePicture{ID: "life-" + l.api.ID, Title: "Versions of " + l.api.Name, Description: "The table below says the same.",
		Width: strconv.Itoa(lifeWidth), Box: fmt.Sprintf("0 0 %d %d", lifeWidth, height), Bottom: strconv.Itoa(height - 8),
		Today: strconv.Itoa(s.x(now)), Ticks: ticks(s)}
	for i, e := range l.editions {
		top := lifeTop + lifeRow*i
		row := page.LifeRow{Label: e.Version.Version + " at " + e.at(brands), LabelY: strconv.Itoa(top + 16)}
		row.Phases = phases(e, s, top+24)
		p.Rows = append(p.Rows, row)
	}
	return p
}

// phases are the parts of a version's life that have begun or have a day.
func phases(e edition, s scale, top int) []page.Phase {
	end := func(t *time.Time) time.Time {
		if t == nil {
			return s.to
		}
		return *t
	}
	type part struct {
		kind, name string
		from       *time.Time
		to         time.Time
	}
	var out []page.Phase
	for _, p := range []part{
		{"sandbox", "In the sandbox", &e.SandboxFrom, end(e.ReleasedAt)},
		{"current", "Current", e.ReleasedAt, end(e.DeprecatedAt)},
		{"deprecated", "Deprecated", e.DeprecatedAt, end(e.RemovedAt)},
	} {
		if p.from == nil || !p.to.After(*p.from) {
			continue
		}
		x, to := s.x(*p.from), s.x(p.to)
		phase := page.Phase{X: strconv.Itoa(x), Y: strconv.Itoa(top), Width: strconv.Itoa(max(2, to-x-2)), Height: strconv.Itoa(lifeBar),
			Current: p.kind == "current", Deprecated: p.kind == "deprecated", TextX: strconv.Itoa(x + 8), TextY: strconv.Itoa(top + 15)}
		if to-x >= labelWidth+16 {
			phase.Text = p.name
		}
		out = append(out, phase)
	}
	return out
}

// ticks are the first days of months, as many as have room.
func ticks(s scale) []page.Tick {
	step := 1
	for _, months := range []int{1, 3, 6, 12, 24, 60} {
		step = months
		if s.x(s.from.AddDate(0, months, 0))-s.x(s.from) >= tickWidth {
			break
		}
	}
	var out []page.Tick
	for t := s.from; t.Before(s.to) && s.x(t) <= lifeWidth-tickWidth; t = t.AddDate(0, step, 0) {
		out = append(out, page.Tick{X: strconv.Itoa(s.x(t)), Text: t.Format("Jan 2006")})
	}
	return out
}
