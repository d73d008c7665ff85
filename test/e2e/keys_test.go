package e2e

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const ownKeysPath = "/playground/certificates/own"

// traffic is all that a page sent.
type traffic struct {
	mu     sync.Mutex
	pieces []string
}

func (tr *traffic) add(text string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.pieces = append(tr.pieces, text)
}

// record writes down each request of the tab: address, headers as they went, and body.
func (b *tab) record() *traffic {
	b.t.Helper()
	tr := &traffic{}
	err := chromedp.Listen(b.ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			tr.add(e.Request.Method + " " + e.Request.URL + e.Request.URLFragment)
			for _, entry := range e.Request.PostDataEntries {
				tr.add(string(entry.Bytes))
			}
			tr.add(fmt.Sprint(e.Request.Headers))
		case *network.EventRequestWillBeSentExtraInfo:
			tr.add(fmt.Sprint(e.Headers))
		case *network.EventWebSocketFrameSent:
			tr.add(fmt.Sprint(e.Response))
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	size := int64(1 << 20)
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{MaxPostDataSize: &size})
		return chromedp.Void{}, err
	})
	return tr
}

// all is the traffic in the ways in which something can stand in it: as it was, unescaped, and without blanks.
func (tr *traffic) all() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	text := strings.Join(tr.pieces, "\n")
	unescaped := escaped.ReplaceAllStringFunc(text, func(code string) string {
		value, _ := hex.DecodeString(code[1:])
		return string(value)
	})
	return text + unescaped + strings.Join(strings.Fields(unescaped), "")
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// holds reports whether any 24 bytes in a row of a number stand in a text: raw, in hexadecimal, or in base64 of any alignment.
func holds(text string, number []byte) bool {
	lower := strings.ToLower(text)
	for at := 0; at+24 <= len(number); at += 8 {
		part := number[at : at+24]
		if strings.Contains(text, string(part)) || strings.Contains(lower, hex.EncodeToString(part)) {
			return true
		}
		for skip := range 3 {
			middle := base64.StdEncoding.EncodeToString(part[skip : skip+21])
			if strings.Contains(text, middle) || strings.Contains(text, strings.NewReplacer("+", "-", "/", "_").Replace(middle)) {
				return true
			}
		}
	}
	return false
}

// saved waits for a file that the browser saves.
func saved(t *testing.T, dir, name string) []byte {
	t.Helper()
	var data []byte
	until(t, "the file "+name, func() bool {
		var err error
		data, err = os.ReadFile(filepath.Join(dir, name))
		return err == nil && len(data) > 0
	})
	return data
}

