package demobank_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fairway/internal/demobank"
)

func TestWhatThePortalVouchesForIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, text := range map[string]string{
		list:                                          `"href":"/live/rocker/card-account/v1/card-accounts/` + first + `/balances"`,
		list + "/" + first:                            `"maskedPan":"4571 91** **** 2204"`,
		list + "/" + first + "/balances":              `"-312.40"`,
		list + "/" + first + "/transactions":          `"Satama Ferries"`,
		list + "?withBalance=true":                    `"cardAccounts"`,
		list + "/" + first + "/transactions?a=%C3%A4": `"booked"`,
	} {
		a := w.read("GET", path, w.sign(w.call(path, path), typeCall))

		if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), text) || strings.Contains(a.Body.String(), "7718") || a.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, a.Code, a.Body)
		}
	}
}

func TestWhatThePortalDoesNotVouchForIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.call(list, "good")
	now := w.clock.Now()
	public, err := x509.MarshalPKIXPublicKey(w.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(w.shown.Keys[0])
	if err != nil {
		t.Fatal(err)
	}
	point, err := w.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	head := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	parts := strings.Split(w.sign(good, typeCall), ".")
	hmac := func(key []byte) string {
		return w.signWith(good, typeCall, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: key, KeyID: "key_1"}})
	}
	other := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: newKey(t), KeyID: "key_1"}}
	for name, assertion := range map[string]string{
		"nothing":                        "",
		"no JWS":                         "a.b.c",
		"another path":                   w.sign(good.with(message{"htu": base + list + "/" + first}), typeCall),
		"another query":                  w.sign(good.with(message{"htu": base + list + "?a=b"}), typeCall),
		"another host":                   w.sign(good.with(message{"htu": "https://bank.example.evil" + list}), typeCall),
		"another method":                 w.sign(good.with(message{"htm": "POST"}), typeCall),
		"another bank":                   w.sign(good.with(message{"aud": "https://other.example"}), typeCall),
		"a list of banks":                w.sign(good.with(message{"aud": []string{base}}), typeCall),
		"another portal":                 w.sign(good.with(message{"iss": "https://other.example"}), typeCall),
		"no portal":                      w.sign(good.with(message{"iss": nil}), typeCall),
		"over":                           w.sign(good.with(message{"exp": now.Add(-30 * time.Second).Unix()}), typeCall),
		"without an end":                 w.sign(good.with(message{"exp": nil}), typeCall),
		"from the future":                w.sign(good.with(message{"iat": now.Add(31 * time.Second).Unix()}), typeCall),
		"without an id":                  w.sign(good.with(message{"jti": ""}), typeCall),
		"signed by another":              w.signWith(good, typeCall, other),
		"of the other type":              w.sign(good, "fairway-authorisation+jwt"),
		"of the general type":            w.sign(good, "JWT"),
		"not signed":                     head(`{"alg":"none","typ":"`+typeCall+`","kid":"key_1"}`) + "." + parts[1] + ".",
		"not signed, with its signature": head(`{"alg":"none","typ":"`+typeCall+`","kid":"key_1"}`) + "." + parts[1] + "." + parts[2],
		"HMAC by the key in DER":         hmac(public),
		"HMAC by the key as a point":     hmac(point),
		"HMAC by the key as it is shown": hmac(jwk),
		"changed":                        parts[0] + "." + head(strings.Replace(string(mustJSON(t, good)), first, first[:35]+"2", 1)) + "." + parts[2],
		"without its signature":          parts[0] + "." + parts[1] + ".",
		"of an unknown key":              w.signWith(good, typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: w.key, KeyID: "key_9"}}),
		"of no key":                      w.signWith(good, typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: w.key}),
	} {
		if a := w.read("GET", list, assertion); a.Code != http.StatusUnauthorized || !strings.Contains(a.Body.String(), `"CERTIFICATE_INVALID"`) || strings.Contains(a.Body.String(), "cardAccounts") {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
	if a := w.read("GET", list, strings.Join(parts, ".")); a.Code != http.StatusOK {
		t.Errorf("the good one: %d %s", a.Code, a.Body)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnAssertionIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assertion := w.sign(w.call(list, "once"), typeCall)
	var wg sync.WaitGroup
	statuses := make([]int, 12)
	for n := range statuses {
		wg.Go(func() { statuses[n] = w.read("GET", list, assertion).Code })
	}
	wg.Wait()

	good := slices.DeleteFunc(slices.Clone(statuses), func(s int) bool { return s != http.StatusOK })
	if len(good) != 1 {
		t.Errorf("%v", statuses)
	}
	w.clock.Advance(time.Minute + 29*time.Second)
	if a := w.read("GET", list, assertion); a.Code != http.StatusUnauthorized {
		t.Errorf("in its last second: %d", a.Code)
	}
}

func TestAnUnknownKeyAsksThePortalOnceASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, down := range map[string]bool{"the portal answers": false, "the portal fails": true} {
		w.down.Store(down)
		w.clock.Advance(2 * time.Second)
		before := w.asked.Load()

		for n := range 20 {
			w.read("GET", list, w.signWith(w.call(list, fmt.Sprint(n)), typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: w.key, KeyID: "key_9"}}))
		}
		at := w.asked.Load()
		w.clock.Advance(time.Second + time.Microsecond)
		w.read("GET", list, w.signWith(w.call(list, "later"), typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: w.key, KeyID: "key_9"}}))

		if at != before+1 || w.asked.Load() != before+2 {
			t.Errorf("%s: asked %d times, then %d", name, at-before, w.asked.Load()-before)
		}
	}
}

func TestKnownKeysOutliveAPortalThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.read("GET", list, w.sign(w.call(list, "before"), typeCall))
	w.down.Store(true)
	w.clock.Advance(6 * time.Minute)

	after := w.read("GET", list, w.sign(w.call(list, "after"), typeCall))

	if before.Code != http.StatusOK || after.Code != http.StatusOK || w.asked.Load() != 2 {
		t.Errorf("%d, then %d, asked %d times", before.Code, after.Code, w.asked.Load())
	}
}

func TestANewKeyOfThePortalIsFoundAndAnOldOneForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	former, next := w.key, newKey(t)
	w.read("GET", list, w.sign(w.call(list, "before"), typeCall))
	w.mu.Lock()
	w.shown.Keys = []jose.JSONWebKey{{Key: next.Public(), KeyID: "key_2", Algorithm: "ES256", Use: "sig"}}
	w.mu.Unlock()
	w.clock.Advance(2 * time.Second)

	fresh := w.read("GET", list, w.signWith(w.call(list, "fresh"), typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: next, KeyID: "key_2"}}))
	stale := w.read("GET", list, w.signWith(w.call(list, "stale"), typeCall, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: former, KeyID: "key_1"}}))

	if fresh.Code != http.StatusOK || stale.Code != http.StatusUnauthorized {
		t.Errorf("by the new key %d, by the former %d", fresh.Code, stale.Code)
	}
}

func TestOnlyWhatTheConsentOpensIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := list + "/6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b02"
	listed := message{"list_only": true, "accounts": []message{{"resource_id": first, "balances": true, "transactions": true}}}
	bare := message{"accounts": []message{{"resource_id": first}}}
	for name, c := range map[string]struct {
		path   string
		change message
		status int
		lacks  string
	}{
		"a card that was not opened": {other, nil, 404, "7718"},
		"another customer":           {list, message{"psu": "20260018"}, 200, "2204"},
		"another customer's card":    {list + "/" + first, message{"psu": "20260018"}, 404, "2204"},
		"balances without the right": {list + "/" + first + "/balances", message{"consent": bare}, 404, "312"},
		"bookings without the right": {list + "/" + first + "/transactions", message{"consent": bare}, 404, "Satama"},
		"links without the right":    {list, message{"consent": bare}, 200, "/balances"},
		"links of a list":            {list, message{"consent": listed}, 200, "/balances"},
		"no account":                 {list, message{"consent": message{}}, 200, "2204"},
	} {
		a := w.read("GET", c.path, w.sign(w.call(c.path, name).with(c.change), typeCall))

		if a.Code != c.status || strings.Contains(a.Body.String(), c.lacks) || c.status == 404 && !strings.Contains(a.Body.String(), "tppMessages") {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}

// visit is a request that a customer brings.
func (w *world) visit(change message) string {
	w.t.Helper()
	now := w.clock.Now()
	m := message{"iss": w.issuer, "aud": base + "/authorise", "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(), "jti": "visit", "decide_at": w.issuer + "/live/rocker/authorisations/visit",
		"tpp":     message{"name": "Revontuli Oy", "identifier": "PSDFI-FINFSA-1"},
		"consent": message{"id": "c", "access": message{"allPsd2": "allAccounts"}, "valid_until": "2027-01-31", "frequency_per_day": 4, "recurring": true}}
	return w.sign(m.with(change), "fairway-authorisation+jwt")
}

func (w *world) page(request string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.serve(httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, "/authorise?"+url.Values{"request": {request}}.Encode(), nil))
}

