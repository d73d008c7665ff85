package demobank_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fairway/internal/clock"
	"fairway/internal/demobank"
	"fairway/internal/testkit"
)

const (
	base  = "https://bank.example"
	list  = "/card-account/v1/card-accounts"
	first = "6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b01"
)

// world is a demonstration bank and a portal that it trusts.
type world struct {
	t      *testing.T
	bank   http.Handler
	clock  *clock.Manual
	key    *ecdsa.PrivateKey
	issuer string

	asked atomic.Int32 // how often the portal's keys were asked for
	down  atomic.Bool  // the portal answers 503

	mu    sync.Mutex
	told  []string // the decisions that the portal was told
	shown jose.JSONWebKeySet
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: testkit.Clock(), key: newKey(t)}
	w.shown = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: w.key.Public(), KeyID: "key_1", Algorithm: "ES256", Use: "sig"}}}
	portal := httptest.NewTLSServer(http.HandlerFunc(w.portal))
	t.Cleanup(portal.Close)
	w.issuer = portal.URL
	roots := x509.NewCertPool()
	roots.AddCert(portal.Certificate())
	id, err := demobank.NewIdentity("localhost", w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.bank = demobank.New(demobank.Config{Base: base, Issuer: w.issuer, Roots: roots, Client: id.Client, Clock: w.clock, Log: testkit.Log(t)}).Handler()
	return w
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// portal shows its keys and takes decisions.
func (w *world) portal(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/live/jwks.json" {
		if w.asked.Add(1); w.down.Load() {
			rw.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(rw, `{"keys":[]}`)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		_ = json.NewEncoder(rw).Encode(w.shown)
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.told = append(w.told, r.URL.Path+" "+string(body))
	w.mu.Unlock()
	_, _ = io.WriteString(rw, `{"return_to":"https://portal.example/back"}`)
}

// message is what an assertion says, before it is signed.
type message map[string]any

func (m message) with(changes message) message {
	out := maps.Clone(m)
	maps.Copy(out, changes)
	return out
}

// call vouches for a GET of a path, by a name of its own.
func (w *world) call(path, id string) message {
	now := w.clock.Now()
	account := message{"resource_id": first, "masked_pan": "4571 91** **** 2204", "currency": "EUR", "balances": true, "transactions": true}
	return message{"iss": w.issuer, "aud": base, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": id, "htm": "GET", "htu": base + path, "psu": demobank.Customer,
		"base_path": "/live/rocker", "consent": message{"accounts": []message{account}}}
}

const typeCall = "fairway-call+jwt"

// sign writes a message as the portal does.
func (w *world) sign(m message, kind string) string {
	w.t.Helper()
	return w.signWith(m, kind, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: w.key, KeyID: "key_1"}})
}

func (w *world) signWith(m message, kind string, key jose.SigningKey) string {
	w.t.Helper()
	body, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		w.t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		w.t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		w.t.Fatal(err)
	}
	return compact
}

// read asks for a path with an assertion.
func (w *world) read(method, path, assertion string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, nil)
	r.Header.Set("Fairway-Assertion", assertion)
	return w.serve(r)
}

func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.bank.ServeHTTP(rec, r)
	return rec
}

// post sends a form to the customer's page.
func (w *world) post(form string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "/authorise", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.serve(r)
}