func mustKey(t *testing.T, text []byte) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("the saved file is no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func TestAKeyThatIsMadeInTheBrowserNeverLeavesIt(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b, dir := newTab(t, sv), t.TempDir()
	b.axe = axeSource(t)
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
		return chromedp.Void{}, err
	})
	b.signUp("keys-" + randomHex(4) + "@acme.example")
	b.press("Set up my sandbox")
	secrets := b.hideSecrets()
	b.open("/playground/certificates/regenerate")
	sent := b.record()

	b.do(chromedp.Click(chromedp.CSS(`[data-make]`)), chromedp.WaitVisible(chromedp.CSS(`#keys-made`)))
	b.do(chromedp.Click(chromedp.CSS(`[data-save="qwac.key"]`)), chromedp.Click(chromedp.CSS(`[data-save="qseal.key"]`)))
	files := map[string][]byte{"qwac.key": saved(t, dir, "qwac.key"), "qseal.key": saved(t, dir, "qseal.key")}
	b.press("Both are saved")
	b.do(chromedp.Click(chromedp.CSS(`form[action="/playground/certificates/download"] button`)))
	archive := saved(t, dir, "fairway-sandbox.zip")
	b.signedFlow()

	text := sent.all()
	for name, file := range files {
		key := mustKey(t, file)
		sv.book.hideKey(name, file)
		if !holds(text, key.N.Bytes()) {
			t.Fatalf("the public half of %s was not recorded, so nothing is proved", name)
		}
		parts := map[string][]byte{"d": key.D.Bytes(), "p": key.Primes[0].Bytes(), "q": key.Primes[1].Bytes(),
			"dp": key.Precomputed.Dp.Bytes(), "dq": key.Precomputed.Dq.Bytes(), "qinv": key.Precomputed.Qinv.Bytes()}
		for part, number := range parts {
			if holds(text, number) {
				t.Errorf("%s of %s crossed the network", part, name)
			}
		}
	}
	b.expectQuiet()
	folder, _ := sv.unpack(t, archive)
	for name, file := range files {
		if err := os.WriteFile(filepath.Join(folder, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expectVerified(t, folder)
	fillEnv(t, folder, secrets)
	if out, complaints, err := runScript(t, folder, "smoke-test.sh"); err != nil || lastLine(out) != "200" {
		t.Errorf("smoke-test.sh with the saved keys: %v\n%s\n%s", err, out, complaints)
	}
}

// signedFlow goes to the card accounts; the two signed requests are signed in the browser.
func (b *tab) signedFlow() {
	b.t.Helper()
	b.open("/playground/flow")
	b.press("Run to the consent")
	b.do(chromedp.WaitVisible(chromedp.CSS(`[data-here]`)))
	b.look()
	b.press("Sign and send")
	b.press("Open the bank")
	b.press("Continue as 1345611")
	b.press("Approve")
	b.fill("code", "123456")
	b.press("Confirm")
	b.press("Sign and send")
	if text := b.words(); !strings.Contains(text, "200 OK") || !strings.Contains(text, "5243 78** **** 8693") {
		b.t.Fatalf("the flow ended with %s:\n%s", b.address(), text)
	}
}

// expectVerified holds both certificates against the sandbox's root with OpenSSL, and each against its key.
func expectVerified(t *testing.T, dir string) {
	t.Helper()
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), needTool(t, "openssl"), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("verify", "-x509_strict", "-CAfile", "ca.pem", "-untrusted", "chain.pem", "qwac.pem", "qseal.pem")
	for _, name := range []string{"qwac", "qseal"} {
		if run("x509", "-in", name+".pem", "-noout", "-pubkey") != run("pkey", "-in", name+".key", "-pubout") {
			t.Errorf("%s.pem is not for %s.key", name, name)
		}
	}
}

// fillEnv writes the secrets that were shown once into env.sh.
func fillEnv(t *testing.T, dir string, secrets []string) {
	t.Helper()
	path := filepath.Join(dir, "env.sh")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		name := []byte("FAIRWAY_API_KEY=''")
		if strings.HasPrefix(secret, "sbx_sk_") {
			name = []byte("FAIRWAY_CLIENT_SECRET=''")
		}
		text = bytes.Replace(text, name, []byte(strings.TrimSuffix(string(name), "''")+"'"+secret+"'"), 1)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

var printedScript = regexp.MustCompile(`(?s)id="make-keys"[^>]*>(.*?)</code>`)

func TestOwnRequestsOfOpenSSLLeadToA200(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b := sv.browser(t)
	b.signUp(t, "requests-"+randomHex(4)+"@acme.example")
	first, _ := sv.unpack(t, b.setUp(t))
	b.open(ownKeysPath)
	found := printedScript.FindStringSubmatch(b.page.body)
	if found == nil {
		t.Fatalf("the page prints no commands: %s", b.page)
	}
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "keys.sh"), []byte(html.UnescapeString(found[1])), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, complaints, err := runScript(t, own, "keys.sh"); err != nil {
		t.Fatalf("the printed commands: %v\n%s\n%s", err, out, complaints)
	}

	b.submit(b.formTo(ownKeysPath), "qwac", read(t, own, "qwac.csr"), "qseal", read(t, own, "qseal.csr"))
	if words := b.page.words(); !strings.Contains(words, "34 checks passed") {
		t.Errorf("the printed commands make requests that do not pass: %s", words)
	}
	for _, f := range b.page.forms() {
		if f.values().Get("act") == "issue" {
			b.submit(f)
		}
	}
	b.follow()
	b.submit(b.formTo("/playground/certificates/download"))
	dir, names := sv.unpack(t, b.archive(t))

	for _, name := range names {
		if strings.HasSuffix(name, ".key") || strings.HasSuffix(name, ".p12") {
			t.Errorf("the archive holds %s", name)
		}
	}
	for from, list := range map[string][]string{own: {"qwac.key", "qseal.key"}, first: {"env.sh"}} {
		for _, name := range list {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(read(t, from, name)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	expectVerified(t, dir)
	out, complaints, err := runScript(t, dir, "smoke-test.sh")
	if err != nil || lastLine(out) != "200" || !strings.Contains(out, "5243 78** **** 8693") {
		t.Fatalf("smoke-test.sh: %v\n%s\n%s", err, out, complaints)
	}
	b.regenerate(t)
	if out, _, err := runScript(t, dir, "smoke-test.sh"); err == nil || lastLine(out) == "200" {
		t.Error("the replaced set still works")
	}
}
