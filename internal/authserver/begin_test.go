package authserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAWrongAddressIsShownBesideTheRegisteredOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for sent, texts := range map[string][]string{
		callback + "/":                                     {"They differ in the last character: what was sent has one character more.", "Add this address under Apps &gt; Redirect URIs"},
		callback[:len(callback)-1]:                         {"They differ in the last character: what was sent has one character less."},
		"http://app.example/callback":                      {"They differ from character 5 on: what was sent has one character less."},
		"https://app.example/Callback":                     {"They differ from character 21 on."},
		"https://\u0430pp.example/callback":                {`https://\u0430pp.example/callback`},
		callback + "\r\nSet-Cookie: a=b":                   {`\r\nSet-Cookie: a=b`},
		`https://x.example/"><script>`:                     {"&#34;&gt;&lt;script&gt;"},
		"javascript:alert(1)":                              {"javascript:alert(1)"},
		"https://x.example/" + strings.Repeat("a", 50_000): {"…"},
	} {
		query := w.query(w.consent())
		query.Set("redirect_uri", sent)

		b := w.browser().get(w.people + bankPath + "/v1/authorizations?" + query.Encode())

		b.on(400, append(texts, "redirect_uri is not registered for this app.", "You were not sent back", "Registered", callback)...)
		if b.answer.Header.Get("Location") != "" || len(b.answer.Cookies()) != 0 || strings.Contains(b.page, "<script>") {
			t.Errorf("%.40q: %v", sent, b.answer.Header)
		}
	}
}

func TestAWrongClientIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, change := range map[string]func(url.Values){
		"none":          func(q url.Values) { q.Del("client_id") },
		"unknown":       func(q url.Values) { q.Set("client_id", "fwy_unknown") },
		"twice":         func(q url.Values) { q.Add("client_id", "fwy_other") },
		"address twice": func(q url.Values) { q.Add("redirect_uri", "https://evil.example") },
		"no address":    func(q url.Values) { q.Del("redirect_uri") },
	} {
		query := w.query(w.consent())
		change(query)

		b := w.browser().get(w.people + bankPath + "/v1/authorizations?" + query.Encode())

		if b.on(400, "This request cannot be taken"); b.answer.Header.Get("Location") != "" {
			t.Errorf("%s leads to %s", name, b.answer.Header.Get("Location"))
		}
	}
}

