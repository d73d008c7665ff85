package certs_test

import (
	"testing"

	"fairway/internal/db"
)

// copySet gives another organisation a set that ends like this one.
func copySet(t *testing.T, d *db.DB, setID, name string) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		for _, s := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO organisations (id, name, country, created_at) VALUES (?, ?, 'FI', ?)", []any{"org_" + name, name, tx.Now}},
			{"INSERT INTO certificate_sets (id, organisation_id, environment, status, roles, key_bits, created_by, created_at) " +
				"SELECT ?, ?, environment, status, roles, key_bits, created_by, created_at FROM certificate_sets WHERE id = ?", []any{"set_" + name, "org_" + name, setID}},
			{"INSERT INTO certificates (id, set_id, organisation_id, environment, kind, thumbprint, serial, der, sealed_key, not_before, not_after, created_at) " +
				"SELECT ? || kind, ?, ?, environment, kind, thumbprint || ?, serial || ?, der, '', not_before, not_after, created_at FROM certificates WHERE set_id = ?",
				[]any{name, "set_" + name, "org_" + name, name, name, setID}},
		} {
			if err := tx.SQL().Exec(s.query, s.args...).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
