package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long anything may take before a test gives up on it. Nothing is slow enough to come near it.
const patience = 90 * time.Second

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	os.Exit(runAll(m))
}

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fairway-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a folder:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	started := time.Now()
	if binary, err = build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("built the program in %.1f s\n", time.Since(started).Seconds())
	code := m.Run()
	if problems := slices.Concat(endTowns(), neverCompared(), neverSeen()); len(problems) > 0 {
		for _, p := range problems {
			fmt.Println("--- FAIL: at the end of all tests:", p)
		}
		return 1
	}
	return code
}

// build makes the program the way `make build` does.
func build(dir string) (string, error) {
	path := filepath.Join(dir, "portal")
	cmd := exec.Command("go", "build", "-trimpath", "-tags", "nomsgpack", "-o", path, "./cmd/portal")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
}

// needTool finds a program of this machine, or skips the test. What FAIRWAY_REQUIRE names must be there.
func needTool(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if required(names[0]) {
		t.Fatalf("%s is missing, and FAIRWAY_REQUIRE names it", names[0])
	}
	t.Skipf("skipped: %s is not on this machine", names[0])
	return ""
}

func required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("FAIRWAY_REQUIRE"), ","), name)
}

// until asks again and again until the answer is yes. It rests longer each time, up to a twentieth of a second, so that
// what it waits for has the machine.
func until(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for rest := 5 * time.Millisecond; !yes(); rest = min(rest*3/2, 50*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		<-time.After(rest)
	}
}

// within is until with a promise: it reports how long it took and fails when that was longer than promised.
func within(t testing.TB, promise time.Duration, what string, yes func() bool) {
	t.Helper()
	started := time.Now()
	until(t, what, yes)
	if took := time.Since(started); took > promise {
		t.Errorf("%s took %s, promised is %s", what, took, promise)
	}
}