func TestTheTPPIsToldInTheWordsOfTheStandard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		change     func(url.Values)
		want, says string
	}{
		"S265":           {func(q url.Values) { q.Set("code_challenge_method", "S265") }, "invalid_request", "code_challenge_method is S265. Only S256 is accepted."},
		"no challenge":   {func(q url.Values) { q.Del("code_challenge") }, "invalid_request", "code_challenge is missing. PKCE is required."},
		"implicit":       {func(q url.Values) { q.Set("response_type", "token") }, "unsupported_response_type", "Only code"},
		"fragment":       {func(q url.Values) { q.Set("response_mode", "fragment") }, "invalid_request", "response_mode"},
		"scope twice":    {func(q url.Values) { q.Add("scope", "AIS") }, "invalid_request", "scope was sent more than once"},
		"unknown twice":  {func(q url.Values) { q["foo"] = []string{"1", "2"} }, "invalid_request", "foo was sent more than once"},
		"another scope":  {func(q url.Values) { q.Set("scope", `openid "x\`) }, "invalid_scope", "scope is openid ?x?."},
		"unknown parts":  {func(q url.Values) { q.Set("scope", "AIS:ÄÖ\x00") }, "invalid_scope", "scope is AIS:???"},
		"a foreign bank": {func(q url.Values) { q.Set("scope", "AIS:00000000-0000-4000-8000-000000000000") }, "invalid_scope", "no consent of yours"},
	} {
		query := w.query(w.consent())
		test.change(query)

		answer := w.browser().get(w.people + bankPath + "/v1/authorizations?" + query.Encode()).left()

		if answer.Get("error") != test.want || !strings.Contains(answer.Get("error_description"), test.says) {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestTheAnswerJoinsTheAddressAsItIsRegistered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, uri := range []string{"https://app.example/cb?tenant=7&x=%20y", "https://app.example/", "http://[::1]:9000/cb", "http://localhost:3000/a/b"} {
		org, _ := w.organisation("TPP of " + uri)
		app, _ := w.newApp(org, uri)
		query := w.query(w.consent())
		query.Set("client_id", app.ClientID)
		query.Set("redirect_uri", uri)
		query.Del("code_challenge")

		b := w.browser().get(w.people + bankPath + "/v1/authorizations?" + query.Encode())

		separator := "?"
		if strings.Contains(uri, "?") {
			separator = "&"
		}
		if got := b.answer.Header.Get("Location"); !strings.HasPrefix(got, uri+separator+"error=invalid_request&") {
			t.Errorf("%s: %s", uri, got)
		}
	}
}

func TestAskingForTheHeadersChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query := w.query(w.consent())
	address := w.people + bankPath + "/v1/authorizations?"
	head := func(address string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, address, nil)
		w.must(err)
		answer, err := w.browser().client.Do(request)
		w.must(err)
		_ = answer.Body.Close()
		return answer
	}

	if answer := head(address + query.Encode()); answer.StatusCode != 303 || len(answer.Cookies()) != 0 {
		t.Errorf("%d with %v", answer.StatusCode, answer.Cookies())
	}
	query.Del("code_challenge")
	if answer := head(address + query.Encode()); answer.StatusCode != 303 || !strings.HasPrefix(answer.Header.Get("Location"), callback) {
		t.Errorf("%d to %s", answer.StatusCode, answer.Header.Get("Location"))
	}
}

// hostile are values that have broken something somewhere.
var hostile = []string{"", " ", "\x00", "a\x00b", "\xff\xfe", "\xc0\xaf", "\u202e", "\ufeff", "'; DROP TABLE codes; --", "../../etc/passwd", "${7*7}", "{{7*7}}", "%00", "%",
	"-1", "NaN", "null", "true", "[]", "{}", "\r\nX: y", strings.Repeat("A", 20_000), strings.Repeat("🦄", 2_000), strings.Repeat("%2e", 3_000)}

func TestHostileQueriesAreRefusedAndNeverBreak(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	consent := w.consent()
	address := w.people + bankPath + "/v1/authorizations?"
	for name := range w.query(consent) {
		for _, value := range hostile {
			query := w.query(consent)
			query.Set(name, value)
			w.browser().get(address + query.Encode()) // fails by itself at 500 and above
		}
	}
	many := w.query(consent)
	for i := range 3_000 {
		many.Set("p"+strings.Repeat("x", i%50)+string(rune('a'+i%26)), "1")
	}
	w.browser().get(address + many.Encode())
	for _, raw := range []string{"%zz", "client_id=%", "a;b", strings.Repeat("a&", 12_000), "=&=&=", strings.Repeat("state=1&", 5_000)} {
		if b := w.browser().get(address + raw); b.answer.StatusCode != 400 {
			t.Errorf("%.20q: %d", raw, b.answer.StatusCode)
		}
	}
}

func TestHostileFormsAreRefusedAndNeverBreak(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent()).press("go-on").press("go-on")
	good := b.form("go-on")
	for _, name := range []string{"_token", "step", "psu_id", "account", "code"} {
		for _, value := range hostile {
			for _, step := range []string{"identify", "select"} {
				form := url.Values{"_token": good["_token"], "step": {step}, "psu_id": {twoCards}}
				form.Set(name, value)
				b.post(form)
			}
		}
	}
	twice := url.Values{"_token": good["_token"], "step": {"identify", "deny"}, "psu_id": {"1", "2"}}
	b.post(twice).on(422)
	many := url.Values{}
	for i := range 10_000 {
		many.Add("account", strings.Repeat("x", i%7))
		many.Set("f"+strings.Repeat("y", i%300)+string(rune('a'+i%26)), "1")
	}
	if b.post(many); b.answer.StatusCode != 413 && b.answer.StatusCode != 422 {
		t.Errorf("ten thousand fields: %d", b.answer.StatusCode)
	}
	b.get(w.people+bankPath+"/authorise").on(200, "<form")
}
