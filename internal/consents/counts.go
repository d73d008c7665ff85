package consents

import (
	"fairway/internal/catalog"
	"fairway/internal/db"
)

// Count is how many consents of an environment have a status.
type Count struct {
	Environment catalog.Environment
	Status      Status
	N           int
}

// CountsIn counts an organisation's consents by environment and status, read in the caller's transaction. What time alone
// has ended counts as it was until Settle has seen it.
func (c *Consents) CountsIn(tx db.Tx, organisationID string) ([]Count, error) {
	return counts(tx, organisationID)
}
