package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/config"
	"fairway/internal/db"
	"fairway/internal/gateway"
	"fairway/internal/portal"
	"fairway/internal/quota"
	"fairway/internal/testkit"
)

// world is the whole program, listening on free ports.
type world struct {
	*program
	t        *testing.T
	people   *portal.Door
	machines *gateway.Door
	printed  *testkit.Lines
}

// newProgram builds everything and listens nowhere.
func newProgram(t *testing.T, addr, apiAddr, limits string) *program {
	t.Helper()
	var s config.Settings
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		v.Field(i).SetString(v.Type().Field(i).Tag.Get("default"))
	}
	s.Addr, s.APIAddr, s.DataDir, s.Limits = addr, apiAddr, filepath.Join(t.TempDir(), "var"), limits
	cfg, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cfg: cfg, clock: clock.System{}, log: testkit.Log(t), stdout: io.Discard}
	if err := p.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	return p
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWithin(t, generous)
}

// generous are limits that no test meets.
const generous = "1000/s,100000/d"

// newWorldWithin is a world whose apps have these limits.
func newWorldWithin(t *testing.T, limits string) *world {
	t.Helper()
	peopleAt, machinesAt := listen(t), listen(t)
	w := &world{t: t, program: newProgram(t, peopleAt.Addr().String(), machinesAt.Addr().String(), limits), printed: &testkit.Lines{}}
	w.log = slog.New(slog.NewJSONHandler(w.printed, nil))
	var err error
	if w.people, w.machines, err = w.doors(); err != nil {
		t.Fatal(err)
	}
	certificate, err := w.serverCertificate()
	if err != nil {
		t.Fatal(err)
	}
	servers := []*http.Server{newServer(w.people.Handler(), time.Minute, w.log), newServer(w.machines.Handler(), 30*time.Second, w.log)}
	servers[1].TLSConfig = gateway.TLSConfig(certificate)
	servers[1].RegisterOnShutdown(w.machines.End)
	testkit.Run(t, func(ctx context.Context) error { return w.work(ctx, servers, []net.Listener{peopleAt, machinesAt}) })
	return w
}

