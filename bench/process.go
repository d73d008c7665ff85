package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"fairway/internal/secret"
)

const (
	startWithin = 20 * time.Second
	stopWithin  = 30 * time.Second
	poll        = time.Millisecond
)

// settings are what the program under test is started with.
type settings struct {
	binary           string
	dir, database    string
	keys, limits     string
	people, machines string // host and port of the two doors
}

// newSettings chooses free ports and a sealing key.
func newSettings(binary, dir, database string) (settings, error) {
	s := settings{binary: binary, dir: dir, database: database, keys: secret.NewRingText("bench").Reveal(), limits: noLimits}
	for _, door := range []*string{&s.people, &s.machines} {
		port, err := freePort()
		if err != nil {
			return settings{}, err
		}
		*door = net.JoinHostPort("localhost", port)
	}
	return s, nil
}

const (
	noLimits  = "999999999/s,9999999999/d"
	lowLimits = "5/s,9999999999/d"
)

func (s settings) baseURL() string { return "http://" + s.people }
func (s settings) authURL() string { return "https://" + s.machines + "/auth" }

// environment holds nothing of the caller's own settings.
func (s settings) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "PORTAL_ADDR=" + s.people, "PORTAL_API_ADDR=" + s.machines, "PORTAL_DATA_DIR=" + s.dir,
		"PORTAL_DATABASE_URL=" + s.database, "PORTAL_KEYS=" + s.keys, "PORTAL_LIMITS=" + s.limits,
	}
}

// freePort is one that nobody listens on now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// process is a program that was started for the measurements.
type process struct {
	pid    int
	began  time.Time
	cmd    *exec.Cmd
	ended  chan struct{}
	err    error
	output tail
}

func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	p.began = time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// stop asks the program to end and waits until it has.
func (p *process) stop(signal syscall.Signal) error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s ended by itself: %w\n%s", p.cmd.Path, p.err, &p.output)
	default:
	}
	if err := p.cmd.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill() // it may have ended in this moment
		<-p.ended
		return fmt.Errorf("%s did not end within %s\n%s", p.cmd.Path, stopWithin, &p.output)
	}
	if p.err != nil {
		return fmt.Errorf("%s ended badly: %w\n%s", p.cmd.Path, p.err, &p.output)
	}
	return nil
}

// until polls and tells how long after its start the program passed.
func (p *process) until(ctx context.Context, passes func() bool) (time.Duration, error) {
	deadline := time.After(startWithin)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if passes() {
			return time.Since(p.began), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-p.ended:
			return 0, fmt.Errorf("%s ended at once: %w\n%s", p.cmd.Path, p.err, &p.output)
		case <-deadline:
			return 0, fmt.Errorf("%s does not answer\n%s", p.cmd.Path, &p.output)
		}
	}
}

// tail keeps the end of what a program wrote.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

// Write keeps the end of p.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - tailSize; extra > 0 {
		t.text = bytes.Clone(t.text[extra:])
	}
	return len(p), nil
}

// String is what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// build compiles the program as a release is, and tells its size in bytes.
func build(ctx context.Context, to string) (int64, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "nomsgpack", "-ldflags", "-s -w", "-o", to, "./cmd/portal")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the program: %w\n%s", err, out)
	}
	info, err := os.Stat(to)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// provision makes the first TPP as a pipeline does.
func (s settings) provision(ctx context.Context, brand, out string) error {
	cmd := exec.CommandContext(ctx, s.binary, "provision", "--email", "owner@tpp0.example", "--app", "Load 0", "--brand", brand,
		"--redirect-uri", redirectURI, "--out", out)
	cmd.Env = s.environment()
	var complaint strings.Builder
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("portal provision: %w\n%s", err, complaint.String())
	}
	return nil
}

// importRegister takes in a file of the register beside the running program, as an operator does.
func (s settings) importRegister(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, s.binary, "register", "import", file)
	cmd.Env = s.environment()
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("portal register import: %w\n%s", err, said)
	}
	return nil
}

// started is the program with how long it took to its first answer and to its first page.
type started struct {
	*process
	answer, page time.Duration
}

// serve starts the program and waits until both doors answer.
func (s settings) serve(ctx context.Context) (started, error) {
	cmd := exec.CommandContext(ctx, s.binary, "serve")
	cmd.Env = s.environment()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	p, err := start(cmd)
	if err != nil {
		return started{}, err
	}
	run := started{process: p}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if run.answer, err = p.until(ctx, func() bool { return answers(client, s.baseURL()+"/healthz") }); err != nil {
		return started{}, err
	}
	run.page, err = p.until(ctx, func() bool { return answers(client, s.baseURL()+firstPage) })
	return run, err
}

const firstPage = "/"

func answers(client *http.Client, url string) bool {
	answer, err := client.Get(url)
	if err != nil {
		return false
	}
	_ = answer.Body.Close() // the status is all that matters
	return answer.StatusCode == http.StatusOK
}
