package site

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"fairway/internal/catalog"
	"fairway/internal/codeview"
	"fairway/internal/memo"
	"fairway/internal/quota"
	page "fairway/web/templates/site"
)

// library is all that was written from the embedded pages for the brands and limits that there are.
type library struct {
	key     string
	places  []place
	pages   map[string]written
	order   []chapter
	landing page.LandingView
	drawn   *memo.Cache[drawing, codeview.Set]
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
	key := keyOf(brands, limits)
	if l := f.current.Load(); l != nil && l.key == key {
		return l, nil
	}
	l, err := f.write(context.WithoutCancel(ctx), key, brands, limits)
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
		b.WriteString(brand.ID + "\x00" + brand.Name + "\x00" + brand.FormerName + "\x00" + brand.SupportEmail + "\x00")
	}
	return b.String()
}

func (f *Face) write(ctx context.Context, key string, brands []catalog.Brand, limits quota.Limits) (*library, error) {
	if len(brands) == 0 {
		return nil, fmt.Errorf("there is no brand")
	}
	l := &library{key: key, pages: map[string]written{}}
	l.drawn = l.drawings()
	for _, b := range brands {
		l.places = append(l.places, f.placeOf(b))
	}
	values, err := f.values(ctx, l.places[0], limits)
	if err != nil {
		return nil, err
	}
	if l.order, err = chapters(); err != nil {
		return nil, err
	}
	inserts, err := f.inserts(ctx, l.places)
	if err != nil {
		return nil, err
	}
	for _, c := range l.order {
		w, err := writeChapter(ctx, c, values, inserts)
		if err != nil {
			return nil, fmt.Errorf("page %q: %w", c.Title, err)
		}
		l.pages[c.Slug] = w
	}
	l.landing, err = f.landing(ctx, l.places)
	return l, err
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
