// Package example owns the worked example of message signing that the documentation prints and the signature debugger
// loads. Its own certificate was made for it, and another can take its place; the private keys are thrown away, so that nobody
// can sign with them, and no bank has either certificate on file.
package example

import (
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"fairway/internal/httpsig"
)

var (
	//go:embed files/qseal.pem
	certificate string
	//go:embed files/body.json
	body string
	//go:embed files/signature.txt
	signature string
)

// RequestID is the X-Request-ID of the example.
const RequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"

// Signed is the worked example: a request and what its headers are computed from.
type Signed struct {
	// Header holds the four headers of the signature.
	Header        http.Header
	Body          string
	SigningString string
	// Signature is the value of the parameter of that name, in base64.
	Signature   string
	Certificate *x509.Certificate
	// PEM is the certificate as a file, without a line end behind it.
	PEM string
}

// Read is the example with the certificate that was made for it.
func Read() (Signed, error) {
	block, _ := pem.Decode([]byte(certificate))
	if block == nil {
		return Signed{}, errors.New("the example's certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Signed{}, fmt.Errorf("read the example's certificate: %w", err)
	}
	return By(cert, strings.TrimSpace(signature))
}

// SigningString is the text that the key of the example's certificate signs.
func SigningString() (string, error) {
	text, err := httpsig.SigningString(unsigned(), []string{"x-request-id", "digest"})
	if err != nil {
		return "", fmt.Errorf("write the example: %w", err)
	}
	return text, nil
}

func unsigned() http.Header {
	h := http.Header{}
	h.Set("X-Request-ID", RequestID)
	h.Set("Digest", httpsig.Digest("SHA-256", []byte(body)))
	return h
}

// By is the example with a certificate and the signature that its key made of [SigningString], in base64. It is verified: an
// error means that the two do not fit, or that the package's files were changed.
func By(cert *x509.Certificate, signature string) (Signed, error) {
	s := Signed{Header: unsigned(), Body: body, Signature: signature, Certificate: cert,
		PEM: strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})))}
	s.Header.Set("TPP-Signature-Certificate", base64.StdEncoding.EncodeToString(cert.Raw))
	s.Header.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="x-request-id digest",signature="%s"`, httpsig.KeyID(cert), signature))
	result, err := httpsig.Verify(s.Header, cert)
	if err != nil {
		return Signed{}, fmt.Errorf("verify the example: %w", err)
	}
	s.SigningString = result.SigningString
	return s, nil
}

// Text is the example as a request that can be pasted.
func (s Signed) Text() string {
	var b strings.Builder
	b.WriteString("POST /consent/v1/consents HTTP/1.1\nContent-Type: application/json\n")
	for _, name := range []string{"X-Request-ID", "Digest", "Signature", "TPP-Signature-Certificate"} {
		b.WriteString(name + ": " + s.Header.Get(name) + "\n")
	}
	return b.String() + "\n" + s.Body
}
