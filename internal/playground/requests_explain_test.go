package playground_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/httpsig"
	"fairway/internal/secret"
)

// askBadly asks for the accounts as a client does that signs another text, or with another key.
func (m *member) askBadly(s *street, path string, change func(text string) string, withQWAC bool) (id string) {
	m.t.Helper()
	qwac, seal, key, err := m.certs.PlaygroundKeys(m.t.Context(), m.org, catalog.Sandbox)
	if err != nil {
		m.t.Fatal(err)
	}
	_, _, apiKey, err := m.apps.PlaygroundCredentials(m.t.Context(), m.org, m.list()[0].ID)
	if err != nil {
		m.t.Fatal(err)
	}
	run := m.run(path)
	r := must(http.NewRequestWithContext(m.t.Context(), http.MethodGet, s.machines.URL+"/sandbox/rocker/card-account/v1/card-accounts", nil))(m.t)
	id = secret.UUID()
	for name, value := range map[string]string{"X-Request-ID": id, "Consent-ID": run.ConsentID, "X-API-Key": apiKey.Reveal(), "Authorization": "Bearer " + run.Secrets.AccessToken.Reveal()} {
		r.Header.Set(name, value)
	}
	text := must(httpsig.Sign(r.Header, nil, seal, key, crypto.SHA256))(m.t)
	if withQWAC {
		key = qwac.PrivateKey.(*rsa.PrivateKey)
	}
	sum := sha256.Sum256([]byte(change(text)))
	signature := must(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]))(m.t)
	before, _, _ := strings.Cut(r.Header.Get("Signature"), `signature="`)
	r.Header.Set("Signature", fmt.Sprintf(`%ssignature="%s"`, before, base64.StdEncoding.EncodeToString(signature)))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(m.certs.Roots())
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{qwac}, Time: m.clock.Now, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	answer := must(client.Do(r))(m.t)
	defer func() { _ = answer.Body.Close() }()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), "SIGNATURE_INVALID") {
		m.t.Fatalf("%d %s", answer.StatusCode, body)
	}
	return id
}

func TestALoggedSignatureIsExplainedWithItsDifference(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, path := s.finished()
	for want, id := range map[string]string{
		"<del>X-Request-ID</del>":        m.askBadly(s, path, func(text string) string { return strings.Replace(text, "x-request-id", "X-Request-ID", 1) }, false),
		"a line end after the last line": m.askBadly(s, path, func(text string) string { return text + "\n" }, false),
		"your QWAC":                      m.askBadly(s, path, func(text string) string { return text }, true),
	} {
		page := m.mustGet("/playground/requests?q=" + id)
		if len(page.rows()) != 1 {
			t.Fatalf("%d requests have the id", len(page.rows()))
		}

		call := m.mustGet(page.rows()[0])

		if !strings.Contains(call.body, want) || !call.says("What was signed, and what we verify") {
			t.Errorf("the page does not say %q: %s", want, call.body)
		}
	}
}

func TestASignatureIsExplainedWithTheSetOfItsTime(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, _, path := s.finished()
	s.clock.Advance(time.Second)
	id := m.askBadly(s, path, func(text string) string { return strings.Replace(text, "x-request-id", "X-Request-ID", 1) }, false)
	href := m.mustGet("/playground/requests?q=" + id).rows()[0]
	s.clock.Advance(time.Second)
	set := must(m.certs.Active(t.Context(), m.org, catalog.Sandbox))(t)
	if a := m.post("/playground/certificates/regenerate", "once", set.ID, "roles", "PSP_AI", "key_bits", "2048"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}

	page := m.mustGet(href)

	if !strings.Contains(page.body, "<del>X-Request-ID</del>") {
		t.Error("after the set was replaced it is explained otherwise")
	}
}
