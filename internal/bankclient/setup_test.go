package bankclient_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/address"
	"fairway/internal/bankclient"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

const (
	apiKey       = secret.Text("sbx_ak_aaaaBBBBccccDDDDeeeeFFFFgggg")
	clientSecret = secret.Text("sbx_sk_hhhhIIIIjjjjKKKKllllMMMMnnnn")
	bearer       = secret.Text("sbx_at_ooooPPPPqqqqRRRRssssTTTTuuuu")
)

// arrived is a request as the bank saw it.
type arrived struct {
	method, host, path, query string
	header                    http.Header
	body                      string
	peer                      *x509.Certificate
}

// bank is a server that notes what arrives and answers as the test says, and a client that knows its address.
type bank struct {
	t      *testing.T
	server *httptest.Server
	client *bankclient.Client

	mu    sync.Mutex
	calls []arrived
}

func newBank(t *testing.T, answer http.HandlerFunc) *bank {
	t.Helper()
	return newBankWithin(t, 0, answer)
}

// newBankWithin is newBank for a client that waits for an answer no longer than this.
func newBankWithin(t *testing.T, timeout time.Duration, answer http.HandlerFunc) *bank {
	t.Helper()
	b := &bank{t: t}
	b.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a := arrived{method: r.Method, host: r.Host, path: r.URL.EscapedPath(), query: r.URL.RawQuery, header: r.Header.Clone(), body: string(body)}
		if len(r.TLS.PeerCertificates) > 0 {
			a.peer = r.TLS.PeerCertificates[0]
		}
		b.mu.Lock()
		b.calls = append(b.calls, a)
		b.mu.Unlock()
		answer(w, r)
	}))
	b.server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	b.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	b.server.StartTLS()
	t.Cleanup(b.server.Close)
	b.client = b.reachedAt(t, b.server.URL, timeout)
	return b
}

// reachedAt is a client that is configured with this address.
func (b *bank) reachedAt(t *testing.T, base string, timeout time.Duration) *bankclient.Client {
	t.Helper()
	api, err := address.Parse(base + "/{environment}/{brand}")
	if err != nil {
		t.Fatal(err)
	}
	return bankclient.New(bankclient.Config{API: api, TokenURL: base + "/auth/token", Clock: testkit.Clock(), Timeout: timeout,
		Roots: func() []byte { return inPEM("CERTIFICATE", b.server.Certificate().Raw) }})
}

func (b *bank) seen() []arrived {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]arrived(nil), b.calls...)
}

// only is the one request that arrived.
func (b *bank) only() arrived {
	b.t.Helper()
	calls := b.seen()
	if len(calls) != 1 {
		b.t.Fatalf("%d requests arrived, want one", len(calls))
	}
	return calls[0]
}

// canary is a listener that nobody may connect to.
type canary struct {
	address string
	touched atomic.Int64
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &canary{address: l.Addr().String()}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.touched.Add(1)
			_ = conn.Close()
		}
	}()
	return c
}

var keys = sync.OnceValue(func() (made [2]pair) {
	for i := range made {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(0xABC + i)), Subject: pkix.Name{CommonName: "Test CA"}, PublicKey: &key.PublicKey,
			NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			panic(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			panic(err)
		}
		made[i] = pair{key, cert}
	}
	return made
})

type pair struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

func identity() bankclient.Identity {
	qwac, seal := keys()[0], keys()[1]
	return bankclient.Identity{Owner: "org_1", QWAC: tls.Certificate{Certificate: [][]byte{qwac.cert.Raw}, PrivateKey: qwac.key, Leaf: qwac.cert},
		Seal: seal.cert, SealKey: seal.key, ClientID: "fwy_test", ClientSecret: clientSecret, APIKey: apiKey}
}

func list() bankclient.Request {
	return bankclient.Request{Environment: "sandbox", Brand: "rocker", Method: http.MethodGet, Path: "/card-account/v1/card-accounts", Bearer: bearer}
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"cardAccounts":[]}`)
}
