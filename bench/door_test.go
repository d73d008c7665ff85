package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"fairway/internal/address"
	"fairway/internal/authserver"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/enrolments"
	"fairway/internal/gateway"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/xs2a"
)

// BenchmarkDoor is the whole door but for TLS and the parsing of HTTP, with the request log on SQLite behind it: a good
// read of card accounts, and what floods of others are refused with. Add -cpuprofile or -memprofile to see where the time
// goes.
func BenchmarkDoor(b *testing.B) {
	s := settings{keys: secret.NewRingText("bench").Reveal(), people: "localhost:8080", machines: "localhost:8443", database: testkit.SQLiteURL(b)}
	testkit.Open(b, s.database, clock.System{})
	w, err := openWorld(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.db.Close() })
	handler, full := mustDoor(b, w, s, 1<<30), mustDoor(b, w, s, 1)
	good := mustRequests(b, w, s)
	b.Run("good", func(b *testing.B) { knock(b, handler, good, http.StatusOK) })
	b.Run("over the limit", func(b *testing.B) { knock(b, full, good, http.StatusTooManyRequests) })
	b.Run("unknown key", func(b *testing.B) {
		knock(b, handler, changed(good, "X-Api-Key", func() string { return secret.Token("sbx_ak_").Reveal() }), http.StatusUnauthorized, http.StatusTooManyRequests)
	})
	b.Run("bad signature", func(b *testing.B) {
		knock(b, handler, changed(good, "X-Request-Id", uuid.NewString), http.StatusUnauthorized)
	})
}

// knock sends requests in turn. Some answers may be others: a limit lets some pass.
func knock(b *testing.B, handler http.Handler, requests []*http.Request, want ...int) {
	b.Helper()
	b.ReportAllocs()
	n, other, before := 0, 0, mustTime(b)
	for b.Loop() {
		answer := discarded{header: http.Header{}}
		handler.ServeHTTP(&answer, requests[n%len(requests)])
		if n++; !slices.Contains(want, answer.status) {
			other++
		}
	}
	b.ReportMetric(float64((mustTime(b)-before).Nanoseconds())/float64(n), "cpu-ns/op")
	if other > n/10 {
		b.Fatalf("%d of %d answers were not %v", other, n, want)
	}
}

func mustTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// changed are requests in which one header has another value.
func changed(requests []*http.Request, name string, value func() string) []*http.Request {
	out := make([]*http.Request, len(requests))
	for i, r := range requests {
		out[i] = r.Clone(r.Context())
		out[i].Header.Set(name, value())
	}
	return out
}

func mustDoor(b *testing.B, w *world, s settings, perSecond int) http.Handler {
	b.Helper()
	clk, log := clock.System{}, slog.New(slog.DiscardHandler)
	kept := calls.New(w.db, clk, log)
	testkit.Run(b, kept.Run)
	brands, bank := catalog.New(w.db, log), sandbox.New(clk)
	parse := func(text string) address.Template {
		t, err := address.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		return t
	}
	deps := gateway.Deps{
		Clock: clk, Log: log, Catalog: brands, Certs: w.certs, Apps: w.apps, Consents: w.consents, OAuth: w.oauth, Calls: kept, XS2A: xs2a.New(w.consents, bank, xs2a.Live{}, testkit.Ring(b)),
		Enrolments: enrolments.New(w.db, nil, enrolments.Config{}), Rehearsals: rehearsals.New(w.db, w.apps),
		Quota:  quota.New(w.db, clk, quota.Limits{PerSecond: perSecond, PerDay: 1 << 30}),
		APIURL: parse("https://" + s.machines + "/{environment}/{brand}"), AuthURL: parse(s.authURL()), BaseURL: parse(s.baseURL()),
	}
	deps.Auth = authserver.New(w.oauth, brands, bank, authserver.Config{
		AuthURL: deps.AuthURL, APIURL: deps.APIURL, BankURL: parse(s.baseURL() + "/bank/{environment}/{brand}"), PortalURL: s.baseURL(),
	}, log)
	return gateway.New(deps).Handler()
}

// mustRequests are good requests of one TPP's ten apps, as net/http hands them to a handler.
func mustRequests(b *testing.B, w *world, s settings) []*http.Request {
	b.Helper()
	t, err := w.newTPP(b.Context(), 1)
	for i := 0; i < 10 && err == nil; i++ {
		err = w.addApp(b.Context(), t, i)
	}
	if err != nil {
		b.Fatal(err)
	}
	state := &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{t.qwac.Leaf}}
	requests := make([]*http.Request, 200)
	for i := range requests {
		text, err := t.call(s, t.apps[i%len(t.apps)]).Signed()
		if err != nil {
			b.Fatal(err)
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			b.Fatal(err)
		}
		r.TLS, r.RemoteAddr = state, "127.0.0.1:50000"
		requests[i] = r.WithContext(b.Context())
	}
	return requests
}

// discarded is an answer that nobody reads.
type discarded struct {
	header http.Header
	status int
}

// Header is the answer's header.
func (d *discarded) Header() http.Header { return d.header }

// WriteHeader keeps the status.
func (d *discarded) WriteHeader(status int) { d.status = status }

// Write drops p.
func (d *discarded) Write(p []byte) (int, error) {
	if d.status == 0 {
		return 0, errors.New("a body without a status")
	}
	return len(p), nil
}
