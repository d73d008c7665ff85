package qcert

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// keys are private keys in each form that Go can write, as DER.
func keys(t testing.TB) map[string][]byte {
	t.Helper()
	sec1, err := x509.MarshalECPrivateKey(ecKey())
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(rsaKey())
	must(t, err)
	ecPKCS8, err := x509.MarshalPKCS8PrivateKey(ecKey())
	must(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	edPKCS8, err := x509.MarshalPKCS8PrivateKey(ed)
	must(t, err)
	cert, err := x509.ParseCertificate(leafDER())
	must(t, err)
	pfx, err := pkcs12.Modern.Encode(rsaKey(), cert, nil, "secret")
	must(t, err)
	zero := text(asn1.INTEGER, "\x00")
	number := text(asn1.INTEGER, strings.Repeat("\x55", 32))
	return map[string][]byte{
		"RSA PRIVATE KEY":         x509.MarshalPKCS1PrivateKey(rsaKey()),
		"EC PRIVATE KEY":          sec1,
		"PRIVATE KEY":             pkcs8,
		"PRIVATE KEY, EC":         ecPKCS8,
		"PRIVATE KEY, Ed25519":    edPKCS8,
		"DSA PRIVATE KEY":         statements(zero, number, number, number, number, number),
		"ENCRYPTED PRIVATE KEY":   statements(in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"), in(asn1.SEQUENCE)), text(asn1.OCTET_STRING, strings.Repeat("\x01", 64))),
		"PKCS12":                  pfx,
		"PRIVATE KEY with public": statements(text(asn1.INTEGER, "\x01"), in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x2b\x65\x70")), text(asn1.OCTET_STRING, strings.Repeat("\x01", 34))),
	}
}

// mustBeWiped uploads and asks for the one code, and for zeros in place of what was sent.
func mustBeWiped(t *testing.T, what string, upload []byte) {
	t.Helper()
	data := bytes.Clone(upload)
	certs, repairs, err := ReadPEM(data)
	r, ok := err.(*Refusal) //nolint:errorlint // the documented type
	if !ok || r.Code != KeyUploaded || len(certs) != 0 || len(repairs) != 0 {
		t.Errorf("%s: %d certificates, %v", what, len(certs), err)
		return
	}
	if len(bytes.Trim(data, "\x00")) != 0 {
		t.Errorf("%s: the upload was not wiped", what)
	}
	if !strings.Contains(r.Text, "exposed") {
		t.Errorf("%s: %s", what, r.Text)
	}
}

func TestPrivateKeysAreRefusedInEveryForm(t *testing.T) {
	t.Parallel()
	for name, der := range keys(t) {
		label, _, _ := strings.Cut(name, ",")
		label = strings.TrimSuffix(label, " with public")
		block := string(toPEM(label, der))
		leaf := string(leafPEM())
		for what, upload := range map[string]string{
			"alone":                        block,
			"in DER":                       string(der),
			"in DER behind a certificate":  string(leafDER()) + string(der),
			"behind a certificate":         leaf + block,
			"before a certificate":         block + leaf,
			"between two":                  leaf + block + leaf,
			"named a certificate":          string(toPEM("CERTIFICATE", der)),
			"named a certificate, behind":  leaf + string(toPEM("CERTIFICATE", der)),
			"as bare base64":               base64Of(der),
			"as bare base64, behind":       leaf + "\n" + base64Of(der),
			"as bare base64, on one line":  strings.ReplaceAll(leaf, "\n", " ") + " " + base64Of(der),
			"in the block, behind":         string(toPEM("CERTIFICATE", append(bytes.Clone(leafDER()), der...))),
			"in the block's text, behind":  strings.Replace(leaf, "\n-----END", "\n"+base64Of(der)+"\n-----END", 1),
			"in one line":                  strings.ReplaceAll(block, "\n", ""),
			"with literal line feeds":      strings.ReplaceAll(block, "\n", `\n`),
			"in UTF-16":                    string(utf16Bytes(leaf+block, binary.LittleEndian, true)),
			"in UTF-16 without a mark":     string(utf16Bytes(block, binary.BigEndian, false)),
			"with typographic dashes":      strings.ReplaceAll(leaf+block, "-----", "—–"),
			"after eleven certificates":    strings.Repeat(leaf, 11) + block,
			"without its BEGIN line":       leaf + body([]byte(block)) + "\n-----END " + label + "-----",
			"without its END line":         leaf + "-----BEGIN " + label + "-----\n" + body([]byte(block)),
			"indented in a configuration":  "key: |\n    " + strings.ReplaceAll(strings.TrimSpace(block), "\n", "\n    ") + "\n",
			"quoted in a mail":             "> " + strings.ReplaceAll(strings.TrimSpace(leaf+block), "\n", "\n> "),
			"glued to a bare certificate":  strings.TrimRight(base64Of(leafDER()), "=") + "\n" + base64Of(der),
			"behind words like one":        "MIIC MIIB MIIA MIIC\n" + base64Of(der),
			"with carriage returns":        strings.ReplaceAll(block, "\n", "\r"),
			"with a byte order mark":       "\ufeff" + block,
			"named in small letters":       leaf + strings.ToLower("-----BEGIN "+label+"-----") + "\n" + body([]byte(block)) + "\n",
			"in a web page":                "<html><pre>" + block + "</pre></html>",
			"behind a certificate request": string(toPEM("CERTIFICATE REQUEST", []byte{1, 2, 3})) + block,
		} {
			mustBeWiped(t, name+" "+what, []byte(upload))
		}
	}
}

func TestAnnouncedKeysAreRefusedWhateverTheyHold(t *testing.T) {
	t.Parallel()
	for what, upload := range map[string]string{
		"encrypted PEM of old":    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nabcd\n-----END RSA PRIVATE KEY-----\n",
		"OpenSSH":                 "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n",
		"OpenSSH without lines":   "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=",
		"SSH2":                    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56w==\n",
		"PGP":                     "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n",
		"PuTTY":                   "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
		"JWK":                     `{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}`,
		"JWK with blanks":         "{ \"kty\" : \"EC\",\n \"d\" : \"AQAB\" }",
		"XML":                     "<RSAKeyValue><Modulus>AQ==</Modulus><D>AQ==</D></RSAKeyValue>",
		"text of OpenSSL":         "Private-Key: (2048 bit, 2 primes)\nmodulus:\n    00:aa\nprivateExponent:\n    00:bb\n",
		"empty block":             "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"an odd label":            "-----BEGIN ANY PRIVATE KEY-----\nAA==\n",
		"hard blanks":             "-----BEGIN\u00a0PRIVATE\u00a0KEY-----\nAA==\n",
		"broken over lines":       "-----BEGIN PRIVATE\nKEY-----\nAA==\n",
		"an END line alone":       "AA==\n-----END RSA PRIVATE KEY-----\n",
		"a Java key store":        "\xfe\xed\xfe\xed\x00\x00\x00\x02",
		"our own archive":         "PK\x03\x04\x14\x00\x08\x00\x08\x00qwac.key",
		"more than can be read":   strings.Repeat("x", MaxUpload) + "-----BEGIN PRIVATE KEY-----",
		"far more in UTF-16":      string(utf16Bytes(strings.Repeat("x", MaxUpload)+"-----BEGIN PRIVATE KEY-----", binary.LittleEndian, true)),
		"in a binary file":        "\x00\x01\x02-----BEGIN PRIVATE KEY-----\nAA==\n",
		"a certificate before it": string(leafPEM()) + "-----BEGIN PRIVATE KEY-----\nAA==\n",
	} {
		mustBeWiped(t, what, []byte(upload))
	}
}

func TestTalkingOfKeysIsNotSendingOne(t *testing.T) {
	t.Parallel()
	for _, remark := range []string{
		"Keep your private key! BEGIN here, at the END the PRIVATE KEY stays with you.\n",
		"The certificate follows; the private key we keep.\n",
		`{"kty":"RSA","kid":"D","n":"AQAB"}` + "\n",
		"Public-Key: (2048 bit)\nModulus: 00:aa\nX509v3 Private Key Usage Period:\n",
	} {
		for _, upload := range []string{remark + string(leafPEM()), string(leafPEM()) + remark} {
			if certs, _, err := ReadPEM([]byte(upload)); err != nil || len(certs) != 1 {
				t.Errorf("%q: %v", remark, err)
			}
		}
	}
}

func TestDecoysAreRefusedBeforeTheyCost(t *testing.T) {
	t.Parallel()
	for decoy, code := range map[string]string{
		"MIJAADCC": UploadTooLarge, // a sequence of 16 KB inside of which nothing makes sense
		"MIL/8DCC": NotACert,       // one that is longer than the upload
	} {
		r := refusal(t, []byte(strings.Repeat(decoy+" ", MaxUpload/(len(decoy)+1))))

		if r.Code != code {
			t.Errorf("%s: %s: %s", decoy, r.Code, r.Text)
		}
	}
}

func TestKeysThatOpenSSLWritesAreRefused(t *testing.T) {
	t.Parallel()
	openssl := mustHaveOpenSSL(t)
	dir := t.TempDir()
	key := filepath.Join(dir, "rsa.key")
	run := func(args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), openssl, args...)
		cmd.Stdin = bytes.NewReader(leafPEM())
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		return out
	}
	mustWrite(t, key, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey())}))

	for _, args := range [][]string{
		{"pkcs8", "-topk8", "-in", key, "-passout", "pass:x"},
		{"pkcs8", "-topk8", "-in", key, "-passout", "pass:x", "-outform", "DER"},
		{"pkcs8", "-topk8", "-in", key, "-passout", "pass:x", "-v1", "PBE-SHA1-3DES", "-outform", "DER"},
		{"pkcs8", "-topk8", "-in", key, "-nocrypt", "-outform", "DER"},
		{"rsa", "-in", key, "-aes256", "-passout", "pass:x", "-traditional"},
		{"rsa", "-in", key, "-text", "-noout"},
		{"pkcs12", "-export", "-inkey", key, "-passout", "pass:x"},
		{"genpkey", "-algorithm", "X25519", "-outform", "DER"},
		{"genpkey", "-algorithm", "ED448", "-outform", "DER"},
		{"ecparam", "-name", "brainpoolP256r1", "-genkey", "-noout", "-outform", "DER"},
		{"ecparam", "-name", "secp384r1", "-genkey"},
	} {
		out := run(args...)
		mustBeWiped(t, strings.Join(args, " "), out)
		if args[0] != "rsa" || args[len(args)-1] != "-noout" {
			mustBeWiped(t, strings.Join(args, " ")+", as bare base64", []byte("see below\n"+base64Of(pemOrDER(out))))
			mustBeWiped(t, strings.Join(args, " ")+", in a Kubernetes secret", secret(out))
		}
	}
}

// secret is how Kubernetes writes a certificate with its key.
func secret(key []byte) []byte {
	return []byte("apiVersion: v1\ndata:\n  tls.crt: " + base64Of(leafPEM()) + "\n  tls.key: " + base64Of(key) + "\nkind: Secret\n")
}

// pemOrDER takes the armour off where there is one; a text form stays as it is, announced by its own words.
func pemOrDER(out []byte) []byte {
	for rest := out; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return out
		}
		if strings.Contains(b.Type, "PRIVATE KEY") && len(b.Headers) == 0 {
			return b.Bytes
		}
	}
}
