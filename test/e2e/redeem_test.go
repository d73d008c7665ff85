package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// coded is a TPP whose customer has just confirmed.
func coded(t testing.TB) (p *tpp, code string, v visit) {
	t.Helper()
	p, consent := waiting(t)
	v = p.visit(consent)
	return p, p.codeIn(t, p.approve(t, p.sv.browser(t), v, nil), v), v
}

func TestACodeIsBoundToClientRedirectAndVerifier(t *testing.T) {
	t.Parallel()
	other := town(t, wideLimits).newTPP(t)
	for name, c := range map[string]struct {
		change func(p *tpp, form []string) []string
		says   string
	}{
		"another redirect URI": {func(_ *tpp, f []string) []string { return replace(f, "redirect_uri", redirectURI+"/") }, "redirect_uri"},
		"no redirect URI":      {func(_ *tpp, f []string) []string { return replace(f, "redirect_uri", "") }, "redirect_uri"},
		"another verifier":     {func(_ *tpp, f []string) []string { return replace(f, "code_verifier", randomText(48)) }, "code_verifier"},
		"no verifier":          {func(_ *tpp, f []string) []string { return replace(f, "code_verifier", "") }, "code_verifier"},
		"a short verifier":     {func(_ *tpp, f []string) []string { return replace(f, "code_verifier", "short") }, "code_verifier"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, code, v := coded(t)
			form := []string{"grant_type", "authorization_code", "code", code, "redirect_uri", p.app.RedirectURI, "code_verifier", v.verifier}
			a := p.askToken(t, c.change(p, form)...)
			if a.status != http.StatusBadRequest || a.oauthCode() != "invalid_grant" && a.oauthCode() != "invalid_request" || !strings.Contains(a.body, c.says) {
				t.Errorf("%s", a)
			}
		})
	}
	p, code, v := coded(t)
	theirs := *other
	theirs.app.RedirectURI = p.app.RedirectURI
	if a := theirs.redeem(t, code, v); a.oauthCode() != "invalid_grant" {
		t.Errorf("another client: %s", a)
	}
	if a := p.redeem(t, code, v); a.status != http.StatusOK {
		t.Errorf("its own client afterwards: %s", a)
	}
	if a := p.redeem(t, code, v); a.oauthCode() != "invalid_grant" || !strings.Contains(a.body, "before") {
		t.Errorf("a second time: %s", a)
	}
}

func replace(form []string, name, value string) []string {
	out := append([]string{}, form...)
	for i := 0; i+1 < len(out); i += 2 {
		if out[i] == name && value == "" {
			return append(out[:i], out[i+2:]...)
		}
		if out[i] == name {
			out[i+1] = value
		}
	}
	return out
}

func TestTheTokenEndpointAsksForCertificateAndSecret(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	p, other := sv.newTPP(t), sv.newTPP(t)
	grantType := []string{"grant_type", "client_credentials"}
	if a := p.with(t, nil).askToken(t, grantType...); a.status != http.StatusUnauthorized || a.oauthCode() != "invalid_client" {
		t.Errorf("no certificate: %s", a)
	}
	if a := p.with(t, selfMade(t)).askToken(t, grantType...); a.status != http.StatusUnauthorized || a.oauthCode() != "invalid_client" {
		t.Errorf("a stranger's certificate: %s", a)
	}
	if a := p.with(t, &other.qwac).askToken(t, grantType...); a.oauthCode() != "invalid_client" {
		t.Errorf("another TPP's certificate: %s", a)
	}
	wrong := *p
	wrong.app.ClientSecret = "sbx_sk_" + randomText(32)
	if a := wrong.askToken(t, grantType...); a.status != http.StatusUnauthorized || a.oauthCode() != "invalid_client" || a.header.Get("WWW-Authenticate") == "" {
		t.Errorf("a wrong secret: %s", a)
	}
	wrong.app = p.app
	wrong.app.ClientID = other.app.ClientID
	if a := wrong.askToken(t, grantType...); a.oauthCode() != "invalid_client" {
		t.Errorf("another client's id: %s", a)
	}
	if got := p.tokens(t, p.askToken(t, grantType...)); got.RefreshToken != "" || got.Scope != "AIS" {
		t.Errorf("client credentials give %q and a refresh token of %d letters", got.Scope, len(got.RefreshToken))
	}
}

func TestTheTokenEndpointReadsItsFormStrictly(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	for name, c := range map[string]struct {
		form []string
		code string
	}{
		"no grant type":       {nil, "invalid_request"},
		"a password grant":    {[]string{"grant_type", "password", "username", "a", "password", "b"}, "unsupported_grant_type"},
		"the British grant":   {[]string{"grant_type", "authorisation_code"}, "unsupported_grant_type"},
		"a grant type twice":  {[]string{"grant_type", "client_credentials", "grant_type", "client_credentials"}, "invalid_request"},
		"no code":             {[]string{"grant_type", "authorization_code"}, "invalid_request"},
		"a code of nobody":    {[]string{"grant_type", "authorization_code", "code", "sbx_ac_" + randomText(32), "redirect_uri", redirectURI, "code_verifier", randomText(48)}, "invalid_grant"},
		"no refresh token":    {[]string{"grant_type", "refresh_token"}, "invalid_request"},
		"one of nobody":       {[]string{"grant_type", "refresh_token", "refresh_token", "sbx_rt_" + randomText(32)}, "invalid_grant"},
		"a scope of others":   {[]string{"grant_type", "client_credentials", "scope", "AIS:" + newUUID()}, "invalid_scope"},
		"the secret twice":    {[]string{"grant_type", "client_credentials", "client_id", p.app.ClientID, "client_secret", p.app.ClientSecret}, "invalid_request"},
		"another client's id": {[]string{"grant_type", "client_credentials", "client_id", "fwy_other"}, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := p.askToken(t, c.form...); a.oauthCode() != c.code || a.status != http.StatusBadRequest {
				t.Errorf("want %s, got %s", c.code, a)
			}
		})
	}
	inQuery := *p
	inQuery.app.TokenURL += "?grant_type=client_credentials"
	if a := inQuery.askToken(t); a.oauthCode() != "invalid_request" {
		t.Errorf("the grant type in the address: %s", a)
	}
	res, err := p.http.Get(p.app.TokenURL)
	if err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, res); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", a)
	}
}

// TestTheSecretMayBePosted is client_secret_post, the other of the two ways that the metadata names.
func TestTheSecretMayBePosted(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {p.app.ClientID}, "client_secret": {p.app.ClientSecret}}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, p.app.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	p.tokens(t, readAnswer(t, res))
}
