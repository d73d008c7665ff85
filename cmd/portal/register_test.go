package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// registerFile is a file of n institutions.
func registerFile(t *testing.T, dir string, n int) string {
	t.Helper()
	entry := `{"CA_OwnerID":"FI_FIN-FSA","EntityCode":"FI_FIN_FSA!1","EntityType":"PSD_AISP","__EBA_EntityVersion":"20240102030405678"}`
	path := filepath.Join(dir, "register.json")
	if err := os.WriteFile(path, []byte("[["+strings.TrimSuffix(strings.Repeat(entry+",", n), ",")+"]]"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheRegisterIsImportedBesideAServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	getenv := func(name string) string { return map[string]string{"PORTAL_DATA_DIR": w.cfg.DataDir}[name] }
	command := func(args ...string) (string, error) {
		var printed bytes.Buffer
		err := run(t.Context(), append([]string{"register", "import"}, args...), getenv, &printed, &bytes.Buffer{})
		return printed.String(), err
	}

	first, err := command(registerFile(t, t.TempDir(), 20))
	if err != nil {
		t.Fatal(err)
	}
	_, refused := command(registerFile(t, t.TempDir(), 5))
	allowed, err := command(registerFile(t, t.TempDir(), 5), "--allow-shrunken", "The authority cleaned up.")
	if err != nil {
		t.Fatal(err)
	}

	if !strings.HasPrefix(first, "The register of 2024-01-02T03:04:05Z is in use: 20 institutions of 20 entries, read in ") {
		t.Errorf("printed %q", first)
	}
	if refused == nil || !strings.HasPrefix(refused.Error(), "The file has 5 institutions, more than a tenth fewer than the 20 of the register in use") {
		t.Errorf("refused with %v", refused)
	}
	if !strings.Contains(allowed, "It replaces the register of 2024-01-02T03:04:05Z with 20 institutions.") {
		t.Errorf("printed %q", allowed)
	}
	if current, ok, err := w.register.Status(t.Context()); err != nil || !ok || current.Institutions != 5 || current.Reason != "The authority cleaned up." {
		t.Errorf("the server sees %+v, %v", current, err)
	}
}

func TestARegisterThatIsNotThereIsAFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	getenv := func(name string) string { return map[string]string{"PORTAL_DATA_DIR": dir}[name] }

	err := run(t.Context(), []string{"register", "import", filepath.Join(dir, "none.zip")}, getenv, &bytes.Buffer{}, &bytes.Buffer{})

	if err == nil || !strings.Contains(err.Error(), "register's file") {
		t.Errorf("ended with %v", err)
	}
}
