package httpkit

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

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
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", basePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
	}
}

// AllowFormTarget lets the forms of this one page end at another origin: browsers check the redirect after a
// POST too, and the payer's pages end at the TPP's registered address.
func AllowFormTarget(c *gin.Context, origin string) {
	if strings.ContainsAny(origin, " ;,'\"") {
		return
	}
	c.Header("Content-Security-Policy", fmt.Sprintf(policy, " "+origin))
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
		c.Next()
		level := slog.LevelInfo
		if c.Writer.Status() >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		attrs := []slog.Attr{
			slog.String("request", RequestID(c)), slog.String("door", door), slog.String("method", c.Request.Method),
			slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()),
			slog.Duration("took", clock.Since(start)), slog.String("person", Who(c).PersonID),
		}
		if err, ok := c.Get(failureKey); ok {
			f := fault.Of(err.(error))
			attrs = append(attrs, slog.String("code", f.Code))
			if level == slog.LevelError {
				attrs = append(attrs, slog.String("error", f.Error()))
			}
		}
		log.LogAttrs(c.Request.Context(), level, "request", attrs...)
	}
}

const failureKey = "fairway.failure"

// Failed notes the error of a request for its log line; the door's error writer calls it.
func Failed(c *gin.Context, err error) { c.Set(failureKey, err) }

// Recover is the middleware that turns a panic into an internal error of this request alone.
func Recover(fail func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				fail(c, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
				c.Abort()
			}
		}()
		c.Next()
	}
}
