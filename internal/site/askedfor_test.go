package site_test

import (
	"net/url"
	"regexp"
	"testing"
)

// firstFound is the address of the first result.
var firstFound = regexp.MustCompile(`(?s) id="results">.*?<li.*?href="([^"]+)"`)

func TestWhatPeopleTypeIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for typed, want := range map[string]string{
		"pagination": "/docs/flow#accounts", "swagger": "/reference", "postman": "/reference", "postman collection": "/reference", "sdk": "/reference",
		"otp": "/docs/environments#customers", "test user password": "/docs/environments#customers", "crlf": "/docs/signing#mistakes",
		"trailing newline": "/docs/signing#mistakes", "how to sign a request": "/docs/signing", "webhook": "/docs#not", "keystore": "/docs/connection#key",
		"windows": "/docs/connection#key", "unable to get local issuer certificate": "/docs/connection#trust", "PKIX path building failed": "/docs/connection#trust",
		"curl: (58) unable to set private key file": "/docs/connection#key", "go to production": "/docs/live", "private key": "/docs/start#certificates",
		"421": "/docs/connection#name", "cors": "/docs/connection#proxy", "delete account": "/docs/contact#portal",
	} {
		html := w.page("/search?q=" + url.QueryEscape(typed))
		got := firstFound.FindStringSubmatch(html)
		if got == nil || got[1] != want {
			t.Errorf("%q finds %v first, want %s", typed, got, want)
		}
	}
}
