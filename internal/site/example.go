package site

import (
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"

	"fairway/internal/httpsig"
)

// The worked example of message signing. Its certificate was made for these pages and its private key was thrown away,
// so that nobody can sign with it; no bank has it on file.
var (
	//go:embed example/qseal.pem
	exampleCertificate string
	//go:embed example/body.json
	exampleBody string
	//go:embed example/signature.txt
	exampleSignature string
)

const exampleRequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"

// The worked example of PKCE is the one of RFC 7636, appendix B.
const (
	exampleVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// signed is the worked example: a request and what its headers are computed from.
type signed struct {
	Header        http.Header
	Certificate   *x509.Certificate
	SigningString string
}

func signedExample() (signed, error) {
	block, _ := pem.Decode([]byte(exampleCertificate))
	if block == nil {
		return signed{}, fmt.Errorf("the example's certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return signed{}, fmt.Errorf("read the example's certificate: %w", err)
	}
	h := http.Header{}
	h.Set("X-Request-ID", exampleRequestID)
	h.Set("Digest", httpsig.Digest("SHA-256", []byte(exampleBody)))
	h.Set("TPP-Signature-Certificate", base64.StdEncoding.EncodeToString(cert.Raw))
	h.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="x-request-id digest",signature="%s"`,
		httpsig.KeyID(cert), strings.TrimSpace(exampleSignature)))
	result, err := httpsig.Verify(h, cert)
	if err != nil {
		return signed{}, fmt.Errorf("verify the example: %w", err)
	}
	return signed{Header: h, Certificate: cert, SigningString: result.SigningString}, nil
}

// exampleValues are what pages say about the worked examples. They are the same at every place.
func exampleValues() (map[string]string, error) {
	s, err := signedExample()
	if err != nil {
		return nil, err
	}
	serial, issuer, _ := strings.Cut(strings.TrimPrefix(httpsig.KeyID(s.Certificate), "SN="), ",CA=")
	return map[string]string{
		"EXAMPLE_REQUEST_ID":     exampleRequestID,
		"EXAMPLE_BODY":           exampleBody,
		"EXAMPLE_BODY_LENGTH":    fmt.Sprint(len(exampleBody)),
		"EXAMPLE_DIGEST":         s.Header.Get("Digest"),
		"EXAMPLE_SIGNING_STRING": s.SigningString,
		"EXAMPLE_SIGNATURE":      strings.TrimSpace(exampleSignature),
		"EXAMPLE_SIGNATURE_LINE": s.Header.Get("Signature"),
		"EXAMPLE_SERIAL":         serial,
		"EXAMPLE_ISSUER_PLAIN":   strings.ReplaceAll(issuer, "%20", " "),
		"EXAMPLE_CERTIFICATE":    strings.TrimSpace(exampleCertificate),
		"EXAMPLE_HEADER":         s.Header.Get("TPP-Signature-Certificate"),
		"EMPTY_DIGEST":           httpsig.Digest("SHA-256", nil),
		"VERIFIER":               exampleVerifier,
		"CHALLENGE":              exampleChallenge,
	}, nil
}
