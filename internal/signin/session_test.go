package signin_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestLoggingInLeadsToOwnPathsOnly(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.member("maija@acme.example")
	for next, want := range map[string]string{
		"": "/playground", "/playground/apps": "/playground/apps", "/docs?a=b#c": "/docs?a=b#c", "/": "/",
		"//evil.example": "/playground", `/\evil.example`: "/playground", `\\evil.example`: "/playground", "https://evil.example": "/playground",
		"http:evil.example": "/playground", "javascript:alert(1)": "/playground", "evil.example": "/playground", "///evil.example": "/playground",
		"/\t/evil.example": "/playground", "/\n/evil.example": "/playground", "\t//evil.example": "/playground", " //evil.example": "/playground",
		"/%09/evil.example": "/%09/evil.example", "/a\\b": "/playground", "data:text/html,x": "/playground", "?next=//evil": "/playground",
		"/\x00": "/playground", "/a\r\nSet-Cookie: x=y": "/playground", "/" + strings.Repeat("a", 600): "/playground", "/@evil.example": "/@evil.example",
	} {
		b := v.browser()
		page := b.get("/login?next=" + url.QueryEscape(next))
		wantStatus(t, page, http.StatusOK)

		a := b.post("/login", "email", "maija@acme.example", "password", password, "next", next)

		if strings.ContainsRune(next, 0) && a.status == http.StatusUnprocessableEntity {
			continue
		}
		if a.status != http.StatusSeeOther || a.to() != want {
			t.Errorf("next=%.40q leads to %q with %d, want %q", next, a.to(), a.status, want)
		}
		if a = b.get("/login?next=" + url.QueryEscape(next)); a.status != http.StatusSeeOther || a.to() != want {
			t.Errorf("signed in already, next=%.40q leads to %q, want %q", next, a.to(), want)
		}
	}
}

func TestTooManyTriesComeBackWithTheFormAndTheTimeToWait(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.browser()
	b.get("/login")
	for range 6 {
		wantStatus(t, b.post("/login", "email", "nobody@acme.example", "password", "wrong-canary"), http.StatusUnprocessableEntity)
	}

	a := b.post("/login", "email", "nobody@acme.example", "password", "wrong-canary")

	wantStatus(t, a, http.StatusTooManyRequests)
	wantWords(t, a, "Try again in 2 seconds.", `value="nobody@acme.example"`)
	if a.header.Get("Retry-After") != "2" || strings.Contains(a.body, "wrong-canary") {
		t.Errorf("Retry-After %q:\n%s", a.header.Get("Retry-After"), a.body)
	}
}

func TestALogInTakesANewSessionAndALogOutEndsItWhereverItsCookieIs(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.member("maija@acme.example")
	b := v.browser()
	b.signUp("other@acme.example") // leaves an anonymous session
	before := b.cookie("fairway")
	b.logIn("maija@acme.example", password)
	during := b.cookie("fairway")
	if before == "" || during == "" || before == during {
		t.Fatalf("the session was kept: %q, %q", before, during)
	}
	if b.withSession(before).signedIn() {
		t.Error("the session from before is signed in")
	}
	thief := b.withSession(during)
	if !thief.signedIn() {
		t.Fatal("the copied cookie does not work even before the log-out")
	}

	b.get("/account")
	if a := b.post("/logout"); a.to() != "/" || b.signedIn() || thief.signedIn() {
		t.Error("the log-out did not end the session")
	}
	again := b.get("/account")
	if again.status != http.StatusSeeOther || again.to() != "/login?next=%2Faccount" {
		t.Errorf("%d to %q", again.status, again.to())
	}
}

func (b *browser) cookie(name string) string {
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// withSession is a browser that somebody else put this session into.
func (b *browser) withSession(token string) *browser {
	b.t.Helper()
	jar := must(cookiejar.New(nil))(b.t)
	other := &browser{t: b.t, base: b.base, client: &http.Client{Jar: jar, CheckRedirect: b.client.CheckRedirect, Transport: b.client.Transport}}
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{{Name: "fairway", Value: token, Path: "/"}})
	return other
}

func TestSigningOutEverywhereEndsEveryBrowser(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	laptop, other := v.member("maija@acme.example"), v.member("liisa@acme.example")
	phone := v.browser()
	phone.logIn("maija@acme.example", password)
	wantWords(t, laptop.get("/account"), "Sign out everywhere")

	if a := laptop.post("/account/sessions"); a.to() != "/login" {
		t.Fatalf("leads to %q", a.to())
	}

	if laptop.signedIn() || phone.signedIn() || !other.signedIn() {
		t.Error("the wrong browsers are signed in")
	}
}

func TestTheThemeIsKeptInACookieAndLeadsBack(t *testing.T) {
	t.Parallel()
	b := newTown(t).browser()
	b.get("/login")

	for theme, kept := range map[string]string{"dark": "dark", "light": "light", "auto": "auto", "<x>": "auto", "": "auto"} {
		if a := b.post("/theme", "theme", theme, "return", "/login"); a.to() != "/login" {
			t.Errorf("leads to %q", a.to())
		}
		wantWords(t, b.get("/login"), `data-theme="`+kept+`"`)
	}
	for _, elsewhere := range []string{"//evil.example", "https://evil.example", `/\evil.example`, ""} {
		if a := b.post("/theme", "theme", "dark", "return", elsewhere); a.to() != "/" {
			t.Errorf("return=%q leads to %q", elsewhere, a.to())
		}
	}
}

func TestCookiesAreLockedToAnAddressOfHTTPS(t *testing.T) {
	t.Parallel()
	v := newTownAt(t, "https://portal.example")
	_, _, err := v.accounts.Provision(t.Context(), "maija@acme.example", "Acme", "FI")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.accounts.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`https://portal\.example(/reset/\S+)`).FindStringSubmatch(v.letter(1).Text)
	if found == nil {
		t.Fatalf("no link in:\n%s", v.letter(1).Text)
	}
	b := v.browser()
	ask := func(method, path, cookies, body string) answer {
		r := must(http.NewRequestWithContext(t.Context(), method, b.base+path, strings.NewReader(body)))(t)
		r.Host = "portal.example"
		r.Header.Set("Cookie", cookies)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return b.do(r)
	}

	page := ask(http.MethodGet, found[1], "", "")
	entered := ask(http.MethodPost, found[1], cookiesOf(t, page), "_token="+b.token+"&password=gravel+lantern+seventy")

	if entered.to() != "/playground" || len(entered.header["Set-Cookie"]) < 2 {
		t.Fatalf("status %d, cookies %q:\n%s", entered.status, entered.header["Set-Cookie"], entered.body)
	}
	account := ask(http.MethodGet, "/account", cookiesOf(t, entered), "")
	wantStatus(t, account, http.StatusOK)
	left := ask(http.MethodPost, "/logout", cookiesOf(t, entered), "_token="+b.token)
	if left.header.Get("Clear-Site-Data") == "" || left.to() != "/" {
		t.Errorf("logging out says %q", left.header.Get("Clear-Site-Data"))
	}
}

// cookiesOf checks what an answer sets and gives it back as a browser would.
func cookiesOf(t *testing.T, a answer) string {
	t.Helper()
	var pairs []string
	for _, line := range a.header["Set-Cookie"] {
		c := must(http.ParseSetCookie(line))(t)
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(line) > 4096 {
			t.Errorf("the cookie is not locked: %s", line)
		}
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}
