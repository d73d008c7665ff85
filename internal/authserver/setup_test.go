package authserver_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/authserver"
	"fairway/internal/bank/sandbox"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/oauth"
	"fairway/internal/portal"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/upstream"
)

const (
	callback = "https://app.example/callback"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	authURL  = "https://auth.example"
	twoCards = "1345611"
)

// world is both doors with what stands behind them.
type world struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Manual
	apps     *apps.Apps
	consents *consents.Consents
	oauth    *oauth.OAuth
	face     *authserver.Face
	people   string // origin of the people's door
	machines http.Handler
	outcome  *authserver.Outcome
	keys     *upstream.Keys

	org, thumbprint string
	app             apps.App
	secret          secret.Text
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	log := testkit.Log(t)
	q, err := jobs.New(d, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, clock: clk, people: "http://" + listener.Addr().String(), consents: consents.New(d, consents.Config{MaxDays: 180})}
	w.apps = apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: w.people + "/playground/callback", Live: func(db.Tx, string) error { return nil },
		Grants: func(db.Tx, string, string) error { return nil }}, log)
	bank, brands := sandbox.New(clk), catalog.New(d, log)
	w.oauth = oauth.New(d, w.apps, w.consents, bank, testkit.Ring(t), oauth.Config{
		Issuer: func(env catalog.Environment, brand string) string { return authURL + "/" + string(env) + "/" + brand },
		TPP: func(context.Context, string, catalog.Environment) (oauth.TPP, error) {
			return oauth.TPP{Name: "Budget Buddy Oy", Identifier: "PSDXX-FWYSBX-A1B2C3D4E5", Roles: []string{"PSP_AI"}}, nil
		},
	}, log)
	bankURL := w.template(w.people + "/bank/{environment}/{brand}")
	w.keys = upstream.NewKeys(d, testkit.Ring(t))
	w.must(w.keys.Ensure(t.Context()))
	w.face = authserver.New(w.oauth, brands, bank, authserver.Config{
		AuthURL: w.template(authURL), BankURL: bankURL, APIURL: w.template("https://api.example/{environment}/{brand}"), PortalURL: "https://portal.example",
		Upstream: upstream.New(w.keys, clk, upstream.Config{}, log), Keys: w.keys,
	}, log)
	w.serve(listener, bankURL)
	w.serveMachines()
	w.org, w.thumbprint = w.organisation("Budget Buddy")
	w.app, w.secret = w.newApp(w.org, callback)
	return w
}

func (w *world) template(text string) address.Template {
	w.t.Helper()
	parsed, err := address.Parse(text)
	w.must(err)
	return parsed
}

// serve opens the people's door as the program does.
func (w *world) serve(listener net.Listener, bankURL address.Template) {
	w.t.Helper()
	door, err := portal.New(portal.Deps{Bank: w.face, Ring: testkit.Ring(w.t), Log: testkit.Log(w.t), BaseURL: w.template(w.people), BankURL: bankURL,
		Ready: func(context.Context) error { return nil }})
	w.must(err)
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: door.Handler()}}
	server.Start()
	w.t.Cleanup(server.Close)
}

// serveMachines mounts what the machines' door mounts, with the certificate that a header of the test names.
func (w *world) serveMachines() {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	w.outcome = &authserver.Outcome{}
	e.Use(func(c *gin.Context) {
		if peer, ok := c.Request.Context().Value(testPeer{}).(authserver.Peer); ok {
			c.Request = c.Request.WithContext(authserver.WithPeer(c.Request.Context(), peer))
		}
		c.Next()
		*w.outcome = authserver.OutcomeOf(c)
	})
	w.face.MountMachines(httpkit.NewRoutes(e.Group(""), httpkit.Token, &httpkit.Table{}, w.face.FailToken))
	w.machines = e
}

// testPeer is how a test says which certificate the connection carries.
type testPeer struct{}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) organisation(name string) (id, thumbprint string) {
	w.t.Helper()
	id, _ = testkit.Organisation(w.t, w.db, name)
	return id, secret.Hash(secret.Text(name))
}

func (w *world) newApp(org string, uris ...string) (apps.App, secret.Text) {
	w.t.Helper()
	var app apps.App
	var issued apps.Issued
	w.must(w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		var err error
		app, issued, err = w.apps.Create(w.t.Context(), tx, org, "person", apps.NewApp{Environment: catalog.Sandbox, Name: "Budget Buddy", RedirectURIs: uris})
		if err != nil {
			return err
		}
		return w.apps.Connect(w.t.Context(), tx, org, app.ID, "rocker", "card-account", "person")
	}))
	return app, issued.ClientSecret
}

// consent makes a consent on everything, changed as the test wants it.
func (w *world) consent(changes ...func(*consents.Request)) *consents.Consent {
	w.t.Helper()
	r := consents.Request{Owner: consents.Owner{OrganisationID: w.org, Environment: catalog.Sandbox, Brand: "rocker"}, AppID: w.app.ID,
		Access: consents.Access{AllPSD2: "allAccounts"}, Recurring: true, ValidUntil: "2027-01-31", FrequencyPerDay: 4, RequestID: secret.UUID(), RequestDigest: "x"}
	for _, change := range changes {
		change(&r)
	}
	made, _, err := w.consents.Create(w.t.Context(), r)
	w.must(err)
	return made
}

