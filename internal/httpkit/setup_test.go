package httpkit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

// cupboard keeps sessions in memory.
type cupboard struct {
	mu     sync.Mutex
	n      int
	found  []string
	kept   map[string]httpkit.Kept
	broken error
}

func (k *cupboard) Load(_ context.Context, token string) (httpkit.Kept, bool, error) {
	return k.find(token, "used")
}

func (k *cupboard) Peek(_ context.Context, token string) (httpkit.Kept, bool, error) {
	return k.find(token, "peeked into")
}

func (k *cupboard) find(token, how string) (httpkit.Kept, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.found = append(k.found, how)
	kept, ok := k.kept[token]
	return kept, ok, k.broken
}

// foundSince tells how sessions were looked up since the last time of asking.
func (k *cupboard) foundSince() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := strings.Join(k.found, ", ")
	k.found = nil
	return found
}

func (k *cupboard) Create(ctx context.Context, personID string, data map[string]string, ip, userAgent string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.n++
	token := fmt.Sprintf("session-token-number-%d", k.n)
	k.kept[token] = httpkit.Kept{Visitor: httpkit.Visitor{PersonID: personID}, Data: data}
	return token, k.broken
}

func (k *cupboard) Renew(_ context.Context, old string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.kept[old]
	if !ok {
		return "", fmt.Errorf("no session %s", old)
	}
	k.n++
	token := fmt.Sprintf("session-token-number-%d", k.n)
	delete(k.kept, old)
	k.kept[token] = kept
	return token, k.broken
}

func (k *cupboard) Save(_ context.Context, token string, data map[string]string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept, ok := k.kept[token]; ok {
		k.kept[token] = httpkit.Kept{Visitor: kept.Visitor, Data: data}
	}
	return k.broken
}

func (k *cupboard) Kill(_ context.Context, token string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, token)
	return k.broken
}

// house is a small door with the chain of the real one.
type house struct {
	t      *testing.T
	keeper *cupboard
	engine *gin.Engine
	routes httpkit.Routes
	table  httpkit.Table
	log    *testkit.Lines
	server *httptest.Server
}

func newHouse(t *testing.T, secure bool) *house {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	h := &house{t: t, keeper: &cupboard{kept: map[string]httpkit.Kept{}}, engine: gin.New(), log: &testkit.Lines{}}
	if err := h.engine.SetTrustedProxies(nil); err != nil {
		t.Fatal(err)
	}
	h.engine.Use(httpkit.Logged(slog.New(slog.NewJSONHandler(h.log, nil)), "test"), httpkit.Recover(fail), httpkit.Headers(secure),
		httpkit.Sessions(httpkit.NewStore(h.keeper, secure), fail), httpkit.GiveTokens(testkit.Ring(t), secure))
	h.routes = httpkit.NewRoutes(h.engine.Group("", httpkit.FormTokens(fail)), httpkit.Public, &h.table, fail)
	h.routes.Get("/form", func(c *gin.Context) error { return httpkit.Page(c, http.StatusOK, text(httpkit.FormToken(c))) })
	h.routes.Get("/who", func(c *gin.Context) error {
		return httpkit.Page(c, http.StatusOK, text(httpkit.Who(c).PersonID+"/"+httpkit.Recall(c, "note")))
	})
	h.routes.Post("/act", func(c *gin.Context) error { return httpkit.SeeOther(c, "/done") })
	h.routes.Post("/login", func(c *gin.Context) error {
		if err := httpkit.SignIn(c, c.PostForm("person")); err != nil {
			return err
		}
		return httpkit.SeeOther(c, "/who")
	})
	h.routes.Post("/logout", func(c *gin.Context) error {
		if err := httpkit.SignOut(c); err != nil {
			return err
		}
		return httpkit.SeeOther(c, "/who")
	})
	h.routes.Post("/note", func(c *gin.Context) error {
		if err := httpkit.Remember(c, c.PostForm("key"), c.PostForm("value")); err != nil {
			return err
		}
		return httpkit.Page(c, http.StatusOK, text(httpkit.FormToken(c)))
	})
	h.server = httptest.NewServer(h.engine)
	t.Cleanup(h.server.Close)
	return h
}

// fail writes an error as a door does.
func fail(c *gin.Context, err error) {
	httpkit.Failed(c, err)
	f := fault.Of(err)
	if c.Writer.Written() {
		return
	}
	httpkit.StartOver(c)
	status := map[fault.Kind]int{fault.Invalid: 422, fault.Forbidden: 403, fault.Unavailable: 503}[f.Kind]
	if status == 0 {
		status = 500
	}
	_ = httpkit.Page(c, status, text("failed: "+f.Code))
}

// text is a page of one line.
func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}

var errHalf = errors.New("drawn half")

// half is a page that fails in the middle.
var half = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "<html>the first half")
	return errHalf
})

type answer struct {
	status  int
	header  http.Header
	body    string
	cookies []*http.Cookie
}

func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// visitor keeps cookies by hand, so that a test can tamper with them.
type visitor struct {
	house   *house
	cookies map[string]string
	token   string
}

func (h *house) visitor() *visitor { return &visitor{house: h, cookies: map[string]string{}} }

func (v *visitor) send(r *http.Request) answer {
	v.house.t.Helper()
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.house.engine.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.house.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return answer{status: res.StatusCode, header: res.Header, body: string(body), cookies: res.Cookies()}
}

func (v *visitor) get(path string) answer {
	v.house.t.Helper()
	return v.send(httptest.NewRequest(http.MethodGet, path, nil))
}

// open loads the form and keeps its token.
func (v *visitor) open() answer {
	v.house.t.Helper()
	a := v.get("/form")
	v.token = a.body
	return a
}

func (v *visitor) post(path string, fields ...string) answer {
	v.house.t.Helper()
	return v.send(v.request(path, fields...))
}

func (v *visitor) request(path string, fields ...string) *http.Request {
	form := url.Values{"_token": {v.token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

var testStart = testkit.Start

const fiveMinutes = 5 * time.Minute
