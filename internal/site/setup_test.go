package site_test

import (
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/audit"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/nca"
	"fairway/internal/progress"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/site"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/web/static"
)

// world is the face behind a door that does as little as a door can.
type world struct {
	t       *testing.T
	d       *db.DB
	calls   *calls.Log
	outbox  *mail.Outbox
	apps    *apps.Apps
	orders  *rehearsals.Rehearsals
	deps    site.Deps
	face    *site.Face
	handler http.Handler
	visitor httpkit.Visitor
	used    []site.AppUse
	taken   [progress.Steps]bool
}

func mustParse(t *testing.T, template string) address.Template {
	t.Helper()
	a, err := address.Parse(template)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// newWorld serves the pages from a fresh database.
func newWorld(t *testing.T) *world {
	t.Helper()
	clk, quiet := testkit.Clock(), slog.New(slog.NewTextHandler(io.Discard, nil))
	w := &world{t: t, d: testkit.SQLiteAt(t, clk)}
	w.calls, w.outbox = calls.New(w.d, clk, quiet), mail.NewOutbox(w.d)
	q, err := jobs.New(w.d, quiet)
	if err != nil {
		t.Fatal(err)
	}
	w.apps = apps.New(w.d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: "http://localhost:8080/playground/callback"}, quiet)
	w.orders = rehearsals.New(w.d, w.apps)
	w.deps = site.Deps{
		Apps: w.apps, Rehearsals: w.orders,
		Catalog: catalog.New(w.d, quiet), Bank: sandbox.New(clk), Calls: w.calls, Outbox: w.outbox, Clock: clk, Log: quiet, Issuer: nca.New(nca.Deps{DB: w.d, Lists: trustlist.New(w.d, nil, quiet)}, nca.Config{}).Issuer,
		APIURL: mustParse(t, "https://localhost:8443/{environment}/{brand}"), AuthURL: mustParse(t, "https://localhost:8443/auth"),
		BankURL: mustParse(t, "http://localhost:8080/bank/{environment}/{brand}"), BaseURL: mustParse(t, "http://localhost:8080"),
		Seal:  w.seal,
		Trail: audit.New(w.d, quiet), Taken: func(context.Context, string) ([progress.Steps]bool, error) { return w.taken, nil },
		Used:   func(context.Context, string) ([]site.AppUse, error) { return w.used, nil },
		Limits: limited(quota.Limits{PerSecond: 5, PerDay: 1000}), ConsentDays: 180, LiveCountry: "FI", SupportEmail: "support@fairway.example",
	}
	w.mount()
	return w
}

// example is the seal that all worlds show: making the key takes a while.
var example struct {
	sync.Mutex
	cert             *x509.Certificate
	signature, chain []byte
}

// seal has the authority of the first world that asks issue the example.
func (w *world) seal(ctx context.Context, text []byte) (*x509.Certificate, []byte, error) {
	example.Lock()
	defer example.Unlock()
	if example.cert != nil {
		return example.cert, example.signature, nil
	}
	var err error
	c := w.certs()
	example.chain = slices.Concat(c.Chain(), c.Roots())
	example.cert, example.signature, err = c.Example(ctx, text)
	return example.cert, example.signature, err
}

// certs are the authorities of this world.
func (w *world) certs() *certs.Certs {
	w.t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	q, err := jobs.New(w.d, quiet)
	if err != nil {
		w.t.Fatal(err)
	}
	c := certs.New(w.d, q, testkit.Ring(w.t), certs.Config{BaseURL: "http://localhost:8080", AuthURL: "https://localhost:8443/auth"}, quiet)
	if err := c.EnsureAuthorities(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// mount makes the handler anew, after a change of what the face is built from.
func (w *world) mount() {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(httpkit.Headers(false), func(c *gin.Context) { httpkit.SetVisitor(c, w.visitor) })
	fail := func(c *gin.Context, err error) {
		status := map[fault.Kind]int{fault.NotFound: http.StatusNotFound, fault.Internal: http.StatusInternalServerError}[fault.Of(err).Kind]
		c.String(max(status, http.StatusBadRequest), "%v", err)
	}
	e.Use(httpkit.SameOrigin(fail))
	e.GET("/static/*file", gin.WrapH(static.Handler()))
	w.face = site.New(w.deps)
	w.face.Mount(httpkit.Mounts{Public: httpkit.NewRoutes(e.Group(""), httpkit.Public, &httpkit.Table{}, fail)})
	w.handler = e
}

// get asks from this machine.
func (w *world) get(path string) *httptest.ResponseRecorder {
	return w.askFrom("127.0.0.1:50000", path, nil)
}

func (w *world) askFrom(peer, path string, header http.Header) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://localhost:8080"+path, nil)
	r.RemoteAddr = peer
	for name, values := range header {
		r.Header[name] = values
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// page is a page that must be there.
func (w *world) page(path string) string {
	w.t.Helper()
	answer := w.get(path)
	if answer.Code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %.300s", path, answer.Code, answer.Body.String())
	}
	return answer.Body.String()
}

func mustContain(t *testing.T, where, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q", where, w)
		}
	}
}

// limited says that these limits apply.
func limited(l quota.Limits) func(context.Context) (quota.Limits, error) {
	return func(context.Context) (quota.Limits, error) { return l, nil }
}
