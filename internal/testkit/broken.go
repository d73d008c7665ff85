package testkit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/fault"
)

// BreakEach proves that an act does everything or nothing: each statement, such as "INSERT codes" or "UPDATE OF rights
// enrolments", fails once in turn. The act has to fail with it, as nobody's fault, and leave every table as it was; at the
// end, with nothing broken, it has to succeed.
func BreakEach(t testing.TB, d *db.DB, statements []string, act func() error) {
	t.Helper()
	tables := tablesOf(t, d)
	for _, statement := range statements {
		table := statement[strings.LastIndexByte(statement, ' ')+1:]
		mend := Break(t, d, strings.TrimSuffix(statement, " "+table), table)
		before := Rows(t, d, tables...)
		err := act()
		after := Rows(t, d, tables...)
		mend()
		if err == nil || fault.Of(err).Kind != fault.Internal {
			t.Errorf("without %s it ended with %v", statement, err)
		}
		if !slices.Equal(before, after) {
			t.Errorf("without %s it left something behind:\n%s", statement, difference(before, after))
		}
	}
	if err := act(); err != nil {
		t.Errorf("a try later: %v", err)
	}
}

// Break lets each statement of a kind (INSERT, UPDATE, UPDATE OF a column, or DELETE) that touches a row of a table fail, until mend is called.
func Break(t testing.TB, d *db.DB, kind, table string) (mend func()) {
	t.Helper()
	run := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := d.Native().ExecContext(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	if d.Dialect() == db.Postgres {
		run("CREATE OR REPLACE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$ LANGUAGE plpgsql",
			"CREATE TRIGGER broken BEFORE "+kind+" ON "+table+" FOR EACH ROW EXECUTE FUNCTION broken()")
		return func() { run("DROP TRIGGER broken ON " + table) }
	}
	run("CREATE TRIGGER broken BEFORE " + kind + " ON " + table + " BEGIN SELECT RAISE(ABORT, 'broken'); END")
	return func() { run("DROP TRIGGER broken") }
}

// Rows are the rows of tables as text, in no order that means anything.
func Rows(t testing.TB, d *db.DB, tables ...string) []string {
	t.Helper()
	var out []string
	for _, table := range tables {
		rows, err := d.Native().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for n := range values {
				values[n] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			out = append(out, rowText(table, columns, values))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close() // Err told already
	}
	slices.Sort(out)
	return out
}

func rowText(table string, columns []string, values []any) string {
	var b strings.Builder
	b.WriteString(table)
	for n, name := range columns {
		v := *values[n].(*any)
		if raw, ok := v.([]byte); ok {
			v = string(raw)
		}
		fmt.Fprintf(&b, " %s=%v", name, v)
	}
	return b.String()
}

// tablesOf are the tables that hold what the program knows; those of the engines are left out.
func tablesOf(t testing.TB, d *db.DB) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'"
	if d.Dialect() == db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'goose_%'"
	}
	rows, err := d.Native().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func difference(before, after []string) string {
	gone := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return slices.Contains(after, s) })
	came := slices.DeleteFunc(slices.Clone(after), func(s string) bool { return slices.Contains(before, s) })
	return "- " + strings.Join(gone, "\n- ") + "\n+ " + strings.Join(came, "\n+ ")
}
