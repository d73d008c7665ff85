package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/authserver"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/internal/upstream"
	"fairway/internal/xs2a"
)

// record is around every call of the bank's interface: it gives it an id, echoes X-Request-ID, and writes down what
// came, what was decided and what went back.
func (g *Door) record(c *gin.Context) {
	start := clock.Monotonic()
	a := g.newAdmission(c)
	a.answer.ResponseWriter, a.answer.admission = c.Writer, a
	c.Writer = &a.answer
	if echo := echoable(c.Request.Header.Get("X-Request-Id")); echo != "" {
		a.header["X-Request-Id"] = []string{echo}
	}
	a.header["X-Content-Type-Options"] = nosniff
	defer func() {
		cause := recover()
		if cause != nil {
			g.failPanic(c, cause)
		}
		a.call.Duration = clock.Since(start)
		a.call.Status = a.answer.Status()
		if a.makesRow() {
			a.finish()
			g.Calls.Record(a.call)
		}
		if cause == http.ErrAbortHandler || a.cut {
			panic(http.ErrAbortHandler)
		}
	}()
	c.Next()
}

var nosniff = []string{"nosniff"}

func (g *Door) newAdmission(c *gin.Context) *admission {
	r := c.Request
	place := httpkit.PlaceOf(r.Context())
	now := g.Clock.Now()
	a := &admission{door: g, request: r, place: place, now: now, header: c.Writer.Header()}
	a.call = &a.row
	a.row = calls.Call{
		ID: g.Calls.NewID(), At: now, Environment: clip(url.PathEscape(place.Environment)), Brand: clip(url.PathEscape(place.Brand)),
		RequestID: scrubbed(echoable(r.Header.Get("X-Request-Id"))), Method: r.Method, Path: loggedPath(r),
	}
	a.row.Detail.Steps = a.steps[:0]
	a.row.Detail.RemoteIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	if r.TLS != nil {
		a.row.Detail.TLSVersion = connection(r.TLS)
	}
	return a
}

// finish completes the row once the answer stands.
func (a *admission) finish() {
	d := &a.call.Detail
	d.Thumbprint, d.Subject = a.who.thumbprint, a.who.subject
	d.RequestHeaders = redacted(a.request.Header, a.seal)
	d.ResponseHeaders = listed(a.answer.Header())
	d.Reason, d.SigningString = scrubbed(d.Reason), scrubbed(d.SigningString)
	if a.app != nil && a.place.Environment == "sandbox" {
		d.RequestBody, d.Truncated = kept(string(a.body))
		body, cut := kept(a.answer.body.String())
		d.ResponseBody, d.Truncated = body, d.Truncated || cut || a.answer.cut
	}
	if a.caller.Refused != "" {
		a.call.Code, d.Reason = a.caller.Refused, "The bank's own system refused with "+a.caller.Refused+". Its answer was passed on to you."
	}
	if !a.admitted.IsZero() {
		step := calls.Step{Name: "Operation", Verdict: calls.Passed, Text: a.operation.Summary, Micros: clock.Since(a.admitted).Microseconds()}
		if a.call.Status >= http.StatusBadRequest || a.cut {
			step.Verdict, step.Text = calls.Failed, d.Reason
		}
		d.Steps = append(d.Steps, step)
	}
}

// fail is the one writer of errors of the bank's interface.
func (g *Door) fail(c *gin.Context, err error) {
	f := fault.Of(err)
	a := admissionOf(c)
	status, code := xs2a.Status(f), xs2a.Code(f)
	if a.ordered(err) {
		status, code = a.rehearsal.Status, a.rehearsal.Outcome.Code
	}
	a.call.Code, a.call.Detail.Reason, a.call.Detail.ErrorPath, a.call.Status = code, f.Message, f.Path, status
	a.makesRow()
	if (f.Kind == fault.Internal || f.Kind == fault.Unavailable) && !errors.Is(err, upstream.ErrLeft) {
		g.Log.Error("a call failed", "door", "machines", "operation", a.call.Operation, "call", calls.FormatID(a.call.ID), "code", f.Code, "error", f.Error())
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", challenge(f.Code, c.Request.Header))
	}
	if c.Writer.Written() {
		a.cut = true
		return
	}
	xs2a.WriteError(c, status, code, f, func(code string) string {
		if _, ok := messagecode.Find(code); !ok {
			return ""
		}
		return g.BaseURL.String() + messagecode.Path(code) + "?rid=" + calls.FormatID(a.call.ID)
	})
}

