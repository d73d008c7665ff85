package upstream_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/demobank"
	"fairway/internal/fault"
	"fairway/internal/testkit"
	"fairway/internal/upstream"
)

// quick are waits that a test can afford to see pass.
var quick = upstream.Config{Answer: 100 * time.Millisecond, Stall: 100 * time.Millisecond, Rest: 100 * time.Millisecond}

// world is the way to a brand: a client, a door in front of it, and the brand's own system behind.
type world struct {
	*upstream.Upstream
	t     *testing.T
	keys  *upstream.Keys
	clock *clock.Manual
	door  string
	lines *testkit.Lines

	mu      sync.Mutex
	call    upstream.Call // what the door hands on
	charged []bool
	refused []string
	failed  []error
	left    chan struct{} // one for each call that the door has done with
}

func newWorld(t *testing.T, config upstream.Config) *world {
	t.Helper()
	w := &world{t: t, clock: testkit.Clock(), lines: &testkit.Lines{}, left: make(chan struct{}, 300)}
	w.keys = upstream.NewKeys(testkit.SQLiteAt(t, w.clock), testkit.Ring(t))
	if err := w.keys.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Upstream = upstream.New(w.keys, w.clock, config, slog.New(slog.NewTextHandler(w.lines, nil)))
	w.call = upstream.Call{Path: "/card-account/v1/card-accounts", Header: http.Header{}, Charge: w.charge, Refused: func(code string) { w.refused = append(w.refused, code) }}
	door := httptest.NewServer(http.HandlerFunc(w.forward))
	t.Cleanup(door.Close)
	w.door = door.URL
	return w
}

func (w *world) charge(continued bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.charged = append(w.charged, continued)
	return nil
}

// begun notes whether an answer has begun.
type begun struct {
	http.ResponseWriter
	yes bool
}

func (b *begun) WriteHeader(status int) {
	b.yes = true
	b.ResponseWriter.WriteHeader(status)
}

func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// forward does what the machines' door does with what Forward gives.
func (w *world) forward(rw http.ResponseWriter, r *http.Request) {
	defer func() { w.left <- struct{}{} }()
	w.mu.Lock()
	call := w.call
	w.mu.Unlock()
	b := &begun{ResponseWriter: rw}
	err := w.Forward(r.Context(), b, call)
	if err == nil {
		return
	}
	w.mu.Lock()
	w.failed = append(w.failed, err)
	w.mu.Unlock()
	if b.yes {
		panic(http.ErrAbortHandler)
	}
	f := fault.Of(err)
	rw.Header().Set("Fault", f.Code)
	if f.RetryAfter != 0 {
		rw.Header().Set("Fault-After", f.RetryAfter.String())
	}
	rw.WriteHeader(http.StatusTeapot)
}

// at is a brand whose own system answers with h.
func (w *world) at(h http.HandlerFunc) catalog.Brand {
	w.t.Helper()
	id := must(demobank.NewIdentity("127.0.0.1", clock.System{}.Now()))(w.t)
	return brandOf(serve(w.t, id, h), id)
}

// serve starts a brand's own system.
func serve(t *testing.T, id demobank.Identity, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{id.Server}, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = slog.NewLogLogger(testkit.Log(t).Handler(), slog.LevelInfo)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func brandOf(s *httptest.Server, id demobank.Identity) catalog.Brand {
	return catalog.Brand{ID: "rocker", Live: catalog.Backend{Upstream: s.URL, Roots: id.Roots}}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// answer is what the client saw.
type answer struct {
	status int
	header http.Header
	body   string
	// cut is how the body ended too early.
	cut error
}

// code is the fault that the door was given instead of an answer.
func (a answer) code() string { return a.header.Get("Fault") }

// ask is one call of a brand.
func (w *world) ask(b catalog.Brand) answer {
	w.t.Helper()
	res := w.open(b)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	<-w.left
	return answer{res.StatusCode, res.Header, string(body), err}
}

// open is ask for who reads the body alone.
func (w *world) open(b catalog.Brand) *http.Response {
	w.t.Helper()
	w.mu.Lock()
	w.call.Brand = b
	w.mu.Unlock()
	r := must(http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.door, nil))(w.t)
	return must(http.DefaultTransport.RoundTrip(r))(w.t)
}

func (w *world) lastFailure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.failed) == 0 {
		return errors.New("nothing failed")
	}
	return w.failed[len(w.failed)-1]
}

func (w *world) charges() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.charged)
}

const goodBody = `{"cardAccounts":[]}`

// good answers as the interface has it.
func good(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, goodBody)
}

// assertion reads what a request says of its call, by the keys that are shown.
func (w *world) assertion(r *http.Request) (jose.Header, upstream.Assertion) {
	w.t.Helper()
	head, body := w.verify(r.Header.Get(upstream.Header))
	var a upstream.Assertion
	if err := json.Unmarshal(body, &a); err != nil {
		w.t.Fatal(err)
	}
	return head, a
}

func (w *world) verify(compact string) (jose.Header, []byte) {
	w.t.Helper()
	signed := must(jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256}))(w.t)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(must(w.keys.Public(w.t.Context()))(w.t), &set); err != nil {
		w.t.Fatal(err)
	}
	head := signed.Signatures[0].Header
	known := set.Key(head.KeyID)
	if len(known) != 1 {
		w.t.Fatalf("the key %q is shown %d times", head.KeyID, len(known))
	}
	return head, must(signed.Verify(known[0]))(w.t)
}

// answering is a brand that answers in one fixed way.
func answering(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		for n := 0; n+1 < len(headers); n += 2 {
			w.Header().Set(headers[n], headers[n+1])
		}
		w.WriteHeader(status)
		_, _ = io.Copy(w, strings.NewReader(body))
	}
}