func (w *world) status(c *consents.Consent) consents.Status {
	w.t.Helper()
	found, err := w.consents.ForBank(w.t.Context(), c.ID)
	w.must(err)
	return found.Status(w.clock.Now())
}

func (w *world) query(c *consents.Consent) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{"response_type": {"code"}, "response_mode": {"query"}, "client_id": {w.app.ClientID}, "redirect_uri": {callback},
		"scope": {"AIS:" + c.ID}, "state": {"a state & more"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
}

// browser is a customer's browser. It follows redirects at the bank and stops where they lead elsewhere.
type browser struct {
	w      *world
	client *http.Client
	at     string // the page's address
	page   string
	answer *http.Response
	gone   *url.URL // where it left the bank to
}

func (w *world) browser() *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &browser{w: w, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

const bankPath = "/bank/sandbox/rocker"

func (b *browser) get(address string) *browser {
	b.w.t.Helper()
	return b.load(http.MethodGet, address, nil)
}

func (b *browser) load(method, address string, form url.Values) *browser {
	b.w.t.Helper()
	b.gone = nil
	for range 5 {
		request, err := http.NewRequestWithContext(b.w.t.Context(), method, address, strings.NewReader(form.Encode()))
		b.w.must(err)
		if form != nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		b.answer, err = b.client.Do(request)
		b.w.must(err)
		body, err := io.ReadAll(b.answer.Body)
		b.w.must(err)
		_ = b.answer.Body.Close()
		b.at, b.page = address, string(body)
		if b.answer.StatusCode >= 500 {
			b.w.t.Fatalf("%s %s: %d\n%s", method, address, b.answer.StatusCode, b.page)
		}
		if b.answer.StatusCode != http.StatusSeeOther {
			return b
		}
		next, err := b.answer.Location()
		b.w.must(err)
		if !strings.HasPrefix(next.String(), b.w.people) {
			b.gone = next
			return b
		}
		method, address, form = http.MethodGet, next.String(), nil
	}
	b.w.t.Fatalf("redirects without end at %s", b.at)
	return b
}

// begin opens the authorisation endpoint for a consent.
func (w *world) begin(c *consents.Consent) *browser {
	w.t.Helper()
	return w.browser().get(w.people + bankPath + "/v1/authorizations?" + w.query(c).Encode())
}

var (
	formPattern  = regexp.MustCompile(`(?s)<form ([^>]*)>(.*?)</form>`)
	inputPattern = regexp.MustCompile(`<(?:input|button) ([^>]*)>`)
	attribute    = regexp.MustCompile(`([a-z_-]+)="([^"]*)"`)
)

// form is what the page's only form of a class would send.
func (b *browser) form(class string) url.Values {
	b.w.t.Helper()
	var found []url.Values
	for _, form := range formPattern.FindAllStringSubmatch(b.page, -1) {
		attrs := attributes(form[1])
		if !strings.Contains(" "+attrs["class"]+" ", " "+class+" ") || attrs["method"] != "post" || attrs["action"] != bankPath+"/authorise" {
			continue
		}
		values := url.Values{}
		for _, input := range inputPattern.FindAllStringSubmatch(form[2], -1) {
			a := attributes(input[1])
			if a["name"] != "" && (a["type"] != "checkbox" || strings.Contains(input[1], " checked")) {
				values.Add(a["name"], a["value"])
			}
		}
		found = append(found, values)
	}
	if len(found) != 1 {
		b.w.t.Fatalf("%d forms %q at %s\n%s", len(found), class, b.at, b.page)
	}
	return found[0]
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		found[m[1]] = strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&#43;", "+").Replace(m[2])
	}
	return found
}

// press sends the page's form of a class, with some values changed.
func (b *browser) press(class string, changed ...string) *browser {
	b.w.t.Helper()
	form := b.form(class)
	for i := 0; i < len(changed); i += 2 {
		form.Set(changed[i], changed[i+1])
	}
	return b.post(form)
}

func (b *browser) post(form url.Values) *browser {
	b.w.t.Helper()
	return b.load(http.MethodPost, b.w.people+bankPath+"/authorise", form)
}

// on fails unless the browser sees a page with this heading.
func (b *browser) on(status int, texts ...string) *browser {
	b.w.t.Helper()
	if b.answer.StatusCode != status {
		b.w.t.Fatalf("%s: status %d, want %d\n%s", b.at, b.answer.StatusCode, status, b.page)
	}
	for _, text := range texts {
		if !strings.Contains(b.page, text) {
			b.w.t.Fatalf("%s does not say %q\n%s", b.at, text, b.page)
		}
	}
	return b
}

// left fails unless the browser went to the TPP, with state and issuer, and gives the answer's parameters.
func (b *browser) left() url.Values {
	b.w.t.Helper()
	if b.gone == nil {
		b.w.t.Fatalf("still at %s, status %d\n%s", b.at, b.answer.StatusCode, b.page)
	}
	if got := b.gone.Scheme + "://" + b.gone.Host + b.gone.Path; got != callback {
		b.w.t.Fatalf("went to %s", got)
	}
	answer := b.gone.Query()
	if answer.Get("state") != "a state & more" || answer.Get("iss") != authURL+"/sandbox/rocker" || answer.Has("code") == answer.Has("error") {
		b.w.t.Fatalf("answer %v", answer)
	}
	if got := b.answer.Header.Get("Cache-Control"); got != "no-store" {
		b.w.t.Errorf("the redirect may be kept: %q", got)
	}
	return answer
}
