package playground_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/httpsig"
)

// program is what the page of a logged call says below "Copy as a program", without the marks that colour code.
func (a answer) program(t *testing.T) string {
	t.Helper()
	_, rest, found := strings.Cut(a.body, `id="copy-as"`)
	part, _, ends := strings.Cut(rest, `id="around"`)
	if !found || !ends {
		t.Fatalf("there is no such part:\n%s", a.body)
	}
	part = regexp.MustCompile(`</?span[^>]*>`).ReplaceAllString(part, "")
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(part)
}

// sentHeaders are those of a signed call as the log keeps them.
func sentHeaders(body string) [][2]string {
	return [][2]string{{"Authorization", "Bearer sbx_at_1234…"}, {"Consent-Id", "6c8f5e0e-3a57-4d0f-9d0c-2b1f8c1a9b11"}, {"Digest", httpsig.Digest("SHA-256", []byte(body))}, {"Psu-Id", "o'clock"},
		{"Signature", `keyId="SN=1",algorithm="rsa-sha256"`}, {"TPP-Signature-Certificate", "(the registered seal, 1700 characters)"}, {"X-Api-Key", "sbx_ak_1234…"}, {"X-Request-ID", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}}
}

func TestALoggedCallIsCopiedAsAProgram(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	app, _ := m.create("My app")
	read := m.logged(func(c *calls.Call) {
		c.AppID, c.Path = app.ID, "/card-account/v1/card-accounts?x=%27a"
		c.Detail = calls.Detail{RequestHeaders: sentHeaders(""), Truncated: true}
	})
	body := `{"access":{"accounts":[{"maskedPan":"5243 78** **** 8693"}]}}`
	consent := m.logged(func(c *calls.Call) {
		c.Method, c.Operation, c.Path = "POST", "consents.create", "/consent/v1/consents"
		c.Detail = calls.Detail{RequestHeaders: sentHeaders(body), RequestBody: body}
	})
	order := m.logged(func(c *calls.Call) {
		c.Method, c.Operation, c.Path = "GET", "rehearsals.next", "/rehearsals/v1/next"
		c.Detail = calls.Detail{RequestHeaders: [][2]string{{"X-Api-Key", "sbx_ak_1234…"}}}
	})
	live := m.logged(func(c *calls.Call) {
		c.Environment, c.Detail = "live", calls.Detail{RequestHeaders: sentHeaders("")}
	})
	for href, wanted := range map[string][]string{
		read:                {"/sandbox/rocker/card-account/v1/card-accounts?x=%27a", "ACCESS_TOKEN", "'PSU-ID: o'\\''clock'", "psu-id", "FAIRWAY_API_KEY", "qseal.key", `href="?lang=go#copy-as-program"`},
		read + "?lang=go":   {"package main", "6c8f5e0e-3a57-4d0f-9d0c-2b1f8c1a9b11"},
		consent:             {body, "grant_type=client_credentials", "/auth/token"},
		order:               {"/sandbox/rocker/rehearsals/v1/next", "FAIRWAY_API_KEY"},
		live + "?lang=java": {"/live/rocker/card-account/v1/card-accounts", "In Live it reads your own files", "Main.java"},
	} {
		page := m.mustGet(href)
		program := page.program(t)

		for _, want := range wanted {
			if !strings.Contains(program, want) {
				t.Errorf("%s lacks %q:\n%s", href, want, program)
			}
		}
		if strings.Contains(program, "sbx_") || strings.Contains(program, "99391c7e") || strings.Contains(program, "cannot be written") || href == order && strings.Contains(program, "qseal") {
			t.Errorf("%s:\n%s", href, program)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write([]byte(page.body)); err != nil || z.Close() != nil || packed.Len() > 30<<10 {
			t.Errorf("%s has %d bytes compressed (%v)", href, packed.Len(), err)
		}
	}
	if a := m.get(read + "?lang=go"); a.status != http.StatusOK {
		t.Error(a.status)
	}
}

func TestACallThatNoProgramCanMakeAgainSaysWhy(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m := k.member("Budget Buddy Oy")
	for name, c := range map[string]struct {
		change func(*calls.Call)
		says   string
	}{
		"a token":          {func(c *calls.Call) { c.Operation, c.Method, c.Path = "token", "POST", "/token" }, "nothing of what is sent to the token endpoint"},
		"no bank":          {func(c *calls.Call) { c.Brand = "nobank" }, "named no bank"},
		"a masked address": {func(c *calls.Call) { c.Path += "/524378******8693" }, "masks or shortens a part of its address"},
		"a long header": {func(c *calls.Call) {
			c.Detail.RequestHeaders = [][2]string{{"Psu-Agent", "Mozilla…"}}
		}, "the beginning of the header Psu-Agent only"},
		"another scheme": {func(c *calls.Call) {
			c.Detail.RequestHeaders = [][2]string{{"Authorization", "Basic abcd…"}}
		}, "no Bearer token"},
		"a cut body": {func(c *calls.Call) {
			c.Method, c.Detail = "POST", calls.Detail{RequestBody: `{"a":1`, Truncated: true}
		}, "the log keeps the first 16 KiB of a body"},
		"Live": {func(c *calls.Call) {
			c.Environment, c.Method, c.Detail = "live", "POST", calls.Detail{RequestHeaders: [][2]string{{"Content-Length", "9"}}}
		}, "in Live no bodies are kept"},
		"a header that is no text": {func(c *calls.Call) {
			c.Detail.RequestHeaders = [][2]string{{"Psu-Agent", "Mözilla"}}
		}, "no text that a program can hold"},
	} {
		program := m.mustGet(m.logged(c.change)).program(t)

		if !strings.Contains(program, "It cannot be written as a program: ") || !strings.Contains(program, c.says) || strings.Contains(program, "curl") {
			t.Errorf("%s does not say %q:\n%s", name, c.says, program)
		}
	}
}
