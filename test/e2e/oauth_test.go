package e2e

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// grant is what a customer allowed, as the TPP holds it.
type grant struct {
	consent, access, refresh string
}

// tokens is the token endpoint's answer (RFC 6749 §5.1).
type tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
}

// oauthError is an error of RFC 6749 §5.2.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// askToken posts a form to the token endpoint; the client's credentials go along as HTTP Basic.
func (p *tpp) askToken(t testing.TB, fields ...string) answer {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, p.app.TokenURL, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(p.app.ClientID), url.QueryEscape(p.app.ClientSecret))
	res, err := p.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, res)
}

// tokens reads an answer that must hold tokens.
func (p *tpp) tokens(t testing.TB, a answer) tokens {
	t.Helper()
	var got tokens
	d := json.NewDecoder(strings.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil || a.status != http.StatusOK || got.AccessToken == "" || got.TokenType != "Bearer" || got.ExpiresIn <= 0 {
		t.Fatalf("no tokens (%v): %s", err, a)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("tokens with Cache-Control %q", a.header.Get("Cache-Control"))
	}
	p.sv.book.hide("an access token", got.AccessToken)
	p.sv.book.hide("a refresh token", got.RefreshToken)
	return got
}

// ownToken is a token of the client-credentials grant.
func (p *tpp) ownToken(t testing.TB) string {
	t.Helper()
	return p.tokens(t, p.askToken(t, "grant_type", "client_credentials")).AccessToken
}

// oauthCode is the error code of the token endpoint's answer, "" where it has none.
func (a answer) oauthCode() string {
	var e oauthError
	if json.Unmarshal([]byte(a.body), &e) != nil {
		return ""
	}
	return e.Error
}

// Bodies of consent requests; %s is the last day.
const (
	bankOffered = `{"access":{"accounts":[],"balances":[],"transactions":[]},"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`
	allAccounts = `{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`
	onlyList    = `{"access":{"availableAccounts":"allAccounts"},"recurringIndicator":false,"validUntil":"9999-12-31","frequencyPerDay":1,"combinedServiceIndicator":false}`
	detailed    = `{"access":{"balances":[{"maskedPan":"5243 78** **** 8693","currency":"EUR"}],"transactions":[{"maskedPan":"5243 78** **** 8693"}]},` +
		`"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`
)

const consentsPath = "/consent/v1/consents"

// newConsent asks for a consent and returns its id.
func (p *tpp) newConsent(t testing.TB, token, body string) string {
	t.Helper()
	a := p.ask(t, p.call(http.MethodPost, consentsPath, token, []byte(body)))
	if a.status != http.StatusCreated {
		t.Fatalf("no consent: %s", a)
	}
	return jsonText(t, a.body, "consentId")
}

// visit is a customer's way through the bank, as the TPP prepares it.
type visit struct {
	verifier, state, url string
}

// visit builds the address to which the customer is sent. More parameters replace the usual ones; an empty value
// leaves one out.
func (p *tpp) visit(consent string, more ...string) visit {
	v := visit{verifier: randomText(48), state: randomText(24)}
	sum := sha256.Sum256([]byte(v.verifier))
	q := url.Values{
		"response_type": {"code"}, "response_mode": {"query"}, "client_id": {p.app.ClientID}, "redirect_uri": {p.app.RedirectURI},
		"scope": {"AIS:" + consent}, "state": {v.state}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
		if more[i+1] == "" {
			q.Del(more[i])
		}
	}
	v.url = p.app.AuthorizationURL + "?" + q.Encode()
	return v
}

// approve lets the customer say yes at the bank and returns the address with which the browser comes back. pick
// chooses among the boxes of accounts; nil ticks what is ticked, or all where nothing is.
func (p *tpp) approve(t testing.TB, b *browser, v visit, pick func(account string) bool) string {
	t.Helper()
	b.open(v.url)
	for range 12 {
		if to := b.page.location(); to != "" {
			if strings.HasPrefix(to, p.app.RedirectURI) {
				return to
			}
			b.open(to)
			continue
		}
		f := p.goOn(t, b)
		b.send(http.MethodPost, b.resolve(f.action), p.filled(f, pick))
	}
	t.Fatalf("the bank's pages do not come to an end: %s", b.page)
	return ""
}

// goOn is the form of the bank's page that goes on; there is exactly one.
func (p *tpp) goOn(t testing.TB, b *browser) form {
	t.Helper()
	var found []form
	for _, f := range b.page.forms() {
		if f.hasClass("go-on") {
			found = append(found, f)
		}
	}
	if len(found) != 1 || found[0].method != http.MethodPost || b.page.status != http.StatusOK {
		t.Fatalf("%d forms that go on, want one: %s\n%s", len(found), b.page, b.page.body)
	}
	return found[0]
}

// filled is what the customer sends: the number, the code, the boxes.
func (p *tpp) filled(f form, pick func(string) bool) url.Values {
	values := f.values()
	if f.has("psu_id") {
		values.Set("psu_id", p.app.PSUID)
	}
	if f.has("code") {
		values.Set("code", p.app.PSUCode)
	}
	if f.has("account") {
		values.Del("account")
		for _, fd := range f.fields {
			if fd.name == "account" && (fd.kind == "hidden" || pick == nil || pick(fd.value)) {
				values.Add("account", fd.value)
			}
		}
	}
	return values
}

// resolve makes an address of the page whole.
func (b *browser) resolve(action string) string {
	b.t.Helper()
	base, err := url.Parse(b.page.url)
	if err != nil {
		b.t.Fatal(err)
	}
	u, err := base.Parse(action)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.String()
}

// codeIn checks what the browser brought back and returns the code.
func (p *tpp) codeIn(t testing.TB, back string, v visit) string {
	t.Helper()
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	issuer := strings.TrimSuffix(p.app.TokenURL, "/token") + "/sandbox/" + p.app.Brand
	if q.Get("state") != v.state || q.Get("iss") != issuer || q.Get("code") == "" || q.Has("error") || len(q) != 3 {
		t.Fatalf("the browser came back with %s", back)
	}
	if before, _, _ := strings.Cut(back, "?"); before != p.app.RedirectURI {
		t.Errorf("the browser came back to %s", before)
	}
	p.sv.book.hide("a code", q.Get("code"))
	return q.Get("code")
}

// redeem exchanges a code.
func (p *tpp) redeem(t testing.TB, code string, v visit) answer {
	t.Helper()
	return p.askToken(t, "grant_type", "authorization_code", "code", code, "redirect_uri", p.app.RedirectURI, "code_verifier", v.verifier)
}

// granted goes the whole way: consent, the customer's yes, tokens.
func (p *tpp) granted(t testing.TB, body string) grant {
	t.Helper()
	return p.grantedTo(t, p.newConsent(t, p.ownToken(t), body), nil)
}

func (p *tpp) grantedTo(t testing.TB, consent string, pick func(string) bool) grant {
	t.Helper()
	v := p.visit(consent)
	code := p.codeIn(t, p.approve(t, p.sv.browser(t), v, pick), v)
	got := p.tokens(t, p.redeem(t, code, v))
	if got.Scope != "AIS:"+consent {
		t.Errorf("the scope is %q", got.Scope)
	}
	return grant{consent: consent, access: got.AccessToken, refresh: got.RefreshToken}
}

// jsonText is a text of a JSON answer, found by its names from the outside in.
func jsonText(t testing.TB, body string, names ...string) string {
	t.Helper()
	text, ok := jsonAt(t, body, names...).(string)
	if !ok {
		t.Fatalf("%s is no text in %s", strings.Join(names, "."), body)
	}
	return text
}

func jsonAt(t testing.TB, body string, names ...string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, name := range slices.Clone(names) {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
