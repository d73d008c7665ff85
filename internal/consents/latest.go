package consents

import (
	"context"
	"errors"

	"fairway/internal/db"
)

// Latest is ByID as the database has it now and not as it was remembered. A code is exchanged within milliseconds of
// the approval, perhaps in another process that has not heard of it yet.
func (c *Consents) Latest(ctx context.Context, owner Owner, id string) (*Consent, error) {
	found, err := byID(c.db.Reader(ctx), id)
	if errors.Is(err, db.ErrNotFound) || (err == nil && found.Owner != owner) {
		return nil, ErrUnknown
	}
	return found, c.db.Fault(ctx, err)
}
