package bankclient_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fairway/internal/address"
	"fairway/internal/bankclient"
	"fairway/internal/clock"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func mustTemplate(t *testing.T, base string) address.Template {
	t.Helper()
	template, err := address.Parse(base + "/{environment}/{brand}")
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func testClock() clock.Clock { return testkit.Clock() }

const (
	access  = secret.Text("sbx_at_1234abcdefghijklmnopqrstuvwxyz")
	refresh = secret.Text("sbx_rt_5678abcdefghijklmnopqrstuvwxyz")
)

func tokenAnswer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"access_token":"`+access.Reveal()+`","token_type":"bearer","expires_in":600,"refresh_token" : "`+refresh.Reveal()+`","scope":"AIS:1"}`)
}

func TestAGrantIsSentAsTheStandardSaysAndShownInPart(t *testing.T) {
	t.Parallel()
	const code, verifier = secret.Text("sbx_ac_code+/=&code-1234567890"), secret.Text("verifier-verifier-verifier-verifier-verifier")
	for name, test := range map[string]struct {
		grant bankclient.Grant
		want  url.Values
	}{
		"client credentials": {bankclient.Grant{Type: "client_credentials"}, url.Values{"grant_type": {"client_credentials"}}},
		"code": {bankclient.Grant{Type: "authorization_code", Code: code, RedirectURI: "http://localhost/callback?x=1", Verifier: verifier},
			url.Values{"grant_type": {"authorization_code"}, "code": {code.Reveal()}, "redirect_uri": {"http://localhost/callback?x=1"}, "code_verifier": {verifier.Reveal()}}},
		"refresh": {bankclient.Grant{Type: "refresh_token", Refresh: refresh}, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}}},
	} {
		b := newBank(t, tokenAnswer)

		e, tokens, err := b.client.Token(t.Context(), identity(), test.grant)

		got := b.only()
		form, parseErr := url.ParseQuery(got.body)
		r := http.Request{Header: got.header}
		id, password, _ := r.BasicAuth()
		if err != nil || parseErr != nil || form.Encode() != test.want.Encode() || got.path != "/auth/token" || id != "fwy_test" || password != clientSecret.Reveal() || got.peer == nil {
			t.Errorf("%s: %v, %s %s", name, err, got.path, got.body)
		}
		if tokens.Access != access || tokens.Refresh != refresh || !tokens.ExpiresAt.Equal(testkit.Start.Add(10*time.Minute)) || tokens.Scope != "AIS:1" {
			t.Errorf("%s: %+v", name, tokens)
		}
		text, _ := json.Marshal(e)
		for _, s := range []secret.Text{access, refresh, code, verifier, clientSecret} {
			if strings.Contains(string(text), s.Reveal()) || strings.Contains(string(text), url.QueryEscape(s.Reveal())) {
				t.Errorf("%s: %s… is shown in %s", name, s.Reveal()[:7], text)
			}
		}
		if !strings.Contains(e.AnswerBody, `"access_token":"sbx_at_1234…"`) || !strings.Contains(e.AnswerBody, `"expires_in":600`) {
			t.Errorf("%s: shown is %s", name, e.AnswerBody)
		}
	}
}

func TestWhatIsNoTokenAnswerGivesNoToken(t *testing.T) {
	t.Parallel()
	for body, status := range map[string]int{
		`<html><title>Sign in</title></html>`: 200,
		``:                                    200,
		`{}`:                                  200,
		`[]`:                                  200,
		`{"access_token":"abcdefgh"}`:         200,
		`{"access_token":"abcdefgh","token_type":"mac"}`:                             200,
		`{"access_token":"ab\r\nX-Injected: 1","token_type":"Bearer"}`:               200,
		`{"access_token":"ab cd","token_type":"Bearer"}`:                             200,
		`{"access_token":"","token_type":"Bearer"}`:                                  200,
		`{"access_token":7,"token_type":"Bearer"}`:                                   200,
		`{"access_token":"abcdefgh","token_type":"Bearer","refresh_token":" "}`:      200,
		`{"access_token":"` + strings.Repeat("a", 5000) + `","token_type":"Bearer"}`: 200,
		`{"access_token":"abcdefgh","token_type":"Bearer"} trailing`:                 200,
		`{"error":"invalid_client"}`:                                                 401,
		`{"access_token":"abcdefgh","token_type":"Bearer","expires_in":60}`:          201,
	} {
		b := newBank(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})

		e, tokens, err := b.client.Token(t.Context(), identity(), bankclient.Grant{Type: "client_credentials"})

		if err != nil || tokens.Access != "" || tokens.Refresh != "" {
			t.Errorf("%.60s gave a token: %v", body, err)
		}
		if status == 200 && (e.Failure == nil || e.Failure.Code != "token_unreadable") {
			t.Errorf("%.60s: %+v", body, e.Failure)
		}
		if status == 401 && e.Failure != nil {
			t.Errorf("a refusal is no failure of the answer: %+v", e.Failure)
		}
	}
}

func TestATokenLivesNoLongerThanADay(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[string]time.Duration{"60": time.Minute, "0": 5 * time.Minute, "-5": 5 * time.Minute, "999999999999": 24 * time.Hour} {
		b := newBank(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"access_token":"abcdefgh","token_type":"Bearer","expires_in":`+seconds+`}`)
		})

		_, tokens, err := b.client.Token(t.Context(), identity(), bankclient.Grant{Type: "client_credentials"})

		if err != nil || tokens.ExpiresAt.Sub(testkit.Start) != want {
			t.Errorf("%s: %v %v", seconds, tokens.ExpiresAt, err)
		}
	}
}
