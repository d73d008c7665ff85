package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/clock"
	"fairway/internal/testkit"
)

func TestTheCommandLineKnowsWhetherTheTrailIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	portal := func(args ...string) (string, error) {
		getenv := func(name string) string { return map[string]string{"PORTAL_DATA_DIR": dir}[name] }
		var out bytes.Buffer
		err := run(t.Context(), args, getenv, &out, &bytes.Buffer{})
		return out.String(), err
	}
	for _, email := range []string{"a@bank.example", "b@bank.example", "c@bank.example"} {
		if _, err := portal("staff", "add", "--email", email, "--role", "admin"); err != nil {
			t.Fatal(err)
		}
	}
	line, err := portal("audit", "head")
	head, _, _ := strings.Cut(line, " ")
	if err != nil || !strings.HasPrefix(head, "4:") || strings.Count(line, "\n") != 1 {
		t.Fatalf("%q, %v", line, err)
	}

	whole, wholeErr := portal("audit", "verify", "--head", head)
	_, unlike := portal("audit", "verify", "--head", "2:"+strings.Repeat("0", 64))
	_, mistyped := portal("audit", "verify", "--head", head[:20])
	d := testkit.Open(t, "sqlite:"+filepath.Join(dir, "portal.db"), clock.System{})
	for _, statement := range []string{"DROP TRIGGER audit_log_no_delete", "DELETE FROM audit_log WHERE seq = 2"} {
		if _, err := d.Native().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	broken, brokenErr := portal("audit", "verify")

	if wholeErr != nil || whole != "rows that fit: 4, the last is "+line+"the audit trail is whole\n" {
		t.Errorf("%q, %v", whole, wholeErr)
	}
	if !errors.Is(unlike, errTrailBroken) || mistyped == nil || errors.Is(mistyped, errTrailBroken) {
		t.Errorf("another head: %v; a mistyped head: %v", unlike, mistyped)
	}
	if !errors.Is(brokenErr, errTrailBroken) || !strings.HasPrefix(broken, "rows that fit: 1, ") || !strings.HasSuffix(broken, "\nbroken: row 2 is missing\n") {
		t.Errorf("%q, %v", broken, brokenErr)
	}
}
