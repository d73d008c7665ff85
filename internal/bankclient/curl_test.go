package bankclient_test

import (
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/bankclient"
	"fairway/internal/httpsig"
)

// archive writes the files that a set unpacks to.
func archive(t *testing.T, b *bank) string {
	t.Helper()
	dir := t.TempDir()
	qwac, seal := keys()[0], keys()[1]
	for name, text := range map[string][]byte{
		"ca.pem": inPEM("CERTIFICATE", b.server.Certificate().Raw), "qwac.pem": inPEM("CERTIFICATE", qwac.cert.Raw), "qseal.pem": inPEM("CERTIFICATE", seal.cert.Raw),
		"qwac.key": keyPEM(t, qwac), "qseal.key": keyPEM(t, seal),
		"env.sh": []byte("FAIRWAY_CLIENT_ID='fwy_test'\nFAIRWAY_CLIENT_SECRET='" + clientSecret.Reveal() + "'\nFAIRWAY_API_KEY='" + apiKey.Reveal() + "'\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func keyPEM(t *testing.T, p pair) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("PRIVATE KEY", der)
}

// play runs a script as somebody would who pasted it, in the archive's folder.
func play(t *testing.T, shell, dir, script string, variables ...string) string {
	t.Helper()
	for _, tool := range []string{shell, "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	run := exec.CommandContext(t.Context(), shell)
	run.Dir, run.Stdin = dir, strings.NewReader(script)
	run.Env = append(append(os.Environ(), "no_proxy=*"), variables...)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	return string(out)
}

func TestTheScriptMakesTheSameCall(t *testing.T) {
	t.Parallel()
	awkward := list()
	awkward.Method, awkward.Path, awkward.ClientToken = http.MethodPost, "/consent/v1/consents", true
	awkward.Body = "{\n  \"it's\": \"$HOME `id` \\\\ \\\"x\\\" %s\"\n}"
	awkward.Headers = []bankclient.Param{{Name: "PSU-ID", Value: "o'clock $HOME `id` \\ \"x\" %s"}, {Name: "PSU-IP-Address", Value: "192.0.2.10"}}
	awkward.Query = []bankclient.Param{{Name: "q", Value: "a'b&c $HOME"}}
	plain := list()
	plain.Headers = []bankclient.Param{{Name: "Consent-ID", Value: "1"}}
	gone := list()
	gone.Method, gone.Path = http.MethodDelete, "/consent/v1/consents/1"
	for name, r := range map[string]bankclient.Request{"awkward": awkward, "plain": plain, "delete": gone} {
		for _, shell := range []string{"dash", "bash"} {
			t.Run(name+" in "+shell, func(t *testing.T) {
				t.Parallel()
				b := newBank(t, func(w http.ResponseWriter, req *http.Request) {
					if req.URL.Path == "/auth/token" {
						_, _ = io.WriteString(w, `{"access_token":"`+bearer.Reveal()+`","token_type":"Bearer"}`)
					}
				})
				e, err := b.client.Send(t.Context(), identity(), r)
				if err != nil {
					t.Fatal(err)
				}

				play(t, shell, archive(t, b), e.Curl, "ACCESS_TOKEN="+bearer.Reveal())

				calls := b.seen()
				first, last := calls[0], calls[len(calls)-1]
				if last.method != first.method || last.path != first.path || last.query != first.query || last.body != first.body || last.peer == nil {
					t.Errorf("%s %s?%s %q, want %s %s?%s %q", last.method, last.path, last.query, last.body, first.method, first.path, first.query, first.body)
				}
				for _, h := range []string{"Authorization", "X-Api-Key", "Psu-Id", "Psu-Ip-Address", "Consent-Id", "Content-Type", "Accept", "Digest", "Tpp-Signature-Certificate"} {
					if last.header.Get(h) != first.header.Get(h) {
						t.Errorf("%s is %q, want %q", h, last.header.Get(h), first.header.Get(h))
					}
				}
				if _, err := httpsig.NewVerifier(keys()[1].cert).Verify(last.header); err != nil {
					t.Error(err)
				}
				if strings.Contains(e.Curl, bearer.Reveal()) || strings.Contains(e.Curl, apiKey.Reveal()) {
					t.Error("the script holds a secret")
				}
			})
		}
	}
}

func TestTheScriptOfAGrantAsksForATokenTheSameWay(t *testing.T) {
	t.Parallel()
	b := newBank(t, tokenAnswer)
	for _, g := range []bankclient.Grant{{Type: "client_credentials"}, {Type: "authorization_code", Code: "the+code", RedirectURI: "http://localhost/callback", Verifier: "the-verifier"},
		{Type: "refresh_token", Refresh: refresh}} {
		before := len(b.seen())
		e, _, err := b.client.Token(t.Context(), identity(), g)
		if err != nil {
			t.Fatal(err)
		}

		play(t, "sh", archive(t, b), e.Curl, "CODE=the+code", "CODE_VERIFIER=the-verifier", "REFRESH_TOKEN="+refresh.Reveal())

		calls := b.seen()[before:]
		if len(calls) != 2 || calls[0].body != calls[1].body || calls[0].header.Get("Authorization") != calls[1].header.Get("Authorization") || calls[1].peer == nil {
			t.Errorf("%s: %+v", g.Type, calls)
		}
	}
}

func TestAPublicServerNeedsNoRootOfOurs(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)

	e, err := b.client.Send(t.Context(), identity(), list())

	if err != nil || !strings.Contains(e.Curl, "--cacert ca.pem") {
		t.Errorf("a server of our own: %v\n%s", err, e.Curl)
	}
}
