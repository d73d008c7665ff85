package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"fairway/internal/address"
	"fairway/internal/authserver"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/gateway"
	"fairway/internal/quota"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/xs2a"
)

// BenchmarkDoor is the whole door but for TLS and the parsing of HTTP, with the request log on SQLite behind it. Add
// -cpuprofile or -memprofile to see where the time goes.
func BenchmarkDoor(b *testing.B) {
	s := settings{keys: secret.NewRingText("bench").Reveal(), people: "localhost:8080", machines: "localhost:8443", database: testkit.SQLiteURL(b)}
	testkit.Open(b, s.database, clock.System{})
	w, err := openWorld(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.db.Close() })
	handler := mustDoor(b, w, s)
	requests := mustRequests(b, w, s)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		answer := discarded{header: http.Header{}}
		handler.ServeHTTP(&answer, requests[n%len(requests)])
		if n++; answer.status != http.StatusOK {
			b.Fatalf("answered %d", answer.status)
		}
	}
}

func mustDoor(b *testing.B, w *world, s settings) http.Handler {
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
		Clock: clk, Log: log, Catalog: brands, Certs: w.certs, Apps: w.apps, Consents: w.consents, OAuth: w.oauth, Calls: kept, XS2A: xs2a.New(w.consents, bank, testkit.Ring(b)),
		Quota:  quota.New(w.db, clk, quota.Limits{PerSecond: 1 << 30, PerDay: 1 << 30}),
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
