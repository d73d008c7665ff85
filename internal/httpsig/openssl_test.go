package httpsig

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// openssl runs the program as a second opinion, or skips the test.
func openssl(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: our signatures are not compared with its own")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v: %s", strings.Join(args, " "), err, problems.String())
	}

	return out
}

func mustWrite(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}

	return path
}

func TestOpenSSLSignsWhatWeVerify(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	keyFile := mustWrite(t, "qseal.key", []byte(armour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(s.key))))
	certFile := mustWrite(t, "qseal.pem", []byte(armour("CERTIFICATE", s.cert.Raw)))
	body := []byte(`{"access":{}}`)
	for _, hash := range []string{"256", "512"} {
		digest := "SHA-" + hash + "=" + strings.TrimSpace(string(openssl(t, openssl(t, body, "dgst", "-sha"+hash, "-binary"), "base64", "-A")))
		text := "x-request-id: " + requestID + "\ndigest: " + digest + "\npsu-id: " + psuID
		sig := openssl(t, []byte(text), "dgst", "-sha"+hash, "-sign", keyFile)
		printed := openssl(t, nil, "x509", "-in", certFile, "-noout", "-serial", "-issuer", "-nameopt", "RFC2253")
		serial, issuer, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(string(printed), "serial=")), "\nissuer=")
		h := http.Header{
			"X-Request-Id": {requestID}, "Psu-Id": {psuID}, "Digest": {digest},
			"Signature": {`keyId="SN=` + serial + ",CA=" + strings.ReplaceAll(issuer, " ", "%20") + `",algorithm="rsa-sha` + hash +
				`",headers="x-request-id digest psu-id",signature="` + base64.StdEncoding.EncodeToString(sig) + `"`},
			pathCertificate: {strings.TrimSpace(string(openssl(t, openssl(t, nil, "x509", "-in", certFile, "-outform", "DER"), "base64", "-A")))},
		}

		if _, err := CheckDigest(h, body); err != nil {
			t.Error(err)
		}
		if r, err := Verify(h, s.cert); err != nil || r.SigningString != text || len(r.Notes) != 0 {
			t.Errorf("sha%s: %v, notes %q", hash, err, r.Notes)
		}
	}
}

func TestOpenSSLVerifiesWhatWeSign(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 3072)
	certFile := mustWrite(t, "qseal.pem", []byte(armour("CERTIFICATE", s.cert.Raw)))
	publicFile := mustWrite(t, "qseal.pub", openssl(t, nil, "x509", "-in", certFile, "-noout", "-pubkey"))
	for hash, flag := range map[crypto.Hash]string{crypto.SHA256: "-sha256", crypto.SHA512: "-sha512"} {
		h := newRequest(allHeaders...)
		text := mustSign(t, h, []byte("{}"), s, hash)
		p, err := Parse(h.Get("Signature"))
		if err != nil {
			t.Fatal(err)
		}
		sigFile := mustWrite(t, "sig", p.Signature)

		if out := openssl(t, []byte(text), "dgst", flag, "-verify", publicFile, "-signature", sigFile); !strings.Contains(string(out), "OK") {
			t.Errorf("%s: %s", flag, out)
		}
	}
}

func TestKeyIDAgreesWithOpenSSL(t *testing.T) {
	t.Parallel()
	for _, issuer := range []pkix.RDNSequence{
		sandboxCA,
		{rdn(oidC, "FI"), rdn(oidOrgID, "VATFI-123"), rdn(oidO, "Foo, Inc. + <Sons>; #1"), rdn(oidCN, ` "edge" \ `)},
		{{{Type: oidCN, Value: "X"}, {Type: oidO, Value: "Y"}}, rdn(oidCN, "#1")},
		{rdn(oidO, "Ålands Öl"), rdn(oidL, "Mariehamn"), rdn(oidST, "Åland")},
	} {
		cert := mustIssuedBy(t, issuer, "e62a8bb30907c2ba")
		certFile := mustWrite(t, "c.pem", []byte(armour("CERTIFICATE", cert.Raw)))

		// without esc_msb: we percent-code letters outside ASCII instead
		out := openssl(t, nil, "x509", "-in", certFile, "-noout", "-issuer", "-nameopt", "RFC2253,-esc_msb")
		printed := strings.TrimRight(strings.TrimPrefix(string(out), "issuer="), "\n")

		if id := newIdentity(cert); id.issuer != printed {
			t.Errorf("we print  %s\nopenssl   %s", id.issuer, printed)
		}
		if err := MatchKeyID("SN=E62A8BB30907C2BA,CA="+printed, cert); err != nil {
			t.Errorf("openssl's form is refused: %v", err)
		}
	}
}
