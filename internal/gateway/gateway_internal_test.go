package gateway

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
)

func TestAUUIDIsKnownByItsForm(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"99391c7e-ad88-49ec-a2ad-99ddcb1f7756": true, "99391C7E-AD88-79EC-A2AD-99DDCB1F7756": true, "00000000-0000-0000-0000-000000000000": true,
		"": false, "12345": false, "99391c7ead8849eca2ad99ddcb1f7756": false, "99391c7e-ad88-49ec-a2ad-99ddcb1f775g": false,
		"99391c7e-ad88-49ec-a2ad-99ddcb1f7756 ": false, "{99391c7e-ad88-49ec-a2ad-99ddcb1f775}": false, "99391c7e-ad88-49ec-a2ad-99ddcb1f77é": false,
	} {
		if isUUID(value) != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
}

func TestJSONIsAcceptedWhereItIsNotRuledOut(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": true, "*/*": true, "application/json": true, "application/*;q=0.1": true, "text/html, application/json;q=0.9": true, "APPLICATION/JSON": true,
		"text/html": false, "application/xml": false, "application/json;q=0": false, "application/json; q=0, text/plain": false,
	} {
		if acceptsJSON(accept) != want {
			t.Errorf("%q: %v", accept, !want)
		}
	}
}

func TestTheLogKeepsNoSecret(t *testing.T) {
	t.Parallel()
	key := "sbx_ak_" + strings.Repeat("K", 43)
	token := "sbx_at_" + strings.Repeat("T", 43)
	pem := "-----BEGIN PRIVATE KEY----- MIIEvQ"
	der := base64.StdEncoding.EncodeToString([]byte("\x30\x82 not a certificate but perhaps a key"))
	h := http.Header{
		"Authorization": {"Bearer " + token, "Basic Zm9vOmJhcg=="}, "X-Api-Key": {key}, "Cookie": {"fairway=secretsecretsecretsecret"},
		"Api-Key": {"key-of-another-form-0123456789"}, "X-Auth-Token": {token}, "X-Whatever": {"token=" + token + "; key=" + key}, "X-Request-Cut": {token[:30]},
		"Tpp-Signature-Certificate": {der, pem}, "X-Request-Id": {"99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}, "Long": {strings.Repeat("x", 9000)},
	}

	var all strings.Builder
	for _, line := range redacted(h, "") {
		all.WriteString(line[0] + ": " + line[1] + "\n")
	}

	text := all.String()
	for _, secret := range []string{strings.Repeat("K", 20), strings.Repeat("T", 20), "Zm9vOmJhcg", "secretsecret", "MIIEvQ", der[:20], "another-form", strings.Repeat("T", 9)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, text)
		}
	}
	for _, kept := range []string{"sbx_ak_", "Bearer sbx_at_", "X-Request-ID: 99391c7e", "must now count as exposed"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is missing:\n%s", kept, text)
		}
	}
	if len(text) > 4000 {
		t.Errorf("%d bytes were kept", len(text))
	}
}

func TestALoggedPathIsOneLineWithoutSecrets(t *testing.T) {
	t.Parallel()
	token := "sbx_at_" + strings.Repeat("T", 43)
	for target, want := range map[string]string{
		"/card-account/v1/card-accounts?bookingStatus=both": "/card-account/v1/card-accounts?bookingStatus=both",
		"/card-account/v1/card-accounts/%00%0a%1b%5b31m":    "/card-account/v1/card-accounts/%00%0A%1B%5B31m",
		"/%ff%c3%a4":                             "/%FF%C3%A4",
		"/token?client_secret=" + token + "&x=1": "/token?client_secret=sbx_at_TTTT…&x=1",
		"/" + token:                              "/sbx_at_TTTT…",
		"/card-account/v1/card-accounts/5243780000008693":           "/card-account/v1/card-accounts/524378******8693",
		"/" + strings.Repeat("a", 600):                              "/" + strings.Repeat("a", maxHeaderText-1) + "…",
		"/" + strings.Repeat("a", maxHeaderText-20) + "?t=" + token: "/" + strings.Repeat("a", maxHeaderText-20) + "?t=sbx_at_TTTT…",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := loggedPath(r); got != want {
			t.Errorf("%s: %q", target, got)
		}
	}
}

func TestFullCardNumbersAreMasked(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"pan":"5243780000008693"}`:                                                 `{"pan":"524378******8693"}`,
		`{"maskedPan":"5243 78** **** 8693"}`:                                        `{"maskedPan":"5243 78** **** 8693"}`,
		`{"amount":"123456789012"}`:                                                  `{"amount":"123456789012"}`,
		`{"pan":"5243 7800 0000 8693"}`:                                              `{"pan":"5243 78** **** 8693"}`,
		`{"pan":"5243-7800-0000-8693"}`:                                              `{"pan":"5243-78**-****-8693"}`,
		`{"pan":"3782 822463 10005"}`:                                                `{"pan":"3782 82**** *0005"}`,
		`{"pan":"5243 7800 0000 8693 001"}`:                                          `{"pan":"5243 78** **** 8693 001"}`,
		`{"phone":"+358-9-0000478"}`:                                                 `{"phone":"+358-9-0000478"}`,
		`{"id":"12345678-1234-4234-8234-123456789012","on":"2026-11-21 2026-11-22"}`: `{"id":"12345678-1234-4234-8234-123456789012","on":"2026-11-21 2026-11-22"}`,
		`{"note":"card:\n5243780000008693","_":"pan_5243780000008693_"}`:             `{"note":"card:\n524378******8693","_":"pan_524378******8693_"}`,
		`{"sum":"ab5243780000008693","n":"52437800000086935243"}`:                    `{"sum":"ab5243780000008693","n":"52437800000086935243"}`,
		"not utf-8 \xff and 5243780000008693":                                        "not utf-8 \ufffd and 524378******8693",
	} {
		if got, _ := kept(body); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	text, cut := kept(strings.Repeat("a", calls.MaxBody+1))
	if len(text) != calls.MaxBody || !cut {
		t.Errorf("%d bytes, cut %v", len(text), cut)
	}
}

func TestOnlyOneSearchASecondAndApp(t *testing.T) {
	t.Parallel()
	b := newSearchBudget()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

	first, second, other, later := b.take("a", now), b.take("a", now.Add(999*time.Millisecond)), b.take("b", now), b.take("a", now.Add(time.Second))

	if !first || second || !other || !later {
		t.Errorf("%v %v %v %v", first, second, other, later)
	}
}

func TestARepeatedRequestIDIsNoticedForAWhileAndMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s := newSeenRequests()
	if s.add("a", "1") || !s.add("a", "1") || s.add("b", "1") {
		t.Error("repeat not told apart")
	}

	for i := range 3 * seenGeneration {
		s.add("a", string(rune(i))+"x")
	}

	if len(s.now)+len(s.past) > 2*seenGeneration {
		t.Errorf("%d remembered", len(s.now)+len(s.past))
	}
}

func TestARequestIDThatCouldForgeAHeaderIsNotEchoed(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"12345": "12345", "a\r\nb": "", "ä": "", strings.Repeat("x", 129): "", "": ""} {
		if got := echoable(id); got != want {
			t.Errorf("%q: %q", id, got)
		}
	}
}
