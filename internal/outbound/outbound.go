// Package outbound owns the way to servers that strangers name: certificates and lists say where to ask, and what they
// say must not reach into our own network. It also makes the plain transport that every client of ours starts from.
package outbound

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// usualTimeout is how long one exchange may take, from the name's look-up to the last byte.
	usualTimeout = 10 * time.Second
	// usualLimit is how much of an answer's body is read.
	usualLimit = 1 << 20
	// maxRetryAfter is the longest wait that a server may ask for.
	maxRetryAfter = 24 * time.Hour
	userAgent     = "Fairway"
)

// Why there is no answer. What is none of these came from the network and may pass.
var (
	// ErrRefused says that the address is not one that may be asked; no byte was sent.
	ErrRefused = errors.New("the address may not be asked from here")
	// ErrRedirect says that the server points elsewhere, which is never followed.
	ErrRedirect = errors.New("the server answered with a redirect")
	// ErrTooLarge says that the answer has more bytes than the request's limit.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrSlow says that the answer was not complete in time.
	ErrSlow = errors.New("the server did not answer in time")
)

// StatusError is an answer of any status but 200.
type StatusError struct {
	Status int
	// RetryAfter is how long the server asks to wait, at most a day; zero where it does not say.
	RetryAfter time.Duration
}

// Error names the status.
func (e *StatusError) Error() string {
	return "the server answered with status " + strconv.Itoa(e.Status)
}

// Config says what a client may do beyond the usual.
type Config struct {
	// Loopback are hosts with their ports, as in "localhost:8080", that may be asked at any port although they are this
	// machine: development's demonstration anchor and tests. At such a name nothing but this machine is reached.
	Loopback []string
	// Timeout bounds one exchange; zero is 10 seconds.
	Timeout time.Duration
}

// Client asks public servers over http and https, at their usual ports. It looks at the address behind a name when it
// connects, so a name that changes between check and use gains nothing. It follows no redirect, keeps no cookie, and uses
// no proxy. It is safe for concurrent use.
type Client struct {
	timeout   time.Duration
	loopback  map[string]bool
	transport *http.Transport
}

// New makes a client without any connection yet.
func New(cfg Config) *Client {
	c := &Client{timeout: cmp.Or(cfg.Timeout, usualTimeout), loopback: map[string]bool{}}
	for _, hostPort := range cfg.Loopback {
		c.loopback[strings.ToLower(hostPort)] = true
	}
	c.transport = Transport(c.dial, nil)
	return c
}

// Request is one question to a server.
type Request struct {
	Address string
	// Body makes the request a POST of this media type; without one it is a GET.
	Body      []byte
	MediaType string
	Accept    string
	// Limit is how many bytes the answer may have; zero is 1 MiB.
	Limit int64
}

// Fetch is the body of a server's answer of status 200. Errors are those above, a *StatusError, the end of ctx, or the
// network's.
func (c *Client) Fetch(ctx context.Context, r Request) ([]byte, error) {
	u, err := c.check(r.Address)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := r.build(timed, u)
	if err != nil {
		return nil, err
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, failure(ctx, err)
	}
	defer func() { _ = response.Body.Close() }() // the answer is read or given up
	body, err := read(response, cmp.Or(r.Limit, usualLimit))
	if err == nil {
		err = timed.Err() // a connection that is closed for its time can look as if the answer had ended
	}
	if err != nil {
		return nil, failure(ctx, err)
	}
	return body, nil
}

func (r Request) build(ctx context.Context, u *url.URL) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if r.Body != nil {
		method, body = http.MethodPost, bytes.NewReader(r.Body)
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("User-Agent", userAgent)
	for name, value := range map[string]string{"Content-Type": r.MediaType, "Accept": r.Accept} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return request, nil
}

func read(response *http.Response, limit int64) ([]byte, error) {
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return nil, ErrRedirect
	case response.StatusCode != http.StatusOK:
		return nil, &StatusError{response.StatusCode, retryAfter(response.Header.Get("Retry-After"))}
	case response.ContentLength > limit:
		return nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	return body, nil
}

// retryAfter reads the header's form in seconds (RFC 9110 §10.2.3); a date is for clocks that agree.
func retryAfter(value string) time.Duration {
	seconds, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}

// failure tells the caller's end of time from the server's slowness.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var waited net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &waited) && waited.Timeout() {
		return ErrSlow
	}
	return err
}
