package calls

import (
	"context"
	"slices"
	"time"

	"fairway/internal/db"
)

const (
	// mostListed is the longest page of the log.
	mostListed = 200
	// Searched is how many calls a narrowed list looks at. Where they do not fill the page, it says how far it came.
	Searched = 20_000
	// searchedFirst are so few that counting them costs nothing; they fill most pages.
	searchedFirst = 1_000
	// SearchedForID is how many calls are read whole, in search of an id that stands inside of them.
	SearchedForID = 1_500
)

// Filter narrows a list. Zero values do not narrow.
type Filter struct {
	Environment string // "sandbox" or "live"; empty is both
	Brand       string
	AppID       string
	Status      int // exactly this one
	StatusClass int // 2, 4 or 5
	Code        string
	Operation   string
	// Operations are those of an API: any of them.
	Operations []string
	Method     string
	RequestID  string
	// From and To bound the time: the former is within, the latter is not.
	From, To time.Time
	// Before and After are ids: a page of older or newer calls.
	Before, After int64
	Limit         int
}

// narrows reports whether calls are left out that lie within the time.
func (f *Filter) narrows() bool {
	return f.Environment != "" || f.Brand != "" || f.AppID != "" || f.Status != 0 || f.StatusClass != 0 || f.Code != "" || f.Operation != "" ||
		len(f.Operations) > 0 || f.Method != "" || f.RequestID != ""
}

// failing reports whether only refused and failed calls are asked for, which have an index of their own.
func (f *Filter) failing() bool { return f.Status >= 400 || f.StatusClass >= 4 }

// Page is a part of the log, newest first.
type Page struct {
	Calls        []Call
	Newer, Older bool
	// Edge is how far the search came before it gave up, as an id to go on from; 0 where everything was looked at or the
	// page is full.
	Edge int64
}

// idAt is the lowest id that a call of this instant can have: the first of all before there were instants, the last of all
// where they have ended.
func idAt(t time.Time) int64 { return min(max(t.UnixMicro(), 0), lastID>>idBits) << idBits }

// TimeOf is the instant at which an id was made.
func TimeOf(id int64) time.Time { return time.UnixMicro(id >> idBits).UTC() }

// List is a page of an organisation's calls, without their details. A list that leaves calls out looks at Searched of
// them, of the app or of the refused ones where only those are asked for, and says in Edge how far it came; one by
// X-Request-ID looks at all.
func (l *Log) List(ctx context.Context, organisationID string, f Filter) (Page, error) {
	p, err := l.ListIn(l.db.Reader(ctx), organisationID, f)
	return p, l.db.Fault(ctx, err)
}

// ListIn is List in the caller's transaction.
func (l *Log) ListIn(tx db.Tx, organisationID string, f Filter) (Page, error) {
	f.Limit = limited(f.Limit)
	if !f.narrows() || f.RequestID != "" {
		r := f.reach()
		found, err := list(tx, organisationID, &f, r)
		return f.page(found, r), err
	}
	var r reach
	var found []Call
	for _, n := range [...]int{searchedFirst, Searched} {
		r = f.reach()
		edge, err := edgeOf(tx, organisationID, &f, r, n)
		if err != nil {
			return Page{}, err
		}
		r.narrow(edge)
		if found, err = list(tx, organisationID, &f, r); err != nil {
			return Page{}, err
		}
		if edge == 0 || len(found) > f.Limit {
			break
		}
	}
	return f.page(found, r), nil
}

func limited(limit int) int {
	if limit <= 0 || limit > mostListed {
		return 50
	}
	return limit
}

// page cuts what was found, one more than the page takes, to the page.
func (f *Filter) page(found []Call, r reach) Page {
	p := Page{Newer: f.Before > 0, Older: f.After > 0}
	if len(found) > f.Limit {
		found = found[:f.Limit]
		p.Older, p.Newer = p.Older || f.After == 0, p.Newer || f.After > 0
	} else {
		p.Edge = r.edge
	}
	if f.After > 0 {
		slices.Reverse(found)
	}
	p.Calls = found
	return p
}

// reach is the part of the log that a search looks at: ids from least to below most, newest first, or the other way round.
type reach struct {
	least, most int64
	upwards     bool
	edge        int64 // where the search gives up; 0: nowhere
}

const lastID = 1<<63 - 1

func (f *Filter) reach() reach {
	r := reach{most: lastID, upwards: f.After > 0}
	if !f.From.IsZero() {
		r.least = idAt(f.From)
	}
	if !f.To.IsZero() {
		r.most = idAt(f.To)
	}
	if f.Before > 0 {
		r.most = min(r.most, f.Before)
	}
	if f.After > 0 {
		r.least = max(r.least, f.After+1)
	}
	return r
}

// narrow ends the search at the edge, which is looked at next time.
func (r *reach) narrow(edge int64) {
	switch r.edge = edge; {
	case edge == 0:
	case r.upwards:
		r.most, r.edge = edge, edge-1
	default:
		r.least, r.edge = edge+1, edge+1
	}
}
