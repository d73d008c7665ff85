// Package upstream owns the way to the brands' own systems in Live: it tells them, signed, who calls and what the customer
// allowed, hands the call on, and says honestly what went wrong there. docs/live-upstream.md is the contract.
package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/fault"
	"fairway/internal/outbound"
)

// Config is what a deployment decides. Durations of zero are the usual ones.
type Config struct {
	// Dial is 3 seconds, Handshake 5: how long a connection may take to come about.
	Dial, Handshake time.Duration
	// Answer is 10 seconds: how long a brand may take until its answer begins.
	Answer time.Duration
	// Stall is 10 seconds: how long a brand may be silent within its answer, or a client not take it.
	Stall time.Duration
	// Rest is 10 seconds: how long a brand that has failed is left alone.
	Rest time.Duration
}

// failuresInARow are how many let a brand rest.
const failuresInARow = 5

// How a brand's system can fail. The codes are our own: the Berlin Group has none for these statuses.
var (
	// ErrUnreachable is a brand whose system takes no connection, or proves to be another one. 502.
	ErrUnreachable = fault.New(fault.Unavailable, "BANK_UNREACHABLE",
		"Your request passed every check, but the bank's own system could not be reached. Nothing was read. Try again in a minute; if it lasts, ask the bank's support with the X-Request-ID.")
	// ErrAnswer is an answer that the interface does not have. 502.
	ErrAnswer = fault.New(fault.Unavailable, "BANK_ANSWER_INVALID",
		"Your request passed every check, but the bank's own system answered with something that is no answer of this interface, and it was not passed on. Ask the bank's support with the X-Request-ID.")
	// ErrUnavailable is a brand that says so itself, or that is left alone after failures. 503.
	ErrUnavailable = fault.New(fault.Unavailable, "BANK_UNAVAILABLE",
		"Your request passed every check, but the bank's own system is not available at the moment. Wait as long as Retry-After says, then send it again.")
	// ErrLeft is a client that closed its connection before it had the whole answer. It stands in the request log alone.
	ErrLeft = fault.New(fault.Unavailable, "client_left", "The connection was closed from your side before the bank's own system had answered in full.")
	// ErrTimeout is a brand that did not answer in time. 504.
	ErrTimeout = fault.New(fault.Unavailable, "BANK_TIMEOUT",
		"Your request passed every check, but the bank's own system did not answer in time. Nothing was changed, so you can send it again.")
)

// Upstream is the service. It is safe for concurrent use.
type Upstream struct {
	keys   *Keys
	clock  clock.Clock
	config Config
	log    *slog.Logger

	mu    sync.Mutex
	lanes map[string]*lane
}

// New makes the service.
func New(k *Keys, clk clock.Clock, config Config, log *slog.Logger) *Upstream {
	for _, d := range []struct {
		field *time.Duration
		usual time.Duration
	}{{&config.Dial, 3 * time.Second}, {&config.Handshake, 5 * time.Second}, {&config.Answer, 10 * time.Second},
		{&config.Stall, 10 * time.Second}, {&config.Rest, 10 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.usual
		}
	}
	return &Upstream{keys: k, clock: clk, config: config, log: log, lanes: map[string]*lane{}}
}

// lane is the way to one brand's system: its connections, and whether it may be asked.
type lane struct {
	upstream, roots string
	transport       *http.Transport
	breaker         *gobreaker.TwoStepCircuitBreaker[struct{}]
	room            room
}

// lane finds the way to a brand, and makes it anew where the brand has moved.
func (u *Upstream) lane(b catalog.Brand) (*lane, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if l := u.lanes[b.ID]; l != nil && l.upstream == b.Live.Upstream && l.roots == b.Live.Roots {
		return l, nil
	}
	roots, err := pool(b.Live.Roots)
	if err != nil {
		return nil, err
	}
	l := &lane{upstream: b.Live.Upstream, roots: b.Live.Roots, transport: u.transport(roots), breaker: u.breaker(b.ID)}
	if old := u.lanes[b.ID]; old != nil {
		old.transport.CloseIdleConnections()
	}
	u.lanes[b.ID] = l
	return l, nil
}

// pool are the authorities of a brand; nil are those of the operating system.
func pool(roots string) (*x509.CertPool, error) {
	if roots == "" {
		return nil, nil
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM([]byte(roots)) {
		return nil, errors.New("the brand's authorities hold no certificate")
	}
	return p, nil
}

func (u *Upstream) transport(roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: u.config.Dial, KeepAlive: 30 * time.Second}
	t := outbound.Transport(dialer.DialContext, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	t.TLSHandshakeTimeout, t.ResponseHeaderTimeout = u.config.Handshake, u.config.Answer
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost, t.IdleConnTimeout = 64, 64, mostCalls, time.Minute
	return t
}

func (u *Upstream) breaker(brand string) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: brand, MaxRequests: 1, Timeout: u.config.Rest,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresInARow },
		OnStateChange: func(name string, from, to gobreaker.State) {
			u.log.Warn("a brand's system", "brand", name, "was", from.String(), "is", to.String())
		},
		// a client that leaves says nothing about the brand, neither good nor bad
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
	})
}

// why says what a failed exchange is to the client.
func why(err error) *fault.Error {
	var timeout net.Error
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return ErrUnavailable.With(err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return ErrTimeout.With(err)
	}
	return ErrUnreachable.With(fmt.Errorf("ask a brand's system: %w", err))
}
