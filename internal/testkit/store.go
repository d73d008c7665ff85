package testkit

import (
	"strings"

	"fairway/internal/db"
)

func insertOrganisation(tx db.Tx, organisationID, personID, name string) error {
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "." + personID[4:10] + "@tpp.example"
	statements := []struct {
		sql  string
		args []any
	}{
		{"INSERT INTO organisations (id, name, country, created_at) VALUES (?, ?, 'FI', ?)", []any{organisationID, name, tx.Now}},
		{"INSERT INTO people (id, email, email_key, password_hash, role, verified_at, created_at) VALUES (?, ?, ?, '', 'tpp', ?, ?)", []any{personID, email, email, tx.Now, tx.Now}},
		{"INSERT INTO memberships (person_id, organisation_id, role, created_at) VALUES (?, ?, 'owner', ?)", []any{personID, organisationID, tx.Now}},
	}
	for _, s := range statements {
		if err := tx.SQL().Exec(s.sql, s.args...).Error; err != nil {
			return err
		}
	}
	return nil
}
