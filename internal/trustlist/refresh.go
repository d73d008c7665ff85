package trustlist

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fairway/internal/db"
	"fairway/internal/fault"
)

// ErrUnreachable is the refusal of a list that could not be fetched.
var ErrUnreachable = fault.New(fault.Unavailable, "list_unreachable",
	"The list could not be fetched from its publisher. The one that is held stays; try again later.")

// Fetcher loads a file of at most xades.MaxFile bytes. Which addresses may be asked is its business, not that of the lists.
type Fetcher interface {
	Fetch(ctx context.Context, url string) ([]byte, error)
}

// Refresh fetches the list of the lists and then each list that the one held names, and imports them. What cannot be fetched
// or is refused stands in the report and stops nothing else; the error is the database's, or the context's.
func (l *Lists) Refresh(ctx context.Context, actor string, from Fetcher, lotl string) (Report, error) {
	report, err := l.fetch(ctx, actor, from, publication{Union, lotl})
	if err != nil {
		return report, err
	}
	places, err := l.places(ctx)
	if err != nil {
		return report, err
	}
	for _, p := range places {
		more, err := l.fetch(ctx, actor, from, p)
		if err != nil {
			return report, err
		}
		report.Lines = append(report.Lines, more.Lines...)
	}
	return report, nil
}

// publication is where a territory's list is published.
type publication struct{ territory, location string }

// places are the addresses of the lists that the list of the lists names, each once.
func (l *Lists) places(ctx context.Context) ([]publication, error) {
	var rows []signerRow
	err := l.db.Read(ctx, func(tx db.Tx) error {
		var err error
		rows, err = readSigners(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	var found []publication
	for _, r := range rows {
		p := publication{r.Territory, r.Location}
		web := strings.HasPrefix(p.location, "https://") || strings.HasPrefix(p.location, "http://")
		if web && !slices.Contains(found, p) && len(found) < MaxFiles {
			found = append(found, p)
		}
	}
	return found, nil
}

func (l *Lists) fetch(ctx context.Context, actor string, from Fetcher, p publication) (Report, error) {
	file, err := from.Fetch(ctx, p.location)
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	if err != nil {
		return Report{Lines: []Line{{Territory: p.territory, Location: p.location, Refusal: ErrUnreachable.With(err)}}}, nil
	}
	report, err := l.Import(ctx, actor, [][]byte{file})
	if err != nil {
		return Report{}, fmt.Errorf("refresh the trusted lists: %w", err)
	}
	for i := range report.Lines {
		report.Lines[i].Location = p.location
	}
	return report, nil
}
