package gateway

import (
	"net/http"
	"strings"
	"testing"

	"fairway/internal/rawrequest"
)

// What somebody pastes into the debugger is known by nobody to be a secret but by its name and its look, as what the log meets.
func TestWhatTheLogMasksAPasteDrops(t *testing.T) {
	t.Parallel()
	const value = "hush-0123456789-hush-0123456789"
	masked := 0
	for _, word := range []string{
		"Authorization", "Auth", "Cookie", "Cookie2", "Token", "Secret", "Password", "Passwd", "Passphrase", "Apikey", "Api-Key", "Api_key", "Assertion", "Credential", "Verifier",
		"Signature", "Digest", "Consent-Id", "Psu-Id", "Session", "Accept", "Tpp-Explicit-Authorisation-Preferred",
	} {
		for _, name := range []string{word, "X-" + word, "Client" + word, word + "s", strings.ToLower(word), strings.ToUpper(word), "Old-" + strings.ToLower(word) + "-Value"} {
			name = http.CanonicalHeaderKey(name)
			kept := redact(name, value, "")

			r, err := rawrequest.Parse([]byte("GET /x HTTP/1.1\n" + name + ": " + value + "\nDigest: SHA-256=x\n\n"))
			if err != nil {
				t.Fatal(err)
			}

			if hidden := !strings.Contains(kept, "0123456789-hush"); hidden == strings.Contains(r.Text(), "hush") {
				t.Errorf("%s: the log keeps %q, the paste %q", name, kept, r.Text())
			} else if hidden {
				masked++
			}
		}
	}
	if masked < 80 {
		t.Errorf("only %d names were masked", masked)
	}
}

func TestASecretOfOursIsInNeitherWhereverItStands(t *testing.T) {
	t.Parallel()
	const key = "live_ak_hushhushhushhushhushhushhush"
	for _, text := range []string{
		"GET /x?a=" + key + " HTTP/1.1\nDigest: x\n\n", "GET /x HTTP/1.1\nX-Note: a " + key + "b\n\n", "POST /x HTTP/1.1\nDigest: x\n\n{\"a\":\"" + key + "\"}", "POST /x HTTP/1.1\nDigest: x\n\na=" + key[:20],
	} {
		r, err := rawrequest.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}

		if logged, _ := kept(text); strings.Contains(logged, "hushhush") || strings.Contains(r.Text(), "hushhush") {
			t.Errorf("the log keeps %q, the paste %q", logged, r.Text())
		}
	}
}
