package rawrequest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fairway/internal/secret"
)

const plain = "POST /v1/consents?a=b HTTP/1.1\nHost: api.example\nX-Request-ID:  99391c7e \nx-ODD: 1\n\n{\n}"

func TestARequestIsReadWithItsNamesAndItsBodyAsTheyStand(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"LF": plain, "empty lines before": "\n \r\n" + plain, "a byte order mark": "\ufeff" + plain,
		"CR LF in the head": strings.Replace(strings.ReplaceAll(plain, "\n", "\r\n"), "{\r\n}", "{\n}", 1),
	} {
		r, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}

		if r.Method != "POST" || r.Target != "/v1/consents?a=b" || r.Host != "api.example" || string(r.Body) != "{\n}" || len(r.Dropped) != 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if spelt := map[string][]string(r.Header); spelt["x-ODD"][0] != "1" || spelt["X-Request-ID"][0] != "99391c7e" {
			t.Errorf("%s: %v", name, r.Header)
		}
		if want := strings.NewReplacer(":  ", ": ", " \n", "\n").Replace(plain); r.Text() != want {
			t.Errorf("%s is shown as %q", name, r.Text())
		}
	}
}

func TestTheRequestLineMayBeMissing(t *testing.T) {
	t.Parallel()
	r, err := Parse([]byte("Digest: SHA-256=x\nDigest: SHA-256=y"))

	if err != nil || r.Method != "" || !slices.Equal(r.Header["Digest"], []string{"SHA-256=x", "SHA-256=y"}) || len(r.Body) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatCurlPrintsIsRead(t *testing.T) {
	t.Parallel()
	const printed = "* Connected to api.example\n* TLS 1.3\n> POST /v1/consents HTTP/2\r\n> Host: api.example\r\n> Digest: SHA-256=x\r\n> \r\n" +
		"{\"a\":1}\n* upload completely sent off: 7 bytes\n< HTTP/2 401\n< content-type: application/json\n<\n{\"tppMessages\":[]}\n"

	r, err := Parse([]byte(printed))

	if err != nil || r.Method != "POST" || r.Header["Digest"][0] != "SHA-256=x" || string(r.Body) != "{\"a\":1}\n" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAllThatCurlPrintsIsReadWithTheBodyBehindIt(t *testing.T) {
	t.Parallel()
	const (
		command = "$ curl -v --cert qwac.pem \\\n  --data-binary @body.json https://api.example\n"
		meter   = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
		head    = "* Host api.example was resolved.\n* TLSv1.3 (OUT)\n> POST /v1/consents HTTP/2\n> Host: api.example\n> Content-Length: 14\n> Digest: SHA-256=x\n>\n"
		answer  = "} [14 bytes data]\n* upload completely sent off: 14 bytes\n< HTTP/2 201 \n< content-length: 12\n< \n{ [12 bytes data]\n* Connection #0 to host api.example left intact\n"
		own     = "{\"n\":\n \"12\"}"
		body    = "{\n  \"a\": [1]\n}"
	)
	for name, c := range map[string]struct{ text, body string }{
		"the body behind it":                {head + answer + body, body},
		"with a line end":                   {head + answer + body + "\n", body},
		"behind an empty line":              {head + answer + "\n\n" + body, body},
		"behind the answer's body":          {head + answer + own + "\n" + body + "\n", body},
		"and an empty line":                 {head + answer + own + "\n\n" + body, body},
		"after the command and a meter":     {command + meter + head + meter + answer + body, body},
		"a body of another length":          {head + answer + own + "\n" + body + "  ", body + "  "},
		"the answer's body alone":           {head + answer + own + "\n", ""},
		"no body at all":                    {head + answer, ""},
		"an answer to what has none":        {strings.Replace(head, "> Content-Length: 14\n", "", 1) + answer + own, ""},
		"its last line end counted":         {strings.Replace(head, "Length: 14", "Length: 15", 1) + answer + body + "\n\n", body + "\n"},
		"its line ends counted as CR LF":    {strings.Replace(head, "Length: 14", "Length: 16", 1) + answer + body, body},
		"between the request and its meter": {head + body + "\n" + answer + own, body + "\n"},
	} {
		for ends, text := range map[string]string{"LF": c.text, "CR LF": strings.ReplaceAll(c.text, "\n", "\r\n")} {
			r, err := Parse([]byte(text))

			if got := strings.ReplaceAll(string(r.Body), "\r\n", "\n"); err != nil || r.Method != "POST" || r.Host != "api.example" || got != c.body {
				t.Errorf("%s, %s: %q and %q, %v", name, ends, r.Start, got, err)
			}
		}
	}
}

func TestSecretsAreGoneBeforeAnythingIsKept(t *testing.T) {
	t.Parallel()
	text := "GET /x?access_token=hush1&b=1 HTTP/1.1\nAuthorization: Bearer hush2\nproxy-authorization: hush3\nCookie: a=hush4\nX-API-KEY: hush5\nX-Client-Secret: hush6\n" +
		"Referer: /?code_verifier=hush7\nX-Note: sbx_ak_hush8hush8hush8\nDigest: SHA-256=x\n\n"
	for _, body := range []string{"grant_type=x&client_secret=hush9&refresh_token=hush10", "x-password=hush9;clientSecret=hush10", `{"pass_word":1,"my-passphrase":"hush9","a":{"Code_Verifier" : "hush"}}`, `{"token":"hush cut of`,
		`{"client_secret" : "hush9\"hush9","a":"sbx_at_hush11hush11"}`} {
		r, err := Parse([]byte(text + body))
		if err != nil {
			t.Fatal(err)
		}

		if strings.Contains(r.Text(), "hush") || !r.BodyChanged || !strings.Contains(r.Text(), "Digest: SHA-256=x") || !strings.Contains(r.Text(), "b=1") {
			t.Errorf("%s", r.Text())
		}
		for _, want := range []string{"Authorization", "proxy-authorization", "Cookie", "X-API-KEY", "X-Client-Secret"} {
			if !slices.Contains(r.Dropped, want) {
				t.Errorf("%s is not among %q", want, r.Dropped)
			}
		}
		for name := range r.Header {
			if secret.NamesHeader(name) {
				t.Errorf("%s is still there", name)
			}
		}
	}
}

func TestWhatWasRefusedIsShownWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"nonsense\nAuthorization: Bearer hush\n hush folded\nDigest: SHA-256=keep\n\nclient_secret=hush&a=keep",
		"> nonsense keep\r\n> cookie: a=hush\r\n> Digest: SHA-256=keep",
		"curl keep -H 'Authorization: Bearer hush' -H \"x-api-key: hush\" --data 'client_secret=hush'",
		`{"client_secret":"hush","keep":1}`,
	} {
		shown := Clean(text)

		if strings.Contains(shown, "hush") || !strings.Contains(shown, "keep") {
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
	if shown := Clean("x\n-----BEGIN PRIVATE KEY-----\nMII"); shown != "" {
		t.Errorf("a private key is shown: %q", shown)
	}
}

func TestHeadersOfTheInterfaceAreNoSecrets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Digest", "Signature", "TPP-Signature-Certificate", "TPP-Explicit-Authorisation-Preferred", "TPP-Redirect-URI", "Consent-ID", "PSU-ID", "X-Request-ID"} {
		if secret.NamesHeader(name) {
			t.Errorf("%s would be dropped", name)
		}
	}
}

func TestWhatIsNoRequestIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, code, says string }{
		"nothing":          {" \r\n\n", Empty, "Paste the request"},
		"too long":         {strings.Repeat("x", MaxRequest+1), TooLarge, "64 KiB"},
		"a private key":    {"GET / HTTP/1.1\n\n-----BEGIN RSA PRIVATE KEY-----", PrivateKey, "exposed"},
		"an answer":        {"HTTP/1.1 200 OK\nA: b", NotARequest, "an answer"},
		"a command":        {"curl -v https://api.example", NotARequest, "-v"},
		"a trace":          {"== Info: Trying 127.0.0.1:443\n=> Send header, 20 bytes (0x14)\n0000: GET / HTTP/1.1", NotARequest, "Use -v"},
		"a body":           {"{\"a\":1}", NotARequest, "headers first"},
		"prose":            {"what is this", StartLine, "Line 1"},
		"a folded header":  {"Digest: SHA-256=x\n  abc", Folded, "Line 2 begins with a blank"},
		"a broken line":    {"Digest: SHA-256=x\nabcdef==", HeaderLine, "Line 2 is not a header"},
		"a blank in names": {"Digest : SHA-256=x", StartLine, "Line 1"},
		"many headers":     {strings.Repeat("A: b\n", 101), TooMany, "100"},
		"a long header":    {"A: " + strings.Repeat("b", MaxHeader), HeaderLong, "8 KiB"},
	} {
		_, err := Parse([]byte(c.text))

		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code != c.code || !strings.Contains(refusal.Text, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRawRequest(f *testing.F) {
	for _, seed := range []string{plain, "", "A: b", "> GET / HTTP/2\n> A: b\n>\nx\n< HTTP", "> GET / HTTP/2\n> Content-Length: 3\n>\n< HTTP\n< content-length: 1\n<\nx\n\nabc\r\n", "* x\n* y", "A: b\n\nclient_secret=x&y", "0:0\r\r\r\r", "0:0\rT\r \r\r", "\xff: \x00\n\n\r\n", `A: ?password=x` + "\n\n" + `{"password":"\"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse(text)
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Text == "" || len(refusal.Text) > 400 {
				t.Errorf("%v", err)
			}
			return
		}
		if len(r.Fields) > MaxHeaders || len(r.Dropped) > MaxHeaders {
			t.Errorf("%d headers, %d dropped", len(r.Fields), len(r.Dropped))
		}
		shown := r.Text()
		if strings.TrimSpace(shown) == "" || len(shown) > 2*MaxRequest {
			return
		}
		again, err := Parse([]byte(shown))
		if len(r.Fields) > 0 && err == nil && !strings.HasPrefix(shown, ">") && (again.Text() != shown || len(again.Dropped) != 0 && !again.BodyChanged && len(r.Dropped) == 0) {
			t.Errorf("%q becomes %q", shown, again.Text())
		}
	})
}