// challenge is the WWW-Authenticate header, which every 401 has (RFC 9110, 15.5.2). It names no error where no token was
// sent (RFC 6750, 3.1).
func challenge(code string, sent http.Header) string {
	if strings.HasPrefix(code, "TOKEN_") && len(sent["Authorization"]) > 0 {
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
}

func (g *Door) failPanic(c *gin.Context, cause any) {
	if cause == http.ErrAbortHandler {
		return
	}
	g.fail(c, panicError(cause))
	c.Abort()
}

// recordToken is around every call of the token endpoint: what came of it stands in the request log of its app.
func (g *Door) recordToken(c *gin.Context) {
	start := clock.Monotonic()
	a := g.newAdmission(c)
	c.Writer.Header()["X-Content-Type-Options"] = nosniff
	if echo := echoable(c.Request.Header.Get("X-Request-Id")); echo != "" {
		c.Header("X-Request-ID", echo)
	}
	c.Set(admissionKey, a)
	c.Writer = &promising{ResponseWriter: c.Writer, promise: func() { a.keepToken(authserver.OutcomeOf(c)) }}
	defer func() {
		if cause := recover(); cause != nil && cause != http.ErrAbortHandler {
			g.Auth.FailToken(c, panicError(cause))
			c.Abort()
		}
		o := authserver.OutcomeOf(c)
		if !o.Token {
			return
		}
		if a.keepToken(o); a.logging != written {
			return
		}
		a.call.Operation, a.call.Environment = "token", string(catalog.Sandbox)
		if a.who.environment == catalog.Live {
			a.call.Environment = string(catalog.Live)
		}
		a.call.Duration, a.call.Status = clock.Since(start), c.Writer.Status()
		a.call.Code, a.call.Detail.Reason = o.Code, o.Text
		a.call.Detail.Thumbprint, a.call.Detail.Subject = a.who.thumbprint, a.who.subject
		a.call.Detail.Reason = scrubbed(a.call.Detail.Reason)
		a.call.Detail.RequestHeaders = redacted(a.request.Header, "")
		a.call.Detail.ResponseHeaders = listed(c.Writer.Header())
		g.Calls.Record(a.call)
	}()
	c.Next()
}

// peer finds out whose certificate the connection carries, for the token endpoint to judge.
func (g *Door) peer(c *gin.Context) {
	a := admissionOf(c)
	who, err := a.identifyAny(c.Request.Context())
	a.who = who
	p := authserver.Peer{Thumbprint: who.thumbprint, OrganisationID: who.organisationID, Environment: who.environment, Fault: err}
	c.Request = c.Request.WithContext(authserver.WithPeer(c.Request.Context(), p))
}

func peerOf(state *tls.ConnectionState) *x509.Certificate {
	if state == nil {
		return nil
	}
	return peerCertificate(state.PeerCertificates)
}

// capturing keeps the beginning of an answer's body for the log.
type capturing struct {
	gin.ResponseWriter
	admission *admission
	body      strings.Builder
	cut       bool
}

// Write sends p on and keeps a copy while there is room.
func (w *capturing) Write(p []byte) (int, error) {
	if w.admission.spoils() {
		return len(p), w.spoil(p)
	}
	return w.write(p)
}

func (w *capturing) write(p []byte) (int, error) {
	room := calls.MaxBody - w.body.Len()
	w.cut = w.cut || room < len(p)
	w.body.Write(p[:min(room, len(p))])
	return w.ResponseWriter.Write(p)
}

// loggedPath is the path as it was called, with its query, below the place. What could not stand in a line of text is
// escaped; secrets and card numbers that came here by mistake are not kept.
func loggedPath(r *http.Request) string {
	path := (&url.URL{Path: r.URL.Path}).EscapedPath()
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	if path = masked(scrubbed(path)); len(path) > maxHeaderText {
		path = path[:maxHeaderText] + "…"
	}
	return valid(path)
}

// echoable is a request id that may stand in an answer's header: short and printable.
func echoable(id string) string {
	if len(id) > 128 {
		return ""
	}
	for i := range len(id) {
		if id[i] < 0x20 || id[i] > 0x7e {
			return ""
		}
	}
	return id
}
