package httpkit

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/clock"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'%s; base-uri 'none'; frame-ancestors 'none'"

var basePolicy = fmt.Sprintf(policy, "")

// Headers is the middleware that sets what every answer of the people's door carries. HSTS is sent where the
// base URL is https.
func Headers(https bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		SetHeaders(c.Writer.Header(), https)
		if strings.Contains(c.FullPath(), ":token") || secretQuery(c.Request.URL) {
			c.Header("Referrer-Policy", "no-referrer")
		}
	}
}

// SetHeaders is Headers for what is answered before any route is known. No cache keeps an answer that does not say otherwise:
// what hangs on who asks has the address of what does not. With the referrer policy same-origin, nobody else is told where a
// visitor came from, and our own forms carry their Origin in browsers without Sec-Fetch-Site too.
func SetHeaders(h http.Header, https bool) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", basePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// secretQuery reports whether the address holds what nobody else should read: an authorisation's code or state.
func secretQuery(u *url.URL) bool {
	if u.RawQuery == "" {
		return false
	}
	q := u.Query()
	return q.Has("code") || q.Has("state")
}

// StartOver takes back the headers that were meant for an answer that will not come: an error is neither a file nor
// to be kept by anybody.
func StartOver(c *gin.Context) {
	h := c.Writer.Header()
	for _, name := range []string{"Content-Disposition", "Content-Type", "Content-Length", "ETag", "Last-Modified", "Expires"} {
		h.Del(name)
	}
	h.Set("Content-Security-Policy", basePolicy)
	h.Set("Cache-Control", "no-store")
}

var formTarget = regexp.MustCompile(`^(https?:|https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?)$`)

// AllowFormTarget lets the forms of this one page end at another origin, or at any of a scheme: browsers check the
// redirect after a POST too, and the payer's pages end at the TPP's registered address.
func AllowFormTarget(c *gin.Context, origin string) {
	if formTarget.MatchString(origin) {
		c.Header("Content-Security-Policy", fmt.Sprintf(policy, " "+origin))
	}
}

const requestIDKey = "fairway.request_id"

// RequestID is the id of this request in the log and on error pages.
func RequestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// Logged is the middleware that names each request and writes its one line: door, route, status, code and who;
// never a query, a body or a header.
func Logged(log *slog.Logger, door string) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := clock.Monotonic()
		c.Set(requestIDKey, secret.ID("req"))
		defer func() { writeLine(c, log, door, clock.Since(start)) }()
		c.Next()
	}
}

func writeLine(c *gin.Context, log *slog.Logger, door string, took time.Duration) {
	level := slog.LevelInfo
	if c.Writer.Status() >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("request", RequestID(c)), slog.String("door", door), slog.String("method", c.Request.Method),
		slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()),
		slog.Duration("took", took), slog.String("person", Who(c).PersonID),
	}
	v, _ := c.Get(failureKey)
	if err, failed := v.(error); failed {
		f := fault.Of(err)
		attrs = append(attrs, slog.String("code", f.Code))
		if level == slog.LevelError {
			attrs = append(attrs, slog.String("error", f.Error()))
		}
	}
	log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}

const failureKey = "fairway.failure"

// Failed notes the error of a request for its log line; the door's error writer calls it.
func Failed(c *gin.Context, err error) { c.Set(failureKey, err) }

// Recover is the middleware that turns a panic into an internal error of this request alone. An answer that was begun
// is broken off, so that nobody takes the part for the whole.
func Recover(fail func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			begun := c.Writer.Written()
			fail(c, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
			c.Abort()
			if begun {
				panic(http.ErrAbortHandler)
			}
		}()
		c.Next()
	}
}
