// Package golden owns the comparison of what a test got with the file that says what it should be.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the tests got to testdata/*.golden")

// Compare fails the test where got differs from testdata/<name>.golden, and shows the lines that differ. With
// -update it writes got to that file instead; read the change of the file before you commit it.
func Compare(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(strings.TrimSuffix(name, ".golden"))+".golden")
	if *update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run `make golden` to write it", err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (- file, + test); run `make golden` if the change is meant:\n%s", path,
			cmp.Diff(lines(want), lines(got)))
	}
}

func write(t testing.TB, path string, got []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		t.Fatal(err)
	}
}

// lines keeps the line ends, so that a missing last one shows.
func lines(b []byte) []string {
	return strings.SplitAfter(string(b), "\n")
}
