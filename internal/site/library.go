package site

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"fairway/internal/catalog"
	"fairway/internal/codeview"
	"fairway/internal/memo"
	"fairway/internal/quota"
	"fairway/internal/search"
	page "fairway/web/templates/site"
)

// library is all that was written from the embedded pages for the brands and limits that there are.
type library struct {
	key     string
	places  []place
	pages   map[string]written
	order   []chapter
	landing page.LandingView
	// index finds everything, words the terms alone.
	index, words *search.Index
	lines        []line
	changes      []change
	changeBodies []fragment // of the changes, in their order
	programs     *memo.Cache[drawing, codeview.Set]
}

// written is one page of the documentation, ready but for who reads it.
type written struct {
	chapter
	doc     document
	minutes int
}

// library gives the pages as they are for today's brands and limits. They are written once and again when those change.
func (f *Face) library(ctx context.Context) (*library, error) {
	brands, err := f.Catalog.Brands(ctx)
	if err != nil {
		return nil, err
	}
	limits, err := f.Limits(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := f.lines(ctx, brands)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now().UTC()
	key := keyOf(brands, limits) + keyOfLines(lines, now)
	if l := f.current.Load(); l != nil && l.key == key {
		return l, nil
	}
	l := &library{key: key, pages: map[string]written{}, lines: lines}
	l.programs = l.drawings()
	err = f.write(context.WithoutCancel(ctx), l, brands, limits, now)
	if err != nil {
		return nil, fmt.Errorf("write the documentation: %w", err)
	}
	f.current.Store(l)
	return l, nil
}

func keyOf(brands []catalog.Brand, limits quota.Limits) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\x00%d\x00", limits.PerSecond, limits.PerDay)
	for _, brand := range brands {
		b.WriteString(brand.ID + "\x00" + brand.Name + "\x00" + brand.FormerName + "\x00" + brand.SupportEmail + "\x00" + brand.SupportHours + "\x00")
	}
	return b.String()
}

// keyOfLines changes with a date of a version, and with the day.
func keyOfLines(lines []line, now time.Time) string {
	var b strings.Builder
	b.WriteString(now.Format(time.DateOnly))
	for _, l := range lines {
		b.WriteString("\x00" + l.api.ID + l.api.Name)
		for _, e := range l.editions {
			b.WriteString("\x00" + e.Version.Version + days(e.Version) + strings.Join(e.brands, "\x00"))
			for _, t := range []*time.Time{&e.SandboxFrom, e.ReleasedAt, e.DeprecatedAt, e.RemovedAt} {
				b.WriteString(strconv.FormatBool(t != nil && !now.Before(*t)))
			}
		}
	}
	return b.String()
}

func (f *Face) write(ctx context.Context, l *library, brands []catalog.Brand, limits quota.Limits, now time.Time) error {
	if len(brands) == 0 {
		return fmt.Errorf("there is no brand")
	}
	for _, b := range brands {
		l.places = append(l.places, f.placeOf(b))
	}
	values, err := f.values(ctx, l.places[0], limits)
	if err != nil {
		return err
	}
	if l.changes, err = f.changes(ctx, l.lines, len(brands), now); err != nil {
		return err
	}
	if err := l.writeChanges(ctx); err != nil {
		return err
	}
	if err := f.writeChapters(ctx, l, values, now); err != nil {
		return err
	}
	if l.landing, err = f.landing(ctx, l.places); err != nil {
		return err
	}
	l.words = search.New(termEntries())
	l.index, err = f.index(ctx, l)
	return err
}

func (f *Face) writeChapters(ctx context.Context, l *library, values map[string]string, now time.Time) error {
	var err error
	if l.order, err = chapters(); err != nil {
		return err
	}
	inserts, err := f.inserts(ctx, l.places)
	if err != nil {
		return err
	}
	inserts["lifecycles"] = lifecycles(l.lines, len(l.places), now)
	for _, c := range l.order {
		w, err := writeChapter(ctx, c, values, inserts)
		if err != nil {
			return fmt.Errorf("page %q: %w", c.Title, err)
		}
		l.pages[c.Slug] = w
	}
	return nil
}

func writeChapter(ctx context.Context, c chapter, values map[string]string, inserts map[string]templ.Component) (written, error) {
	for _, field := range []*string{&c.Lead, &c.Description, &c.End, &c.Need, &c.Body} {
		text, err := filled(*field, values)
		if err != nil {
			return written{}, err
		}
		*field = text
	}
	doc, err := convert(ctx, c.Body, inserts)
	return written{chapter: c, doc: doc, minutes: readingTime(c.Body)}, err
}

// readingTime is in minutes, at 200 words a minute, code left out.
func readingTime(body string) int {
	words, inCode := 0, false
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "```") {
			inCode = !inCode
		} else if !inCode {
			words += len(strings.Fields(line))
		}
	}
	return max(1, (words+100)/200)
}
