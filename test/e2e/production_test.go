package e2e

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"math/big"

	"fairway/internal/testkit/pg"
)

// The names under which a proxy in front of the people's door is reached.
const (
	portalHost = "portal.fairway.example"
	bankHost   = "sandbox.ui.rocker.fairway.example"
)

// proxy ends TLS for the people's door, as production has it: what is asked of the public names goes to the process.
type proxy struct{ sv *server }

func (p proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != portalHost && r.URL.Host != bankHost {
		return http.DefaultTransport.RoundTrip(r)
	}
	inside := r.Clone(r.Context())
	inside.Host = r.URL.Host
	inside.URL.Scheme, inside.URL.Host = "http", strings.TrimPrefix(p.sv.inside, "http://")
	res, err := http.DefaultTransport.RoundTrip(inside)
	if res != nil {
		res.Request = r
	}
	return res, err
}

// TestProductionServesTheWholeWayAndSaysLittle runs the strict mode: hosts of their own, cookies for https alone, lines
// of JSON without a secret.
func TestProductionServesTheWholeWayAndSaysLittle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serverFiles(t, dir)
	sv := start(t, settings{database: pg.URL(t), limits: wideLimits, extra: []string{
		"PORTAL_MODE=production", "PORTAL_BASE_URL=https://" + portalHost, "PORTAL_BANK_URL=https://{environment}.ui.{brand}.fairway.example",
		"PORTAL_TLS_CERT=" + filepath.Join(dir, "server.pem"), "PORTAL_TLS_KEY=" + filepath.Join(dir, "server.key"),
		sealingKeys(), "PORTAL_SMTP_URL=smtp://127.0.0.1:9", "PORTAL_SUPPORT_EMAIL=support@fairway.example",
	}})
	p := sv.newTPP(t)
	if p.app.PortalURL != "https://"+portalHost || p.app.AuthorizationURL != "https://"+bankHost+"/v1/authorizations" {
		t.Errorf("app.json says %+v", p.app)
	}
	p.http = sv.machine(t, filepath.Join(dir, "server.pem"), &p.qwac)
	sv.portal, sv.inside = p.app.PortalURL, sv.portal
	b := sv.browser(t)
	consent := p.newConsent(t, p.ownToken(t), allAccounts)
	v := p.visit(consent)

	code := p.codeIn(t, p.approve(t, b, v, nil), v)
	got := p.tokens(t, p.redeem(t, code, v))

	if a := p.ask(t, p.read(cardsPath, grant{consent: consent, access: got.AccessToken})); a.status != http.StatusOK {
		t.Errorf("%s", a)
	}
	page := b.open("/login")
	if page.status != http.StatusOK || !strings.Contains(page.header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("Strict-Transport-Security is %q: %s", page.header.Get("Strict-Transport-Security"), page)
	}
	for _, cookie := range (&http.Response{Header: page.header}).Cookies() {
		if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.Secure || !cookie.HttpOnly || cookie.Path != "/" {
			t.Errorf("the cookie %s: %+v", cookie.Name, cookie)
		}
	}
	if outbox := b.open("/dev/outbox"); outbox.status != http.StatusNotFound {
		t.Errorf("the outbox: %s", outbox)
	}
	sv.portal = sv.inside
	for _, problem := range sv.stop() {
		t.Error(problem)
	}
	expectJSONLines(t, sv.out.String())
	sv.again(t)
}

// expectJSONLines checks that the log is one object a line, that requests are in it, and that nothing failed.
func expectJSONLines(t testing.TB, log string) {
	t.Helper()
	requests := 0
	lines := bufio.NewScanner(strings.NewReader(log))
	for lines.Scan() {
		text := lines.Text()
		if !strings.HasPrefix(text, "{") {
			continue // the greeting of the start
		}
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil || line["time"] == nil || line["level"] == nil || line["msg"] == nil {
			t.Errorf("no line of a log: %v: %s", err, text)
		}
		if line["level"] == "ERROR" {
			t.Errorf("something failed: %s", text)
		}
		if line["status"] != nil {
			requests++
		}
	}
	if requests < 5 {
		t.Errorf("the log has %d requests:\n%s", requests, log)
	}
}

// serverFiles writes a certificate for localhost, signed by itself.
func serverFiles(t testing.TB, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"server.pem": {Type: "CERTIFICATE", Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
