package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/testkit/chrome"
)

// hostile are files that people send by mistake or on purpose, with the sentence that comes back.
var hostile = []struct{ name, data, says string }{
	{"one of 129 KB", strings.Repeat("x", 129<<10), "This file is too large"},
	{"200,000 blocks", strings.Repeat("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 200_000), "This file is too large"},
	{"2,000 blocks", strings.Repeat("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 2_000), "larger than"},
	{"an archive", "PK\x03\x04" + strings.Repeat("\x00", 40_000), ""},
	{"nothing", "", ""},
}

// upload sends a form with one file, as a browser does.
func (v *visitor) upload(path, field, data string, fields ...string) answer {
	v.world.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields = append(fields, "_token", v.token)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1]) // into memory
	}
	part, err := form.CreateFormFile(field, "file.pem")
	if err != nil {
		v.world.t.Fatal(err)
	}
	_, _ = io.WriteString(part, data) // as above
	_ = form.Close()
	r := v.request(http.MethodPost, path, nil)
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.send(r)
}

// refusedAt reports whether the form came back with a sentence at the field.
func refusedAt(a answer, field, says string) bool {
	at := strings.Index(a.body, `id="`+field+`-error"`)
	return a.status == http.StatusUnprocessableEntity && strings.Contains(a.body, `role="alert"`) && at >= 0 && strings.Contains(a.body[at:min(len(a.body), at+400)], says)
}

func TestHostileFilesComeBackAsTheFormWithASentenceAtTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anybody, member := w.anybody(), w.member("Revontuli Oy")
	pair := demotest.Issue(t, demotest.New(t, w.clock.Now()), demo.Request{At: w.clock.Now()})
	const live = "/playground/live/certificates"

	for _, c := range hostile {
		if a := anybody.upload("/inspector", "certificate_file", c.data); !refusedAt(a, "certificate", c.says) {
			t.Errorf("the inspector, %s: %d %.300s", c.name, a.status, a.body)
		}
		if a := member.upload("/playground/certificates/own", "qseal_file", c.data, "once", "first", "roles", "PSP_AI"); !refusedAt(a, "qseal", c.says) {
			t.Errorf("the own requests, %s: %d %.300s", c.name, a.status, a.body)
		}
		if a := member.upload(live+"/upload", "qseal_file", c.data, "version", "0", "qwac", pemText(pair.QWAC)); c.data != "" && !refusedAt(a, "qseal", c.says) {
			t.Errorf("the upload, %s: %d %.300s", c.name, a.status, a.body)
		}
	}
	if a := member.post(live+"/upload", "version", draftVersion(t, member.get(live+"/upload")), "qwac", pemText(pair.QWAC), "qseal", pemText(pair.Seal)); a.status != http.StatusSeeOther {
		t.Fatalf("the pair: %d", a.status)
	}
	member.post(live+"/challenge/new", "version", draftVersion(t, member.get(live+"/challenge")))
	for _, c := range hostile[:4] {
		says := c.says
		if len(c.data) < 129<<10 {
			says = ""
		}
		if a := member.upload(live+"/challenge", "signature_file", c.data, "version", draftVersion(t, member.get(live+"/challenge"))); !refusedAt(a, "signature", says) {
			t.Errorf("the challenge, %s: %d %.300s", c.name, a.status, a.body)
		}
	}
}

func TestABodyThatIsTooLargeToReadIsAnsweredWithAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	a := w.anybody().upload("/inspector", "certificate_file", strings.Repeat("x", 17<<20))

	if a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "<h1") || !strings.Contains(a.body, "larger than 16 MB") || !strings.Contains(a.body, "Start page") {
		t.Errorf("%d %.300s", a.status, a.body)
	}
}

func TestAFileThatIsTooLargeInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	w := newWorld(t)
	tab := chrome.Open(t, w.cfg.BaseURL.String(), "")
	file := func(name string, size int) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("x"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	send := func(path string) string {
		tab.Open("/inspector")
		tab.Do(chromedp.SetUploadFiles(chromedp.CSS(`input[name="certificate_file"]`), []string{path}))
		tab.Press(`main form button.primary`, `.error-summary, .message`)
		return chrome.Ask[string](tab, `document.querySelector('main').innerText`)
	}

	atField, page := send(file("large.pem", 129<<10)), send(file("huge.pem", 40<<20))

	if !strings.Contains(atField, "This file is too large") || !strings.Contains(atField, "Certificate inspector") {
		t.Errorf("129 KB: %s", atField)
	}
	if !strings.Contains(page, "larger than 16 MB") {
		t.Errorf("40 MB: %s", page)
	}
}

func pemText(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

// draftVersion is what a page's form says of the draft.
func draftVersion(t *testing.T, a answer) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, `name="version" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("no version: %d", a.status)
	}
	return html.UnescapeString(value)
}
