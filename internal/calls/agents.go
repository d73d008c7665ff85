package calls

import (
	"context"
	"time"
)

// MostAgents is how many calls of an organisation are read for who sent them.
const MostAgents = 100

// Agents counts an organisation's calls since an instant by their User-Agent, in both environments. Of more than MostAgents
// calls the newest are counted; those without the header stand under the empty one.
func (l *Log) Agents(ctx context.Context, organisationID string, since time.Time) (map[string]int, error) {
	f := Filter{From: since}
	found, err := listWhole(l.db.Reader(ctx), organisationID, &f, f.reach(), MostAgents)
	if err != nil {
		return nil, l.db.Fault(ctx, err)
	}
	counts := map[string]int{}
	for i := range found {
		counts[found[i].Detail.agent()]++
	}
	return counts, nil
}

// agent is what the client called itself.
func (d *Detail) agent() string {
	for _, h := range d.RequestHeaders {
		if h[0] == "User-Agent" {
			return h[1]
		}
	}
	return ""
}
