package calls

import (
	"context"
	"strings"

	"fairway/internal/db"
)

// readWhole is how many calls are in memory with their details while an id is sought.
const readWhole = 250

// Mentioning is List for calls that name an id anywhere: as X-Request-ID, in the path, in a header or in a body. Such ids
// have no index, which would cost every call; the newest SearchedForID are read, and Edge says how far that came.
func (l *Log) Mentioning(ctx context.Context, organisationID, id string, f Filter) (Page, error) {
	p, err := mentioning(l.db.Reader(ctx), organisationID, strings.ToLower(id), f)
	return p, l.db.Fault(ctx, err)
}

func mentioning(tx db.Tx, organisationID, id string, f Filter) (Page, error) {
	f.Limit = limited(f.Limit)
	r := f.reach()
	edge, err := edgeOf(tx, organisationID, &f, r, SearchedForID)
	if err != nil {
		return Page{}, err
	}
	r.narrow(edge)
	var found []Call
	for part := r; len(found) <= f.Limit; {
		read, err := listWhole(tx, organisationID, &f, part, readWhole)
		if err != nil {
			return Page{}, err
		}
		for i := range read {
			if read[i].mentions(id) {
				read[i].Detail = Detail{}
				found = append(found, read[i])
			}
		}
		if len(read) < readWhole {
			break
		}
		part.after(read[len(read)-1].ID)
	}
	return f.page(found[:min(len(found), f.Limit+1)], r), nil
}

// after goes on behind the last one that was read.
func (r *reach) after(last int64) {
	if r.upwards {
		r.least = last + 1
	} else {
		r.most = last
	}
}

// mentions reports whether the id, in small letters, stands anywhere in the call.
func (c *Call) mentions(id string) bool {
	d := &c.Detail
	for _, text := range [...]string{c.RequestID, c.Path, d.RequestBody, d.ResponseBody} {
		if strings.Contains(strings.ToLower(text), id) {
			return true
		}
	}
	for _, headers := range [...][][2]string{d.RequestHeaders, d.ResponseHeaders} {
		for _, h := range headers {
			if strings.Contains(strings.ToLower(h[1]), id) {
				return true
			}
		}
	}
	return false
}
