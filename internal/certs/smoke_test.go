package certs_test

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/httpsig"
	"fairway/internal/testkit"
)

// counterpart stands for both doors towards the script: it checks what the script sends as strictly as they do, and its
// pages have the form contract of the bank's pages.
type counterpart struct {
	process
	t         *testing.T
	org       certs.Organisation
	url       string
	challenge string
	query     url.Values
	refused   error
	// Ways in which a counterpart can go wrong.
	issuer, state string
	deny          bool
}

const (
	formToken   = `a"b&c\d<e>'f`
	consentID   = "0d1f1a3e-2f4b-4a57-9d2c-1f7f6a4b2c11"
	redirectURI = "http://127.0.0.1:1/back?from=fairway"
)

func (b *counterpart) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	steps := map[string]func(http.ResponseWriter, *http.Request, []byte, url.Values) error{
		"POST /token": b.token, "POST /consent/v1/consents": b.consent, "GET /v1/authorizations": b.authorise,
		"GET /bank/start": b.start, "POST /bank/approve": b.approve, "GET /card-account/v1/card-accounts": b.accounts,
	}
	step := steps[r.Method+" "+r.URL.Path]
	if step == nil {
		step = func(http.ResponseWriter, *http.Request, []byte, url.Values) error {
			return fmt.Errorf("no such address: %s %s", r.Method, r.URL)
		}
	}
	if err := step(w, r, body, form); err != nil {
		b.refused = err
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"tppMessages":[{"category":"ERROR","text":%q}]}`, err.Error())
	}
}

func (b *counterpart) qwac(r *http.Request) error {
	if len(r.TLS.PeerCertificates) == 0 {
		return errors.New("no client certificate")
	}
	cert, v := b.Identify(r.Context(), r.TLS.PeerCertificates[0], b.db.Now())
	if !v.Passed() || cert.OrganisationID != b.org.ID {
		return fmt.Errorf("another client certificate: %s", v.Text)
	}
	return nil
}

func (b *counterpart) signed(r *http.Request, body []byte, token string) error {
	seal, v := b.IdentifySeal(r.Context(), b.org.ID, catalog.Sandbox, r.Header.Get("TPP-Signature-Certificate"), b.db.Now())
	if !v.Passed() {
		return v.Err()
	}
	result, err := seal.Verifier.Verify(r.Header)
	if err != nil {
		return err
	}
	if len(result.Notes) > 0 {
		return fmt.Errorf("other banks would refuse: %v", result.Notes)
	}
	if _, err := httpsig.CheckDigest(r.Header, body); err != nil {
		return err
	}
	if r.Header.Get("Authorization") != "Bearer "+token || r.Header.Get("X-Api-Key") != environment.APIKey || r.Header.Get("Psu-Ip-Address") == "" {
		return fmt.Errorf("headers are %v", r.Header)
	}
	return b.qwac(r)
}

func (b *counterpart) token(w http.ResponseWriter, r *http.Request, _ []byte, form url.Values) error {
	if err := b.qwac(r); err != nil {
		return err
	}
	if id, password, _ := r.BasicAuth(); id != environment.ClientID || password != environment.ClientSecret {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
		return nil
	}
	access := "tok_own"
	if form.Get("grant_type") == "authorization_code" {
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if form.Get("code") != "code+/=" || form.Get("redirect_uri") != redirectURI || base64.RawURLEncoding.EncodeToString(sum[:]) != b.challenge {
			return fmt.Errorf("exchange of %v", form)
		}
		access = "tok_user"
	} else if form.Get("grant_type") != "client_credentials" {
		return fmt.Errorf("grant %v", form)
	}
	_, err := fmt.Fprintf(w, "{\n  \"access_token\": %q,\n  \"token_type\": \"Bearer\", \"expires_in\": 600\n}", access)
	return err
}

func (b *counterpart) consent(w http.ResponseWriter, r *http.Request, body []byte, _ url.Values) error {
	if err := b.signed(r, body, "tok_own"); err != nil {
		return err
	}
	if !strings.Contains(string(body), `"allPsd2":"allAccounts"`) || r.Header.Get("Content-Type") != "application/json" {
		return fmt.Errorf("consent %s", body)
	}
	w.WriteHeader(http.StatusCreated)
	_, err := fmt.Fprintf(w, `{"consentStatus":"received","consentId":"%s","_links":{"self":{"href":"/consent/v1/consents/x"}}}`, consentID)
	return err
}

func (b *counterpart) authorise(w http.ResponseWriter, r *http.Request, _ []byte, _ url.Values) error {
	q := r.URL.Query()
	if len(r.TLS.PeerCertificates) > 0 {
		return errors.New("the customer's browser has the TPP's certificate")
	}
	if q.Get("scope") != "AIS:"+consentID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("client_id") != environment.ClientID || q.Get("redirect_uri") != redirectURI {
		return fmt.Errorf("authorisation of %v", q)
	}
	b.query, b.challenge = q, q.Get("code_challenge")
	http.SetCookie(w, &http.Cookie{Name: "bank", Value: "session", Path: "/bank", HttpOnly: true, Secure: true})
	http.Redirect(w, r, "/bank/start?id=1&x=2", http.StatusSeeOther)
	return nil
}

// page draws one of the bank's pages: a form that goes on, a form that denies.
func page(w io.Writer, action, inside string) error {
	_, err := fmt.Fprintf(w, "<!doctype html><html><body><main><h1>Bank</h1>\n<form method=\"post\"\n action=\"%s\" class=\"stack go-on\"><input type=\"hidden\" name=\"_token\" value=\"%s\">%s<button type=\"submit\">Go on</button></form>\n"+
		"<form method=\"post\" class=\"deny\" action=\"/bank/deny\"><input type=\"hidden\" name=\"_token\" value=\"x\"><input type=\"hidden\" name=\"step\" value=\"deny\"><button>Cancel</button></form></main></body></html>",
		html.EscapeString(action), html.EscapeString(formToken), inside)
	return err
}

func (b *counterpart) start(w http.ResponseWriter, r *http.Request, _ []byte, _ url.Values) error {
	if c, err := r.Cookie("bank"); err != nil || c.Value != "session" || r.URL.Query().Get("x") != "2" {
		return errors.New("no cookie or another address")
	}
	return page(w, "approve?id=1&step=1", `<input type="hidden" name="step" value="identify"><label for="psu_id">Customer</label><input id="psu_id" type="text" name="psu_id" value="">`)
}

func (b *counterpart) approve(w http.ResponseWriter, r *http.Request, body []byte, form url.Values) error {
	if c, err := r.Cookie("bank"); err != nil || c.Value != "session" || form.Get("_token") != formToken || len(form["_token"]) != 1 {
		return fmt.Errorf("no cookie or another form: %v", form)
	}
	switch form.Get("step") {
	case "identify":
		if form.Get("psu_id") != environment.PSUID {
			return fmt.Errorf("customer %v", form)
		}
		return page(w, "/bank/approve", `<input type="hidden" name="step" value="select"><input type="checkbox" name="account" value="card 1"><input name="account" checked type="checkbox" value="card&amp;2">`)
	case "select":
		if got := strings.Join(form["account"], ","); got != "card 1,card&2" {
			return fmt.Errorf("accounts %q in %s", got, body)
		}
		return page(w, "", `<input type="hidden" name="step" value="confirm"><p>Your code is <strong class="code" id="sandbox-code"> 123 456 </strong></p><input name="code" inputmode="numeric">`)
	case "confirm":
		if form.Get("code") != "123456" {
			return fmt.Errorf("code %v", form)
		}
	default:
		return fmt.Errorf("step %v", form)
	}
	answer := url.Values{"code": {"code+/="}, "state": {b.query.Get("state")}, "iss": {b.url + "/sandbox/rocker"}}
	if b.deny {
		answer = url.Values{"error": {"access_denied"}, "error_description": {"The customer said no."}, "state": {b.query.Get("state")}}
	}
	if b.state != "" {
		answer.Set("state", b.state)
	}
	if b.issuer != "" {
		answer.Set("iss", b.issuer)
	}
	w.Header().Set("Location", redirectURI+"&"+answer.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (b *counterpart) accounts(w http.ResponseWriter, r *http.Request, body []byte, _ url.Values) error {
	if r.Header.Get("Consent-Id") != consentID {
		return errors.New("another consent")
	}
	if err := b.signed(r, body, "tok_user"); err != nil {
		return err
	}
	_, err := io.WriteString(w, `{"cardAccounts":[{"resourceId":"1"}]}`)
	return err
}

// smoke runs the archive's script in a shell against the counterpart.
func smoke(t *testing.T, shell string, change func(*counterpart, *certs.EnvFile)) (b *counterpart, stdout, stderr string, err error) {
	t.Helper()
	for _, tool := range []string{shell, "curl", "openssl", "awk"} {
		if _, missing := exec.LookPath(tool); missing != nil {
			t.Skip(tool + " is not installed")
		}
	}
	p := newProcess(t, testkit.SQLiteAt(t, clock.System{}))
	b = &counterpart{process: p, t: t, org: newOrganisation(t, p.db, "Example Oy")}
	server := httptest.NewUnstartedServer(b)
	served, err := p.ServerCertificate([]string{"localhost", "127.0.0.1"})
	must(t, err)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{served}, ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	b.url = server.URL

	set, private := p.generate(t, b.org, "")
	env := environment
	env.TokenURL, env.APIURL, env.AuthorizationURL, env.RedirectURI = b.url+"/token", b.url, b.url+"/v1/authorizations", redirectURI
	change(b, &env)
	packed, err := p.Bundle(t.Context(), set, private, env)
	must(t, err)
	var out, diagnosis strings.Builder
	run := exec.CommandContext(t.Context(), shell, unpack(t, packed)+"/smoke-test.sh")
	run.Env = append(os.Environ(), "no_proxy=*", "TMPDIR="+t.TempDir())
	run.Stdout, run.Stderr = &out, &diagnosis
	err = run.Run()
	return b, out.String(), diagnosis.String(), err
}

func TestTheScriptGoesFromTheFirstTokenToTheFirstAccount(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"dash", "bash"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			b, stdout, stderr, err := smoke(t, shell, func(*counterpart, *certs.EnvFile) {})
			if err != nil || b.refused != nil {
				t.Fatalf("%v, refused: %v\n%s", err, b.refused, stderr)
			}
			if stdout != `{"cardAccounts":[{"resourceId":"1"}]}`+"\n200\n" {
				t.Errorf("it prints %q", stdout)
			}
		})
	}
}

func TestTheScriptSaysWhatToDoWhenAStepFails(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		change func(*counterpart, *certs.EnvFile)
		says   []string
	}{
		"wrong secret":   {func(_ *counterpart, e *certs.EnvFile) { e.ClientSecret = "wrong" }, []string{"HTTP status 401", "invalid_client", "Compare FAIRWAY_CLIENT_ID"}},
		"wrong API key":  {func(_ *counterpart, e *certs.EnvFile) { e.APIKey = "wrong" }, []string{"HTTP status 400", "tppMessages", "request log", "X-Request-ID"}},
		"wrong customer": {func(_ *counterpart, e *certs.EnvFile) { e.PSUID = "1" }, []string{"HTTP status 400", "The bank refused"}},
		"denied":         {func(b *counterpart, _ *certs.EnvFile) { b.deny = true }, []string{"access_denied: The customer said no."}},
		"other state":    {func(b *counterpart, _ *certs.EnvFile) { b.state = "other" }, []string{"another state"}},
		"other issuer":   {func(b *counterpart, _ *certs.EnvFile) { b.issuer = "https://evil.example" }, []string{"https://evil.example", "expected was", "/sandbox/rocker"}},
		"nobody there":   {func(_ *counterpart, e *certs.EnvFile) { e.TokenURL = "https://127.0.0.1:1/token" }, []string{"cannot be reached"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			_, stdout, stderr, err := smoke(t, "sh", test.change)
			if err == nil || strings.Contains(stdout, "200") {
				t.Errorf("it ended well: %s", stdout)
			}
			for _, word := range test.says {
				if !strings.Contains(stderr, word) {
					t.Errorf("it does not say %q:\n%s", word, stderr)
				}
			}
		})
	}
}
