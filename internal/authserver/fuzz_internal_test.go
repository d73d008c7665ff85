package authserver

import (
	"net/url"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/oauth"
)

func FuzzTwoAddressesAreCutWhereTheyDiffer(f *testing.F) {
	f.Add("https://a.example/cb/", "https://a.example/cb")
	f.Add("aaa", "aa")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, sent, registered string) {
		d := compare(sent, registered)

		if d.begin+d.sent+d.end != sent || d.begin+d.registered+d.end != registered {
			t.Errorf("%q and %q: %+v", sent, registered, d)
		}
		if shown := visible(sent); strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f || (r > '~' && r != '…') }) {
			t.Errorf("%q is shown as %q", sent, shown)
		}
		_ = d.sentence()
	})
}

func FuzzAnAnswerKeepsTheAddressAndTheState(f *testing.F) {
	f.Add("https://a.example/cb?x=1", "state & more")
	f.Add("http://localhost:1/?", "a=b#c")
	f.Add("https://a.example/cb&", "\x01")
	f.Fuzz(func(t *testing.T, uri, state string) {
		if apps.CheckRedirectURI(catalog.Sandbox, uri) != "" {
			t.Skip("no such address can be registered")
		}

		got := exitURL(oauth.Exit{RedirectURI: uri, State: state, Issuer: "https://auth.example/sandbox/rocker", Code: "sbx_ac_x"})

		after, err := url.Parse(got)
		if err != nil || !strings.HasPrefix(got, uri) {
			t.Fatalf("%q: %q, %v", uri, got, err)
		}
		if state != "" && after.Query().Get("state") != state || after.Query().Get("code") != "sbx_ac_x" {
			t.Errorf("%q: %v", got, after.Query())
		}
	})
}
