package certs

import (
	"context"
	"errors"
	"time"

	"fairway/internal/db"
)

// Notice is what the letter about a new set says.
type Notice struct {
	OrganisationID string
	CreatedAt      time.Time
	// QWACSerial and SealSerial are upper-case hex.
	QWACSerial, SealSerial string
}

// Notice finds what Generated was told about, for whoever writes to the organisation's members. Fault: NotFound
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
		n = Notice{OrganisationID: set.OrganisationID, CreatedAt: set.CreatedAt.UTC()}
		for _, row := range rows {
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
