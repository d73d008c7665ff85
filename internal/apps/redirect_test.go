package apps_test

import (
	"net/url"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
)

var registrations = []struct {
	uri  string
	says string // part of the sentence; empty where the URI is good
}{
	{"https://app.example/cb", ""},
	{"https://app.example", ""},
	{"https://app.example/", ""},
	{"https://app.example:8443/cb?tenant=7&x=%C3%A4", ""},
	{"https://xn--bcher-kva.example/cb", ""},
	{"https://192.0.2.7/cb", ""},
	{"https://[2001:db8::7]:8443/cb", ""},
	{"https://a_b.example/cb", "The host is"},
	{"http://localhost:3000/cb", ""},
	{"http://127.0.0.1/cb", ""},
	{"http://[::1]:3000/cb", ""},
	{"http://app.example/cb", "Use https"},
	{"http://localhost.example/cb", "Use https"},
	{"http://127.0.0.1.example/cb", "Use https"},
	{"http://127.0.0.2/cb", "Use https"},
	{"http://0.0.0.0/cb", "Use https"},
	{"http://127.1/cb", "The host is"},
	{"http://2130706433/cb", "The host is"},
	{"http://0177.0.0.1/cb", "The host is"},
	{"http://localhost@evil.example/cb", "user name"},
	{"https://user:pw@app.example/cb", "user name"},
	{"https://@app.example/cb", "user name"},
	{"https://app.example/cb#", "fragment"},
	{"https://app.example/cb#top", "fragment"},
	{"https://*.example/cb", "*"},
	{"https://app.example/*", "*"},
	{"HTTPS://app.example/cb", "beginning with https://"},
	{"https://App.example/cb", "The host is"},
	{"https://app.example./cb", "The host is"},
	{"https://app..example/cb", "The host is"},
	{"https://-app.example/cb", "The host is"},
	{"https:///cb", "The host is"},
	{"https://?x=1", "The host is"},
	{"https://app.example:/cb", "port"},
	{"https://app.example:0/cb", "port"},
	{"https://app.example:65536/cb", "port"},
	{"https://app.example:0443/cb", "port"},
	{"https://app.example:80:80/cb", "The host is"},
	{"https://[::1/cb", "The host is"},
	{"https://[fe80::1%25eth0]/cb", "The host is"},
	{"https://[0:0:0:0:0:0:0:1]/cb", "The host is"},
	{"https:/app.example/cb", "beginning with https://"},
	{"https:app.example", "beginning with https://"},
	{"//app.example/cb", "beginning with https://"},
	{"/cb", "beginning with https://"},
	{"app.example/cb", "beginning with https://"},
	{"javascript:alert(1)", "beginning with https://"},
	{"javascript://app.example/%0aalert(1)", "two hexadecimal digits"},
	{"data:text/html,x", "beginning with https://"},
	{"com.example.app://cb", "beginning with https://"},
	{`https://app.example\@evil.example/cb`, "backslash"},
	{"https://app.example/c b", "spaces"},
	{"https://app.example/cb\x00", "invisible"},
	{"https://app.example/\tcb", "invisible"},
	{"https://app.example/cb\r\nSet-Cookie:x=1", "invisible"},
	{"https://bücher.example/cb", "xn--"},
	{"https://аpp.example/cb", "xn--"},
	{"https://app.example/<b>", "Escape it"},
	{"https://app.example/\"x", "Escape it"},
	{"https://app.example/cb%", "two hexadecimal digits"},
	{"https://app.example/cb%2", "two hexadecimal digits"},
	{"https://app.example/cb%zz", "two hexadecimal digits"},
	{"https://app.example/cb%+1", "two hexadecimal digits"},
	{"https://app.example/cb%0d%0aX", "two hexadecimal digits"},
	{"https://app.example/cb%00", "two hexadecimal digits"},
	{"https://app.example/a/../cb", ". and .. segments"},
	{"https://app.example/a/%2e%2e/cb", ". and .. segments"},
	{"https://app.example/./cb", ". and .. segments"},
	{"https://app.example/cb?code=1", "code"},
	{"https://app.example/cb?x=1&state=1", "state"},
	{"https://app.example/cb?iss=1", "iss"},
	{"https://app.example/cb?a=1;b=2", "query"},
	{"https://app.example/cb?" + strings.Repeat("x", 512-23), ""},
	{"https://app.example/cb?" + strings.Repeat("x", 513-23), "512 characters"},
}

func TestOnlyExactAddressesCanBeRegistered(t *testing.T) {
	t.Parallel()
	for _, c := range registrations {
		got := apps.CheckRedirectURI(catalog.Sandbox, c.uri)
		if c.says == "" && got != "" || c.says != "" && !strings.Contains(got, c.says) {
			t.Errorf("%q: %q, expected %q", c.uri, got, c.says)
		}
	}
}

