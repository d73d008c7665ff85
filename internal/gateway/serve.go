package gateway

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"fairway/internal/quota"
)

const readyTimeout = 3 * time.Second

// TLSConfig asks every client for its certificate and names no authorities, so that clients that choose by authority
// send theirs. A missing or wrong one gets an answer in JSON, not a broken handshake: the checks are ours.
func TLSConfig(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		ClientAuth:     tls.RequestClientCert,
		GetCertificate: certificate,
		NextProtos:     []string{"h2", "http/1.1"},
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}

// policyOf is the header of the limits that apply to a caller. That of the configured ones is written once.
func (g *Door) policyOf(l quota.Limits) []string {
	if l == g.Quota.Limits() {
		return g.policy
	}
	return []string{l.Policy()}
}

// health answers /healthz and /readyz on any host with one word.
func (g *Door) health(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/healthz":
		answer(w, http.StatusOK, `{"status":"ok"}`)
	case "/readyz":
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := g.Ready(ctx); err != nil {
			g.Log.Warn("not ready", "error", err.Error())
			answer(w, http.StatusServiceUnavailable, `{"status":"not ready"}`)
			return true
		}
		answer(w, http.StatusOK, `{"status":"ready"}`)
	default:
		return false
	}
	return true
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // the asker left: nobody to tell
}

func panicError(cause any) error { return fmt.Errorf("panic: %v\n%s", cause, debug.Stack()) }
