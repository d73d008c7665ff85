package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestARefusalIsMendedFromItsTextAlone takes what to do from the words of five refusals, and nothing else, and does it.
func TestARefusalIsMendedFromItsTextAlone(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)
	for name, c := range map[string]struct {
		wrong func() *call
		says  []string // what was wrong, what is right, what to do
		mend  func(*call, string) *call
	}{
		"letter case": {
			func() *call {
				c := p.read(cardsPath, g)
				c.sign(t)
				return c.set("Signature", c.signatureOver(t, strings.ReplaceAll(c.signingString(), "x-request-id", "X-Request-ID")))
			},
			[]string{"X-Request-ID", "lower case", "x-request-id"},
			func(c *call, _ string) *call { return c.set("Signature", c.signatureOver(t, c.signingString())) },
		},
		"another certificate": {
			func() *call {
				c := p.read(cardsPath, g)
				c.seal = other.seal
				return c.sign(t)
			},
			[]string{"registered", strings.ToUpper(p.seal.cert.SerialNumber.Text(16)), strings.ToUpper(other.seal.cert.SerialNumber.Text(16))},
			func(c *call, _ string) *call {
				c.seal = p.seal
				return c.sign(t)
			},
		},
		"no request id": {
			func() *call { return p.read(cardsPath, g).set("X-Request-ID", "12345").sign(t) },
			[]string{`"12345"`, "UUID such as"},
			func(c *call, text string) *call {
				return c.set("X-Request-ID", regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).FindString(text)).sign(t)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := c.wrong()
			refused := p.send(t, wrong)
			t.Log(refused.text())
			for _, want := range c.says {
				if !strings.Contains(refused.text(), want) {
					t.Errorf("it does not say %q: %s", want, refused)
				}
			}
			if again := p.send(t, c.mend(wrong, refused.text())); again.status != http.StatusOK {
				t.Errorf("mended as it says: %s", again)
			}
		})
	}
}

func TestAnAuthorisationIsMendedFromItsTextAlone(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	right := p.visit(consent)
	for _, c := range []struct{ name, value, says string }{
		{"code_challenge", "", "Send code_challenge=BASE64URL(SHA256(code_verifier)) without = padding and code_challenge_method=S256."},
		{"code_challenge_method", "S265", "code_challenge_method is S265. Only S256 is accepted."},
	} {
		v := p.visit(consent, c.name, c.value)
		sent := p.sv.browser(t).open(v.url)
		p.expectBack(t, sent, v, "invalid_request", c.says)
		t.Log(sent.location())
	}

	if mended := p.sv.browser(t).open(right.url); mended.location() == "" || strings.Contains(mended.location(), "error=") {
		t.Errorf("with the challenge that the text asks for: %s", mended)
	}
}

var howLong = regexp.MustCompile(`Wait (\S+), then continue`)

func TestALimitIsKeptToFromItsTextAlone(t *testing.T) {
	t.Parallel()
	p := town(t, "").newTPP(t)
	g := p.granted(t, allAccounts)
	<-time.After(1100 * time.Millisecond) // the second in which the consent was made

	answers, _ := p.burst(t, 6, func() *call { return p.read(cardsPath, g).sign(t) })

	at := slices.IndexFunc(answers, func(a answer) bool { return a.status == http.StatusTooManyRequests })
	if at < 0 || count(answers, "") != 5 {
		t.Fatalf("of six requests in one second %d pass", count(answers, ""))
	}
	text := answers[at].text()
	t.Log(text)
	found := howLong.FindStringSubmatch(text)
	if found == nil || !strings.Contains(text, "more than 5 requests within one second") {
		t.Fatalf("it does not say which limit was met and how long to wait: %s", text)
	}
	pause, err := time.ParseDuration(found[1])
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(pause)
	if a := p.ask(t, p.read(cardsPath, g)); a.status != http.StatusOK {
		t.Errorf("after %s: %s", pause, a)
	}
}
