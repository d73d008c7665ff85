// Package httpkit is the glue between gin and the faces: handlers that return errors, routes that cannot be
// mounted without a guard, whole pages, sessions, form tokens and headers.
package httpkit

import (
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/gin-gonic/gin"
)

// Handler answers one request. A returned error is written by the door that the route belongs to; a handler
// that returns one has written nothing.
type Handler func(c *gin.Context) error

// ExceptionalStatus is the status of a fault of this package, or of the doors' routing, that is not the one of its kind.
func ExceptionalStatus(code string) (status int, ok bool) {
	status, ok = map[string]int{
		"form_too_large": http.StatusRequestEntityTooLarge,
		"method_unknown": http.StatusMethodNotAllowed,
	}[code]
	return status, ok
}

// Guard names who may pass. A route gets its guard from the group it is mounted in.
type Guard string

// The guards. Open is for programs that ask for public files: no session, no cookie, no form. Halfway is who entered the
// password and still owes the second factor, Bank is the payer's pages, Machine the signed bank API, App what an app asks of
// the sandbox with certificate and key alone, Token the OAuth endpoints of the machines' door, and Brand what a brand's own
// system tells us there.
const (
	Open     Guard = "open"
	Public   Guard = "public"
	Halfway  Guard = "halfway"
	SignedIn Guard = "signed in"
	Support  Guard = "support"
	Admin    Guard = "admin"
	Bank     Guard = "bank"
	Token    Guard = "token"
	Machine  Guard = "machine"
	App      Guard = "app"
	Brand    Guard = "brand"
)

// Route is one line of a door's table.
type Route struct {
	Method, Path string
	Guard        Guard
	Handler      string
}

// Table lists every route of a door.
type Table struct {
	Routes []Route
}

// Routes mounts handlers behind one guard.
type Routes struct {
	group gin.IRoutes
	base  string
	guard Guard
	table *Table
	fail  func(*gin.Context, error)
}

// NewRoutes makes the mount of a group whose middleware holds the guard; fail is the door's one error writer.
func NewRoutes(group *gin.RouterGroup, guard Guard, table *Table, fail func(*gin.Context, error)) Routes {
	return Routes{group: group, base: strings.TrimSuffix(group.BasePath(), "/"), guard: guard, table: table, fail: fail}
}

// Get mounts a page. It also answers HEAD, and must change nothing.
func (r Routes) Get(path string, h Handler) {
	r.mount("GET", path, h)
	r.group.Handle("HEAD", path, r.adapt(h))
}

// Post mounts an act.
func (r Routes) Post(path string, h Handler) { r.mount("POST", path, h) }

// Put mounts the replacement of a resource, for machines.
func (r Routes) Put(path string, h Handler) { r.mount("PUT", path, h) }

// Delete mounts the removal of a resource, for machines.
func (r Routes) Delete(path string, h Handler) { r.mount("DELETE", path, h) }

func (r Routes) mount(method, path string, h Handler) {
	name := runtime.FuncForPC(reflect.ValueOf(h).Pointer()).Name()
	name = strings.TrimSuffix(name[strings.LastIndex(name, "/")+1:], "-fm")
	r.table.Routes = append(r.table.Routes, Route{Method: method, Path: r.base + path, Guard: r.guard, Handler: name})
	r.group.Handle(method, path, r.adapt(h))
}

func (r Routes) adapt(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			r.fail(c, err)
			c.Abort()
		}
	}
}

// Mounts are the groups of the people's door, one a guard.
type Mounts struct {
	Open, Public, Halfway, SignedIn, Support, Admin Routes
}
