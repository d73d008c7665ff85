package script_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/script"
)

func TestEveryScriptIsSoundShell(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	texts := map[string]string{"flow": script.Flow(b.caller(), today)}
	for _, r := range requests() {
		texts[r.ID] = r.Script(b.caller(), today)
	}
	if len(texts) != 4+len(catalog.Operations())+1 {
		t.Errorf("%d scripts", len(texts))
	}
	for name, text := range texts {
		for _, shell := range shells(t) {
			check := exec.CommandContext(t.Context(), shell, "-n")
			check.Stdin = strings.NewReader(text)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%s in %s: %v\n%s", name, shell, err, out)
			}
		}
		if strings.Contains(text, secretText) || strings.Contains(text, keyText) || strings.Contains(text, "awk") {
			t.Errorf("%s holds what it must not", name)
		}
	}
}

func TestEachOperationIsCalledAsTheBankAsksFor(t *testing.T) {
	t.Parallel()
	for _, o := range catalog.Operations() {
		for _, shell := range shells(t) {
			t.Run(o.ID+" in "+shell, func(t *testing.T) {
				t.Parallel()
				b := newBank(t)

				b.play(shell, b.folder(), script.Requests([]catalog.API{{ID: o.API, Scope: o.Scope}})[position(t, o)].Script(b.caller(), today), values...)

				calls := b.seen()
				last := calls[len(calls)-1]
				path, err := o.Path(map[string]string{"consentId": consentID, "account-id": accountID})
				if err != nil || last.method != o.Method || last.path != path || !last.peer {
					t.Errorf("%s %s, certificate %v, want %s %s", last.method, last.path, last.peer, o.Method, path)
				}
				bearer := map[bool]string{true: "Bearer live_at_2", false: "Bearer live_at_1"}[o.Token == catalog.UserToken]
				want := map[string]string{"Authorization": bearer, "X-Api-Key": keyText, "Psu-Ip-Address": "198.51.100.7", "Accept": "application/json"}
				if o.NeedsConsent {
					want["Consent-Id"] = consentID
				}
				if o.HasBody {
					want["Content-Type"] = "application/json"
				}
				for name, value := range want {
					if got := last.header.Get(name); got != value {
						t.Errorf("%s is %q, want %q", name, got, value)
					}
				}
				if o.HasBody && last.body != o.Example(today) {
					t.Errorf("the body is %q", last.body)
				}
				if o.Token != catalog.UserToken && (len(calls) != 2 || calls[0].secret != secretText || calls[0].user != "fwy_it's") {
					t.Errorf("the token was asked for with %+v", calls[0])
				}
			})
		}
	}
}

// position is where an operation stands behind the four of the token endpoint.
func position(t *testing.T, o catalog.Operation) int {
	t.Helper()
	for i, r := range script.Requests([]catalog.API{{ID: o.API, Scope: o.Scope}}) {
		if r.ID == o.ID {
			return i
		}
	}
	t.Fatalf("%s has no script", o.ID)
	return 0
}

func TestEachGrantIsAForm(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	dir := b.folder()
	for id, want := range map[string]url.Values{
		"token":    {"grant_type": {"client_credentials"}},
		"exchange": {"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {"the-verifier"}},
		"refresh":  {"grant_type": {"refresh_token"}, "refresh_token": {"live_rt_1"}},
	} {
		before := len(b.seen())

		b.play("sh", dir, named(t, id).Script(b.caller(), today), values...)

		calls := b.seen()[before:]
		if len(calls) != 1 || !calls[0].peer || calls[0].secret != secretText {
			t.Fatalf("%s: %+v", id, calls)
		}
		if form, err := url.ParseQuery(calls[0].body); err != nil || form.Encode() != want.Encode() {
			t.Errorf("%s sends %s", id, calls[0].body)
		}
	}
}

func named(t *testing.T, id string) script.Request {
	t.Helper()
	for _, r := range requests() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("%s is no request", id)
	return script.Request{}
}

func TestTheAuthorisationCarriesPKCE(t *testing.T) {
	t.Parallel()
	b := newBank(t)

	out := b.play("sh", b.folder(), named(t, "authorise").Script(b.caller(), today), values...)

	lines := strings.Split(strings.TrimSpace(out), "\n")
	u, err := url.Parse(lines[len(lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	verifier := strings.TrimPrefix(lines[1], "CODE_VERIFIER=")
	for name, want := range map[string]string{"response_type": "code", "response_mode": "query", "client_id": "fwy_it's", "redirect_uri": redirect, "scope": "AIS:" + consentID,
		"state": strings.TrimPrefix(lines[2], "STATE="), "code_challenge": challengeOf(verifier), "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if len(verifier) != 64 || len(b.seen()) != 0 {
		t.Errorf("verifier %q, %d calls", verifier, len(b.seen()))
	}
}

func TestAnotherSealIsRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	dir := b.folder()
	for name, text := range map[string]string{"an operation": named(t, "card-accounts.list").Script(b.caller(), today), "the flow": script.Flow(b.caller(), today)} {
		out, err := b.command("sh", dir, text, append(values, "QSEAL="+filepath.Join(dir, "qwac.pem"))...).CombinedOutput()

		if err == nil || !strings.Contains(string(out), "is not the seal that is approved for Live") || len(b.seen()) != 0 {
			t.Errorf("%s: %v, %d calls\n%s", name, err, len(b.seen()), out)
		}
	}
}

func TestWhatIsMissingIsAskedForByName(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	for name, without := range map[string]string{"FAIRWAY_API_KEY": "", "CONSENT_ID": "FAIRWAY_API_KEY=" + keyText} {
		dir := b.t.TempDir()
		out, err := b.command("sh", dir, named(t, "card-accounts.list").Script(b.caller(), today), without).CombinedOutput()

		if err == nil || !strings.Contains(string(out), "Set "+name+" to ") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestTheFileOfSecretsIsNamedWhereOneIsMissing(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	text := named(t, "card-accounts.list").Script(b.caller(), today)
	half := t.TempDir()
	if err := os.WriteFile(filepath.Join(half, script.SecretsFile), []byte("FAIRWAY_CLIENT_SECRET="+secretText+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for says, dir := range map[string]string{
		"there is no file ./fairway-live.env here": t.TempDir(),
		"./fairway-live.env does not have it":      half,
	} {
		out, err := b.command("sh", dir, text).CombinedOutput()

		if err == nil || !strings.Contains(string(out), "Set FAIRWAY_API_KEY to the value that was shown once ("+says+"), or make a new one") || strings.Contains(string(out), secretText) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestTheHeadersThatAreExplainedAreThoseThatAreSent(t *testing.T) {
	t.Parallel()
	for _, r := range requests() {
		text := r.Script(script.Caller{}, today)
		for _, h := range r.Headers {
			if h.By == "" || h.Purpose == "" {
				t.Errorf("%s: %s is not explained", r.ID, h.Name)
			}
			sent := strings.Contains(text, `option header "`+h.Name+":") || strings.Contains(text, `option header '`+h.Name+":")
			if h.By != "curl" && h.Name != "Authorization" && !sent {
				t.Errorf("%s: %s is explained and not sent", r.ID, h.Name)
			}
		}
		if n := strings.Count(text, "option header "); r.Headers != nil && n > len(r.Headers) {
			t.Errorf("%s sends %d headers and explains %s", r.ID, n, fmt.Sprint(len(r.Headers)))
		}
	}
}

func challengeOf(verifier string) string {
	return base64.RawURLEncoding.EncodeToString(sum(verifier))
}
