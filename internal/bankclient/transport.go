package bankclient

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"fairway/internal/outbound"
)

// maxTransports is how many TPPs' connections are kept at a time.
const maxTransports = 64

// transports keeps one transport a TPP, so that its calls share connections, and nobody else's do.
type transports struct {
	mu    sync.Mutex
	clock uint64
	kept  map[string]*kept
}

type kept struct {
	thumbprint [sha256.Size]byte
	transport  *http.Transport
	used       uint64
}

// of finds the transport of an identity. A TPP with another QWAC gets a new one, and the former is closed.
func (t *transports) of(id Identity, cfg Config) (*http.Transport, error) {
	if len(id.QWAC.Certificate) == 0 && !id.bare || id.Owner == "" {
		return nil, errors.New("a call needs its owner and a transport certificate")
	}
	var thumbprint [sha256.Size]byte
	if !id.bare {
		thumbprint = sha256.Sum256(id.QWAC.Certificate[0])
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil {
		t.kept = map[string]*kept{}
	}
	t.clock++
	if k := t.kept[id.Owner]; k != nil {
		if k.thumbprint == thumbprint {
			k.used = t.clock
			return k.transport, nil
		}
		k.transport.CloseIdleConnections()
	} else if len(t.kept) >= maxTransports {
		t.dropOldest()
	}
	k := &kept{thumbprint: thumbprint, transport: newTransport(id.QWAC, cfg), used: t.clock}
	t.kept[id.Owner] = k
	return k.transport, nil
}

func (t *transports) dropOldest() {
	oldest := ""
	for owner, k := range t.kept {
		if oldest == "" || k.used < t.kept[oldest].used {
			oldest = owner
		}
	}
	t.kept[oldest].transport.CloseIdleConnections()
	delete(t.kept, oldest)
}

func newTransport(qwac tls.Certificate, cfg Config) *http.Transport {
	c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trust(cfg.Roots), Time: cfg.Clock.Now}
	if len(qwac.Certificate) > 0 {
		c.Certificates = []tls.Certificate{qwac}
	}
	return outbound.Transport(dialOnly, c)
}

// trust is the system's roots and our own.
func trust(roots func() []byte) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if roots != nil {
		pool.AppendCertsFromPEM(roots())
	}
	return pool
}

type dialKey struct{}

// withDial names the one host and port that a request may connect to.
func withDial(ctx context.Context, hostPort string) context.Context {
	return context.WithValue(ctx, dialKey{}, hostPort)
}

var errElsewhere = errors.New("this address is not one of the configured ones")

// dialOnly connects to the request's own host and port; everything else is refused before a name is resolved.
func dialOnly(ctx context.Context, network, hostPort string) (net.Conn, error) {
	if allowed, _ := ctx.Value(dialKey{}).(string); allowed == "" || allowed != hostPort {
		return nil, errElsewhere
	}
	d := net.Dialer{Timeout: 10 * time.Second}
	return d.DialContext(ctx, network, hostPort)
}
