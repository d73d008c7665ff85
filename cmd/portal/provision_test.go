package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"fairway/internal/clock"
	"fairway/internal/testkit"
)

func TestAFolderThatCannotBeWrittenCostsNoCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	provision := func(out string) error {
		getenv := func(name string) string {
			return map[string]string{"PORTAL_DATA_DIR": filepath.Join(dir, "data")}[name]
		}
		args := []string{"provision", "--email", "ci@tpp.example", "--app", "Pipeline", "--brand", "rocker", "--redirect-uri", "https://tpp.example/cb", "--out", out}
		return run(t.Context(), args, getenv, &bytes.Buffer{}, &bytes.Buffer{})
	}
	if err := provision(filepath.Join(dir, "set")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}

	err := provision(filepath.Join(file, "set"))

	d := testkit.Open(t, "sqlite:"+filepath.Join(dir, "data", "portal.db"), clock.System{})
	var sets int
	if counted := d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM certificate_sets").Scan(&sets); err == nil || counted != nil || sets != 1 {
		t.Errorf("%v: %d sets, %v", err, sets, counted)
	}
}
