package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// waiting is a TPP with a consent that waits for its customer.
func waiting(t testing.TB) (*tpp, string) {
	t.Helper()
	p := town(t, wideLimits).newTPP(t)
	return p, p.newConsent(t, p.ownToken(t), allAccounts)
}

// TestARedirectURIThatIsNotRegisteredIsNeverRedirectedTo is security T03.
func TestARedirectURIThatIsNotRegisteredIsNeverRedirectedTo(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	for _, uri := range []string{
		"https://tpp.example/callback/", "https://tpp.example/callback/more", "https://tpp.example/callbac", "https://tpp.example/callback2",
		"https://tpp.example/Callback", "https://TPP.example/callback", "HTTPS://tpp.example/callback", "http://tpp.example/callback",
		"https://tpp.example:443/callback", "https://tpp.example:8443/callback", "https://tpp.example./callback", "https://tpp.example%2fcallback",
		"https://tpp.example/%63allback", "https://tpp.example/callback?", "https://tpp.example/callback?a=b", "https://tpp.example/callback#x",
		"https://user@tpp.example/callback", "https://tpp.example@evil.example/callback", "https://tpp.example.evil.example/callback",
		"https://evil.example/https://tpp.example/callback", "//tpp.example/callback", "/callback", "javascript:alert(1)",
		"https://tpp.example/callback\r\nSet-Cookie: a=b", " https://tpp.example/callback", "https://tpp.ex\u0430mple/callback", "https://tpp.example/../callback",
	} {
		b := p.sv.browser(t)
		a := b.open(p.visit(consent, "redirect_uri", uri).url)
		if a.status != http.StatusBadRequest || a.header.Get("Location") != "" || !strings.Contains(a.words(), "redirect_uri") {
			t.Errorf("%q: %s", uri, a)
		}
	}
	b := p.sv.browser(t)
	twice := p.visit(consent).url + "&redirect_uri=" + url.QueryEscape("https://evil.example/")
	if a := b.open(twice); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("two of them: %s", a)
	}
	for _, client := range []string{"", "fwy_unknown", "<script>alert(1)</script>"} {
		if a := b.open(p.visit(consent, "client_id", client).url); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
			t.Errorf("client %q: %s", client, a)
		}
	}
}

func TestAnAuthorisationRequestThatIsWrongIsToldToTheTPP(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	other, theirs := waiting(t)
	_ = other
	for name, c := range map[string]struct {
		change []string
		code   string
		says   string
	}{
		"no response type":       {[]string{"response_type", ""}, "invalid_request", "response_type"},
		"an implicit grant":      {[]string{"response_type", "token"}, "unsupported_response_type", "token"},
		"a hybrid one":           {[]string{"response_type", "code id_token"}, "unsupported_response_type", "code id_token"},
		"a posted answer":        {[]string{"response_mode", "form_post"}, "invalid_request", "response_mode"},
		"a fragment":             {[]string{"response_mode", "fragment"}, "invalid_request", "response_mode"},
		"no state":               {[]string{"state", ""}, "invalid_request", "state"},
		"no challenge":           {[]string{"code_challenge", ""}, "invalid_request", "code_challenge"},
		"no method":              {[]string{"code_challenge_method", ""}, "invalid_request", "S256"},
		"plain":                  {[]string{"code_challenge_method", "plain"}, "invalid_request", "plain"},
		"the slip of the source": {[]string{"code_challenge_method", "S265"}, "invalid_request", "S265"},
		"a short challenge":      {[]string{"code_challenge", strings.Repeat("a", 42)}, "invalid_request", "42"},
		"a long challenge":       {[]string{"code_challenge", strings.Repeat("a", 44)}, "invalid_request", "44"},
		"a padded challenge":     {[]string{"code_challenge", strings.Repeat("a", 43) + "="}, "invalid_request", "padding"},
		"a challenge in hex":     {[]string{"code_challenge", "5c305578f8f19b2dcdb6c3c955c0aa709782590b4642eb890b97e43917cd0f36"}, "invalid_request", "hexadecimal"},
		"no scope":               {[]string{"scope", ""}, "invalid_scope", "scope"},
		"a scope in brackets":    {[]string{"scope", "AIS[" + consent + "]"}, "invalid_scope", "AIS:"},
		"a payment":              {[]string{"scope", "PIS:" + consent}, "invalid_scope", "PIS"},
		"a consent of nobody":    {[]string{"scope", "AIS:" + newUUID()}, "invalid_scope", "no consent"},
		"another TPP's consent":  {[]string{"scope", "AIS:" + theirs}, "invalid_scope", "no consent"},
	} {
		t.Run(name, func(t *testing.T) {
			v := p.visit(consent, c.change...)
			p.expectBack(t, p.sv.browser(t).open(v.url), v, c.code, c.says)
		})
	}
	twice := p.visit(consent)
	twice.url += "&scope=AIS:" + consent
	p.expectBack(t, p.sv.browser(t).open(twice.url), twice, "invalid_request", "more than once")
}

// expectBack checks that a browser is sent back to the TPP with an error, the state and the issuer.
func (p *tpp) expectBack(t testing.TB, a page, v visit, code, says string) {
	t.Helper()
	u, err := url.Parse(a.location())
	if err != nil || a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), p.app.RedirectURI+"?") {
		t.Fatalf("not sent back: %s", a)
	}
	q := u.Query()
	sent, _ := url.Parse(v.url)
	issuer := strings.TrimSuffix(p.app.TokenURL, "/token") + "/sandbox/" + p.app.Brand
	if q.Get("error") != code || !strings.Contains(q.Get("error_description"), says) || q.Get("iss") != issuer || q.Has("code") || q.Get("state") != sent.Query().Get("state") {
		t.Errorf("want %s saying %q, the browser came back with %v", code, says, q)
	}
}

func TestTheMetadataSaysWhatTheServerDoes(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	issuer := strings.TrimSuffix(p.app.TokenURL, "/token") + "/sandbox/rocker"
	wellKnown := "/.well-known/oauth-authorization-server"
	between := p.sv.machines + wellKnown + strings.TrimPrefix(issuer, p.sv.machines)
	var bodies []string
	for _, address := range []string{issuer + wellKnown, between} {
		res, err := p.with(t, nil).http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		a := readAnswer(t, res)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
			t.Fatalf("no metadata: %s", a)
		}
		bodies = append(bodies, a.body)
	}
	if bodies[0] != bodies[1] {
		t.Errorf("the two places differ:\n%s\n%s", bodies[0], bodies[1])
	}
	for name, want := range map[string]any{
		"issuer": issuer, "token_endpoint": p.app.TokenURL, "authorization_endpoint": p.app.AuthorizationURL, "tls_client_certificate_bound_access_tokens": true,
		"code_challenge_methods_supported": "S256", "response_types_supported": "code", "response_modes_supported": "query",
		"authorization_response_iss_parameter_supported": true,
	} {
		got := jsonAt(t, bodies[0], name)
		if list, ok := got.([]any); ok && len(list) == 1 {
			got = list[0]
		}
		if got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	a := p.ask(t, p.call(http.MethodPost, consentsPath, p.ownToken(t), []byte(allAccounts)))
	if link := jsonText(t, a.body, "_links", "scaOAuth", "href"); link != issuer+wellKnown {
		t.Errorf("scaOAuth leads to %s", link)
	}
	if a.header.Get("Location") != jsonText(t, a.body, "_links", "self", "href") || a.header.Get("ASPSP-SCA-Approach") != "REDIRECT" {
		t.Errorf("Location %q, approach %q", a.header.Get("Location"), a.header.Get("ASPSP-SCA-Approach"))
	}
}
