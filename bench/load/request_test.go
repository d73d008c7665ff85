package load_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/http"
	"sync"
	"testing"
	"time"

	"fairway/bench/load"
	"fairway/internal/httpsig"
)

// newSeal is one self-made seal for all tests: making a key takes long.
var newSeal = sync.OnceValues(func() (load.Seal, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return load.Seal{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: "Seal"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return load.Seal{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return load.Seal{Certificate: cert, Key: key}, err
})

func mustSeal(t *testing.T) load.Seal {
	t.Helper()
	seal, err := newSeal()
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func mustCall(t *testing.T) load.Call {
	t.Helper()
	return load.Call{Host: "localhost:8443", Path: "/sandbox/rocker/card-account/v1/card-accounts", Header: http.Header{"X-Api-Key": {"sbx_ak_1"}}, Seal: mustSeal(t)}
}

func mustRead(t *testing.T, request []byte) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err != nil {
		t.Fatalf("the request cannot be read: %v\n%s", err, request)
	}
	return r
}

func TestARequestIsReadAndVerifiedByTheServersOwnRules(t *testing.T) {
	t.Parallel()
	call := mustCall(t)
	text, err := call.Signed()
	if err != nil {
		t.Fatal(err)
	}

	r := mustRead(t, text)

	if r.Method != http.MethodGet || r.URL.Path != call.Path || r.Host != call.Host || r.Header.Get("X-API-Key") != "sbx_ak_1" {
		t.Errorf("the request is %s %s at %s with %v", r.Method, r.URL, r.Host, r.Header)
	}
	if _, err := httpsig.CheckDigest(r.Header, nil); err != nil {
		t.Errorf("the digest is refused: %v", err)
	}
	if _, err := httpsig.Verify(r.Header, call.Seal.Certificate); err != nil {
		t.Errorf("the signature is refused: %v", err)
	}
}

func TestEveryRequestHasItsOwnID(t *testing.T) {
	t.Parallel()
	call := mustCall(t)
	requests, err := load.Make(8, func(int) ([]byte, error) { return call.Signed() })
	if err != nil {
		t.Fatal(err)
	}

	seen := map[string]bool{}
	for _, text := range requests {
		seen[mustRead(t, text).Header.Get("X-Request-ID")] = true
	}

	if len(seen) != 8 {
		t.Errorf("8 requests have %d ids", len(seen))
	}
	if call.Header.Get("X-Request-ID") != "" {
		t.Error("signing changed the call that all requests are made from")
	}
}

func TestAnAlteredRequestIsWellFormedAndNoLongerVerifies(t *testing.T) {
	t.Parallel()
	call := mustCall(t)
	text, err := call.Signed()
	if err != nil {
		t.Fatal(err)
	}
	const other = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	altered, err := load.Altered(text, "X-Request-Id", other)
	if err != nil {
		t.Fatal(err)
	}

	r := mustRead(t, altered)
	_, err = httpsig.Verify(r.Header, call.Seal.Certificate)

	var m *httpsig.Mistake
	if r.Header.Get("X-Request-ID") != other || !errors.As(err, &m) || m.Code != httpsig.SignatureMismatch {
		t.Errorf("id %s, error %v", r.Header.Get("X-Request-ID"), err)
	}
	if mustRead(t, text).Header.Get("X-Request-ID") == other {
		t.Error("the original was changed")
	}
	if _, err := load.Altered(text, "X-Absent", "1"); err == nil {
		t.Error("a header that is not there was altered")
	}
}

func TestAFaultOfOneRequestIsTheFaultOfAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := load.Make(5, func(i int) ([]byte, error) {
		if i == 3 {
			return nil, broken
		}
		return nil, nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("Make = %v", err)
	}
}
