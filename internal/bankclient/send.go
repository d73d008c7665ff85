package bankclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"fairway/internal/clock"
	"fairway/internal/secret"
)

// roundTrip sends a message and fills in its exchange. Redirects are answers like any other.
func (c *Client) roundTrip(ctx context.Context, id Identity, m *message) error {
	transport, err := c.transports.of(id, c.cfg)
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(withDial(ctx, m.dial), c.cfg.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(timed, m.exchange.Method, m.url.String(), strings.NewReader(m.body))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.Header = m.header
	e := &m.exchange
	e.At = c.cfg.Clock.Now()
	start := clock.Monotonic()
	response, err := transport.RoundTrip(request)
	e.Duration = clock.Since(start)
	if err != nil {
		return c.failed(ctx, e, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	e.Duration = clock.Since(start)
	m.note(response, body)
	if err == nil {
		err = timed.Err() // a connection that is closed for its time can look as if the answer had ended
	}
	if err != nil {
		return c.failed(ctx, e, fmt.Errorf("read the answer: %w", err))
	}
	return nil
}

// note writes the answer down, without what must not be shown.
func (m *message) note(response *http.Response, body []byte) {
	e := &m.exchange
	e.Status = response.StatusCode
	if len(body) > maxAnswer {
		body, e.Truncated = body[:maxAnswer], true
	}
	m.answer = body
	e.AnswerBody = m.withoutSecrets(strings.ToValidUTF8(string(body), "�"))
	for name, values := range response.Header {
		for _, value := range values {
			e.AnswerHeaders = append(e.AnswerHeaders, Header{Name: spelling(name), Value: m.withoutSecrets(shownValue(name, value))})
		}
	}
	slices.SortStableFunc(e.AnswerHeaders, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	e.CallID = callID(response.Header)
}

func shownValue(name, value string) string {
	if name == "Set-Cookie" {
		return "(not shown)"
	}
	return short(value, maxValue)
}

// withoutSecrets reduces every secret of the request that a server sends back.
func (m *message) withoutSecrets(text string) string {
	for _, s := range m.hide {
		if len(s) >= 8 {
			text = strings.ReplaceAll(text, s.Reveal(), secret.Reduce(s.Reveal()))
		}
	}
	return text
}

// spelling is the name of an answer's header as its standard writes it.
func spelling(canonical string) string {
	switch canonical {
	case "X-Request-Id":
		return "X-Request-ID"
	case "Ratelimit":
		return "RateLimit"
	case "Ratelimit-Policy":
		return "RateLimit-Policy"
	case "Aspsp-Sca-Approach":
		return "ASPSP-SCA-Approach"
	case "Www-Authenticate":
		return "WWW-Authenticate"
	}
	return canonical
}

var (
	traceID  = regexp.MustCompile(`^[0-9a-z]{1,13}$`)
	helpLink = regexp.MustCompile(`<[^>]*[?&]rid=([0-9a-z]{1,13})>;\s*rel="help"`)
)

// callID reads the id of the call in the request log: from X-Trace-ID, or from the link to the explanation of an error.
func callID(header http.Header) string {
	if id := header.Get("X-Trace-ID"); traceID.MatchString(id) {
		return id
	}
	for _, link := range header.Values("Link") {
		if found := helpLink.FindStringSubmatch(link); found != nil {
			return found[1]
		}
	}
	return ""
}

// failed says in words why there is no answer. Where the caller's own context has ended nobody reads it.
func (c *Client) failed(ctx context.Context, e *Exchange, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.Failure = c.failure(err)
	return nil
}

func (c *Client) failure(err error) *Failure {
	var untrusted *tls.CertificateVerificationError
	var alert tls.AlertError
	var dial *net.OpError
	var name *net.DNSError
	switch {
	case errors.Is(err, errElsewhere):
		return &Failure{"elsewhere", "This address is not one of the configured ones, so nothing was sent."}
	case errors.Is(err, context.DeadlineExceeded):
		return &Failure{"no_answer", fmt.Sprintf("The bank did not answer within %d seconds. Try again in a moment; whether it did what you asked is not known.", int(c.cfg.Timeout.Seconds()))}
	case errors.As(err, &untrusted):
		return &Failure{"server_untrusted", "The server at this address proved itself with a certificate that is not trusted here, so nothing was sent. Whoever runs the portal has to look at its configuration."}
	case errors.As(err, &alert):
		return &Failure{"tls_refused", "The server broke the TLS handshake off. The certificates may have been replaced a moment ago; try again."}
	case errors.As(err, &name), errors.As(err, &dial) && dial.Op == "dial":
		return &Failure{"unreachable", "The bank's address cannot be reached. It may be starting; try again in a moment."}
	}
	return &Failure{"broken_off", "The answer broke off before it was complete. Try again in a moment; whether the bank did what you asked is not known."}
}
