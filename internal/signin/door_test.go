package signin_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/address"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/notify"
	"fairway/internal/portal"
	"fairway/internal/signin"
	"fairway/internal/testkit"
	"fairway/internal/workdays"
)

// town is a running portal with nothing but this face, its letters kept in the outbox.
type town struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Manual
	accounts *accounts.Accounts
	outbox   *mail.Outbox
	server   *httptest.Server
}

// closed stands where the payer's pages would be.
type closed struct{}

func (closed) MountBank(httpkit.Routes)           {}
func (closed) FailBank(c *gin.Context, err error) { c.String(http.StatusNotFound, err.Error()) }

func newTown(t *testing.T) town {
	t.Helper()
	return newTownAt(t, "")
}

// newTownAt is a portal that is reached under another address than its own, as behind a proxy.
func newTownAt(t *testing.T, base string) town {
	t.Helper()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	q := must(jobs.New(d, testkit.Log(t)))(t)
	v := town{t: t, db: d, clock: clk, outbox: mail.NewOutbox(d), accounts: accounts.New(d, q, testkit.Ring(t), testkit.Log(t))}
	v.server = httptest.NewUnstartedServer(nil)
	secure := base != ""
	if !secure {
		base = "http://" + v.server.Listener.Addr().String()
	}
	c := certs.New(d, q, testkit.Ring(t), certs.Config{BaseURL: base, AuthURL: "https://auth.example"}, testkit.Log(t))
	must(notify.New(notify.Deps{
		DB: d, Queue: q, Accounts: v.accounts, Certs: c, Enrolments: enrolments.New(d, q, enrolments.Config{}), Out: v.outbox, Home: base,
		Days: must(workdays.Named("target"))(t),
	}))(t).Listen(q)
	door := must(portal.New(portal.Deps{
		Faces: []portal.Face{signin.New(signin.Deps{Accounts: v.accounts, Clock: clk, Secure: secure, Loopback: !secure})}, Bank: closed{},
		Keeper: signin.NewKeeper(v.accounts.Sessions()), Ring: testkit.Ring(t), Log: testkit.Log(t),
		BaseURL: must(address.Parse(base))(t), BankURL: must(address.Parse(base + "/bank/{environment}/{brand}"))(t),
		Outbox: true, Ready: func(context.Context) error { return nil },
	}))(t)
	v.server.Config.Handler = door.Handler()
	v.server.Start()
	t.Cleanup(v.server.Close)
	testkit.Run(t, q.Run)
	return v
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// browser keeps cookies, follows no redirect by itself, and sends the form token of the page that it saw last.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
	token  string
}

func (v town) browser() *browser {
	v.t.Helper()
	jar := must(cookiejar.New(nil))(v.t)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: v.t, base: v.server.URL, client: &http.Client{Jar: jar, CheckRedirect: stay, Transport: v.server.Client().Transport}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

var formToken = regexp.MustCompile(`name="_token" value="([^"]+)"`)

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if found := formToken.FindSubmatch(body); found != nil {
		b.token = string(found[1])
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// post sends names and values, one after the other.
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"_token": {b.token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, bytes.NewBufferString(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

const password = "tall otter paints slowly"

// signUp fills in the form, and returns where it leads.
func (b *browser) signUp(email string) answer {
	b.t.Helper()
	b.get("/signup")
	return b.post("/signup", "email", email, "organisation", "Acme Payments Oy", "country", "FI", "password", password)
}

func (b *browser) logIn(email, password string) answer {
	b.t.Helper()
	b.get("/login")
	return b.post("/login", "email", email, "password", password)
}

// signedIn reports whether the account page opens.
func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get("/account").status == http.StatusOK
}

// letter waits for the n-th letter and returns it.
func (v town) letter(n int) mail.Kept {
	v.t.Helper()
	var kept []mail.Kept
	testkit.Eventually(v.t, "the letter", func() bool {
		var err error
		kept, err = v.outbox.Newest(v.t.Context(), 50)
		if err != nil {
			v.t.Fatal(err)
		}
		return len(kept) >= n
	})
	return kept[len(kept)-n]
}

var letterLink = regexp.MustCompile(`http://[^/\s]+(/(?:verify|reset)/\S+)`)

// link is the path of the link in the n-th letter.
func (v town) link(n int) string {
	v.t.Helper()
	letter := v.letter(n)
	found := letterLink.FindStringSubmatch(letter.Text)
	if found == nil || !strings.HasPrefix(found[0], v.server.URL) {
		v.t.Fatalf("no link of ours in:\n%s", letter.Text)
	}
	return found[1]
}

// member is a browser whose person has signed up, confirmed the address and is signed in.
func (v town) member(email string) *browser {
	v.t.Helper()
	before := len(must(v.outbox.Newest(v.t.Context(), 50))(v.t))
	b := v.browser()
	b.signUp(email)
	path := v.link(before + 1)
	b.get(path)
	if a := b.post(path); a.to() != "/playground" {
		v.t.Fatalf("confirming leads to %q, status %d:\n%s", a.to(), a.status, a.body)
	}
	return b
}

func wantStatus(t *testing.T, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d:\n%s", a.status, status, a.body)
	}
}

func wantWords(t *testing.T, a answer, words ...string) {
	t.Helper()
	text := html.UnescapeString(a.body)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in:\n%s", w, a.body)
		}
	}
}
