package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// settings are what differs between the servers of the tests.
type settings struct {
	// limits is PORTAL_LIMITS; empty for the program's own.
	limits string
	// database is PORTAL_DATABASE_URL; empty for SQLite in the server's folder.
	database string
	// dir is the data folder; empty for a new one.
	dir string
	// extra are further settings as NAME=value.
	extra []string
}

// server is the program, running as a process of its own.
type server struct {
	settings
	portal, machines string // http://localhost:1234, https://localhost:1235
	inside           string // where the people's door listens, where a proxy stands before it
	env              []string
	cmd              *exec.Cmd
	out              transcript
	ended            chan struct{}
	endedWith        error
	book             *book
	broken           bool // a test takes something away from it, so it may fail
}

// transcript is what a process printed.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.Write(p)
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.String()
}

// start runs a server for one test and ends it with the test: by SIGTERM, cleanly, and with no secret left lying about.
func start(t *testing.T, s settings) *server {
	t.Helper()
	sv, err := launch(s, newBook())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, problem := range sv.finish() {
			t.Error(problem)
		}
		if t.Failed() {
			t.Logf("the server printed:\n%s", sv.out.String())
		}
	})
	return sv
}

// launch starts the program on free ports. Another process may take a port between our look and its listening; then it
// is tried again with others.
func launch(s settings, b *book) (*server, error) {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "fairway-e2e-server-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	var err error
	for range 3 {
		var sv *server
		if sv, err = launchOnce(s, b, freePort(), freePort()); err == nil {
			return sv, nil
		}
		if !strings.Contains(err.Error(), "address already in use") {
			break
		}
	}
	return nil, err
}

func launchOnce(s settings, b *book, people, machines string) (*server, error) {
	sv := &server{settings: s, portal: "http://" + people, machines: "https://" + machines, ended: make(chan struct{}), book: b}
	sv.env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "PORTAL_DATA_DIR=" + s.dir, "PORTAL_ADDR=" + people, "PORTAL_API_ADDR=" + machines}
	if s.limits != "" {
		sv.env = append(sv.env, "PORTAL_LIMITS="+s.limits)
	}
	if s.database != "" {
		sv.env = append(sv.env, "PORTAL_DATABASE_URL="+s.database)
	}
	sv.env = append(sv.env, s.extra...)
	for _, setting := range s.extra {
		if keys, ok := strings.CutPrefix(setting, "PORTAL_KEYS=k1:"); ok {
			b.hide("the sealing key", keys)
		}
	}
	started := time.Now()
	if err := sv.run(); err != nil {
		return nil, err
	}
	if err := sv.awaitReady(); err != nil {
		sv.kill()
		return nil, err
	}
	fmt.Printf("a server was ready %d ms after its start (%s)\n", time.Since(started).Milliseconds(), sv.kind())
	return sv, nil
}

func (sv *server) kind() string {
	if sv.database == "" {
		return "SQLite"
	}
	return "PostgreSQL"
}

// run starts the process.
func (sv *server) run() error {
	sv.cmd = exec.Command(binary, "serve")
	sv.cmd.Env, sv.cmd.Dir = sv.env, sv.dir
	sv.cmd.Stdout, sv.cmd.Stderr = &sv.out, &sv.out
	if err := sv.cmd.Start(); err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	ended := make(chan struct{})
	sv.ended = ended
	go func() {
		sv.endedWith = sv.cmd.Wait()
		close(ended)
	}()
	return nil
}

// awaitReady waits until both doors say that they are ready.
func (sv *server) awaitReady() error {
	client := &http.Client{Timeout: 5 * time.Second, Transport: blindTransport()}
	defer client.CloseIdleConnections()
	deadline := time.Now().Add(patience)
	for _, door := range []string{sv.portal, sv.machines} {
		for {
			res, err := client.Get(door + "/readyz")
			if err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					break
				}
			}
			select {
			case <-sv.ended:
				return fmt.Errorf("the program ended before it was ready: %v\n%s", sv.endedWith, sv.out.String())
			case <-time.After(10 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s was not ready in time: %v\n%s", door, err, sv.out.String())
			}
		}
	}
	return nil
}

