package e2e

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"testing"
)

// TestWhereTheDatabaseFailsTheAnswerIsTheDocuments takes from a server first the turn to write, for longer than it waits,
// and then a table. What no rehearsal can answer for, the token endpoint and the orders themselves, fails as documented.
func TestWhereTheDatabaseFailsTheAnswerIsTheDocuments(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: wideLimits})
	p := sv.newTPP(t)
	sv.broken = true
	ask := func() map[string]answer {
		out := map[string]answer{"token": p.askToken(t, "grant_type", "client_credentials")}
		for _, c := range p.ordering() {
			out[c.method] = p.send(t, c)
		}
		return out
	}
	conn := sv.writable(t)

	mustExec(t, conn, "BEGIN IMMEDIATE")
	busy := ask()
	mustExec(t, conn, "ROLLBACK")
	for _, table := range []string{"tokens", "rehearsals"} {
		mustExec(t, conn, "ALTER TABLE "+table+" RENAME TO mislaid_"+table)
	}
	torn := ask()
	for _, table := range []string{"tokens", "rehearsals"} {
		mustExec(t, conn, "ALTER TABLE mislaid_"+table+" RENAME TO "+table)
	}
	healed := ask()
	p.sv.book.hide("an access token", tokenIn(healed["token"].body))

	for name, want := range map[string][3]int{
		"token": {http.StatusServiceUnavailable, http.StatusInternalServerError, http.StatusOK}, http.MethodPut: {http.StatusServiceUnavailable, http.StatusInternalServerError, http.StatusOK},
		http.MethodGet: {http.StatusNotFound, http.StatusInternalServerError, http.StatusOK}, http.MethodDelete: {http.StatusServiceUnavailable, http.StatusInternalServerError, http.StatusNoContent},
	} {
		if got := [3]int{busy[name].status, torn[name].status, healed[name].status}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// writable is a connection of the test's own to the server's SQLite file.
func (sv *server) writable(t *testing.T) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(sv.dir, "portal.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), db.Close() }) // a connection that was only looked through
	return conn
}

func mustExec(t *testing.T, conn *sql.Conn, statement string) {
	t.Helper()
	if _, err := conn.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatal(err)
	}
}
