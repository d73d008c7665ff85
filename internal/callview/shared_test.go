package callview_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/callview"
)

// secrets are texts of which nothing may be left on a page that strangers see.
var secrets = map[string]string{
	"token": "sbx_at_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4", "key": "live_ak_Zm9vYmFyYmF6", "JWT": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "IBAN": "FI2112345600000785",
	"IBAN in groups": "FI21 1234 5600 0007 85", "card": "5243789012348693", "card in groups": "5243 7890 1234 8693", "IPv4": "203.0.113.77", "IPv6": "2001:db8::dead:beef",
	"certificate": "MIIFZTCCBE2gAwIBAgIQVDbJY2TjczR2OLwntPjfzzANBgkqhkiG9w0BAQsFADB", "PEM": "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
}

func TestNothingSecretIsLeftWhereverItStands(t *testing.T) {
	t.Parallel()
	for name, secret := range secrets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := calls.Call{Path: "/x?a=" + secret + "&b=1", AppID: "app_mine", OrganisationID: "org_mine", Detail: calls.Detail{
				Steps:          []calls.Step{{Name: "Token", Verdict: calls.Failed, Text: `You sent "` + secret + `".`}},
				RequestHeaders: [][2]string{{"X-Odd", secret}}, ResponseHeaders: [][2]string{{"Location", "/a/" + secret}},
				RequestBody: `{"a":"` + secret + `"}`, ResponseBody: `{"b":["` + secret + `"]}`, SigningString: "x-odd: " + secret + "\ndigest: d", Reason: "It was " + secret + ".", Subject: secret, RemoteIP: secret, Thumbprint: secret,
			}}

			shown := fmt.Sprintf("%+v", callview.Shared(call))

			if strings.Contains(shown, secret) || strings.Contains(shown, "app_mine") || strings.Contains(shown, "org_mine") {
				t.Errorf("left: %s", shown)
			}
			if !strings.Contains(shown, "digest: d") || !strings.Contains(shown, "b=1") {
				t.Errorf("more was taken out than what is secret: %s", shown)
			}
		})
	}
}

// veiled are the codings that a secret may stand in.
var veiled = map[string]func(string) string{
	"in a query":              url.QueryEscape,
	"in a path":               func(s string) string { return "a%20" + url.PathEscape(s) + "%3A" },
	"percent-coded letters":   func(s string) string { return fmt.Sprintf("%%%02x", s[0]) + s[1:] },
	"percent-coded twice":     func(s string) string { return url.QueryEscape(url.QueryEscape(" " + s)) },
	"in a string of JSON":     func(s string) string { return `{"a":"line\n` + s + `"}` },
	"as numbers in JSON":      func(s string) string { return fmt.Sprintf(`{"a":"\u%04X%s"}`, s[0], s[1:]) },
	"in a string of a string": func(s string) string { return fmt.Sprintf(`{"a":"{\"b\":\"\\n%s\"}"}`, s) },
	"in a body cut off":       func(s string) string { return fmt.Sprintf(`{"a":"\u%04x%s`, s[0], s[1:]) },
	"in base64":               func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id: " + s)) },
	"in base64url":            func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"behind a low line":       func(s string) string { return "id_" + s + "_" },
}

func TestASecretIsTakenOutInWhateverCodingItStands(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"FI2112345600000785", "FI21 1234 5600 0007 85", "5243789012348693", "5243 7890 1234 8693", "203.0.113.77", "aino.testinen@example.com"} {
		for name, code := range veiled {
			t.Run(name+" "+secret, func(t *testing.T) {
				t.Parallel()
				coded := code(secret)

				shown := callview.Shared(calls.Call{Path: "/x?b=1&a=" + coded, Detail: calls.Detail{RequestHeaders: [][2]string{{"PSU-ID", "aino.testinen@example.com"}}, RequestBody: coded, Reason: "It was " + coded + "."}})

				for place, text := range map[string]string{"path": shown.Path, "body": shown.Detail.RequestBody, "reason": shown.Detail.Reason} {
					if !strings.Contains(text, "(removed)") || strings.Contains(text, secret[1:]) || strings.Contains(text, coded) {
						t.Errorf("%s: %s", place, text)
					}
				}
				if !strings.HasPrefix(shown.Path, "/x?b=1&a=") || !strings.HasPrefix(shown.Detail.Reason, "It was ") {
					t.Errorf("more was taken out than the piece: %s, %s", shown.Path, shown.Detail.Reason)
				}
			})
		}
	}
}

