//go:build e2e_full

package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// customerStep stands between the two folders: it is what the reader does in a browser. The address that it asks is the test's.
const customerStep = `meta {
  name: 9 The customer approves
  type: http
  seq: 9
}

get {
  url: {{customer}}
  body: none
  auth: none
}

headers {
  consent: {{consent_id}}
  state: {{state}}
  challenge: {{code_challenge}}
  authorization-url: {{authorization_url}}
}

script:post-response {
  bru.setEnvVar('code', res.getBody().code);
}

assert {
  res.status: eq 200
}
`

// unpack writes an archive into a folder and returns the one folder in it.
func unpack(t *testing.T, packed []byte, dir string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	in, err := os.ReadDir(dir)
	if err != nil || len(in) != 1 {
		t.Fatalf("%v %v", in, err)
	}
	return filepath.Join(dir, in[0].Name())
}

// customer is the customer whom the collection's reader sends to the bank: it approves, and answers with what came back.
func (p *tpp) customer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := url.Values{"response_type": {"code"}, "client_id": {p.app.ClientID}, "redirect_uri": {p.app.RedirectURI}, "scope": {"AIS:" + r.Header.Get("Consent")},
			"state": {r.Header.Get("State")}, "code_challenge": {r.Header.Get("Challenge")}, "code_challenge_method": {"S256"}}
		back, err := url.Parse(p.approve(t, p.sv.browser(t), visit{url: strings.TrimSuffix(r.Header.Get("Authorization-Url"), "?") + "?" + q.Encode()}, nil))
		if err != nil || back.Query().Get("state") != r.Header.Get("State") {
			t.Errorf("the bank came back with another state: %v", err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		p.sv.book.hide("a code", back.Query().Get("code"))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"code": back.Query().Get("code")})
	}))
	t.Cleanup(s.Close)
	return s
}

// brunoReport is what Bruno's command line says of a run.
type brunoReport []struct {
	Summary struct {
		TotalRequests, PassedRequests, TotalAssertions, PassedAssertions int
	}
	Results []struct {
		Response struct{ Data any }
	}
}

func TestTheCollectionGoesTheWholeWayInBruno(t *testing.T) {
	t.Parallel()
	node, script := needHeavy(t, "@usebruno", "cli", "bin", "bru.js")
	script, err := filepath.Abs(script) // Bruno works in the folder of the collection
	if err != nil {
		t.Fatal(err)
	}
	p := town(t, wideLimits).newTPP(t)
	dir, home := unpack(t, p.download(t, "/reference/collections/bruno.zip?brand=rocker"), t.TempDir()), t.TempDir()
	for _, name := range []string{"qwac.pem", "qwac.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), mustRead(t, filepath.Join(p.dir, name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "1 Consent", "9 The customer approves.bru"), []byte(customerStep), 0o600); err != nil {
		t.Fatal(err)
	}
	onLine := func(name string) string { // its command line takes no value of several lines
		return strings.TrimSpace(strings.ReplaceAll(string(mustRead(t, filepath.Join(p.dir, name))), "\n", " "))
	}
	report := filepath.Join(home, "report.json")
	args := []string{script, "run", "-r", "--env", "Sandbox", "--cacert", filepath.Join(p.dir, "ca.pem"), "--ignore-truststore", "--noproxy", "--reporter-json", report}
	for name, value := range map[string]string{
		"client_id": p.app.ClientID, "client_secret": p.app.ClientSecret, "api_key": p.app.APIKey, "redirect_uri": p.app.RedirectURI, "customer": p.customer(t).URL,
		"qseal_key": onLine("qseal.key"), "qseal_certificate": onLine("qseal.pem"),
	} {
		args = append(args, "--env-var", name+"="+value)
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "NO_COLOR=1"}

	said, err := cmd.CombinedOutput()

	var r brunoReport
	text, unwritten := os.ReadFile(report)
	if unwritten != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := json.Unmarshal(text, &r); err != nil || len(r) != 1 {
		t.Fatalf("%v\n%s", err, said)
	}
	if s := r[0].Summary; err != nil || s.TotalRequests != 10 || s.PassedRequests != 10 || s.TotalAssertions != 10 || s.PassedAssertions != 10 {
		t.Fatalf("%v %+v\n%s", err, s, said)
	}
	consent := ""
	for _, step := range r[0].Results {
		body, _ := step.Response.Data.(map[string]any)
		if id, ok := body["consentId"].(string); ok {
			consent = id
		}
		if token, ok := body["access_token"].(string); ok {
			p.sv.book.hide("an access token", token)
		}
	}
	if status := p.consentStatus(t, p.ownToken(t), consent); status != "terminatedByTpp" {
		t.Errorf("at the end the consent is %s", status)
	}
}
