package proc

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestTimesAreReadBehindACommandWithBrackets(t *testing.T) {
	t.Parallel()
	line := "4711 (postgres: (a) b) S 42 4711 4711 0 -1 4194560 9 8 7 6 150 50 30 20 20 0 1 0 100 1 2\n"

	u, err := parseStat([]byte(line))

	want := Usage{Parent: 42, Own: 2 * time.Second, Waited: 500 * time.Millisecond, Command: "postgres: (a) b"}
	if err != nil || u != want {
		t.Errorf("parseStat = %+v, %v; want %+v", u, err, want)
	}
}

func TestBrokenLinesAreErrors(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "1 postgres S 1", "1 (a) S 1 2 3", "1 (a) S x 1 1 0 -1 4 9 8 7 6 150 50 30 20 20 0"} {
		if _, err := parseStat([]byte(line)); err == nil {
			t.Errorf("parseStat(%q) has no error", line)
		}
	}
	for _, text := range []string{"", "VmRSS:\t12 MB\n", "VmRSS:\tmany kB\n"} {
		if _, err := parseStatus(text); err == nil {
			t.Errorf("parseStatus(%q) has no error", text)
		}
	}
	for _, text := range []string{"", "cpu 1 2 3\n", "cpu0 1 2 3 4 5 6 7 8 0 0\n"} {
		if _, err := parseMachine(text); err == nil {
			t.Errorf("parseMachine(%q) has no error", text)
		}
	}
}

func TestMemoryIsReadInBytes(t *testing.T) {
	t.Parallel()
	m, err := parseStatus("Name:\tportal\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\nThreads:\t7\n")

	if err != nil || m != (Memory{Now: 1 << 20, Most: 2 << 20}) {
		t.Errorf("parseStatus = %+v, %v", m, err)
	}
}

func TestWaitingIsNotBusy(t *testing.T) {
	t.Parallel()
	m, err := parseMachine("cpu  100 0 50 700 100 10 20 20 5 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n")

	if err != nil || m != (Machine{Busy: 2 * time.Second, Total: 10 * time.Second}) {
		t.Errorf("parseMachine = %+v, %v", m, err)
	}
}

func TestTheTestsOwnProcessIsFound(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc here")
	}
	u, err := Read(os.Getpid())
	if err != nil || u.Parent != os.Getppid() || !strings.HasPrefix(u.Command, "proc.test"[:4]) {
		t.Errorf("Read = %+v, %v", u, err)
	}
	if m, err := MemoryOf(os.Getpid()); err != nil || m.Now > m.Most {
		t.Errorf("MemoryOf = %+v, %v", m, err)
	}
	if tree, err := TreeTime(os.Getpid()); err != nil || tree < u.Own {
		t.Errorf("TreeTime = %v, %v; alone it had %v", tree, err, u.Own)
	}
	if m, err := ReadMachine(); err != nil || m.Busy > m.Total {
		t.Errorf("ReadMachine = %+v, %v", m, err)
	}
}
