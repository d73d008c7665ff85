package catalog_test

import (
	"testing"

	"fairway/internal/db"
)

// mustChange runs a statement on the catalogue and tells it, as another process would.
func mustChange(t *testing.T, d *db.DB, statement string, args ...any) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		if err := tx.SQL().Exec(statement, args...).Error; err != nil {
			return err
		}
		return tx.Tell("catalog", "")
	})
	if err != nil {
		t.Fatalf("change the catalogue: %v", err)
	}
}