func TestASecretIsTakenOutInSmallLetters(t *testing.T) {
	t.Parallel()

	shown := callview.Shared(calls.Call{Path: "/x?iban=fi2112345600000785&card=pan5243789012348693&id=AINO@example.com&also=fi21+1234+5600+0007+85",
		Detail: calls.Detail{RequestHeaders: [][2]string{{"PSU-ID", "aino@example.com"}}}})

	if shown.Path != "/x?iban=(removed)&card=pan(removed)&id=(removed)&also=(removed)" {
		t.Error(shown.Path)
	}
}

func TestHeadersOfPersonsAndKeysAreTakenOutWhole(t *testing.T) {
	t.Parallel()
	names := []string{"Authorization", "X-Api-Key", "X-API-Key", "Cookie", "TPP-Signature-Certificate", "PSU-ID", "Psu-Corporate-Id", "PSU-IP-Address", "PSU-Device-ID", "PSU-Geo-Location", "PSU-User-Agent"}
	var headers [][2]string
	for i, name := range names {
		headers = append(headers, [2]string{name, fmt.Sprintf("value-%d-of-it", i)})
	}

	shown := callview.Shared(calls.Call{Detail: calls.Detail{RequestHeaders: headers, SigningString: "psu-id: value-5-of-it\ndigest: x", RequestBody: `{"psuId":"1345611","again":"value-5-of-it"}`}})

	if all := fmt.Sprintf("%+v", shown); strings.Contains(all, "-of-it") || strings.Contains(all, "1345611") {
		t.Errorf("left: %s", all)
	}
	if len(shown.Detail.RequestHeaders) != len(names) || !strings.Contains(shown.Detail.SigningString, "psu-id: (removed)\ndigest: x") {
		t.Errorf("that they were sent is not told: %+v", shown.Detail)
	}
}

func TestWhatHelpsStays(t *testing.T) {
	t.Parallel()
	const id = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	call := calls.Call{RequestID: id, Path: "/card-account/v1/card-accounts/" + id + "/transactions?dateFrom=2026-11-20", Code: "SIGNATURE_INVALID", Detail: calls.Detail{
		ResponseBody:   `{"maskedPan":"5243 78** **** 8693","lastChangeDateTime":"2026-11-21T09:00:00Z","amount":"1250.00"}`,
		RequestHeaders: [][2]string{{"Consent-ID", id}, {"Digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}},
	}}

	shown := callview.Shared(call)

	if shown.Path != call.Path || shown.RequestID != id || shown.Detail.ResponseBody != call.Detail.ResponseBody || fmt.Sprint(shown.Detail.RequestHeaders) != fmt.Sprint(call.Detail.RequestHeaders) {
		t.Errorf("%+v", shown)
	}
}

func TestWhatCannotBeSeenIsNamed(t *testing.T) {
	t.Parallel()
	call := calls.Call{Path: "/a?\u202eb", Detail: calls.Detail{RequestBody: "a\n\tb\u2066c\x00\xff", Steps: []calls.Step{{Text: "\u200f"}}, RequestHeaders: [][2]string{{"X-Odd", "\u202e"}}, Reason: "Väinö"}}

	shown := callview.Visible(call)

	if d := shown.Detail; shown.Path != "/a?[U+202E]b" || d.RequestBody != "a\n\tb[U+2066]c[U+0000][0xFF]" || d.Steps[0].Text != "[U+200F]" || d.RequestHeaders[0][1] != "[U+202E]" || d.Reason != "Väinö" {
		t.Errorf("%+v", shown)
	}
	if call.Detail.Steps[0].Text != "\u200f" {
		t.Error("the call itself was changed")
	}
}

func FuzzShared(f *testing.F) {
	for _, secret := range secrets {
		f.Add("before ", secret, " after")
	}
	f.Add("\u202e", "a\x00b", "<script>")
	f.Fuzz(func(t *testing.T, before, text, after string) {
		whole := before + text + after
		shown := callview.Shared(calls.Call{Detail: calls.Detail{RequestHeaders: [][2]string{{"PSU-ID", text}}, Reason: whole, SigningString: whole}})

		if value := strings.TrimSpace(text); len(value) >= 4 && !strings.Contains("(removed)", value) && strings.Contains(shown.Detail.Reason, value) {
			t.Errorf("%q is left in %q", value, shown.Detail.Reason)
		}
	})
}
