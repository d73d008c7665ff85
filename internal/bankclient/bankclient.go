// Package bankclient owns the playground's own way to the banks: a client with mutual TLS and message signing that
// calls the configured addresses as any TPP would, and reaches nothing else.
package bankclient

import (
	"cmp"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"fairway/internal/address"
	"fairway/internal/clock"
	"fairway/internal/secret"
)

const (
	// maxAnswer is how much of an answer's body is read.
	maxAnswer = 1 << 20
	// usualTimeout is how long one call may take, from the first connection to the last byte.
	usualTimeout = 20 * time.Second
)

// Config says where the banks are and whom to trust as their servers.
type Config struct {
	// API is the address of the bank APIs. TokenURL is the token endpoint; both are https.
	API      address.Template
	TokenURL string
	// Roots gives certificates in PEM that are trusted beside the system's own.
	Roots func() []byte
	Clock clock.Clock
	// Timeout bounds one call; zero is 20 seconds.
	Timeout time.Duration
}

// Client calls the banks. It is safe for concurrent use.
type Client struct {
	cfg        Config
	transports transports
}

// New makes a client without any connection yet.
func New(cfg Config) *Client {
	cfg.Timeout = cmp.Or(cfg.Timeout, usualTimeout)
	return &Client{cfg: cfg}
}

// Identity is whom a call is made for: a TPP's certificates and the credentials of one of its apps. It prints as
// "[secret]".
type Identity struct {
	// Owner is the TPP whose connections are kept apart from all others'.
	Owner string
	QWAC  tls.Certificate
	Seal  *x509.Certificate
	// SealKey is nil where the TPP keeps it: then the Request brings its Signature.
	SealKey  crypto.Signer
	ClientID string
	// ClientSecret is for the token endpoint, APIKey for the bank APIs.
	ClientSecret secret.Text
	APIKey       secret.Text
	// bare leaves the QWAC out, by mistake.
	bare bool
}

// withoutQWAC is the same TPP on connections of its own that show no certificate.
func (id Identity) withoutQWAC() Identity {
	id.Owner, id.QWAC, id.bare = id.Owner+" without QWAC", tls.Certificate{}, true
	return id
}

// Format hides keys and credentials from every verb.
func (Identity) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[secret]") }

// Param is a name with its value, in the order in which it is sent.
type Param struct{ Name, Value string }

// Request is one call of a bank API. Host and scheme come from the configuration alone.
type Request struct {
	Environment, Brand string
	Method             string
	// Path is below the brand's address, escaped segment by segment.
	Path  string
	Query []Param
	// Headers are those that the caller chose; what every call needs is added.
	Headers []Param
	Body    string
	Bearer  secret.Text
	// Unsigned leaves Digest and Signature out, to see what the bank says.
	Unsigned bool
	// Mistake is what is done wrong on purpose; empty is nothing.
	Mistake Mistake
	// RequestID, where given, is the X-Request-ID of a call whose headers choose none.
	RequestID string
	// Signature was made over SigningString by the holder of the seal's key.
	Signature []byte
}

// Send makes one call. What cannot be sent at all is a Form fault that names the parameter; what the network does
// comes back as the Exchange's Failure. An error without an Exchange is the caller's end of context, or ours.
func (c *Client) Send(ctx context.Context, id Identity, r Request) (Exchange, error) {
	m, err := c.compose(id, r)
	if err != nil {
		return Exchange{}, err
	}
	if err := m.checkSignature(id, r); err != nil {
		return Exchange{}, err
	}
	if r.Mistake == NoQWAC {
		id = id.withoutQWAC()
	}
	if err := c.roundTrip(ctx, id, m); err != nil {
		return Exchange{}, err
	}
	return m.exchange, nil
}
