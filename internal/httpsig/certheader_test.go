package httpsig

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
)

func b64(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

func armour(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func onOneLine(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\n", " ")) }

func TestTheCertificateHeaderIsReadAsSentAndAsPasted(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	plain, block := b64(s.cert.Raw), armour("CERTIFICATE", s.cert.Raw)
	for name, v := range map[string]string{
		"base64": plain, "blanks around": "  " + plain + "\t", "blanks inside": plain[:64] + " " + plain[64:],
		"line ends inside": strings.TrimSuffix(strings.SplitAfterN(block, "\n", 2)[1], "-----END CERTIFICATE-----\n"),
		"PEM":              block, "PEM on one line": onOneLine(block), "PEM without line ends": strings.ReplaceAll(block, "\n", ""),
	} {
		der, err := CertificateFromHeader(v)

		if err != nil || !bytes.Equal(der, s.cert.Raw) {
			t.Errorf("%s: %d bytes, %v", name, len(der), err)
		}
	}
}

func TestAWholePEMBlockIsAcceptedWithANote(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	h := newRequest()
	mustSign(t, h, nil, s, crypto.SHA256)
	h.Set(pathCertificate, onOneLine(armour("CERTIFICATE", s.cert.Raw)))

	r, err := Verify(h, s.cert)

	if err != nil || len(r.Notes) != 1 || r.Notes[0] != notePEM {
		t.Errorf("notes %q, %v", r.Notes, err)
	}
}

func TestAPrivateKeyInTheHeaderIsNamedAndNeverRepeated(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	pkcs1 := x509.MarshalPKCS1PrivateKey(s.key)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(caKey())
	if err != nil {
		t.Fatal(err)
	}
	ec8, err := x509.MarshalPKCS8PrivateKey(caKey())
	if err != nil {
		t.Fatal(err)
	}
	encrypted := append([]byte{0x30, 0x40, 0x30, 0x20, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d}, make([]byte, 40)...)
	p12 := append([]byte{0x30, 0x40, 2, 1, 3, 0x30, 0x20}, make([]byte, 40)...)
	block := armour("PRIVATE KEY", pkcs8)
	for name, v := range map[string]string{
		"PKCS #1": b64(pkcs1), "PKCS #8": b64(pkcs8), "SEC 1": b64(sec1), "PKCS #8 EC": b64(ec8), "encrypted": b64(encrypted), "PKCS #12": b64(p12),
		"PEM": block, "PEM on one line": onOneLine(block), "PEM with blanks coded": strings.ReplaceAll(onOneLine(block), " ", "%20"),
		"RSA PEM": armour("RSA PRIVATE KEY", pkcs1), "EC PEM": armour("EC PRIVATE KEY", sec1), "encrypted PEM": armour("ENCRYPTED PRIVATE KEY", encrypted),
		"certificate, then key": armour("CERTIFICATE", s.cert.Raw) + block, "key, then certificate": block + armour("CERTIFICATE", s.cert.Raw),
		"cut off": b64(pkcs8)[:401], "base64 of PEM": b64([]byte(block)), "no padding": strings.TrimRight(b64(ec8), "="),
		"only the BEGIN line and some": block[:200],
	} {
		_, err := CertificateFromHeader(v)

		m := wantMistake(t, err, KeyInHeader, pathCertificate)
		if m.Sent != "" || m.Expected != "" || strings.Contains(m.Text, v[len(v)/2:len(v)/2+12]) {
			t.Errorf("%s: the mistake repeats the value: %+v", name, m)
		}

		h := newRequest()
		mustSign(t, h, nil, s, crypto.SHA256)
		h.Set(pathCertificate, strings.NewReplacer("\n", " ").Replace(v))
		r, err := Verify(h, s.cert)
		m = wantMistake(t, err, KeyInHeader, pathCertificate)
		if m.Sent != "" || r.SigningString != "" {
			t.Errorf("%s: %+v, %+v", name, m, r)
		}
	}
}

func TestWhatIsNotACertificateIsNamed(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	public, err := x509.MarshalPKIXPublicKey(&s.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, caKey())
	if err != nil {
		t.Fatal(err)
	}
	plain, block := b64(s.cert.Raw), armour("CERTIFICATE", s.cert.Raw)
	for _, c := range []struct{ name, v, code, says string }{
		{"empty", "", CertificateSyntax, "not a certificate"},
		{"text", "hello", CertificateSyntax, "cut off or lost"},
		{"base64 of text", b64([]byte("hello")), CertificateSyntax, "not a certificate"},
		{"too long", strings.Repeat("A", maxCertificate+1), TooLong, "at most"},
		{"public key", b64(public), CertificateSyntax, "public key"},
		{"public key PEM", armour("PUBLIC KEY", public), CertificateSyntax, "not a certificate"},
		{"signing request", b64(request), CertificateSyntax, "signing request"},
		{"PKCS #7", b64([]byte{0x30, 0x0b, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}), CertificateSyntax, "PKCS #7"},
		{"chain", block + block, CertificateSyntax, "without the chain"},
		{"no END line", strings.TrimSuffix(block, "-----END CERTIFICATE-----\n"), CertificateSyntax, "END line"},
		{"only the BEGIN line", "-----BEGIN CERTIFICATE-----", CertificateSyntax, "END line"},
		{`\n`, strings.ReplaceAll(strings.TrimSpace(block), "\n", `\n`), CertificateSyntax, `\n`},
		{"percent-coded", strings.ReplaceAll(plain, "=", "%3D") + "%2B", CertificateSyntax, "percent-coded"},
		{"base64url", strings.NewReplacer("+", "-", "/", "_").Replace(plain) + "-_-_", CertificateSyntax, "base64url"},
		{"colons of Client-Cert", ":" + plain + ":", CertificateSyntax, "colons"},
		{"cut off", plain[:len(plain)-7], CertificateSyntax, "cut off"},
		{"bytes missing", b64(s.cert.Raw[:400]), CertificateSyntax, "missing or left over"},
		{"bytes left over", b64(append(bytes.Clone(s.cert.Raw), 0)), CertificateSyntax, "missing or left over"},
		{"two certificates run together", b64(append(bytes.Clone(s.cert.Raw), s.cert.Raw...)), CertificateSyntax, "left over"},
		{"base64 of PEM", b64([]byte(block)), CertificateSyntax, "once more"},
	} {
		_, err := CertificateFromHeader(c.v)

		if m := wantMistake(t, err, c.code, pathCertificate); !strings.Contains(m.Text, c.says) {
			t.Errorf("%s: %q does not say %q", c.name, m.Text, c.says)
		}
	}
}

func TestAnotherCertificateThanTheRegisteredOneIsRefused(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	renewed := testSeal{cert: mustCertify(t, &s.key.PublicKey, sandboxCA, "e62a8bb30907c2ba"), key: s.key} // the same key, as after a renewal
	h := newRequest()
	mustSign(t, h, nil, renewed, crypto.SHA256)

	_, err := Verify(h, s.cert)

	m := wantMistake(t, err, CertificateMismatch, pathCertificate)
	const want = "This certificate is not the QC eSeal registered for your app. Sent: serial E62A8BB30907C2BA. Registered: serial 5D01F2A0B3, valid to 20 Nov 2027. " +
		"Send the registered one, or upload the new one under Certificates first."
	if m.Text != want || m.Sent != "E62A8BB30907C2BA" || m.Expected != "5D01F2A0B3" {
		t.Errorf("got %+v", m)
	}
}

func TestAHeaderOfAnotherRequestDoesNotFit(t *testing.T) {
	t.Parallel()
	s, other := newSeal(t, 2048), newSeal(t, 2049)
	h := newRequest()
	mustSign(t, h, nil, other, crypto.SHA256)
	h.Set(pathCertificate, b64(s.cert.Raw)) // the victim's certificate is public

	_, err := Verify(h, s.cert)

	wantMistake(t, err, SignatureMismatch, "Signature")
	if _, err := Verify(http.Header{}, s.cert); err == nil {
		t.Error("an empty request is accepted")
	}
}
