// Package debugger owns the signature debugger: a public page that looks at a signed request step by step, and the same
// for scripts.
package debugger

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/example"
	"fairway/internal/httpkit"
)

// The addresses of the page and of its counterpart for scripts.
const (
	Path    = "/debugger"
	APIPath = "/api/verify-signature"
)

// flushTime is how long a page waits for a call of this moment to be in the log.
const flushTime = 300 * time.Millisecond

// Deps are what the face is built from.
type Deps struct {
	Calls *calls.Log
	Certs *certs.Certs
	Clock clock.Clock
	// Example is the worked example as the documentation shows it.
	Example func(context.Context) (example.Signed, error)
}

// Face is the signature debugger.
type Face struct {
	Deps
	limits   *limiter
	examples examples
}

// New makes the face.
func New(d Deps) *Face { return &Face{Deps: d, limits: newLimiter()} }

// Mount adds the routes.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Public.Get(Path, f.open)
	m.Public.Post(Path, f.check)
	m.Open.Post(APIPath, f.verify)
}

// admit spends one try of the sender and waits for a place to work.
func (f *Face) admit(c *gin.Context) (leave func(), err error) {
	if err := f.limits.take(c.ClientIP(), f.Clock.Now()); err != nil {
		return nil, err
	}
	return f.limits.enter(c.Request.Context())
}

// flush waits a little for the calls of this moment; an older log is better than none.
func (f *Face) flush(ctx context.Context) {
	wait, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	_ = f.Calls.Flush(wait) // late: the next look has it
}
