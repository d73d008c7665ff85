package codeview

import (
	"strings"

	"fairway/internal/httpkit"
	"fairway/internal/samples"
	"fairway/web/templates/ui"
)

// Set is a request as a program in each language, coloured, before it is known who reads it. It may be kept.
type Set struct{ panels []ui.SamplePanel }

// Draw writes and colours a request in each language. The id begins those of its parts and is its own on the page. The error
// is samples.ErrUnwritable where no program can carry the request.
func Draw(id string, r samples.Request) (Set, error) {
	var s Set
	for _, l := range samples.Languages() {
		panel, err := panelOf(id, l.ID, r)
		if err != nil {
			return Set{}, err
		}
		s.panels = append(s.panels, panel)
	}
	return s, nil
}

// In is the set for a visitor: her language is shown, the others wait behind their tabs.
func (s Set) In(coding httpkit.Coding) *ui.SamplesView {
	v := &ui.SamplesView{Label: "Language"}
	for _, p := range s.panels {
		current := p.Lang == coding.Language
		v.Tabs = append(v.Tabs, tabOf(p.ID, p.Lang, p.Title, current, coding))
		p.Hidden = coding.Query != "" && !current
		v.Panels = append(v.Panels, p)
	}
	return v
}

// Programs draws a request as a program in each language, or is nil where no program can carry it. Face and page need three
// lines:
//
//	coding := httpkit.CodingOf(c)                                 // in the handler
//	view.Samples = codeview.Programs("list-accounts", r, coding)  // where the view is made
//	@ui.Samples(*v.Samples)                                       // in the template
func Programs(id string, r samples.Request, coding httpkit.Coding) *ui.SamplesView {
	s, err := Draw(id, r)
	if err != nil {
		return nil
	}
	return s.In(coding)
}

// Program is Programs with the visitor's own language alone and links to the others: for pages with so many samples that six
// of each would weigh too much. On the answer to a form it is Programs, because no link would bring that back.
func Program(id string, r samples.Request, coding httpkit.Coding) *ui.SamplesView {
	if coding.Query == "" {
		return Programs(id, r, coding)
	}
	panel, err := panelOf(id, coding.Language, r)
	if err != nil {
		return nil
	}
	return alone(id, panel, coding)
}

// Alone is Program for a set that is kept.
func (s Set) Alone(coding httpkit.Coding) *ui.SamplesView {
	if coding.Query == "" {
		return s.In(coding)
	}
	for _, p := range s.panels {
		if p.Lang == coding.Language {
			return alone(strings.TrimSuffix(p.ID, "-"+p.Lang), p, coding)
		}
	}
	return s.In(coding)
}

// alone is one language's panel. Its id is the same in each language, so that the links lead to it.
func alone(id string, panel ui.SamplePanel, coding httpkit.Coding) *ui.SamplesView {
	panel.ID = id
	v := &ui.SamplesView{Label: "Language", Alone: true, Panels: []ui.SamplePanel{panel}}
	for _, l := range samples.Languages() {
		v.Tabs = append(v.Tabs, tabOf(id, l.ID, l.Name, l.ID == coding.Language, coding))
	}
	return v
}

func tabOf(panel, lang, name string, current bool, coding httpkit.Coding) ui.SampleTab {
	t := ui.SampleTab{Href: "#" + panel, Lang: lang, Text: name, Current: current}
	if coding.Query != "" {
		t.Href = coding.Query + lang + t.Href
	}
	return t
}

func panelOf(id, language string, r samples.Request) (ui.SamplePanel, error) {
	p, err := samples.Write(language, r)
	if err != nil {
		return ui.SamplePanel{}, err
	}
	id += "-" + language
	text := strings.TrimSuffix(p.Text, "\n")
	v := ui.SamplePanel{ID: id, Lang: language, Title: p.Language.Name, Run: p.Run, Needs: p.Language.Needs,
		Code: ui.CodeView{ID: id + "-text", Title: p.File, Text: text, Spans: Spans(p.Language.Lexer, text), Tall: true}}
	if r.Signed {
		v.Pitfalls = p.Language.Pitfalls
	}
	return v, nil
}
