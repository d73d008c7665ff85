package certs_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// dump is the contents of every table, as text and as bytes.
func dump(t *testing.T, d *db.DB) []byte {
	t.Helper()
	names := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if d.Dialect() == db.Postgres {
		names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var tables []string
	each(t, d, names, func(values []any) { tables = append(tables, fmt.Sprint(values[0])) })
	var all bytes.Buffer
	for _, table := range tables {
		each(t, d, `SELECT * FROM "`+table+`"`, func(values []any) {
			for _, v := range values {
				if raw, ok := v.([]byte); ok {
					all.Write(raw)
				} else {
					fmt.Fprint(&all, v)
				}
				all.WriteByte('\n')
			}
		})
	}
	return all.Bytes()
}

func each(t *testing.T, d *db.DB, query string, row func([]any)) {
	t.Helper()
	rows, err := d.Native().QueryContext(t.Context(), query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for n := range values {
			into[n] = &values[n]
		}
		must(t, rows.Scan(into...))
		row(values)
	}
	must(t, rows.Err())
}

func TestNoTableHoldsAKeyInClear(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		set, private := p.generate(t, org, "")
		_, err := p.BundleOf(t.Context(), org.ID, catalog.Sandbox, "per_tester", certs.EnvFile{})
		must(t, err)

		all := dump(t, d)

		if !bytes.Contains(all, []byte(set.QWAC.Serial)) {
			t.Fatal("the dump does not hold what it should")
		}
		for _, word := range []string{"PRIVATE KEY", "MIIEv"} {
			if bytes.Contains(all, []byte(word)) {
				t.Errorf("a table holds %q", word)
			}
		}
		for _, text := range []string{private.QWAC().Reveal(), private.QSeal().Reveal()} {
			block, _ := pem.Decode([]byte(text))
			part := block.Bytes[600:632] // inside of the primes
			for _, form := range [][]byte{part, []byte(hex.EncodeToString(part)), []byte(base64.StdEncoding.EncodeToString(part[:30])), []byte(base64.RawURLEncoding.EncodeToString(part[:30]))} {
				if bytes.Contains(all, form) {
					t.Error("a table holds a part of a private key")
				}
			}
		}
	})
}

func TestASealedKeyOpensOnlyInItsOwnRow(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	mine, theirs := newOrganisation(t, p.db, "Example Oy"), newOrganisation(t, p.db, "Other Oy")
	set, _ := p.generate(t, mine, "")
	stolen, _ := p.generate(t, theirs, "")
	_, err := p.db.Native().ExecContext(t.Context(),
		"UPDATE certificates SET sealed_key = (SELECT sealed_key FROM certificates WHERE id = ?) WHERE id = ?", stolen.QSeal.ID, set.QSeal.ID)
	must(t, err)

	_, _, _, err = newProcess(t, p.db).PlaygroundKeys(t.Context(), mine.ID, catalog.Sandbox)

	if err == nil {
		t.Error("a key that was moved to another row opens there")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	keys, err := p.Prepare(t.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI}})
	must(t, err)
	_, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	env := certs.EnvFile{ClientSecret: "canary"}

	var out bytes.Buffer
	for _, v := range []any{keys, &keys, private, &private, env, &env, []any{keys, private, env}, struct{ K any }{private}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("made", "what", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("made", "what", v)
		encoded, err := json.Marshal(v)
		must(t, err)
		out.Write(encoded)
	}

	text := out.String()
	block, _ := pem.Decode([]byte(private.QWAC().Reveal()))
	for _, canary := range []string{"canary", "PRIVATE", "65537", "10001", base64.StdEncoding.EncodeToString(block.Bytes[60:90])} {
		if strings.Contains(text, canary) {
			t.Errorf("%q was printed", canary)
		}
	}
}
