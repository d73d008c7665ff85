package qcert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte/asn1"
)

func TestWhatIsNoSignatureIsRecognised(t *testing.T) {
	t.Parallel()
	spki, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	must(t, err)
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, rsaKey())
	must(t, err)
	cms := statements(text(asn1.OBJECT_IDENTIFIER, arcPKCS7+"\x02"), in(asn1.SEQUENCE, text(asn1.OCTET_STRING, strings.Repeat("\x01", 40))))
	pkcs1 := x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)
	for want, der := range map[Content][]byte{
		HoldsCertificate: leafDER(), HoldsRequest: csr, HoldsPublicKey: spki, HoldsCMS: cms, HoldsPKCS12: keys(t)["PKCS12"],
		HoldsPrivateKey: keys(t)["ENCRYPTED PRIVATE KEY"],
	} {
		for dress, data := range map[string][]byte{"DER": der, "PEM": toPEM("SIGNATURE", der), "base64": []byte(base64Of(der))} {
			before := bytes.Clone(data)

			got := Recognise(data)

			if got != want || got.Secret() != (want == HoldsPrivateKey || want == HoldsPKCS12) {
				t.Errorf("%s in %s is recognised as %q", want, dress, got)
			}
			if !bytes.Equal(data, before) {
				t.Errorf("%s in %s was changed", want, dress)
			}
		}
	}
	if got := Recognise(toPEM("RSA PUBLIC KEY", pkcs1)); got != HoldsPublicKey {
		t.Errorf("a PKCS #1 public key is recognised as %q", got)
	}
	if got := Recognise([]byte(strings.Repeat(" ", MaxUpload) + "-----BEGIN PRIVATE KEY-----")); got != HoldsPrivateKey {
		t.Errorf("a key in a file that is too large is recognised as %q", got)
	}
}

func TestASignatureIsNothingElse(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.SignASN1(rand.Reader, ecKey(), bytes.Repeat([]byte{1}, 32))
	must(t, err)
	rsa := bytes.Repeat([]byte{0x9c, 0x30, 0x02, 0x81}, 64)
	for what, data := range map[string][]byte{
		"ECDSA": ec, "ECDSA in base64": []byte(base64Of(ec)), "RSA": rsa, "RSA in base64": []byte(base64Of(rsa)),
		"RSA in PEM": toPEM("SIGNATURE", rsa), "nothing": nil, "a word": []byte("hello"),
	} {
		if got := Recognise(data); got != HoldsNothingKnown {
			t.Errorf("%s is recognised as %q", what, got)
		}
	}
}
