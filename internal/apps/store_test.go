package apps_test

import (
	"strings"
	"testing"

	"fairway/internal/db"
)

// tableNames lists all tables of the database.
func tableNames(t *testing.T, tx db.Tx) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if tx.Dialect() == db.Postgres {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	var names []string
	if err := tx.SQL().Raw(query).Scan(&names).Error; err != nil {
		t.Fatalf("list tables: %v", err)
	}
	return names
}

// dump writes every row of every table as text.
func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var out strings.Builder
	tx := d.Reader(t.Context())
	for _, name := range tableNames(t, tx) {
		rows, err := d.Native().QueryContext(t.Context(), `SELECT * FROM "`+name+`"`)
		if err != nil {
			t.Fatalf("read %s: %v", name, err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(columns))
			for i := range cells {
				cells[i] = new([]byte)
			}
			if err := rows.Scan(cells...); err != nil {
				t.Fatalf("read %s: %v", name, err)
			}
			for _, c := range cells {
				out.Write(*c.(*[]byte))
				out.WriteByte('\n')
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("read %s: %v", name, err)
		}
		_ = rows.Close()
	}
	return out.String()
}

// acts lists the trail of an object.
func acts(t *testing.T, d *db.DB, object string) []string {
	t.Helper()
	var list []string
	err := d.Reader(t.Context()).SQL().Raw("SELECT act FROM audit_log WHERE object = ? ORDER BY id", object).Scan(&list).Error
	if err != nil {
		t.Fatalf("read the trail: %v", err)
	}
	return list
}

// rowsOf counts what is left of an app in a table below it.
func rowsOf(t *testing.T, d *db.DB, appID string) int64 {
	t.Helper()
	var n int64
	err := d.Reader(t.Context()).SQL().Raw(`SELECT (SELECT count(*) FROM app_credentials WHERE app_id = ?) +
		(SELECT count(*) FROM app_redirect_uris WHERE app_id = ?) + (SELECT count(*) FROM connections WHERE app_id = ?)`,
		appID, appID, appID).Scan(&n).Error
	if err != nil {
		t.Fatalf("count rows: %v", err)
	}
	return n
}
