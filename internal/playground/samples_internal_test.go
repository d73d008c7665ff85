package playground

import (
	"reflect"
	"strings"
	"testing"

	"fairway/internal/bankclient"
	"fairway/internal/samples"
)

var bench = &Playground{Deps: Deps{Addresses: Addresses{Auth: "https://auth.example/auth"}}}

func TestAProgramMakesTheCallThatWasShown(t *testing.T) {
	t.Parallel()
	e := bankclient.Exchange{Method: "POST", URL: "https://api.example/consent/v1/consents?q=a%27b", Body: "{\n}", SigningString: "digest: x", Headers: []bankclient.Header{
		{Name: "Host", Value: "api.example", By: bankclient.ByConnection}, {Name: "Authorization", Value: "Bearer sbx_at_abc…"}, {Name: "X-API-Key", Value: "sbx_ak_abc…"},
		{Name: "X-Request-ID", Value: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}, {Name: "PSU-ID", Value: "o'clock"}, {Name: "Digest", Value: "SHA-256=x"},
		{Name: "Content-Length", Value: "3", By: bankclient.ByConnection}}}
	for name, test := range map[string]struct {
		own  bool
		want string
	}{"with its own token": {true, "grant_type=client_credentials"}, "with the customer's": {false, "Set ACCESS_TOKEN to"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p, err := samples.Write("curl", bench.sampleOf(e, "fwy_app", test.own))

			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{test.want, "https://api.example/consent/v1/consents?q=a%27b", `'PSU-ID: o'\''clock'`, "psu-id: %s", "printf '%s' '{\n}'", "$FAIRWAY_API_KEY", "--request POST"} {
				if !strings.Contains(p.Text, want) {
					t.Errorf("it lacks %q:\n%s", want, p.Text)
				}
			}
			for _, never := range []string{"sbx_", "99391c7e", "Content-Length", "Host:", "SHA-256=x"} {
				if strings.Contains(p.Text, never) {
					t.Errorf("it holds %q:\n%s", never, p.Text)
				}
			}
		})
	}
}

func TestAProgramSignsNothingAndSendsNoTokenWhereTheCallDidNot(t *testing.T) {
	t.Parallel()

	r := bench.sampleOf(bankclient.Exchange{Method: "GET", URL: "https://api.example/a"}, "fwy_app", true)

	if r.Signed || r.APIKey || r.Token != samples.NoToken {
		t.Errorf("%+v", r)
	}
}

func TestAProgramAsksForATokenWithTheSameGrant(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]samples.Field{
		"grant_type=client_credentials":                      {samples.Text("grant_type", "client_credentials")},
		"grant_type=refresh_token&refresh_token=sbx_rt_abc…": {samples.Text("grant_type", "refresh_token"), samples.Variable("refresh_token", "REFRESH_TOKEN")},
		"grant_type=authorization_code&code=abc…&redirect_uri=http%3A%2F%2Flocalhost%2Fx&code_verifier=def…": {samples.Text("grant_type", "authorization_code"),
			samples.Variable("code", "CODE"), samples.Text("redirect_uri", "http://localhost/x"), samples.Variable("code_verifier", "CODE_VERIFIER")},
	} {
		r := bench.sampleOf(bankclient.Exchange{Method: "POST", URL: "https://auth.example/auth/token", Body: body}, "fwy_app", true)

		if !reflect.DeepEqual(r.Form, want) || r.ClientID.Text != "fwy_app" {
			t.Errorf("%s became %+v", body, r)
		}
	}
}
