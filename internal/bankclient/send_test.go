package bankclient_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/bankclient"
	"fairway/internal/fault"
	"fairway/internal/httpsig"
)

func TestACallIsSignedAndShownWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	b := newBank(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-ID", r.Header.Get("X-Request-Id"))
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"consentId":"1"}`))
	})
	r := list()
	r.Method, r.Path, r.Body = http.MethodPost, "/consent/v1/consents", "{\n  \"access\": {}\n}"
	r.Headers = []bankclient.Param{{Name: "psu-ip-address", Value: " 192.0.2.10 "}, {Name: "PSU-ID", Value: "1345611"}, {Name: "Consent-ID", Value: ""}}
	r.Query = []bankclient.Param{{Name: "b", Value: "2"}, {Name: "a", Value: "1 &"}, {Name: "c", Value: ""}}

	e, err := b.client.Send(t.Context(), identity(), r)

	if err != nil {
		t.Fatal(err)
	}
	got := b.only()
	if _, err := httpsig.CheckDigest(got.header, []byte(got.body)); err != nil || got.body != r.Body {
		t.Errorf("digest: %v", err)
	}
	result, err := httpsig.NewVerifier(keys()[1].cert).Verify(got.header)
	if err != nil || result.SigningString != e.SigningString || len(result.Notes) > 0 {
		t.Errorf("signature: %v, %q and %q", err, result.SigningString, e.SigningString)
	}
	if got.peer == nil || !got.peer.Equal(keys()[0].cert) {
		t.Error("the QWAC was not presented")
	}
	if got.path != "/sandbox/rocker/consent/v1/consents" || got.query != "b=2&a=1+%26" || got.method != http.MethodPost {
		t.Errorf("%s %s?%s", got.method, got.path, got.query)
	}
	for name, want := range map[string]string{"Authorization": "Bearer " + bearer.Reveal(), "X-Api-Key": apiKey.Reveal(), "Psu-Ip-Address": "192.0.2.10",
		"Psu-Id": "1345611", "Content-Type": "application/json", "Accept": "application/json", "Consent-Id": "", "Accept-Encoding": ""} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	if !e.OK(http.StatusCreated) || e.RequestID != got.header.Get("X-Request-Id") || e.AnswerBody != `{"consentId":"1"}` || e.Target != "/sandbox/rocker/consent/v1/consents?b=2&a=1+%26" {
		t.Errorf("%+v", e)
	}
	checkShown(t, e)
	by := map[string]string{}
	for _, h := range e.Headers {
		by[h.Name] = h.By
	}
	if by["PSU-ID"] != bankclient.ByYou || by["Signature"] != bankclient.ByPlayground || by["Host"] != bankclient.ByConnection {
		t.Errorf("%v", by)
	}
}

// checkShown makes sure that an exchange, as it is stored and drawn, holds no secret.
func checkShown(t *testing.T, e bankclient.Exchange) {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{bearer.Reveal(), apiKey.Reveal(), clientSecret.Reveal()} {
		if strings.Contains(string(text), s) {
			t.Errorf("%s… is shown", s[:7])
		}
	}
	if printed := fmt.Sprintf("%v %+v %#v", identity(), identity(), identity()); strings.Contains(printed, "fwy") || strings.Contains(printed, clientSecret.Reveal()) {
		t.Errorf("an identity prints as %s", printed)
	}
}

func TestAChosenRequestIDIsSentAndSigned(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	r := list()
	r.Headers = []bankclient.Param{{Name: "X-Request-ID", Value: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}}

	e, err := b.client.Send(t.Context(), identity(), r)

	if err != nil || e.RequestID != "99391c7e-ad88-49ec-a2ad-99ddcb1f7756" || !strings.Contains(e.SigningString, "x-request-id: 99391c7e-ad88-49ec-a2ad-99ddcb1f7756") {
		t.Errorf("%v %+v", err, e)
	}
}

func TestAnUnsignedCallCarriesNoneOfTheThreeHeaders(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	r := list()
	r.Unsigned = true

	e, err := b.client.Send(t.Context(), identity(), r)

	h := b.only().header
	if err != nil || h.Get("Digest")+h.Get("Signature")+h.Get("Tpp-Signature-Certificate")+e.SigningString+e.Digest != "" {
		t.Errorf("%v %v", err, h)
	}
}

func TestARefusalIsReadFromEitherForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bankclient.Refusal{
		`{"tppMessages":[{"category":"ERROR","code":"TOKEN_EXPIRED","path":"Authorization","text":"It ended."}]}`: {Code: "TOKEN_EXPIRED", Path: "Authorization", Text: "It ended."},
		`{"error":"invalid_grant","error_description":"The code was used."}`:                                      {Code: "invalid_grant", Text: "The code was used."},
		`<html>`: {}, `{}`: {}, `{"tppMessages":"x"}`: {}, `[]`: {}, ``: {},
	} {
		b := newBank(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", `<https://portal.example/docs/errors/X?rid=dysus4e2uhsy>; rel="help"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(body))
		})

		e, err := b.client.Send(t.Context(), identity(), list())

		got, ok := e.Refusal()
		if err != nil || got != want || ok != (want.Code != "") || e.CallID != "dysus4e2uhsy" {
			t.Errorf("%s: %+v %v %v, call %q", body, got, ok, err, e.CallID)
		}
	}
}

