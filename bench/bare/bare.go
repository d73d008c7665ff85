// Package bare owns the yardstick of the measurements: a server of net/http with mutual TLS that checks the digest and
// the RSA signature of a request with a certificate it has seen before, and nothing else, and answers a fixed JSON.
package bare

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Config is what the server is made of.
type Config struct {
	Certificate tls.Certificate
	// ClientCAs are the authorities of the clients' certificates.
	ClientCAs *x509.CertPool
	// Answer is the body of every good answer.
	Answer []byte
}

// Serve answers until ctx ends.
func Serve(ctx context.Context, l net.Listener, c Config) error {
	s := &http.Server{
		Handler: &handler{answer: c.Answer},
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{c.Certificate}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: c.ClientCAs,
		},
		ErrorLog: log.New(nowhere{}, "", 0),
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() }) // closing is all that is left to do
	defer stop()
	if err := s.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type nowhere struct{}

// Write drops a complaint about a connection that a client gave up.
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

type handler struct {
	answer []byte
	seals  sync.Map // header text → *rsa.PublicKey
}

// ServeHTTP checks one request.
func (s *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Content-Type"] = jsonType
	if !s.good(r) {
		h["Content-Length"] = []string{"0"}
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(s.answer))}
	_, _ = w.Write(s.answer) // the asker left: nobody to tell
}

var jsonType = []string{"application/json"}

// good is the floor of every such interface: the digest of an empty body, the signing string, the RSA operation.
func (s *handler) good(r *http.Request) bool {
	digest := r.Header.Get("Digest")
	body := sha256.Sum256(nil)
	want := "SHA-256=" + base64.StdEncoding.EncodeToString(body[:])
	key := s.key(r.Header.Get("Tpp-Signature-Certificate"))
	if digest != want || key == nil {
		return false
	}
	params := r.Header.Get("Signature")
	signature, err := base64.StdEncoding.DecodeString(param(params, "signature"))
	if err != nil || param(params, "algorithm") != "rsa-sha256" {
		return false
	}
	var text strings.Builder
	for name := range strings.SplitSeq(param(params, "headers"), " ") {
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(name)
		text.WriteString(": ")
		text.WriteString(r.Header.Get(name))
	}
	sum := sha256.Sum256([]byte(text.String()))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// key is that of a certificate in a header, read once.
func (s *handler) key(header string) *rsa.PublicKey {
	if key, ok := s.seals.Load(header); ok {
		return key.(*rsa.PublicKey)
	}
	der, err := base64.StdEncoding.DecodeString(header)
	if err != nil {
		return nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	key, _ := cert.PublicKey.(*rsa.PublicKey)
	if key != nil {
		s.seals.Store(header, key)
	}
	return key
}

// param finds a value of the Signature header.
func param(header, name string) string {
	for {
		key, rest, ok := strings.Cut(header, `="`)
		if !ok {
			return ""
		}
		value, next, ok := strings.Cut(rest, `"`)
		if !ok || key == name {
			return value
		}
		header = strings.TrimPrefix(next, ",")
	}
}