func TestLiveTakesNoPlainHTTPAtAll(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"http://localhost/cb", "http://127.0.0.1:3000/cb", "http://[::1]/cb", "http://app.example/cb"} {
		if got := apps.CheckRedirectURI(catalog.Live, uri); !strings.Contains(got, "In Live") {
			t.Errorf("%q: %q", uri, got)
		}
	}
	if got := apps.CheckRedirectURI(catalog.Live, "https://app.example/cb"); got != "" {
		t.Error(got)
	}
}

// The table is security T03: each is a relative of the registered address that must not pass for it.
func TestARedirectIsAllowedByteForByteOnly(t *testing.T) {
	t.Parallel()
	const registered = "https://app.example/oauth/cb?tenant=7"
	app := apps.App{RedirectURIs: []apps.RedirectURI{{URI: registered}, {URI: callback, Playground: true}}}
	for _, uri := range []string{
		"",
		"https://app.example",
		"https://app.example/",
		"https://app.example/oauth",
		"https://app.example/oauth/cb",
		"https://app.example/oauth/cb/?tenant=7",
		"https://app.example/oauth/cb/sub?tenant=7",
		"https://app.example/oauth/CB?tenant=7",
		"https://app.example/oauth%2fcb?tenant=7",
		"https://app.example/oauth/%63b?tenant=7",
		"https://app.example//oauth/cb?tenant=7",
		"https://app.example/x/../oauth/cb?tenant=7",
		"https://app.example/oauth/cb?tenant=7&next=https://evil.example",
		"https://app.example/oauth/cb?tenant=8",
		"https://app.example/oauth/cb?tenant=7#",
		"https://app.example/oauth/cb?tenant=7#x",
		"https://app.example/oauth/cb?tenant=7 ",
		" https://app.example/oauth/cb?tenant=7",
		"https://app.example/oauth/cb?tenant=7\x00",
		"https://app.example/oauth/cb?tenant=7\n",
		"http://app.example/oauth/cb?tenant=7",
		"HTTPS://app.example/oauth/cb?tenant=7",
		"https://APP.example/oauth/cb?tenant=7",
		"https://app.example./oauth/cb?tenant=7",
		"https://app.example:443/oauth/cb?tenant=7",
		"https://app.example:8443/oauth/cb?tenant=7",
		"https://user@app.example/oauth/cb?tenant=7",
		"https://app.example@evil.example/oauth/cb?tenant=7",
		"https://app.example.evil.example/oauth/cb?tenant=7",
		"https://evil.example/https://app.example/oauth/cb?tenant=7",
		"https://аpp.example/oauth/cb?tenant=7",
		`https://app.example\oauth\cb?tenant=7`,
		"//app.example/oauth/cb?tenant=7",
		"http://127.0.0.1:8080/playground/flow/callback",
	} {
		if app.AllowsRedirect(uri) {
			t.Errorf("%q passes", uri)
		}
	}
	if !app.AllowsRedirect(registered) || !app.AllowsRedirect(callback) {
		t.Error("the registered addresses do not pass")
	}
}

func TestLinesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	if got := apps.Lines("a\r\n\r\nb\nc"); len(got) != 4 || got[0] != "a" || got[1] != "" || got[3] != "c" {
		t.Errorf("%q", got)
	}
}

func FuzzRedirectURI(f *testing.F) {
	for _, s := range []string{"https://app.example/cb", "http://localhost:1/", "http://[::1]/?a=%20", "https://a@b", "https://a/%2e%2e/", "https://[::ffff:1.2.3.4]/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if apps.CheckRedirectURI(catalog.Live, uri) == "" && apps.CheckRedirectURI(catalog.Sandbox, uri) != "" {
			t.Fatalf("%q is good in Live and not in the sandbox", uri)
		}
		if apps.CheckRedirectURI(catalog.Sandbox, uri) != "" {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || u.User != nil || u.Hostname() == "" || strings.Contains(uri, "#") || len(uri) > apps.MaxRedirectURI {
			t.Fatalf("%q passes", uri)
		}
		host := u.Hostname()
		if u.Scheme != "https" && (u.Scheme != "http" || host != "localhost" && host != "127.0.0.1" && host != "::1") {
			t.Fatalf("%q passes without https", uri)
		}
		if strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) || strings.ContainsAny(u.Path, "\r\n\x00") {
			t.Fatalf("%q passes with hidden characters", uri)
		}
		if u.String() != uri && !strings.Contains(uri, "?") {
			t.Fatalf("%q has another spelling: %q", uri, u.String())
		}
	})
}
