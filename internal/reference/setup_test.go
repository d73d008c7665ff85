package reference_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/reference"
	"fairway/internal/testkit"
	"fairway/web/static"
)

// world is the face behind a door that does as little as a door can.
type world struct {
	t       testing.TB
	db      *db.DB
	deps    reference.Deps
	handler http.Handler
	visitor httpkit.Visitor
}

func mustParse(t testing.TB, template string) address.Template {
	t.Helper()
	a, err := address.Parse(template)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// newWorld serves the pages from a fresh database.
func newWorld(t testing.TB) *world {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := testkit.SQLiteAt(t, testkit.Clock())
	queue, err := jobs.New(d, quiet)
	if err != nil {
		t.Fatal(err)
	}
	brands := catalog.New(d, quiet)
	w := &world{t: t, db: d, deps: reference.Deps{
		Catalog: brands, Clock: testkit.Clock(), Apps: apps.New(d, queue, testkit.Ring(t), apps.Config{PlaygroundCallback: "http://localhost:8080/playground/flow/callback", Catalog: brands}, quiet),
		APIURL: mustParse(t, "https://localhost:8443/{environment}/{brand}"), AuthURL: mustParse(t, "https://localhost:8443/auth"),
		BankURL: mustParse(t, "http://localhost:8080/bank/{environment}/{brand}"), BaseURL: mustParse(t, "http://localhost:8080"),
	}}
	w.mount()
	return w
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
	e.GET("/static/*file", gin.WrapH(static.Handler()))
	reference.New(w.deps).Mount(httpkit.Mounts{Public: httpkit.NewRoutes(e.Group(""), httpkit.Public, &httpkit.Table{}, fail)})
	w.handler = e
}

func (w *world) get(path string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://localhost:8080"+path, nil)
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

func mustContain(t testing.TB, where, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q", where, w)
		}
	}
}
