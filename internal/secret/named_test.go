package secret_test

import (
	"regexp"
	"testing"

	"fairway/internal/secret"
)

func TestNamesOfSecretsAreKnownInAnyLetters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Authorization": true, "proxy-authorization": true, "AUTH": true, "X-Auth-Key": true, "Cookie": true, "Set-Cookie": true,
		"X-API-KEY": true, "X-ApiKey": true, "x_api_key": true, "My-Token": true, "X-Client-Secret": true, "PassWord": true, "X-Passwd": true,
		"Client-Assertion": true, "X-Credentials": true, "Key-Passphrase": true,
		"Accept": false, "Consent-ID": false, "Digest": false, "Signature": false, "TPP-Signature-Certificate": false, "PSU-IP-Address": false,
		"TPP-Redirect-URI": false, "TPP-Explicit-Authorisation-Preferred": false, "Idempotency-Key": false, "": false,
	} {
		if secret.NamesHeader(name) != want {
			t.Errorf("the header %q names a secret: %t", name, !want)
		}
	}
	for name, want := range map[string]bool{
		"client_secret": true, "clientSecret": true, "access_token": true, "code_verifier": true, "client_assertion": true, "API_KEY": true, "password": true,
		"token_type": false, "client_assertion_type": false, "authorisationId": false, "authenticationMethodId": false, "grant_type": false, "client_id": false, "iban": false, "state": false,
	} {
		if secret.NamesField(name) != want {
			t.Errorf("the field %q names a secret: %t", name, !want)
		}
	}
}

func TestThePatternsMatchWhatTheNamesAreLookedThroughFor(t *testing.T) {
	t.Parallel()
	header, field := regexp.MustCompile("(?i)"+secret.HeaderPattern), regexp.MustCompile("(?i)"+secret.FieldPattern)
	for _, name := range []string{"X-Auth-Key", "X-API-Key", "api_key", "Cookie", "passphrase", "Accept", "Digest", "authorisationId"} {
		if header.MatchString(name) != secret.NamesHeader(name) || field.MatchString(name) != secret.NamesField(name) {
			t.Errorf("%q: the pattern and the name disagree", name)
		}
	}
}

func TestHarmlessNamesCostNoMemory(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { secret.NamesHeader("Tpp-Signature-Certificate") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSecretsOfOursAreFoundInText(t *testing.T) {
	t.Parallel()
	by := func(string) string { return "X" }
	for text, want := range map[string]string{
		"a sbx_at_0123456789 b live_ak_abcdefgh-_": "a X b X", "sbx_at_0123…": "sbx_at_0123…", "live_update": "live_update", "nothing": "nothing",
	} {
		if got := secret.ReplaceOurs(text, by); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
