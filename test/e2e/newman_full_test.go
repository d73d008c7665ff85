//go:build e2e_full

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// environment is Postman's, as far as a test changes it.
type environment struct {
	Name   string           `json:"name"`
	Values []map[string]any `json:"values"`
}

func (e *environment) set(name, value string) {
	for _, v := range e.Values {
		if v["key"] == name {
			v["value"] = value
			return
		}
	}
	e.Values = append(e.Values, map[string]any{"key": name, "value": value, "enabled": true})
}

func (e *environment) value(name string) string {
	for _, v := range e.Values {
		if v["key"] == name {
			text, _ := v["value"].(string)
			return text
		}
	}
	return ""
}

// newman runs folders of the collection in a folder of this machine.
type newman struct {
	p            *tpp
	node, script string
	dir          string
	file         string
	requests     int
}

// run runs one folder with an environment and returns that as the requests left it.
func (n *newman) run(t *testing.T, folder string, e environment) environment {
	t.Helper()
	in, out, report := filepath.Join(n.dir, "in.json"), filepath.Join(n.dir, "out.json"), filepath.Join(n.dir, "report.json")
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), n.node, n.script, "run", n.file,
		"--folder", folder, "--environment", in, "--export-environment", out, "--reporters", "cli,json", "--reporter-json-export", report, "--color", "off",
		"--ssl-client-cert", filepath.Join(n.p.dir, "qwac.pem"), "--ssl-client-key", filepath.Join(n.p.dir, "qwac.key"), "--ssl-extra-ca-certs", filepath.Join(n.p.dir, "ca.pem"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + n.dir}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("newman, folder %s: %v\n%s", folder, err, said.String())
	}
	n.count(t, report)
	var after environment
	if err := json.Unmarshal(mustRead(t, out), &after); err != nil {
		t.Fatal(err)
	}
	n.p.sv.book.hide("an access token", after.value("access_token"))
	return after
}

// count expects that every assertion of a report was made and held.
func (n *newman) count(t *testing.T, report string) {
	t.Helper()
	var r struct {
		Run struct {
			Stats struct {
				Requests, Assertions struct{ Total, Failed int }
			}
			Failures []json.RawMessage
		}
	}
	if err := json.Unmarshal(mustRead(t, report), &r); err != nil {
		t.Fatal(err)
	}
	if s := r.Run.Stats; s.Requests.Failed != 0 || s.Assertions.Failed != 0 || s.Assertions.Total != s.Requests.Total || len(r.Run.Failures) != 0 {
		t.Errorf("the report: %+v %s", s, r.Run.Failures)
	}
	n.requests += r.Run.Stats.Requests.Total
}

func (p *tpp) download(t *testing.T, path string) []byte {
	t.Helper()
	res, err := http.Get(p.sv.portal + path)
	if err != nil {
		t.Fatal(err)
	}
	a := readAnswer(t, res)
	if a.status != http.StatusOK {
		t.Fatal(a)
	}
	return []byte(a.body)
}

func TestTheCollectionGoesTheWholeWayInNewman(t *testing.T) {
	t.Parallel()
	node, script := needHeavy(t, "newman", "bin", "newman.js")
	n := &newman{node: node, script: script, dir: t.TempDir(), p: town(t, wideLimits).newTPP(t)}
	n.file = filepath.Join(n.dir, "collection.json")
	if err := os.WriteFile(n.file, n.p.download(t, "/reference/collections/postman.json?brand=rocker"), 0o600); err != nil {
		t.Fatal(err)
	}
	var e environment
	if err := json.Unmarshal(n.p.download(t, "/reference/collections/postman-environment.json?brand=rocker"), &e); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"client_id": n.p.app.ClientID, "client_secret": n.p.app.ClientSecret, "api_key": n.p.app.APIKey, "redirect_uri": n.p.app.RedirectURI,
		"qseal_key": string(mustRead(t, filepath.Join(n.p.dir, "qseal.key"))), "qseal_certificate": string(mustRead(t, filepath.Join(n.p.dir, "qseal.pem"))),
	} {
		e.set(name, value)
	}

	e = n.run(t, "1 Consent", e)
	back, err := url.Parse(n.p.approve(t, n.p.sv.browser(t), visit{url: authorisationURL(n.p, e)}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if back.Query().Get("state") != e.value("state") {
		t.Errorf("the bank came back with another state: %s", back.Query().Get("state"))
	}
	n.p.sv.book.hide("a code", back.Query().Get("code"))
	e.set("code", back.Query().Get("code"))
	e = n.run(t, "2 Accounts", e)

	if n.requests != 9 {
		t.Errorf("newman sent %d requests", n.requests)
	}
	if status := n.p.consentStatus(t, n.p.ownToken(t), e.value("consent_id")); status != "terminatedByTpp" {
		t.Errorf("at the end the consent is %s", status)
	}
}

// authorisationURL is the address that the collection told its reader to open.
func authorisationURL(p *tpp, e environment) string {
	q := url.Values{"response_type": {"code"}, "client_id": {p.app.ClientID}, "redirect_uri": {p.app.RedirectURI}, "scope": {"AIS:" + e.value("consent_id")},
		"state": {e.value("state")}, "code_challenge": {e.value("code_challenge")}, "code_challenge_method": {"S256"}}
	return strings.TrimSuffix(e.value("authorization_url"), "?") + "?" + q.Encode()
}
