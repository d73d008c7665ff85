package gateway

import (
	"crypto/tls"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/authserver"
	"fairway/internal/calls"
	"fairway/internal/secret"
)

// traceHeader names the call in the request log: its value is the last part of the address of the call's page. An answer
// whose call makes no row has none, since there will be no such page.
const traceHeader = "X-Trace-Id"

// logging is whether a call makes a row in the request log.
type logging uint8

const (
	undecided logging = iota
	written
	unwritten
)

// makesRow tells whether the call stands in the log: always where the quota bounds how many there are. It is decided
// before the answer begins, so that the answer can name the row, or once it is over.
func (a *admission) makesRow() bool {
	if a.logging == undecided {
		a.attribute()
		if a.bounded() {
			a.keep()
		} else {
			a.logging = unwritten
		}
	}
	return a.logging == written
}

func (a *admission) bounded() bool {
	switch {
	case a.counted:
		return true
	case a.proved && a.call.Status == http.StatusTooManyRequests:
		return a.door.Calls.AdmitsLimited(a.call)
	case a.proved:
		return a.door.Calls.AdmitsUncounted(a.call)
	}
	return a.door.Calls.AdmitsEarly(a.call)
}

// keep promises a row, and names it in the answer.
func (a *admission) keep() {
	a.logging = written
	a.trace[0] = calls.FormatID(a.call.ID)
	a.header[traceHeader] = a.trace[:]
}

// attribute finds whose call it is where it was refused before its key was read: it is the key's, so that whoever forgot
// the certificate reads why.
func (a *admission) attribute() {
	values := a.request.Header["X-Api-Key"]
	if a.keyRead || len(values) != 1 {
		return
	}
	if app, err := a.keyOwner(a.request.Context(), secret.Text(values[0]), ""); err == nil {
		a.call.AppID, a.call.OrganisationID = app.ID, app.OrganisationID
	}
}

// keepToken is makesRow for a call of the token endpoint, once its outcome is known.
func (a *admission) keepToken(o authserver.Outcome) {
	if a.logging != undecided || !o.Token {
		return
	}
	a.call.AppID, a.call.OrganisationID = o.AppID, o.OrganisationID
	if a.call.OrganisationID == "" {
		a.call.OrganisationID = a.who.organisationID
	}
	admits := a.door.Calls.AdmitsEarly
	if o.Proved {
		admits = a.door.Calls.AdmitsUncounted
	}
	if a.logging = unwritten; admits(a.call) {
		a.keep()
	}
}

// promising is a writer that does something just before the answer begins.
type promising struct {
	gin.ResponseWriter
	promise func()
}

// Write sends p on.
func (w *promising) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(p)
}

// WriteString sends s on.
func (w *promising) WriteString(s string) (int, error) {
	w.begin()
	return w.ResponseWriter.WriteString(s)
}

// WriteHeaderNow sends what stands before the body.
func (w *promising) WriteHeaderNow() {
	w.begin()
	w.ResponseWriter.WriteHeaderNow()
}

func (w *promising) begin() {
	if !w.Written() {
		w.promise()
	}
}

// connection says what the call came over, and whether the handshake was a short one (RFC 8446, 2.2).
func connection(state *tls.ConnectionState) string {
	switch {
	case !state.DidResume:
		return tls.VersionName(state.Version)
	case state.Version == tls.VersionTLS13:
		return "TLS 1.3, resumed"
	}
	return "TLS 1.2, resumed"
}
