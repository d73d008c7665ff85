package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fairway/internal/fault"
)

const (
	// defaultPage and longestPage bound what List gives at once.
	defaultPage = 50
	longestPage = 200
	// longestText is more than any id or act has.
	longestText = 200
)

// Filter says which lines of the trail to read. What is empty lets everything through; whoever asks for an organisation
// gives its id.
type Filter struct {
	// Actor, Organisation and Object are ids, compared whole.
	Actor        string
	Organisation string
	Object       string
	// Act is the beginning of an act: "certs." is all of a package, "certs.generated" one act.
	Act string
	// From is included, To is not.
	From time.Time
	To   time.Time
	// Before is a line's number: only older ones are read. Page.Next gives it.
	Before int64
	// Limit is how many lines a page has: 50 where it is zero, 200 at most. Export does not heed it.
	Limit int
}

// Check refuses what no line can contain and what a database would refuse with a fault of its own. Its fault is that of a
// form, with the fields actor, act, organisation, object and to.
func (f Filter) Check() error {
	var fields []fault.Field
	for _, text := range []struct{ name, value string }{{"actor", f.Actor}, {"act", f.Act}, {"organisation", f.Organisation}, {"object", f.Object}} {
		if len(text.value) > longestText || !utf8.ValidString(text.value) || strings.ContainsRune(text.value, 0) {
			fields = append(fields, fault.Field{Name: text.name, Message: "No line contains this. Enter an id or the beginning of an act, up to 200 characters."})
		}
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		fields = append(fields, fault.Field{Name: "to", Message: "The end is not after the beginning. Choose a later end."})
	}
	if len(fields) > 0 {
		return fault.Form(fields...)
	}
	return nil
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return defaultPage
	}
	return min(f.Limit, longestPage)
}

// Line is one deed of the trail.
type Line struct {
	// Seq is the number of the line: 1, 2, 3, … in the order of the commits.
	Seq          int64
	At           time.Time
	Actor        string
	Organisation string
	Act          string
	Object       string
	Detail       map[string]string
	// Hash is the line's hash, 64 hexadecimal digits.
	Hash string
}

// Page is a part of the trail, newest first.
type Page struct {
	Lines []Line
	// Next goes into Filter.Before for the page of older lines; zero where there are none.
	Next int64
}

// List reads a page. A filter that cannot be right comes back as a fault with its fields.
func (t *Trail) List(ctx context.Context, f Filter) (Page, error) {
	if err := f.Check(); err != nil {
		return Page{}, err
	}
	limit := f.limit()
	rows, err := list(t.db.Reader(ctx), f, limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("list the audit trail: %w", t.db.Fault(ctx, err))
	}
	var page Page
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = rows[limit-1].Seq
	}
	for _, r := range rows {
		page.Lines = append(page.Lines, r.line())
	}
	return page, nil
}

// line is what a page shows. A detail that somebody changed into something else is shown as it is: Verify judges it.
func (r *row) line() Line {
	l := Line{Seq: r.Seq, At: r.At.UTC(), Actor: r.Actor, Organisation: r.Organisation, Act: r.Act, Object: r.Object, Hash: r.Hash}
	if err := json.Unmarshal([]byte(r.Detail), &l.Detail); err != nil {
		l.Detail = map[string]string{"detail": r.Detail}
	}
	return l
}
