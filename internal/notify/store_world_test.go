package notify_test

import (
	"fmt"
	"testing"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/secret"
)

func change(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.InTx(t.Context(), func(tx db.Tx) error { return tx.SQL().Exec(query, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// rename gives an organisation a name that no form would take.
func rename(t *testing.T, d *db.DB, organisationID, name string) {
	t.Helper()
	change(t, d, "UPDATE organisations SET name = ? WHERE id = ?", name, organisationID)
}

// join makes another member of an organisation.
func join(t *testing.T, d *db.DB, organisationID, email string) {
	t.Helper()
	id := secret.ID("per")
	change(t, d, "INSERT INTO people (id, email, email_key, password_hash, role, verified_at, created_at) VALUES (?, ?, ?, '', 'tpp', ?, ?)", id, email, email, d.Now(), d.Now())
	change(t, d, "INSERT INTO memberships (person_id, organisation_id, role, created_at) VALUES (?, ?, 'developer', ?)", id, organisationID, d.Now())
}

// crowd has so many other organisations hand in the same, due after it.
func crowd(t *testing.T, d *db.DB, e *enrolments.Enrolment, others int) {
	t.Helper()
	for n := range others {
		change(t, d, "INSERT INTO organisations (id, name, country, created_at) VALUES (?, ?, 'FI', ?)", fmt.Sprint("org_crowd", n), fmt.Sprint("Crowd ", n), d.Now())
		change(t, d, "INSERT INTO enrolments (id, organisation_id, state, version, qwac, qseal, created_by, created_at, updated_at, submitted_at, due_at) "+
			"SELECT ?, ?, state, version, qwac, qseal, created_by, created_at, updated_at, submitted_at, ? FROM enrolments WHERE id = ?",
			fmt.Sprint("enr_crowd", n), fmt.Sprint("org_crowd", n), e.DueAt.AddDate(0, 0, 1), e.ID)
	}
}

// again has the queue hand out every fact once more.
func again(t *testing.T, d *db.DB) {
	t.Helper()
	change(t, d, "UPDATE river_job SET state = 'available', attempt = 0, finalized_at = NULL WHERE kind = 'fact'")
}

// facts counts what was told of a kind.
func facts(t *testing.T, d *db.DB, kind string) (n int) {
	t.Helper()
	err := d.Reader(t.Context()).SQL().Raw("SELECT COUNT(*) FROM river_job WHERE kind = 'fact' AND CAST(args AS TEXT) LIKE ?", "%\""+kind+"\"%").Scan(&n).Error
	if err != nil {
		t.Fatal(err)
	}
	return n
}