// stop asks the process to end, as a service manager does, and reports what was not clean about it.
func (sv *server) stop() []string {
	select {
	case <-sv.ended:
		return []string{fmt.Sprintf("the server had ended by itself: %v\n%s", sv.endedWith, sv.out.String())}
	default:
	}
	if err := sv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return []string{"send SIGTERM: " + err.Error()}
	}
	select {
	case <-sv.ended:
	case <-time.After(patience):
		sv.kill()
		return []string{"the server did not end after SIGTERM"}
	}
	if sv.endedWith != nil {
		return []string{fmt.Sprintf("the server ended with %v after SIGTERM", sv.endedWith)}
	}
	return nil
}

// kill ends the process as a power cut would.
func (sv *server) kill() {
	_ = sv.cmd.Process.Kill() // it may have ended already
	<-sv.ended
}

// finish ends the server for good and looks through everything that it left.
func (sv *server) finish() []string {
	problems := sv.missingPages()
	problems = append(problems, sv.stop()...)
	problems = append(problems, sv.book.leaksIn("the log", sv.out.String())...)
	problems = append(problems, sv.leftovers()...)
	if strings.HasPrefix(filepath.Base(sv.dir), "fairway-e2e-server-") {
		_ = os.RemoveAll(sv.dir) // a folder of the machine's temporary ones
	}
	return problems
}

// missingPages asks for every page that a refusal pointed to.
func (sv *server) missingPages() []string {
	sv.book.mu.Lock()
	pages := slices.Sorted(maps.Keys(sv.book.pages))
	sv.book.mu.Unlock()
	var problems []string
	for _, page := range pages {
		res, err := http.Get(page + "?rid=aaaaaaaaaaaa")
		if err != nil {
			return append(problems, err.Error())
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			problems = append(problems, fmt.Sprintf("a refusal points to %s, which answers %d", page, res.StatusCode))
		}
	}
	return problems
}

// again starts the process anew on the same ports and database.
func (sv *server) again(t *testing.T) {
	t.Helper()
	if err := sv.run(); err != nil {
		t.Fatal(err)
	}
	if err := sv.awaitReady(); err != nil {
		t.Fatal(err)
	}
}

// command runs a short command of the program beside the server and gives what it printed.
func (sv *server) command(t testing.TB, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env, cmd.Dir = slices.Clone(sv.env), sv.dir
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	for _, leak := range sv.book.leaksIn("what "+args[0]+" complained", complaints.String()) {
		t.Error(leak)
	}
	return out.String(), complaints.String(), err
}

// sealingKeys is the setting of keys that several servers share.
func sealingKeys() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return "PORTAL_KEYS=k1:" + base64.StdEncoding.EncodeToString(key)
}

// freePort is an address of this machine on which nobody listens.
func freePort() string {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return "localhost:0"
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return net.JoinHostPort("localhost", port)
}

// towns are the servers that several tests share.
var towns struct {
	mu    sync.Mutex
	named map[string]*server // by their limits
}

// wideLimits are for tests that ask a lot and are not about limits.
const wideLimits = "100000/s,1000000/d"

// town is the shared server with these limits; it runs until the last test has ended.
func town(t testing.TB, limits string) *server {
	t.Helper()
	towns.mu.Lock()
	defer towns.mu.Unlock()
	if sv := towns.named[limits]; sv != nil {
		return sv
	}
	sv, err := launch(settings{limits: limits}, newBook())
	if err != nil {
		t.Fatal(err)
	}
	if towns.named == nil {
		towns.named = map[string]*server{}
	}
	towns.named[limits] = sv
	return sv
}

func endTowns() []string {
	towns.mu.Lock()
	defer towns.mu.Unlock()
	var problems []string
	for limits, sv := range towns.named {
		for _, p := range sv.finish() {
			problems = append(problems, fmt.Sprintf("limits %q: %s", limits, p))
		}
	}
	return problems
}
