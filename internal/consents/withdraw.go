package consents

import (
	"context"
	"errors"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/secret"
)

// Withdraw ends a consent because its customer says so at the bank (revokedByPsu). A consent that has ended stays as it is:
// asking again is no fault. One of another customer, brand or environment is ErrUnknown.
func (c *Consents) Withdraw(ctx context.Context, env catalog.Environment, brand, id, psu string) error {
	id, ok := storedID(id)
	if !ok {
		return ErrUnknown
	}
	found, err := byID(c.db.Reader(ctx), id)
	if errors.Is(err, db.ErrNotFound) || err == nil && (found.Environment != env || found.Brand != brand || psu == "" || !secret.Equal(found.PSU, psu)) {
		return ErrUnknown
	}
	if err != nil {
		return c.db.Fault(ctx, err)
	}
	return c.db.InTx(ctx, func(tx db.Tx) error {
		if found.Status(tx.Now).Final() {
			return nil
		}
		return c.endBy(tx, found, RevokedByPSU, "", "psu:"+psu)
	})
}
