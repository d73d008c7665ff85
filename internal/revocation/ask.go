package revocation

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/outbound"
)

const (
	// maxURLs is how many addresses of a kind are tried.
	maxURLs = 3
	maxOCSP = 64 << 10
	maxCRL  = 20 << 20
	// usualRetry is when to try again where no server says it; mostRetry is the longest that a server can ask for.
	usualRetry = 5 * time.Minute
	mostRetry  = time.Hour
)

// inquiry is one certificate's way through the sources.
type inquiry struct {
	checker      *Checker
	cert, issuer *x509.Certificate
	result       Result
	// retry is the longest wait that a server asked for.
	retry time.Duration
	// answered says that somebody was there, though nothing that counts was said.
	answered bool
}

// ask goes through the sources until one gives an answer that counts. A responder that does not know the certificate
// outweighs a list that does not name it: the list of an issuer that was broken into names nothing that it did not issue.
func (c *Checker) ask(ctx context.Context, cert, issuer *x509.Certificate) (Result, error) {
	i := &inquiry{checker: c, cert: cert, issuer: issuer, result: Result{State: Unavailable, CheckedAt: c.clock.Now()}}
	unknown := false
	for _, address := range i.addresses(OCSP, cert.OCSPServer) {
		found, err := i.askOCSP(ctx, address)
		if err == nil {
			return i.answer(OCSP, address, found), nil
		}
		if ctx.Err() != nil {
			return Result{}, fmt.Errorf("ask whether the certificate was revoked: %w", ctx.Err())
		}
		unknown = unknown || errors.Is(err, errUnknown)
		i.note(OCSP, address, err)
	}
	for _, address := range i.addresses(CRL, cert.CRLDistributionPoints) {
		found, err := i.askCRL(ctx, address)
		if err == nil && unknown && found.State == Good {
			i.note(CRL, address, errOutweighed)
			continue
		}
		if err == nil {
			return i.answer(CRL, address, found), nil
		}
		if ctx.Err() != nil {
			return Result{}, fmt.Errorf("ask whether the certificate was revoked: %w", ctx.Err())
		}
		i.note(CRL, address, err)
	}
	return i.unavailable(), nil
}

// addresses are those that are tried: the first few that a client of ours could ask at all.
func (i *inquiry) addresses(source Source, all []string) []string {
	var usable []string
	for _, address := range all {
		lower := strings.ToLower(address)
		if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
			usable = append(usable, address)
		}
	}
	if n := len(all) - len(usable); n > 0 {
		i.result.Notes = append(i.result.Notes, fmt.Sprintf("%s: %d of the certificate’s addresses are neither http nor https and were left out.", source, n))
	}
	if n := len(usable); n > maxURLs {
		i.result.Notes = append(i.result.Notes, fmt.Sprintf("%s: the certificate names %d addresses; those after the first %d were left out.", source, n, maxURLs))
		usable = usable[:maxURLs]
	}
	return usable
}

func (i *inquiry) askOCSP(ctx context.Context, address string) (Result, error) {
	question, err := ocsp.CreateRequest(i.cert, i.issuer, nil) // SHA-1 names the issuer; many responders know no other
	if err != nil {
		return Result{}, errNoQuestion
	}
	answer, err := i.fetch(ctx, OCSP, outbound.Request{Address: address, Body: question, MediaType: "application/ocsp-request", Accept: "application/ocsp-response", Limit: maxOCSP})
	if err != nil {
		return Result{}, err
	}
	return readOCSP(answer, i.cert, i.issuer, i.checker.clock.Now())
}

func (i *inquiry) askCRL(ctx context.Context, address string) (Result, error) {
	list, err := i.fetch(ctx, CRL, outbound.Request{Address: address, Accept: "application/pkix-crl", Limit: maxCRL})
	if err != nil {
		return Result{}, err
	}
	return readCRL(list, i.cert, i.issuer, i.checker.clock.Now())
}

// fetch gives a source its time, which is the client's error and not the end of ours. One that did not answer in time a
// moment ago is not asked.
func (i *inquiry) fetch(ctx context.Context, source Source, r outbound.Request) ([]byte, error) {
	c, server := i.checker, serverOf(source, r.Address)
	if !c.resting.may(server, c.clock.Now(), c.timeout) {
		return nil, errResting
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := c.client.Fetch(timed, r)
	if errors.Is(err, context.DeadlineExceeded) {
		err = outbound.ErrSlow
	}
	if ctx.Err() == nil {
		c.resting.was(server, errors.Is(err, outbound.ErrSlow), c.clock.Now())
	}
	var status *outbound.StatusError
	refused := errors.As(err, &status)
	if refused {
		i.retry = max(i.retry, status.RetryAfter)
	}
	if err == nil || refused || errors.Is(err, outbound.ErrRedirect) || errors.Is(err, outbound.ErrTooLarge) {
		i.answered = true
	}
	return body, err
}

func (i *inquiry) answer(source Source, address string, found Result) Result {
	found.Source, found.URL, found.CheckedAt, found.Notes = source, shown(address), i.result.CheckedAt, i.result.Notes
	found.Sentence = sentence(found, i.cert)
	return found
}

func (i *inquiry) unavailable() Result {
	i.result.RetryAfter = min(max(i.retry, usualRetry), mostRetry)
	i.result.Sentence = sentenceUnreached
	if i.answered {
		i.result.Sentence = sentenceUnproved
	}
	return i.result
}

func (i *inquiry) note(source Source, address string, err error) {
	i.result.Notes = append(i.result.Notes, fmt.Sprintf("%s: %s %s.", source, shown(address), i.words(err)))
}
