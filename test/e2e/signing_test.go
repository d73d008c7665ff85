package e2e

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// signInNode runs the script of the collections over a text and prints the headers.
const signInNode = `
const fs = require('fs');
const fairway = new Function(fs.readFileSync(process.argv[1], 'utf8') + '; return fairway')();
const [text, key, certificate] = process.argv.slice(2);
console.log(JSON.stringify(fairway.sign(text, { 'psu-id': '1345611' }, fs.readFileSync(key, 'utf8'), fs.readFileSync(certificate, 'utf8'))));`

// TestTheCollectionsScriptSignsAsOpenSSLDoes holds the script's signature against OpenSSL's over the same bytes: this padding
// leaves nothing to chance, so they are equal.
func TestTheCollectionsScriptSignsAsOpenSSLDoes(t *testing.T) {
	t.Parallel()
	node, openssl := needTool(t, "node", "nodejs"), needTool(t, "openssl")
	p := town(t, wideLimits).newTPP(t)
	key, certificate := filepath.Join(p.dir, "qseal.key"), filepath.Join(p.dir, "qseal.pem")
	old := filepath.Join(t.TempDir(), "pkcs1.key")
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(p.seal.key)})
	if err := os.WriteFile(old, block, 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join("..", "..", "internal", "collections", "sign.js")
	for _, body := range []string{"", `{"name":"Äänekoski 🇫🇮","text":"line\nline"}`, strings.Repeat("x", 10_000)} {
		for _, keyFile := range []string{key, old} {
			out, err := exec.CommandContext(t.Context(), node, "-e", signInNode, script, body, keyFile, certificate).Output()
			if err != nil {
				t.Fatal(err)
			}
			var h map[string]string
			if err := json.Unmarshal(out, &h); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(body))
			text := "digest: SHA-256=" + base64Of(sum[:]) + "\nx-request-id: " + h["X-Request-ID"] + "\npsu-id: 1345611"
			cmd := exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-sign", key)
			cmd.Stdin = strings.NewReader(text)
			want, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			expectSigned(t, p, h, want)
		}
	}
}

var signatureForm = regexp.MustCompile(`^keyId="([^"]+)",algorithm="rsa-sha256",headers="digest x-request-id psu-id",signature="([^"]+)"$`)

func expectSigned(t *testing.T, p *tpp, h map[string]string, want []byte) {
	t.Helper()
	m := signatureForm.FindStringSubmatch(h["Signature"])
	if m == nil || m[1] != keyID(t, p.seal.cert) || m[2] != base64Of(want) {
		t.Errorf("the header is %s\nwant keyId %s and the signature %s", h["Signature"], keyID(t, p.seal.cert), base64Of(want))
	}
	if der, err := base64.StdEncoding.DecodeString(h["TPP-Signature-Certificate"]); err != nil || string(der) != string(p.seal.cert.Raw) {
		t.Errorf("the certificate is another one (%v)", err)
	}
}
