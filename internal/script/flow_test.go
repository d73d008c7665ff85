package script_test

import (
	"crypto/sha256"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/script"
)

func sum(text string) []byte {
	s := sha256.Sum256([]byte(text))
	return s[:]
}

// back is where the bank sends the browser after a yes.
func back(t *testing.T, address string, change func(url.Values)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	answer := url.Values{"from": {"bank"}, "code": {code}, "state": {u.Query().Get("state")}, "iss": {issuer}}
	change(answer)
	return "https://app.example/back?" + answer.Encode()
}

func TestTheFlowGoesFromTheFirstTokenToTheAccounts(t *testing.T) {
	t.Parallel()
	for _, shell := range shells(t) {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			var asked url.Values

			out, err := b.typed(shell, b.folder(), script.Flow(b.caller(), today), func(address string) string {
				u, _ := url.Parse(address)
				asked = u.Query()
				return back(t, address, func(url.Values) {})
			})

			if err != nil || !strings.HasSuffix(out, "\n200\n") {
				t.Fatalf("%v\n%s", err, out)
			}
			calls := b.seen()
			if len(calls) != 4 || calls[1].path != "/consent/v1/consents" || calls[3].path != "/card-account/v1/card-accounts" || calls[3].header.Get("Consent-Id") != consentID {
				t.Fatalf("%+v", calls)
			}
			exchange, err := url.ParseQuery(calls[2].body)
			if err != nil || exchange.Get("code") != code || exchange.Get("redirect_uri") != redirect || challengeOf(exchange.Get("code_verifier")) != asked.Get("code_challenge") {
				t.Errorf("%s after %v", calls[2].body, asked)
			}
			if asked.Get("scope") != "AIS:"+consentID || calls[1].header.Get("Psu-Ip-Address") != "198.51.100.7" {
				t.Errorf("%v", asked)
			}
			for _, c := range calls {
				if !c.peer {
					t.Errorf("%s came without the QWAC", c.path)
				}
			}
		})
	}
}

func TestTheFlowTakesTheCodeAlone(t *testing.T) {
	t.Parallel()
	b := newBank(t)

	out, err := b.typed("sh", b.folder(), script.Flow(b.caller(), today), func(string) string { return code })

	if err != nil || !strings.Contains(out, "could not be compared") || !strings.HasSuffix(out, "\n200\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheFlowStopsAtAnAnswerThatIsNotTheBanks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"another state":  {func(v url.Values) { v.Set("state", "x") }, "another state"},
		"another issuer": {func(v url.Values) { v.Set("iss", "https://evil.example/live/rocker") }, "https://evil.example/live/rocker, expected was " + issuer},
		"no code":        {func(v url.Values) { v.Del("code") }, "There is no code"},
		"a refusal": {func(v url.Values) {
			v.Set("error", "access_denied")
			v.Set("error_description", "The customer said no.")
		}, "The bank answered access_denied: The customer said no."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)

			out, err := b.typed("sh", b.folder(), script.Flow(b.caller(), today), func(address string) string { return back(t, address, c.change) })

			if err == nil || !strings.Contains(out, c.says) || len(b.seen()) != 2 {
				t.Errorf("%v, %d calls\n%s", err, len(b.seen()), out)
			}
		})
	}
}
