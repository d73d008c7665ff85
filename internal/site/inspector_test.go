package site_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// post sends a form as a browser does.
func (w *world) post(path, kind string, body []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://localhost:8080"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

func (w *world) inspect(fields ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return w.post("/inspector", "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// set are a QWAC and a seal of the sandbox, in PEM.
func (w *world) set() (qwac, seal string) {
	w.t.Helper()
	c := w.certs()
	org, person := testkit.Organisation(w.t, w.d, "Example Oy")
	keys, err := c.Prepare(w.t.Context(), certs.Request{OrganisationID: org, Roles: []qcert.Role{qcert.RoleAI}, KeyBits: certs.DefaultKeyBits})
	must(w.t, err)
	var set certs.Set
	must(w.t, w.d.InTx(w.t.Context(), func(tx db.Tx) error {
		set, _, err = c.Generate(w.t.Context(), tx, certs.Organisation{ID: org, Name: "Example Oy", Country: "FI"}, person, keys, "first")
		return err
	}))
	return pemOf(set.QWAC.DER), pemOf(set.QSeal.DER)
}

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnybodyMayInspectACertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	qwac, seal := w.set()

	one, two := w.inspect("certificate", qwac), w.inspect("certificate", seal, "second", qwac)

	for name, answer := range map[string]*httptest.ResponseRecorder{"one": one, "two": two} {
		if answer.Code != http.StatusOK || answer.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v", name, answer.Code, answer.Header())
		}
	}
	mustContain(t, "a QWAC", one.Body.String(), "Website authentication (QWAC)", "PSP_AI – account information", "PSDXX-FWYSBX-",
		qcert.CertSandboxInLive, `href="/docs/errors/CERT_SANDBOX_IN_LIVE"`, "EN 319 412-5", "checks failed")
	mustContain(t, "a pair", two.Body.String(), "The two together", "Electronic seal (QC eSeal)", "3 checks passed")
}

func TestTheInspectorTakesAFileToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	qwac, _ := w.set()
	block, _ := pem.Decode([]byte(qwac))
	send := func(text string, file []byte) *httptest.ResponseRecorder {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("certificate", text) // into memory
		part, err := form.CreateFormFile("certificate_file", "qwac.cer")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(file) // as above
		_ = form.Close()
		return w.post("/inspector", form.FormDataContentType(), body.Bytes())
	}

	der, both, none := send("", block.Bytes), send(qwac, block.Bytes), send(qwac, nil)

	if der.Code != http.StatusOK || none.Code != http.StatusOK || both.Code != http.StatusUnprocessableEntity {
		t.Errorf("a DER file %d, a text with an empty file %d, both %d", der.Code, none.Code, both.Code)
	}
	mustContain(t, "both at once", both.Body.String(), "Send one of the two", `aria-invalid="true"`)
	mustContain(t, "DER", der.Body.String(), "Website authentication")
}

func TestWhatIsNoCertificateIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	secret := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	bare := strings.Join(strings.Split(secret, "\n")[1:4], "")
	for name, c := range map[string]struct{ sent, says string }{
		"nothing":               {"", "The file is empty."},
		"a word":                {"hello", "BEGIN CERTIFICATE"},
		"a key":                 {secret, "private key"},
		"a key without its box": {bare, "private key"},
		"a page":                {"<html><body>404</body></html>", ""},
		"too much":              {strings.Repeat("A", 100<<10), "larger than 64 KB"},
	} {
		answer := w.inspect("certificate", c.sent)

		page := answer.Body.String()
		if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(page, c.says) || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%s: %d, %.80s", name, answer.Code, page[strings.Index(page, "<h1"):])
		}
		if c.sent != "" && strings.Contains(name, "key") && strings.Contains(page, bare[20:60]) {
			t.Errorf("%s is shown again", name)
		}
	}
}

func TestHostileNamesAreShownAsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: testkit.Start.AddDate(1, 0, 0),
		Subject: pkix.Name{Organization: []string{`<svg onload="alert(1)">`}, CommonName: "Bank\u202eknaB", Country: []string{"FI"}}, DNSNames: []string{"</code><script>.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)

	answer := w.inspect("certificate", pemOf(der))

	page := answer.Body.String()
	if answer.Code != http.StatusOK || strings.Contains(page, "<svg onload") || strings.Contains(page, "\u202e") {
		t.Errorf("%d: markup or direction marks of a certificate reach the page", answer.Code)
	}
	mustContain(t, "the page", page, "&lt;svg onload", "[U+202E]", qcert.NameSuspicious)
}