func TestALinkElsewhereNamesNoCall(t *testing.T) {
	t.Parallel()
	for _, link := range []string{`<https://x.example/?rid=../../admin>; rel="help"`, `<https://x.example/?rid=abcdefghijklmnop>; rel="help"`, `<?rid=abc>; rel="next"`, ``} {
		b := newBank(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Link", link) })

		e, err := b.client.Send(t.Context(), identity(), list())

		if err != nil || e.CallID != "" {
			t.Errorf("%s: %q %v", link, e.CallID, err)
		}
	}
}

// hang keeps a request waiting until its client is gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// wrong is a bank that does something wrong, and what becomes of it.
type wrong struct {
	answer http.HandlerFunc
	code   string
	status int
}

// wrongBanks are banks as no bank should be (security T38).
func wrongBanks() map[string]wrong {
	big := strings.Repeat("0123456789abcdef", 1<<17) // 2 MiB
	return map[string]wrong{
		"never answers": {hang, "no_answer", 0},
		"never ends its body": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		}, "no_answer", 200},
		"drips its body": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(" ")); err != nil || http.NewResponseController(w).Flush() != nil {
					return
				}
				<-time.After(time.Millisecond)
			}
		}, "no_answer", 200},
		"answers 2 MiB": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(big)) }, "", 200},
		"never stops sending": {func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write([]byte(big)); err != nil {
					return
				}
			}
		}, "", 200},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, "broken_off", 200},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "broken_off", 0},
		"sends headers of 100 kB": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", 100<<10))
		}, "broken_off", 0},
		"floods with 103": {func(w http.ResponseWriter, _ *http.Request) {
			for range 10_000 {
				w.Header().Set("Link", strings.Repeat("x", 100))
				w.WriteHeader(http.StatusEarlyHints)
			}
		}, "broken_off", 0},
		"speaks no HTTP": {raw("220 mail.example ESMTP\r\n"), "broken_off", 0},
		"splits headers": {raw("HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n"), "broken_off", 0},
	}
}

func TestWhatABankDoesWrongBecomesAFailureOrAShortAnswer(t *testing.T) {
	t.Parallel()
	for what, test := range wrongBanks() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			timeout := 10 * time.Second
			if test.code == "no_answer" {
				timeout = 300 * time.Millisecond
			}
			b := newBankWithin(t, timeout, test.answer)

			e, err := b.client.Send(t.Context(), identity(), list())

			code := ""
			if e.Failure != nil {
				code = e.Failure.Code
			}
			if err != nil || code != test.code || e.Status != test.status || len(e.AnswerBody) > 1<<20 {
				t.Errorf("%v, failure %q, status %d, %d bytes", err, code, e.Status, len(e.AnswerBody))
			}
			if test.code == "" && (!e.Truncated || len(e.AnswerBody) != 1<<20) {
				t.Errorf("%d bytes, cut: %v", len(e.AnswerBody), e.Truncated)
			}
			if _, tokens, err := b.client.Token(t.Context(), identity(), bankclient.Grant{Type: "client_credentials"}); err != nil || tokens.Access != "" {
				t.Errorf("it gave a token: %v", err)
			}
		})
	}
}

// raw answers with these bytes and ends the connection.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(text))
		_ = conn.Close()
	}
}

func TestSecretsThatComeBackAreReduced(t *testing.T) {
	t.Parallel()
	b := newBank(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=secret-session")
		_, _ = w.Write([]byte(`{"seen":"` + r.Header.Get("X-Api-Key") + `"}`))
	})

	e, err := b.client.Send(t.Context(), identity(), list())

	if err != nil || !strings.Contains(e.AnswerBody, "sbx_ak_aaaa…") {
		t.Errorf("%v %s", err, e.AnswerBody)
	}
	checkShown(t, e)
	for _, h := range e.AnswerHeaders {
		if strings.Contains(h.Value, "secret-session") {
			t.Error("a cookie is shown")
		}
	}
}

func TestAnotherServerThanOursIsNotTrusted(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	stranger := bankclient.New(bankclient.Config{API: mustTemplate(t, b.server.URL), TokenURL: b.server.URL + "/auth/token", Clock: testClock()})

	e, err := stranger.Send(t.Context(), identity(), list())

	if err != nil || e.Failure == nil || e.Failure.Code != "server_untrusted" || len(b.seen()) > 0 {
		t.Errorf("%+v %v", e.Failure, err)
	}
}

func TestNobodyThereIsSaidInWords(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	for _, base := range []string{"https://127.0.0.1:1", "https://nobody.invalid"} {
		e, err := b.reachedAt(t, base, 5*time.Second).Send(t.Context(), identity(), list())

		if err != nil || e.Failure == nil || e.Failure.Code != "unreachable" {
			t.Errorf("%s: %+v %v", base, e.Failure, err)
		}
	}
}

func TestPlainHTTPIsNotSpoken(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)

	_, err := b.reachedAt(t, strings.Replace(b.server.URL, "https", "http", 1), 0).Send(t.Context(), identity(), list())

	if err == nil || fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
