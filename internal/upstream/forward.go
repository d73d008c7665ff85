package upstream

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/clock"
)

// Continued is the header by which a brand says that its answer is a further page of a read that was counted.
const Continued = "Fairway-Continued"

const (
	// maxError is how much of an error's body is read.
	maxError = 64 << 10
	// piece is how much is handed on at a time.
	piece = 32 << 10
	// maxRetryAfter is the longest wait that a brand may ask for.
	maxRetryAfter = 24 * time.Hour
)

// handedOn are the headers of a call that a brand gets to see. What opens our door is none of its business.
var handedOn = []string{"Accept-Language", "X-Request-Id", "Psu-Ip-Address", "Psu-Ip-Port", "Psu-Id", "Psu-Corporate-Id", "Psu-User-Agent",
	"Psu-Device-Id", "Psu-Geo-Location", "Psu-Http-Method", "Psu-Accept", "Psu-Accept-Charset", "Psu-Accept-Encoding", "Psu-Accept-Language"}

// Call is a read that passed every check of ours.
type Call struct {
	Brand catalog.Brand
	// Path is below the brand's address, escaped; Query is as it was sent.
	Path, Query string
	// Header is the request's; a part of it is handed on.
	Header    http.Header
	Assertion Assertion
	// Charge is called once the brand has answered well, before a byte goes out. Its error is the answer instead.
	Charge func(continued bool) error
	// Refused is told the message code with which the brand itself refused, where its refusal is passed on.
	Refused func(code string)
}

// Forward hands a call on and streams the answer to w. An error comes before the first byte, but for an answer that breaks off
// later: then the caller has to cut the connection, so that nobody takes a half for the whole.
func (u *Upstream) Forward(ctx context.Context, w http.ResponseWriter, c Call) error {
	err := u.forward(ctx, w, c)
	if err != nil && ctx.Err() != nil {
		return ErrLeft.With(err)
	}
	return err
}

func (u *Upstream) forward(ctx context.Context, w http.ResponseWriter, c Call) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l, err := u.lane(c.Brand)
	if err != nil {
		return ErrUnreachable.With(err)
	}
	tpp := c.Assertion.TPP.Identifier
	if !l.room.enter(tpp) {
		return ErrUnavailable.After(untilFree).With(errBusy)
	}
	defer l.room.leave(tpp)
	request, err := u.build(ctx, c)
	if err != nil {
		return err
	}
	answer, err := l.ask(request)
	if err != nil {
		f := why(err)
		if f.Code == ErrUnavailable.Code {
			f = f.After(u.config.Rest)
		}
		return f
	}
	defer func() { _ = answer.Body.Close() }() // what matters of it was read
	body := &patient{from: answer.Body, wait: u.config.Stall, give: cancel}
	if answer.StatusCode != http.StatusOK {
		return u.hand(w, answer, body, c.Refused)
	}
	first, err := beginning(answer.Header, body)
	if err != nil {
		return err
	}
	if err := c.Charge(answer.Header.Get(Continued) == "true"); err != nil {
		return err
	}
	return u.stream(w, answer.ContentLength, first, body)
}

// beginning reads the first piece of an answer, which has to look like a JSON object.
func beginning(h http.Header, body io.Reader) ([]byte, error) {
	if !isJSON(h) {
		return nil, ErrAnswer.With(fmt.Errorf("the answer is %q, %q", h.Get("Content-Type"), h.Get("Content-Encoding")))
	}
	first := make([]byte, piece)
	n, err := body.Read(first)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, why(err)
	}
	if !bytes.HasPrefix(bytes.TrimLeft(first[:n], " \t\r\n"), []byte("{")) {
		return nil, ErrAnswer.With(errors.New("the answer is called JSON and is no object"))
	}
	return first[:n], nil
}

// away are the statuses that speak of a brand's whole system. A 500 may be about one request, and whoever knows such a request
// must not be able to keep the others out with it.
var away = map[int]bool{http.StatusBadGateway: true, http.StatusServiceUnavailable: true, http.StatusGatewayTimeout: true}

// ask sends a request where the breaker lets it, and tells the breaker what came of it.
func (l *lane) ask(r *http.Request) (*http.Response, error) {
	done, err := l.breaker.Allow()
	if err != nil {
		return nil, err
	}
	answer, err := l.transport.RoundTrip(r)
	switch {
	case err != nil:
		done(err)
	case away[answer.StatusCode]:
		done(fmt.Errorf("status %d", answer.StatusCode))
	default:
		done(nil)
	}
	return answer, err
}

