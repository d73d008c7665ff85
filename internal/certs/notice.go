package certs

import (
	"context"
	"errors"
	"time"

	"fairway/internal/db"
)

// Notice is what the letters about a set say.
type Notice struct {
	OrganisationID string
	CreatedAt      time.Time
	// EndsAt is when the first of its certificates ends.
	EndsAt time.Time
	Status SetStatus
	// QWACSerial and SealSerial are upper-case hex.
	QWACSerial, SealSerial string
}

// Notice finds what a fact about a set was told of, for whoever writes to the organisation's members. Fault: NotFound
// "no_certificates".
func (c *Certs) Notice(ctx context.Context, setID string) (Notice, error) {
	var n Notice
	err := c.db.Read(ctx, func(tx db.Tx) error {
		set, err := setByID(tx, setID)
		if err != nil {
			return err
		}
		rows, err := certificatesOf(tx, set.OrganisationID, set.ID)
		if err != nil {
			return err
		}
		n = Notice{OrganisationID: set.OrganisationID, CreatedAt: set.CreatedAt.UTC(), Status: SetStatus(set.Status)}
		for _, row := range rows {
			if row.Playground {
				continue
			}
			if n.EndsAt.IsZero() || row.NotAfter.Before(n.EndsAt) {
				n.EndsAt = row.NotAfter.UTC()
			}
			if row.Kind == rowQWAC {
				n.QWACSerial = row.Serial
			} else {
				n.SealSerial = row.Serial
			}
		}
		return nil
	})
	if errors.Is(err, db.ErrNotFound) {
		return n, errNoSet
	}
	return n, err
}

// Ending is an active set of the sandbox and when the first of its certificates ends.
type Ending struct {
	SetID  string
	EndsAt time.Time
}

// endingPage is how many sets are read at a time.
const endingPage = 500

// Ending lists the active sets of the sandbox, whosever they are, whose end lies after one instant and not after another.
func (c *Certs) Ending(ctx context.Context, after, until time.Time) ([]Ending, error) {
	var list []Ending
	for from := ""; ; {
		rows, err := endingSets(c.db.Reader(ctx), from, after, until)
		if err != nil {
			return nil, c.db.Fault(ctx, err)
		}
		for _, row := range rows {
			end := row.QWACEnd
			if row.SealEnd.Before(end) {
				end = row.SealEnd
			}
			list, from = append(list, Ending{SetID: row.ID, EndsAt: end.UTC()}), row.OrganisationID
		}
		if len(rows) < endingPage {
			return list, nil
		}
	}
}
