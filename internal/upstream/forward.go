package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
var handedOn = []string{"Accept", "Accept-Language", "X-Request-Id", "Psu-Ip-Address", "Psu-Ip-Port", "Psu-Id", "Psu-Corporate-Id", "Psu-User-Agent",
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
}

// Forward hands a call on and streams the answer to w. An error comes before the first byte; an answer that breaks off later
// is cut off as well, so that nobody takes a half for the whole.
func (u *Upstream) Forward(ctx context.Context, w http.ResponseWriter, c Call) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l, err := u.lane(c.Brand)
	if err != nil {
		return ErrUnreachable.With(err)
	}
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
		return hand(w, answer, body)
	}
	if !isJSON(answer.Header) {
		return ErrAnswer.With(fmt.Errorf("the answer is %q", answer.Header.Get("Content-Type")))
	}
	first := make([]byte, piece)
	n, err := body.Read(first)
	if err != nil && !errors.Is(err, io.EOF) {
		return why(err)
	}
	if err := c.Charge(answer.Header.Get(Continued) == "true"); err != nil {
		return err
	}
	u.stream(w, answer, first[:n], body)
	return nil
}

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
	case answer.StatusCode >= http.StatusInternalServerError:
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

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// refusals are the statuses with which a brand may refuse a read (NextGenPSD2, 4.12).
var refusals = map[int]bool{http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusNotFound: true,
	http.StatusNotAcceptable: true, http.StatusConflict: true, http.StatusTooManyRequests: true}

// hand passes a brand's own refusal on, where it has the interface's form, and says what else it was otherwise.
func hand(w http.ResponseWriter, answer *http.Response, body io.Reader) error {
	status := answer.StatusCode
	switch {
	case status == http.StatusServiceUnavailable:
		return ErrUnavailable.After(retryAfter(answer.Header)).With(errors.New("the brand's system says 503"))
	case status == http.StatusGatewayTimeout:
		return ErrTimeout.With(errors.New("the brand's system says 504"))
	case !refusals[status] || !isJSON(answer.Header):
		return ErrAnswer.With(fmt.Errorf("the brand's system says %d, %q", status, answer.Header.Get("Content-Type")))
	}
	text, err := io.ReadAll(io.LimitReader(body, maxError+1))
	if err != nil {
		return why(err)
	}
	var messages struct {
		TPPMessages []struct{ Category, Code string } `json:"tppMessages"`
	}
	if len(text) > maxError || json.Unmarshal(text, &messages) != nil || len(messages.TPPMessages) == 0 || messages.TPPMessages[0].Code == "" {
		return ErrAnswer.With(fmt.Errorf("the brand's system says %d without tppMessages", status))
	}
	h := w.Header()
	if wait := retryAfter(answer.Header); wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	begin(w, status, int64(len(text)))
	_, _ = w.Write(text) // the caller left: nobody to tell
	return nil
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || seconds <= 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
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
// takes is nobody's limit.
func (u *Upstream) stream(w http.ResponseWriter, answer *http.Response, first []byte, rest io.Reader) {
	control := http.NewResponseController(w)
	begin(w, http.StatusOK, answer.ContentLength)
	for data := first; ; {
		_ = control.SetWriteDeadline(clock.Monotonic().Add(u.config.Stall)) // where it cannot be set, the server's own stands
		if _, err := w.Write(data); err != nil {
			return
		}
		_ = control.Flush() // a writer that cannot flush sends when it is full
		n, err := rest.Read(first[:cap(first)])
		data = first[:n]
		if errors.Is(err, io.EOF) && n == 0 {
			return
		}
		if err != nil && !errors.Is(err, io.EOF) {
			u.log.Warn("a brand's answer broke off", "error", err.Error())
			panic(http.ErrAbortHandler)
		}
	}
}

// patient gives a reader up when it is silent for too long.
type patient struct {
	from io.Reader
	wait time.Duration
	give context.CancelFunc
}

// Read reads what comes within the wait.
func (p *patient) Read(b []byte) (int, error) {
	timer := time.AfterFunc(p.wait, p.give)
	n, err := p.from.Read(b)
	if !timer.Stop() && err != nil {
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
