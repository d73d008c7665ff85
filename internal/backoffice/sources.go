package backoffice

import (
	"context"
	"strings"

	"fairway/internal/nca"
	"fairway/internal/trustlist"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// sourceNotices warn where the trusted lists or the register are missing or old: what rests on them needs a person then.
func (f *Face) sourceNotices(ctx context.Context) ([]page.NoticeView, error) {
	lists, err := f.Lists.Status(ctx)
	if err != nil {
		return nil, err
	}
	notices := listNotices(lists)
	current, imported, err := f.Register.Status(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case !imported:
		notices = append(notices, page.NoticeView{Tone: ui.Warn, Title: "The EBA’s register was not imported yet",
			Text: "Whether an institution is authorised has to be looked up by hand until the operator imports it."})
	case f.Clock.Now().Sub(current.ImportedAt) > nca.RegisterLasts:
		notices = append(notices, page.NoticeView{Tone: ui.Warn, Title: "The copy of the EBA’s register is old",
			Text: "It speaks up to " + day(current.Date) + " and was imported on " + stamp(current.ImportedAt) + ". The operator has to import the current one."})
	}
	return notices, nil
}

func listNotices(s trustlist.Status) []page.NoticeView {
	if s.Empty {
		return []page.NoticeView{{Tone: ui.Warn, Title: "No trusted list was imported yet",
			Text: "Whether an issuer is qualified has to be looked up by hand until the operator imports the lists."}}
	}
	var old []string
	for _, l := range s.Lists {
		if l.Stale {
			old = append(old, l.Territory+" (number "+number(l.Sequence)+" of "+day(l.IssuedAt)+", imported on "+day(l.ImportedAt)+")")
		}
	}
	if len(old) == 0 {
		return nil
	}
	return []page.NoticeView{{Tone: ui.Warn, Title: "Trusted lists are out of date",
		Text: "What rests on them needs a person: " + strings.Join(old, ", ") + ". The operator has to import the current ones."}}
}