func TestTheCustomersPageEscapesWhatATPPIsCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, hostile := range []string{`<script>alert(1)</script>`, `"><svg onload=alert(1)>`, `</strong><form action=https://evil.example>`, `' autofocus onfocus='x`, "a\u202eb<img src=x>", "{{.Request}}<b>"} {
		a := w.page(w.visit(message{"tpp": message{"name": hostile, "identifier": hostile}, "consent": message{"valid_until": hostile}}))

		body := a.Body.String()
		if a.Code != http.StatusOK || strings.Contains(body, hostile) || strings.Count(body, "<form") != 1 || regexp.MustCompile(`<(script|svg|img|b)[ >]`).MatchString(body) {
			t.Errorf("%q: %d %s", hostile, a.Code, body)
		}
		h := a.Header()
		if h.Get("Content-Security-Policy") != "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'" || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%v", h)
		}
	}
}

func TestACustomerIsAskedByThePortalAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.call(list, "call")
	for name, request := range map[string]string{
		"nothing": "", "a call": w.sign(m, typeCall), "for another page": w.visit(message{"aud": base}), "over": w.visit(message{"exp": w.clock.Now().Add(-time.Minute).Unix()}),
		"of another portal": w.visit(message{"iss": "https://evil.example"}), "not signed": "eyJhbGciOiJub25lIn0.e30.",
	} {
		shown, taken := w.page(request), w.post(url.Values{"request": {request}, "decision": {"approve"}, "account": {first}}.Encode())

		if shown.Code != http.StatusBadRequest || taken.Code != http.StatusBadRequest || strings.Contains(shown.Body.String(), "<form") {
			t.Errorf("%s: %d, then %d", name, shown.Code, taken.Code)
		}
	}
	elsewhere := w.visit(message{"decide_at": w.issuer + ".evil.example/x"})
	if a := w.post(url.Values{"request": {elsewhere}, "decision": {"deny"}}.Encode()); a.Code != http.StatusBadGateway {
		t.Errorf("to be told to somebody else: %d", a.Code)
	}
	if len(w.told) != 0 {
		t.Errorf("the portal was told %v", w.told)
	}
}

func TestWhatACustomerDecidesIsToldToThePortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	named := message{"consent": message{"access": message{"balances": []message{{"maskedPan": "4571 91** **** 7718"}}}}}
	for name, c := range map[string]struct {
		change message
		form   url.Values
		status int
		told   string
	}{
		"approved":         {nil, url.Values{"decision": {"approve"}, "account": {first}}, 303, `"psu":"` + demobank.Customer + `"`},
		"denied":           {nil, url.Values{"decision": {"deny"}, "account": {first}}, 303, `{"decision":"denied"}`},
		"neither":          {nil, url.Values{}, 303, `{"decision":"denied"}`},
		"no card":          {nil, url.Values{"decision": {"approve"}}, 422, ""},
		"a card not asked": {named, url.Values{"decision": {"approve"}, "account": {first}}, 422, ""},
		"an unknown card":  {nil, url.Values{"decision": {"approve"}, "account": {"x"}}, 422, ""},
	} {
		w.told = nil
		c.form.Set("request", w.visit(c.change))

		a := w.post(c.form.Encode())

		if a.Code != c.status || (a.Code == 303) != (a.Header().Get("Location") == "https://portal.example/back") {
			t.Errorf("%s: %d %v", name, a.Code, a.Header())
		}
		if got := strings.Join(w.told, "\n"); (c.told == "") != (got == "") || !strings.Contains(got, c.told) || got != "" && !strings.HasPrefix(got, "/live/rocker/authorisations/visit ") {
			t.Errorf("%s: the portal was told %s", name, got)
		}
	}
	if a := w.post("request=" + strings.Repeat("a", 40<<10)); a.Code != http.StatusBadRequest {
		t.Errorf("a long form: %d", a.Code)
	}
}
