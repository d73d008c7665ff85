// Package revocation owns the question whether a certificate was revoked: it asks the issuer's OCSP responder, then its
// revocation lists, and believes only what the issuer has signed about this certificate for this time.
package revocation

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"fairway/internal/clock"
	"fairway/internal/outbound"
)

const (
	// skew is how far the clocks of others may be from ours.
	skew = 5 * time.Minute
	// usualTimeout is how long one source may take.
	usualTimeout = 5 * time.Second
	// atATime is how many certificates are asked about at once; a list of revoked ones can fill 20 MiB.
	atATime = 4
)

// State is what is known about a certificate.
type State string

// The states. Only Good, and NoPointer of a short-term certificate, speak for it; Unavailable speaks neither way and asks
// for another try.
const (
	Good        State = "good"
	Revoked     State = "revoked"
	Unavailable State = "unavailable"
	NoPointer   State = "no_pointer"
)

// Source is the kind of evidence.
type Source string

// The sources: an answer about one certificate (RFC 6960), and a list of all that are revoked (RFC 5280 §5).
const (
	OCSP Source = "OCSP"
	CRL  Source = "CRL"
)

// Result is the answer about one certificate, with its evidence. Texts that come from certificates and servers hold no
// control, direction or invisible characters and are cut, but they are not escaped. Times are UTC.
type Result struct {
	State State `json:"state"`

	// RevokedAt and Reason say when and why it was revoked; Reason is in words, as in "key compromise", and empty where the
	// issuer gives none.
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	Reason    string    `json:"reason,omitempty"`

	// RetryAfter is how long to wait before the next try, where the state is Unavailable.
	RetryAfter time.Duration `json:"retry_after,omitzero"`

	// ShortTerm tells that the issuer gives no information because the certificate is valid for too short a time to be
	// revoked (ETSI EN 319 412-1 §5.2, validity-assured short-term).
	ShortTerm bool `json:"short_term,omitempty"`

	// Source, URL and Responder say who answered where; they are empty where nobody did.
	Source    Source `json:"source,omitempty"`
	URL       string `json:"url,omitempty"`
	Responder string `json:"responder,omitempty"`

	// ProducedAt is when the responder signed, ThisUpdate and NextUpdate are from when and until when the answer counts. A
	// list has no ProducedAt; an OCSP answer need not have a NextUpdate.
	ProducedAt time.Time `json:"produced_at,omitzero"`
	ThisUpdate time.Time `json:"this_update,omitzero"`
	NextUpdate time.Time `json:"next_update,omitzero"`
	CheckedAt  time.Time `json:"checked_at"`

	// Sentence is the result for whoever uploaded the certificate.
	Sentence string `json:"sentence"`
	// Notes say for the admin what was tried in vain and what was left out.
	Notes []string `json:"notes,omitempty"`
}

// Allows tells whether the result speaks for the certificate.
func (r Result) Allows() bool { return r.State == Good || r.State == NoPointer && r.ShortTerm }

// Config says how to ask.
type Config struct {
	Client *outbound.Client
	Clock  clock.Clock
	// Timeout bounds one source; zero is 5 seconds.
	Timeout time.Duration
}

// Checker answers whether certificates were revoked, and remembers for a while. It is safe for concurrent use.
type Checker struct {
	client  *outbound.Client
	clock   clock.Clock
	timeout time.Duration
	slots   chan struct{}
	held    held
	resting resting
}

// New makes a checker that remembers nothing yet.
func New(cfg Config) *Checker {
	return &Checker{client: cfg.Client, clock: cfg.Clock, timeout: cmp.Or(cfg.Timeout, usualTimeout), slots: make(chan struct{}, atATime)}
}

var errNotIssuer = errors.New("the second certificate did not issue the first")

// Check asks about a certificate. The caller has chained both certificates to an anchor that it trusts: only then may the
// addresses in them be asked. What the sources do is a Result; an error is a wrong issuer, or the end of ctx.
func (c *Checker) Check(ctx context.Context, cert, issuer *x509.Certificate) (Result, error) {
	if !bytes.Equal(cert.RawIssuer, issuer.RawSubject) || cert.CheckSignatureFrom(issuer) != nil {
		return Result{}, errNotIssuer
	}
	if len(cert.OCSPServer) == 0 && len(cert.CRLDistributionPoints) == 0 {
		return withoutPointer(cert, c.clock.Now()), nil
	}
	key := keyOf(cert, issuer)
	if r, ok := c.held.find(key, c.clock.Now()); ok {
		return r, nil
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("wait for a place to ask: %w", ctx.Err())
	}
	if r, ok := c.held.find(key, c.clock.Now()); ok {
		return r, nil // somebody else asked while we waited
	}
	r, err := c.ask(ctx, cert, issuer)
	if err != nil {
		return Result{}, err
	}
	c.held.keep(key, r)
	return r, nil
}

// shortTerm is the extension of a validity-assured short-term certificate (EN 319 412-1).
var shortTerm = asn1.ObjectIdentifier{0, 4, 0, 194121, 2, 1}

func withoutPointer(cert *x509.Certificate, now time.Time) Result {
	r := Result{State: NoPointer, CheckedAt: now}
	for _, e := range cert.Extensions {
		r.ShortTerm = r.ShortTerm || e.Id.Equal(shortTerm)
	}
	r.Sentence = sentence(r, cert)
	return r
}
