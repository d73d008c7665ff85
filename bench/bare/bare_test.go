package bare_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"fairway/bench/bare"
	"fairway/bench/load"
)

func TestTheYardstickAnswersSignedRequestsAndRefusesOthers(t *testing.T) {
	t.Parallel()
	seal, pool := mustAuthority(t)
	qwac := tls.Certificate{Certificate: [][]byte{seal.Certificate.Raw}, PrivateKey: seal.Key}
	addr := mustServe(t, bare.Config{Certificate: mustServerCertificate(t, seal), ClientCAs: pool, Answer: []byte(`{"cardAccounts":[]}`)})
	call := load.Call{Host: addr, Path: "/", Seal: seal}
	good, err := load.Make(50, func(int) ([]byte, error) { return call.Signed() })
	if err != nil {
		t.Fatal(err)
	}
	bad, err := load.Altered(good[0], "X-Request-Id", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756")
	if err != nil {
		t.Fatal(err)
	}

	for status, requests := range map[int][][]byte{http.StatusOK: good, http.StatusUnauthorized: {bad}} {
		target := load.Target{Addr: addr, Name: "localhost", Roots: pool, Clients: []load.Client{{Certificate: qwac, Requests: requests}}}
		r := mustLoad(t, target)

		if r.Answers() < 20 || r.Share(status) != 1 || r.Percentile(99) <= 0 {
			t.Errorf("%d answers, by status %v; all should be %d", r.Answers(), r.Status, status)
		}
	}
}

func TestTheYardstickWantsACertificateOfItsClientsAuthority(t *testing.T) {
	t.Parallel()
	seal, pool := mustAuthority(t)
	stranger, _ := mustAuthority(t)
	addr := mustServe(t, bare.Config{Certificate: mustServerCertificate(t, seal), ClientCAs: pool})
	qwac := tls.Certificate{Certificate: [][]byte{stranger.Certificate.Raw}, PrivateKey: stranger.Key}
	request, err := load.Call{Host: addr, Path: "/", Seal: stranger}.Signed()
	if err != nil {
		t.Fatal(err)
	}

	target := load.Target{Addr: addr, Name: "localhost", Roots: pool, Clients: []load.Client{{Certificate: qwac, Requests: [][]byte{request}}}}
	if r, err := load.Handshakes(t.Context(), target, 1, time.Second); err == nil {
		t.Errorf("a stranger's certificate was taken: %v", r.Status)
	}
}

// mustLoad is a third of a second of load: open and closed loop over two connections.
func mustLoad(t *testing.T, target load.Target) load.Result {
	t.Helper()
	fleet, err := load.Dial(t.Context(), target, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fleet.Close() }()
	steady, err := fleet.Open(t.Context(), 200, 150*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if n := steady.Answers(); n == 0 || n > 30 {
		t.Errorf("%d requests at 200 a second in 150 ms", n)
	}
	r, err := fleet.Closed(t.Context(), 150*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustServe(t *testing.T, c bare.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- bare.Serve(ctx, l, c) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return l.Addr().String()
}

// mustAuthority is a self-signed certificate that is seal, client certificate and root in one.
func mustAuthority(t *testing.T) (load.Seal, *x509.CertPool) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := newTemplate(1, "Root")
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	cert := mustIssue(t, template, template, key.Public(), key)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return load.Seal{Certificate: cert, Key: key}, pool
}

func mustServerCertificate(t *testing.T, root load.Seal) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := newTemplate(2, "localhost")
	template.DNSNames = []string{"localhost"}
	cert := mustIssue(t, template, root.Certificate, key.Public(), root.Key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func newTemplate(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
}

func mustIssue(t *testing.T, template, parent *x509.Certificate, public, signer any) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
