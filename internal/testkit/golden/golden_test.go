package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that only notes what it is told.
type recorder struct {
	testing.TB
	said strings.Builder
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.said, format, args...) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// said is what Compare told the test.
func said(name, got string) string {
	r := &recorder{}
	func() {
		defer func() { _ = recover() }() // Fatalf ends Compare by a panic
		Compare(r, name, []byte(got))
	}()
	return r.said.String()
}

// Not parallel: the folder and the flag belong to the whole process.
func TestCompare(t *testing.T) {
	t.Chdir(t.TempDir())

	if got := said("letters/welcome", "Dear Aino\n"); !strings.Contains(got, "make golden") {
		t.Errorf("without a file it said %q, want the command that writes it", got)
	}

	*update = true
	Compare(t, "letters/welcome", []byte("Dear Aino\n"))
	*update = false

	if written, err := os.ReadFile(filepath.Join("testdata", "letters", "welcome.golden")); err != nil || string(written) != "Dear Aino\n" {
		t.Errorf("-update wrote %q, %v", written, err)
	}
	for _, name := range []string{"letters/welcome", "letters/welcome.golden"} {
		if got := said(name, "Dear Aino\n"); got != "" {
			t.Errorf("the same text under %q: %s", name, got)
		}
	}
	for _, other := range []string{"Dear Eino\n", "Dear Aino", "Dear Aino\n\n", ""} {
		if got := said("letters/welcome", other); !strings.Contains(got, "differs") {
			t.Errorf("%q passed as the same: %q", other, got)
		}
	}
}
