package e2e

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// leftovers looks for secrets in everything that a server stored: its files byte by byte, and its tables row by row,
// since a long value may lie in pieces in the file.
func (sv *server) leftovers() []string {
	var problems []string
	files, err := filepath.Glob(filepath.Join(sv.dir, "*"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, file := range files {
		if filepath.Base(file) == "keys" {
			continue // the sealing keys of a development server: the one secret that belongs into the folder
		}
		if body, err := os.ReadFile(file); err == nil {
			problems = append(problems, sv.book.leaksIn("the file "+filepath.Base(file), string(body))...)
		}
	}
	tables, err := sv.tables()
	if err != nil {
		return append(problems, "read the tables: "+err.Error())
	}
	if len(tables) < 20 {
		problems = append(problems, fmt.Sprintf("only %d tables were read", len(tables)))
	}
	for name, rows := range tables {
		problems = append(problems, sv.book.leaksIn("the table "+name, rows)...)
	}
	return problems
}

// tables reads every table of the server's database as text.
func (sv *server) tables() (map[string]string, error) {
	db, list, err := sv.openDatabase()
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	names, err := texts(db, list)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range names {
		if out[name], err = dump(db, name); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
	}
	return out, nil
}

// openDatabase opens the server's database for reading, with the statement that lists its tables.
func (sv *server) openDatabase() (db *sql.DB, list string, err error) {
	if strings.HasPrefix(sv.database, "postgres") {
		db, err = sql.Open("pgx", sv.database)
		return db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'", err
	}
	if !slices.Contains(sql.Drivers(), "sqlite") {
		return nil, "", fmt.Errorf("no driver for SQLite among %v", sql.Drivers())
	}
	db, err = sql.Open("sqlite", "file:"+filepath.Join(sv.dir, "portal.db")+"?mode=ro")
	return db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", err
}

// texts is the first column of a query.
func texts(db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

func dump(db *sql.DB, table string) (string, error) {
	rows, err := db.Query(`SELECT * FROM "` + table + `"`)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var b strings.Builder
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		for i, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(&b, "%s=%v ", columns[i], v)
		}
		b.WriteByte('\n')
	}
	return b.String(), rows.Err()
}
