package samples_test

import (
	"errors"
	"go/format"
	"strings"
	"testing"

	"fairway/internal/samples"
)

func simple() samples.Request {
	return samples.Request{Method: "GET", URL: "https://bank.example/card-account/v1/card-accounts", Signed: true, APIKey: true, Token: samples.CustomerToken,
		Headers: []samples.Field{samples.Variable("Consent-ID", "CONSENT_ID"), samples.Text("PSU-IP-Address", "192.0.2.10")}}
}

func TestWhatNoProgramCanCarryIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*samples.Request){
		"no method":                  func(r *samples.Request) { r.Method = "" },
		"a method with a quote":      func(r *samples.Request) { r.Method = "GET'" },
		"an address without TLS":     func(r *samples.Request) { r.URL = "http://bank.example/" },
		"an address with a blank":    func(r *samples.Request) { r.URL = "https://bank.example/a b" },
		"an address with a password": func(r *samples.Request) { r.URL = "https://a:b@bank.example/" },
		"a token from nowhere":       func(r *samples.Request) { r.Token = samples.OwnToken },
		"a body of bytes":            func(r *samples.Request) { r.Body = "\xff\xfe" },
		"a body with NUL":            func(r *samples.Request) { r.Body = "a\x00b" },
		"a body without end":         func(r *samples.Request) { r.Body = strings.Repeat("x", 257<<10) },
		"a header of two lines":      func(r *samples.Request) { r.Headers[1].Value.Text = "a\r\nb: c" },
		"a header's name as code":    func(r *samples.Request) { r.Headers[1].Name = `X"); exit(1); //` },
		"a variable as code":         func(r *samples.Request) { r.Headers[0].Value.Variable = "A;rm" },
		"a file's name as a path":    func(r *samples.Request) { r.Name = "../x" },
		"a header twice as variable": func(r *samples.Request) { r.Headers = append(r.Headers, samples.Text("consent-id", "x")) },
		"a parameter's name as code": func(r *samples.Request) { r.Form = []samples.Field{samples.Text("a'b", "c")} },
		"headers without end": func(r *samples.Request) {
			for range 61 {
				r.Headers = append(r.Headers, samples.Text("X", "y"))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := simple()
			change(&r)
			for _, l := range samples.Languages() {
				if p, err := samples.Write(l.ID, r); !errors.Is(err, samples.ErrUnwritable) {
					t.Errorf("%s: %v\n%s", l.Name, err, p.Text)
				}
			}
		})
	}
}

func TestALanguageThatIsNoneOfTheSixIsRefused(t *testing.T) {
	t.Parallel()

	_, err := samples.Write("cobol", simple())

	if !errors.Is(err, samples.ErrUnwritable) || samples.Known("cobol") || !samples.Known(samples.Usual) {
		t.Errorf("%v", err)
	}
}

func TestProgramsHoldNoSecretAndNameWhatTheReaderSets(t *testing.T) {
	t.Parallel()
	r := simple()
	r.Headers = append(r.Headers, samples.Text("Authorization", "Bearer sbx_at_secret"), samples.Text("x-api-key", "sbx_ak_secret"), samples.Text("Signature", "old"))
	for _, l := range samples.Languages() {
		p, err := samples.Write(l.ID, r)
		if err != nil {
			t.Fatal(err)
		}

		if strings.Contains(p.Text, "secret") || strings.Contains(p.Text, `"old"`) {
			t.Errorf("%s holds a secret:\n%s", l.Name, p.Text)
		}
		for _, want := range []string{"Set ACCESS_TOKEN to", "Set CONSENT_ID to", "FAIRWAY_API_KEY", "192.0.2.10", "qwac.key", "qseal.key", "https://bank.example/card-account/v1/card-accounts", p.Run} {
			if !strings.Contains(p.Text, want) {
				t.Errorf("%s lacks %q:\n%s", l.Name, want, p.Text)
			}
		}
		if strings.Contains(p.Text, "\n\n\n\n") || strings.Contains(p.Text, " \n") || !strings.HasSuffix(p.Text, "\n") || strings.Contains(p.Text, "<no value>") {
			t.Errorf("%s is not laid out well:\n%s", l.Name, p.Text)
		}
	}
}

func TestHeadersOfOneNameBecomeOne(t *testing.T) {
	t.Parallel()
	r := simple()
	r.Headers = []samples.Field{samples.Text("Accept", "a/b"), samples.Text("accept", "c/d"), samples.Text("Empty", "")}

	p, err := samples.Write("node", r)

	if err != nil || !strings.Contains(p.Text, "'Accept': 'a/b, c/d',") || strings.Contains(p.Text, "Empty") {
		t.Errorf("%v\n%s", err, p.Text)
	}
}

func TestProgramsInGoAreFormatted(t *testing.T) {
	t.Parallel()
	token := samples.Request{URL: "https://bank.example/token", Form: []samples.Field{samples.Text("grant_type", "client_credentials"), samples.Variable("code", "CODE")}}
	own := simple()
	own.Method, own.Token, own.TokenURL, own.Body = "POST", samples.OwnToken, "https://bank.example/token", "{\n  \"a\": 1\n}"
	bare := samples.Request{Method: "GET", URL: "https://bank.example/"}
	for _, r := range []samples.Request{simple(), token, own, bare} {
		p, err := samples.Write("go", r)
		if err != nil {
			t.Fatal(err)
		}

		formatted, err := format.Source([]byte(p.Text))

		if err != nil || string(formatted) != p.Text {
			t.Errorf("%v\n%s", err, p.Text)
		}
	}
}
