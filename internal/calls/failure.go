package calls

import (
	"context"
	"time"

	"fairway/internal/db"
)

// mostFailures is how many kinds of refusals are told apart in one answer.
const mostFailures = 100

// Failure is one kind of refusal: a code, or a status without one, of an operation.
type Failure struct {
	Code, Operation string
	Status          int
	Count           int
	// Last is the newest call of this kind.
	Last   int64
	LastAt time.Time
}

// Failures groups an organisation's refused and failed calls by code, status and operation, the most frequent first. It
// looks at the newest Searched of them; edge is how far it came, or 0. Before, After and Limit mean nothing here.
func (l *Log) Failures(ctx context.Context, organisationID string, f Filter) (found []Failure, edge int64, err error) {
	found, edge, err = failures(l.db.Reader(ctx), organisationID, &f)
	return found, edge, l.db.Fault(ctx, err)
}

func failures(tx db.Tx, organisationID string, f *Filter) ([]Failure, int64, error) {
	f.Before, f.After = 0, 0
	r := f.reach()
	edge, err := edgeOf(tx, organisationID, &Filter{StatusClass: 4}, r, Searched)
	if err != nil {
		return nil, 0, err
	}
	r.narrow(edge)
	found, err := groupFailures(tx, organisationID, f, r)
	return found, r.edge, err
}

// around is how far from a call its neighbours are sought, and how many of them on either side.
const (
	around     = 10 * time.Minute
	neighbours = 5
)

// Around lists the calls that the same app sent shortly before and after one, newest first, without details: a flow is
// made of calls that follow each other. Nothing surrounds a call without an app.
func (l *Log) Around(ctx context.Context, organisationID string, call Call) ([]Call, error) {
	if call.AppID == "" {
		return nil, nil
	}
	tx := l.db.Reader(ctx)
	before, err := neighboursOf(tx, organisationID, call.AppID, reach{least: idAt(call.At.Add(-around)), most: call.ID}, neighbours)
	if err != nil {
		return nil, l.db.Fault(ctx, err)
	}
	after, err := neighboursOf(tx, organisationID, call.AppID, reach{least: call.ID + 1, most: idAt(call.At.Add(around)), upwards: true}, neighbours)
	if err != nil {
		return nil, l.db.Fault(ctx, err)
	}
	list := make([]Call, 0, len(after)+len(before))
	for i := len(after) - 1; i >= 0; i-- {
		list = append(list, after[i])
	}
	return append(list, before...), nil
}
