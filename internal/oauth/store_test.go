package oauth_test

import (
	"fmt"
	"strings"
	"testing"

	"fairway/internal/db"
)

// dump writes every row of some tables as text.
func dump(t *testing.T, d *db.DB, tables ...string) string {
	t.Helper()
	var out strings.Builder
	for _, table := range tables {
		rows := []map[string]any{}
		if err := d.Reader(t.Context()).SQL().Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			t.Fatalf("%s is empty", table)
		}
		for _, row := range rows {
			fmt.Fprintln(&out, row)
		}
	}
	return out.String()
}
