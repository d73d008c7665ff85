// Package gateway is the machines' door: it reads brand and environment from the address, checks certificate, key,
// token, consent, role, connection, headers, quota, digest and signature in that order, and writes down every call.
package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/authserver"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/xs2a"
)

// Deps are what the door is built from.
type Deps struct {
	Clock   clock.Clock
	Log     *slog.Logger
	Catalog *catalog.Catalog
	Certs   *certs.Certs
	// Enrolments says what was approved for Live.
	Enrolments *enrolments.Enrolments
	Apps       *apps.Apps
	Consents   *consents.Consents
	OAuth      *oauth.OAuth
	Quota      *quota.Quota
	Rehearsals *rehearsals.Rehearsals
	Calls      *calls.Log
	XS2A       *xs2a.Face
	Auth       *authserver.Face
	APIURL     address.Template
	AuthURL    address.Template
	BaseURL    address.Template
	Ready      func(context.Context) error
}

// Door answers machines.
type Door struct {
	Deps
	api, auth  *gin.Engine
	table      httpkit.Table
	operations map[endpoint]*catalog.Operation
	policy     []string // the header RateLimit-Policy
	bases      sync.Map // place → its addresses
	seen       *seenRequests
	searches   *searchBudget
	guesses    *guesses
	waiting    *waitingRoom
}

// endpoint is a route as gin knows it.
type endpoint struct{ method, pattern string }

// New builds the door.
func New(d Deps) *Door {
	g := &Door{Deps: d, operations: map[endpoint]*catalog.Operation{}, policy: []string{d.Quota.Limits().Policy()}, seen: newSeenRequests(), searches: newSearchBudget(), guesses: newGuesses(), waiting: newWaitingRoom()}
	for _, o := range catalog.Operations() {
		g.operations[endpoint{o.Method, ginPattern(o.Pattern)}] = &o
	}
	g.mountAPI()
	g.mountAuth()
	return g
}

// Routes lists every route with its guard.
func (g *Door) Routes() []httpkit.Route { return g.table.Routes }

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	_ = e.SetTrustedProxies(nil) // nil is never refused: the address is the connection's own
	return e
}

func (g *Door) mountAPI() {
	g.api = newEngine()
	g.api.Use(g.record)
	g.api.NoRoute(g.identifyOnly, g.noPath)
	g.api.NoMethod(g.noMethod)
	g.XS2A.Mount(httpkit.NewRoutes(g.api.Group("", g.admit), httpkit.Machine, &g.table, g.fail))
	g.mountRehearsals(httpkit.NewRoutes(g.api.Group("", g.admitApp), httpkit.App, &g.table, g.fail))
}

func (g *Door) mountAuth() {
	g.auth = newEngine()
	g.auth.Use(g.recordToken)
	g.auth.NoRoute(g.noTokenPath)
	g.auth.NoMethod(g.noTokenMethod)
	g.Auth.MountMachines(httpkit.NewRoutes(g.auth.Group("", g.peer), httpkit.Token, &g.table, g.Auth.FailToken))
	g.Auth.MountBrands(httpkit.NewRoutes(g.auth.Group("/live/:brand", g.brandOnly), httpkit.Brand, &g.table, g.Auth.FailToken))
}

// Handler sends each request to the bank's interface or to the authorisation server, by host and path.
func (g *Door) Handler() http.Handler {
	auth := g.AuthURL.Path() + "/"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.health(w, r) {
			return
		}
		if strings.HasPrefix(r.URL.Path, auth) {
			if _, _, rest, ok := g.AuthURL.Match(r.Host, r.URL.Path); ok && rest != "" {
				g.auth.ServeHTTP(w, below(r, httpkit.Place{}, rest))
				return
			}
		}
		if env, brand, ok := g.wellKnown(r); ok {
			g.auth.ServeHTTP(w, below(r, httpkit.Place{}, "/"+env+"/"+brand+metadataPath))
			return
		}
		env, brand, rest, ok := g.APIURL.Match(r.Host, r.URL.Path)
		if !ok {
			g.unserved(w, r)
			return
		}
		place := g.place(r.Context(), env, brand)
		if rest == "" {
			rest = "/"
		}
		g.api.ServeHTTP(w, below(r, place, rest))
	})
}

const metadataPath = "/.well-known/oauth-authorization-server"

// wellKnown reads the other address of RFC 8414, 3.1: the well-known part between host and path.
func (g *Door) wellKnown(r *http.Request) (env, brand string, ok bool) {
	path := r.URL.Path
	if !strings.HasPrefix(path, metadataPath) {
		return "", "", false
	}
	prefix := metadataPath + g.AuthURL.Path() + "/"
	if len(path) <= len(prefix) || path[:len(prefix)] != prefix {
		return "", "", false
	}
	t, err := address.Parse(g.AuthURL.String() + "/{environment}/{brand}")
	if err != nil {
		return "", "", false
	}
	env, brand, rest, ok := t.Match(r.Host, g.AuthURL.Path()+"/"+path[len(prefix):])
	return env, brand, ok && rest == ""
}

func (g *Door) place(ctx context.Context, env, brand string) httpkit.Place {
	key := [2]string{env, brand}
	if p, ok := g.bases.Load(key); ok {
		return p.(httpkit.Place)
	}
	p := httpkit.Place{Environment: env, Brand: brand, Base: g.APIURL.URL(env, brand)}
	p.BasePath = p.Base[len(g.APIURL.Origin(env, brand)):]
	if _, known := catalog.ParseEnvironment(env); known && len(brand) < 40 {
		if _, err := g.Catalog.Brand(ctx, brand); err == nil {
			g.bases.Store(key, p)
		}
	}
	return p
}

// below rewrites a request to the path below its place, as the routes are mounted.
func below(r *http.Request, place httpkit.Place, rest string) *http.Request {
	r = r.WithContext(httpkit.WithPlace(r.Context(), place))
	u := *r.URL
	u.Path, u.RawPath = rest, ""
	r.URL = &u
	return r
}