func (u *Upstream) build(ctx context.Context, c Call) (*http.Request, error) {
	target := c.Brand.Live.Upstream + c.Path
	if c.Query != "" {
		target += "?" + c.Query
	}
	to, err := url.Parse(target)
	if err != nil {
		return nil, ErrUnreachable.With(err)
	}
	c.Assertion.Audience, c.Assertion.Method, c.Assertion.Target, c.Assertion.Brand = c.Brand.Live.Upstream, http.MethodGet, to.String(), c.Brand.ID
	signed, err := u.signCall(ctx, c.Assertion)
	if err != nil {
		return nil, err
	}
	r := (&http.Request{Method: http.MethodGet, URL: to, Host: to.Host, Header: http.Header{}}).WithContext(ctx)
	for _, name := range handedOn {
		if values := c.Header[name]; len(values) > 0 {
			r.Header[name] = values[:1]
		}
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Fairway")
	r.Header.Set(Header, signed)
	return r, nil
}

// isJSON tells whether an answer says that it is JSON, and not packed: nothing was asked for packed.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/json" && h.Get("Content-Encoding") == ""
}

// refusals are the statuses with which a brand may refuse a read (NextGenPSD2, 4.12).
var refusals = map[int]bool{http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusNotFound: true,
	http.StatusNotAcceptable: true, http.StatusConflict: true, http.StatusTooManyRequests: true}

// hand passes a brand's own refusal on, where it has the interface's form, and says what else it was otherwise.
func (u *Upstream) hand(w http.ResponseWriter, answer *http.Response, body io.Reader, refused func(code string)) error {
	status, wait := answer.StatusCode, u.retryAfter(answer.Header)
	switch {
	case status == http.StatusServiceUnavailable:
		return ErrUnavailable.After(cmp.Or(wait, u.config.Rest)).With(errors.New("the brand's system says 503"))
	case status == http.StatusGatewayTimeout:
		return ErrTimeout.With(errors.New("the brand's system says 504"))
	case !refusals[status] || !isJSON(answer.Header):
		return ErrAnswer.With(fmt.Errorf("the brand's system says %d, %q", status, answer.Header.Get("Content-Type")))
	}
	text, err := io.ReadAll(io.LimitReader(body, maxError+1))
	if err != nil {
		return why(err)
	}
	code := firstCode(text)
	if code == "" {
		return ErrAnswer.With(fmt.Errorf("the brand's system says %d without tppMessages", status))
	}
	if refused != nil {
		refused(code)
	}
	h := w.Header()
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	begin(w, status, int64(len(text)))
	_, _ = w.Write(text) // the caller left: nobody to tell
	return nil
}

// codeForm is how message codes are written (NextGenPSD2, 14.11).
var codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,59}$`)

// firstCode is the first message code of a refusal; empty where it is none of this interface.
func firstCode(text []byte) string {
	var messages struct {
		TPPMessages []struct{ Category, Code string } `json:"tppMessages"`
	}
	if len(text) > maxError || json.Unmarshal(text, &messages) != nil || len(messages.TPPMessages) == 0 || !codeForm.MatchString(messages.TPPMessages[0].Code) {
		return ""
	}
	return messages.TPPMessages[0].Code
}

// retryAfter reads how long a brand wants to be left alone, in seconds or until an instant (RFC 9110, 10.2.3); zero where it
// does not say so.
func (u *Upstream) retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(u.clock.Now()), 0), maxRetryAfter)
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
}

func begin(w http.ResponseWriter, status int, length int64) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	if length >= 0 {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	w.WriteHeader(status)
}

// stream hands the answer on piece by piece. Each piece has its own time, at the brand and at the client; how long the whole
// takes is nobody's limit. An error is an answer that broke off.
func (u *Upstream) stream(w http.ResponseWriter, length int64, first []byte, rest io.Reader) error {
	control := http.NewResponseController(w)
	begin(w, http.StatusOK, length)
	for data := first; ; {
		_ = control.SetWriteDeadline(clock.Monotonic().Add(u.config.Stall)) // where it cannot be set, the server's own stands
		if _, err := w.Write(data); err != nil {
			return nil // the caller left: nobody to tell
		}
		_ = control.Flush() // a writer that cannot flush sends when it is full
		n, err := rest.Read(first[:cap(first)])
		data = first[:n]
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return nil
		case err != nil && !errors.Is(err, io.EOF):
			return why(err).Saying("The bank's own system broke off in the middle of its answer, and the connection was cut so that nobody takes a half for the whole. Send the request again.")
		}
	}
}

// patient gives a reader up when it is silent for too long.
type patient struct {
	from   io.Reader
	wait   time.Duration
	give   context.CancelFunc
	silent atomic.Bool
}

// Read reads what comes within the wait. Once it was given up, whatever is wrong with the reader is that: also its end, which a
// brand may write when it sees the connection go.
func (p *patient) Read(b []byte) (int, error) {
	timer := time.AfterFunc(p.wait, func() {
		p.silent.Store(true)
		p.give()
	})
	n, err := p.from.Read(b)
	timer.Stop()
	if err != nil && p.silent.Load() {
		return n, errSilent
	}
	return n, err
}

// errSilent is an answer that stopped in the middle.
var errSilent error = silence{}

type silence struct{}

func (silence) Error() string   { return "the brand's system fell silent in the middle of its answer" }
func (silence) Timeout() bool   { return true }
func (silence) Temporary() bool { return true }
