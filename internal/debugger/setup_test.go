package debugger_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/debugger"
	"fairway/internal/example"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/web/static"
)

// world is the face behind a door that does as little as a door can.
type world struct {
	t       testing.TB
	d       *db.DB
	clock   *clock.Manual
	calls   *calls.Log
	certs   *certs.Certs
	handler http.Handler
	visitor httpkit.Visitor
}

func newWorld(t testing.TB) *world {
	t.Helper()
	clk, log := testkit.Clock(), testkit.Log(t)
	w := &world{t: t, clock: clk, d: testkit.SQLiteAt(t, clk)}
	q, err := jobs.New(w.d, log)
	w.must(err)
	w.calls = calls.New(w.d, clk, log)
	testkit.Run(t, w.calls.Run)
	w.certs = certs.New(w.d, q, testkit.Ring(t), certs.Config{BaseURL: "http://localhost:8080", AuthURL: "https://localhost:8443/auth"}, log)
	w.must(w.certs.EnsureAuthorities(t.Context()))
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	w.must(e.SetTrustedProxies(nil))
	fail := func(c *gin.Context, err error) {
		f := fault.Of(err)
		status := map[fault.Kind]int{fault.NotFound: http.StatusNotFound, fault.Internal: http.StatusInternalServerError, fault.Unauthenticated: http.StatusUnauthorized}[f.Kind]
		c.String(max(status, http.StatusBadRequest), "%v", f)
	}
	e.Use(httpkit.Headers(false), func(c *gin.Context) { httpkit.SetVisitor(c, w.visitor) })
	e.GET("/static/*file", gin.WrapH(static.Handler()))
	debugger.New(debugger.Deps{Calls: w.calls, Certs: w.certs, Clock: clk, Example: func(context.Context) (example.Signed, error) { return example.Read() }}).Mount(httpkit.Mounts{
		Open:   httpkit.NewRoutes(e.Group(""), httpkit.Open, &httpkit.Table{}, fail),
		Public: httpkit.NewRoutes(e.Group("", httpkit.SameOrigin(fail)), httpkit.Public, &httpkit.Table{}, fail),
	})
	w.handler = e
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// says reports whether the page's source holds a text, however it is escaped there.
func (a answer) says(text string) bool {
	return strings.Contains(html.UnescapeString(a.body), text)
}

func (w *world) ask(method, path, kind, body string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, "http://localhost:8080"+path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}

func (w *world) get(path string) answer { w.t.Helper(); return w.ask(http.MethodGet, path, "", "") }

// paste sends the form as a browser does: every line end of a field is CR LF.
func (w *world) paste(fields ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], strings.ReplaceAll(strings.ReplaceAll(fields[i+1], "\r\n", "\n"), "\n", "\r\n"))
	}
	return w.ask(http.MethodPost, debugger.Path, "application/x-www-form-urlencoded", form.Encode())
}

// verdict is the answer to scripts.
type verdict struct {
	Valid         *bool   `json:"valid"`
	SigningString *string `json:"signing_string"`
	SignedInstead *string `json:"signed_instead"`
	Findings      []struct{ Code, Severity, Path, Text string }
	Code, Text    string
}

func (v verdict) codes() string {
	var all []string
	for _, f := range v.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

// script asks as a script does.
func (w *world) script(question any) (answer, verdict) {
	w.t.Helper()
	body, err := json.Marshal(question)
	w.must(err)
	a := w.ask(http.MethodPost, debugger.APIPath, "application/json", string(body))
	var v verdict
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		w.t.Fatalf("%d %q: %v", a.status, a.body, err)
	}
	return a, v
}

// example is what the page of an example has in its fields.
func (w *world) example(name string) (request, certificate, second string) {
	w.t.Helper()
	a := w.get(debugger.Path + "?example=" + name)
	if a.status != http.StatusOK {
		w.t.Fatalf("example %s: %d %s", name, a.status, a.body)
	}
	return a.field(w.t, "request"), a.field(w.t, "certificate"), a.field(w.t, "second")
}

// field is what a text area holds. A browser leaves the line end behind its tag out.
func (a answer) field(t testing.TB, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, `<textarea id="`+name+`"`)
	if !ok {
		t.Fatalf("there is no field %s", name)
	}
	_, rest, _ = strings.Cut(rest, ">")
	value, _, _ := strings.Cut(rest, "</textarea>")
	return strings.TrimPrefix(html.UnescapeString(value), "\n")
}

// member signs a visitor in whose organisation has certificates.
func (w *world) member(name string) certs.Set {
	w.t.Helper()
	org, person := testkit.Organisation(w.t, w.d, name)
	keys, err := w.certs.Prepare(w.t.Context(), certs.Request{OrganisationID: org, Roles: []qcert.Role{qcert.RoleAI}, KeyBits: certs.DefaultKeyBits})
	w.must(err)
	var set certs.Set
	w.must(w.d.InTx(w.t.Context(), func(tx db.Tx) error {
		set, _, err = w.certs.Generate(w.t.Context(), tx, certs.Organisation{ID: org, Name: name, Country: "FI"}, person, keys, "first")
		return err
	}))
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: org, Role: "tpp", Organisation: name}
	return set
}

// record puts a call of the visitor into the log.
func (w *world) record(headers [][2]string, body string, edit func(*calls.Call)) string {
	w.t.Helper()
	call := &calls.Call{ID: w.calls.NewID(), At: w.clock.Now(), Environment: string(catalog.Sandbox), Brand: "rocker", OrganisationID: w.visitor.OrganisationID, AppID: "app_1",
		Method: http.MethodPost, Path: "/consent/v1/consents", Status: http.StatusUnauthorized, Code: "SIGNATURE_INVALID",
		Detail: calls.Detail{RequestHeaders: headers, RequestBody: body}}
	if edit != nil {
		edit(call)
	}
	w.calls.Record(call)
	w.must(w.calls.Flush(w.t.Context()))
	return calls.FormatID(call.ID)
}

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