func TestTheConfigurationKnowsWhatASharedQuotaHolds(t *testing.T) {
	t.Parallel()
	for n, good := range map[int]bool{quota.MaxShared: true, quota.MaxShared + 1: false} {
		s := config.Settings{Addr: "localhost:8080", APIAddr: "localhost:8443", DataDir: t.TempDir(), MailFrom: "portal@localhost", SupportEmail: "support@localhost", Mode: "development",
			Limits: strconv.Itoa(n) + "/s,100000/d", LimitsIn: "database", LiveCountry: "FI", LiveCalendar: "finland", LiveDecision: "person"}

		cfg, err := s.Check()

		if (err == nil) != good || cfg.SharedLimits != good {
			t.Errorf("%d a second: %v", n, err)
		}
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

type answer struct {
	status int
	header http.Header
	body   string
}

// visitor is a browser that follows no redirect and keeps no cookie but those it is given.
type visitor struct {
	world   *world
	session string
	form    string // the cookie that a form token belongs to before there is a session
	token   string
	person  accounts.Person
}

// anybody is a visitor without a session who has seen a page with a form.
func (w *world) anybody() *visitor {
	w.t.Helper()
	v := &visitor{world: w}
	a := v.get("/login")
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		v.form = c.Value
	}
	v.learn(a)
	return v
}

// signedIn is a visitor with a session of this person.
func (w *world) signedIn(p accounts.Person) *visitor {
	w.t.Helper()
	token, err := w.accounts.Sessions().Create(w.t.Context(), p.ID, nil, "127.0.0.1", "test")
	if err != nil {
		w.t.Fatal(err)
	}
	v := &visitor{world: w, session: token.Reveal(), person: p}
	v.learn(v.get("/account"))
	return v
}

// member is somebody of a new organisation.
func (w *world) member(organisation string) *visitor {
	w.t.Helper()
	name := strings.ToLower(strings.ReplaceAll(organisation, " ", "."))
	p, _, err := w.accounts.Provision(w.t.Context(), name+"@tpp.example", organisation, "FI")
	if err != nil {
		w.t.Fatal(err)
	}
	return w.signedIn(p)
}

// staff is somebody of the service provider who is signed in with both factors.
func (w *world) staff(role accounts.Role) *visitor {
	w.t.Helper()
	c := accountstest.Enter(w.t, w.accounts, string(role)+"@fairway.example", role, w.clock.Now())
	v := &visitor{world: w, session: c.Token.Reveal(), person: c.Person}
	v.learn(v.get("/account"))
	return v
}

// halfway is somebody of the service provider who has entered the password and still owes the second factor.
func (w *world) halfway(role accounts.Role) *visitor {
	w.t.Helper()
	c := accountstest.Enter(w.t, w.accounts, "half."+string(role)+"@fairway.example", role, w.clock.Now())
	token, err := w.accounts.Sessions().Create(w.t.Context(), c.Person.ID, nil, "127.0.0.1", "test")
	if err != nil {
		w.t.Fatal(err)
	}
	v := &visitor{world: w, session: token.Reveal(), person: c.Person}
	v.learn(v.get("/login/code"))
	return v
}

var tokenField = regexp.MustCompile(`name="_token" value="([^"]+)"`)

func (v *visitor) learn(a answer) {
	v.world.t.Helper()
	found := tokenField.FindStringSubmatch(a.body)
	if found == nil {
		v.world.t.Fatalf("no form token: %d %s", a.status, a.body)
	}
	v.token = found[1]
}

// request is one of this visitor; fields go into the form of a POST, besides the token.
func (v *visitor) request(method, path string, fields url.Values) *http.Request {
	v.world.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(fields.Encode())
	}
	r, err := http.NewRequestWithContext(v.world.t.Context(), method, v.world.cfg.BaseURL.String()+path, body)
	if err != nil {
		v.world.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.session != "" {
		r.AddCookie(&http.Cookie{Name: "fairway", Value: v.session})
		r.AddCookie(&http.Cookie{Name: "fairway_device", Value: v.world.accounts.DeviceToken(v.person.ID).Reveal()})
	}
	if v.form != "" {
		r.AddCookie(&http.Cookie{Name: "fairway_form", Value: v.form})
	}
	return r
}

func (v *visitor) send(r *http.Request) answer {
	v.world.t.Helper()
	return exchange(v.world.t, http.DefaultTransport, r)
}

func exchange(t *testing.T, via http.RoundTripper, r *http.Request) answer {
	t.Helper()
	res, err := via.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func (v *visitor) get(path string) answer {
	v.world.t.Helper()
	return v.send(v.request(http.MethodGet, path, nil))
}

func (v *visitor) post(path string, fields ...string) answer {
	v.world.t.Helper()
	form := url.Values{"_token": {v.token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.send(v.request(http.MethodPost, path, form))
}

// app is a new app of this visitor's organisation, connected to rocker.
func (v *visitor) appIn(env catalog.Environment, name string) apps.App {
	v.world.t.Helper()
	w, ctx := v.world, v.world.t.Context()
	var made apps.App
	err := w.db.InTx(ctx, func(tx db.Tx) (err error) {
		made, _, err = w.apps.Create(ctx, tx, v.person.OrganisationID, v.person.ID, apps.NewApp{Environment: env, Name: name, RedirectURIs: []string{"https://tpp.example/cb"}})
		if err != nil {
			return err
		}
		return w.apps.Connect(ctx, tx, v.person.OrganisationID, made.ID, "rocker", "card-account", v.person.ID)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// client is a TPP as a pipeline gets it: a certificate for the connection, and what app.json says.
type client struct {
	provisioned
	via *http.Transport
	dir string // where its files are
}

func (w *world) client(email string) client {
	w.t.Helper()
	dir := w.t.TempDir()
	var out bytes.Buffer
	own := *w.program
	own.stdout = &out
	err := own.provision(w.t.Context(), provisionCommand{Email: email, App: "Test", Brand: "rocker", RedirectURI: []string{"https://tpp.example/cb"}, Out: dir,
		Organisation: "Client " + email, Country: "FI", Roles: []string{"PSP_AI"}})
	if err != nil {
		w.t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "qwac.pem"), filepath.Join(dir, "qwac.key"))
	if err != nil {
		w.t.Fatal(err)
	}
	c := client{via: w.transport(&pair), dir: dir}
	if err := json.Unmarshal(out.Bytes(), &c.provisioned); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// transport reaches the machines' door, with a certificate or without.
func (w *world) transport(pair *tls.Certificate) *http.Transport {
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} // the server's own certificate is proved elsewhere
	if pair != nil {
		config.Certificates = []tls.Certificate{*pair}
	}
	tr := &http.Transport{TLSClientConfig: config}
	w.t.Cleanup(tr.CloseIdleConnections)
	return tr
}
