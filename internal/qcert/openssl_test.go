package qcert

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func mustHaveOpenSSL(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: skipped")
	}
	return path
}

func mustWrite(t testing.TB, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
}

// openssl runs one command of it on files in a folder that holds the family and the pair.
type openssl struct {
	t    *testing.T
	path string
	dir  string
}

func newOpenSSL(t *testing.T) openssl {
	o := openssl{t: t, path: mustHaveOpenSSL(t), dir: t.TempDir()}
	f := newFamily(t, ForTPPs)
	servers := newFamily(t, ForServers)
	p := profile(t, QWAC)
	for name, der := range map[string][]byte{
		"root": f.root.Raw, "issuing": f.issuing.Raw, "servers": servers.issuing.Raw,
		"qwac": f.mustIssue(t, p, rsaKey().Public()).Raw, "seal": f.mustIssue(t, profile(t, QSealC), secondKey().Public()).Raw,
	} {
		mustWrite(t, filepath.Join(o.dir, name), toPEM("CERTIFICATE", der))
	}
	template, err := Template(p, rsaKey().Public())
	must(t, err)
	template.DNSNames = []string{"bank.example.com"}
	mustWrite(t, filepath.Join(o.dir, "outside"), toPEM("CERTIFICATE", mustSign(t, template, f.issuing, caKey()).Raw))
	return o
}

func (o openssl) run(args ...string) (string, error) {
	cmd := exec.CommandContext(o.t.Context(), o.path, args...)
	cmd.Dir = o.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (o openssl) mustRun(args ...string) string {
	o.t.Helper()
	out, err := o.run(args...)
	if err != nil {
		o.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return out
}

func TestOpenSSLVerifiesThePairStrictly(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	verify := func(leaf string, more ...string) (string, error) {
		args := append([]string{"verify", "-x509_strict", "-policy_check", "-attime", "1795262400", "-CAfile", "root", "-untrusted", "issuing"}, more...)
		return o.run(append(args, leaf)...)
	}

	for leaf, purpose := range map[string]string{"qwac": "sslclient", "seal": "any"} {
		if out, err := verify(leaf, "-purpose", purpose); err != nil {
			t.Errorf("%s: %v\n%s", leaf, err, out)
		}
	}
	if out, err := verify("qwac", "-purpose", "sslserver", "-explicit_policy", "-policy", SandboxPolicy); err != nil {
		t.Errorf("with the policy asked for: %v\n%s", err, out)
	}
	if out, err := verify("outside"); err == nil || !strings.Contains(out, "permitted subtree violation") {
		t.Errorf("a name outside of .%s: %v\n%s", SandboxDomain, err, out)
	}
}

func TestOpenSSLReadsWhatTheProfileSays(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)

	text := o.mustRun("x509", "-in", "qwac", "-noout", "-text", "-nameopt", "RFC2253,utf8")

	for _, want := range []string{
		"CN=example.tpp.sandbox.invalid,organizationIdentifier=PSDXX-FWYSBX-A1B2C3D4E5,O=Example Oy SANDBOX,C=FI",
		"Digital Signature, Key Encipherment", "TLS Web Server Authentication, TLS Web Client Authentication", "CA:FALSE",
		"Policy: " + SandboxPolicy, "SANDBOX", "DNS:example.tpp.sandbox.invalid, DNS:www.example.tpp.sandbox.invalid",
		"URI:http://localhost:8080/pki/tpp.crl", "CA Issuers - URI:http://localhost:8080/pki/tpp.cer", "qcStatements",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if constraint := o.mustRun("x509", "-in", "issuing", "-noout", "-text"); !regexp.MustCompile(`Name Constraints: critical\s+Permitted:\s+DNS:invalid\s+Excluded:\s+IP:0.0.0.0/0.0.0.0\s+IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0`).MatchString(constraint) || !strings.Contains(constraint, "CA:TRUE, pathlen:0") {
		t.Errorf("the issuing CA:\n%s", constraint)
	}
	if servers := o.mustRun("x509", "-in", "servers", "-noout", "-text"); strings.Contains(servers, "Name Constraints") || !strings.Contains(servers, "pathlen:0") {
		t.Errorf("the servers' CA:\n%s", servers)
	}
	if root := o.mustRun("x509", "-in", "root", "-noout", "-text"); !strings.Contains(root, "CA:TRUE") || strings.Contains(root, "pathlen") {
		t.Errorf("the root:\n%s", root)
	}
}

func TestOpenSSLFindsTheStatements(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	whole := o.mustRun("asn1parse", "-in", "seal", "-i")
	at := regexp.MustCompile(`(?m)OBJECT\s+:qcStatements\n\s*(\d+):`).FindStringSubmatch(whole)
	if at == nil {
		t.Fatalf("no qcStatements in\n%s", whole)
	}

	inner := o.mustRun("asn1parse", "-in", "seal", "-i", "-strparse", at[1])

	for _, want := range []string{
		"0.4.0.1862.1.1", "0.4.0.1862.1.6", "0.4.0.1862.1.6.2", "0.4.0.1862.1.5", "0.4.0.19495.2", "0.4.0.19495.1.3", "0.4.0.19495.1.2",
		"UTF8STRING        :PSP_AI", "UTF8STRING        :PSP_PI", "UTF8STRING        :" + SandboxAuthorityName, "UTF8STRING        :" + SandboxAuthority,
		"IA5STRING         :https://localhost:8443/pki/pds", "PRINTABLESTRING   :en",
	} {
		if !strings.Contains(inner, want) {
			t.Errorf("no %q in\n%s", want, inner)
		}
	}
}

func TestSerialAndNamesAreWrittenAsOpenSSLWritesThem(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	data, err := os.ReadFile(filepath.Join(o.dir, "qwac"))
	must(t, err)
	certs, _, err := ReadPEM(data)
	must(t, err)
	i := mustParse(t, certs[0])

	out := o.mustRun("x509", "-in", "qwac", "-noout", "-serial", "-subject", "-issuer", "-fingerprint", "-sha256", "-nameopt", "RFC2253,utf8")

	for _, want := range []string{"serial=" + i.SerialHex + "\n", "subject=" + i.Subject + "\n", "issuer=" + i.Issuer + "\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if !strings.Contains(strings.ToLower(strings.ReplaceAll(out, ":", "")), i.SHA256) {
		t.Errorf("no thumbprint %s in\n%s", i.SHA256, out)
	}
}

func TestRichNamesAreWrittenAsOpenSSLWritesThem(t *testing.T) {
	t.Parallel()
	o := openssl{t: t, path: mustHaveOpenSSL(t), dir: t.TempDir()}
	cert := mustSelf(t, &x509.Certificate{Subject: orderedName(
		"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "example", oidCountry, "HU", "\x55\x04\x07", "Budapest", oidOrganization, `Microsec "Kft", <a+b>; c\d`,
		oidOrgID, "VATHU-23584497", "\x55\x04\x0b", " # e-Szignó CA ", "\x55\x04\x05", "#12", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "info@example.hu",
		"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", "HU", "\x55\x04\x0f", "Private Organization", oidCommonName, "Qualified\tCA 2017",
	)}, ecKey())
	mustWrite(t, filepath.Join(o.dir, "rich"), toPEM("CERTIFICATE", cert.Raw))

	out := o.mustRun("x509", "-in", "rich", "-noout", "-issuer", "-nameopt", "RFC2253,utf8,-esc_msb")

	if want := "issuer=" + mustParse(t, cert).Issuer + "\n"; out != want {
		t.Errorf("OpenSSL: %sours:   %s", out, want)
	}
}
