package outbound

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// maxHeaders bounds an answer's headers, those of 1xx answers included.
const maxHeaders = 64 << 10

// Dial connects to a host and its port, or refuses.
type Dial func(ctx context.Context, network, hostPort string) (net.Conn, error)

// Transport makes the plain transport of a client that talks to servers it does not trust: HTTP/1.1, no proxy, nothing
// unpacked, a few connections, bounded headers. The configuration may be nil; TLS 1.2 is the oldest version in any case.
func Transport(dial Dial, config *tls.Config) *http.Transport {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	config.NextProtos = []string{"http/1.1"}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        config,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		DisableCompression:     true,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    2,
		MaxConnsPerHost:        8,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: maxHeaders,
	}
}
