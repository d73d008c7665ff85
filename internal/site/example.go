package site

import (
	"context"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"

	"fairway/internal/httpsig"
)

// The worked example of message signing. On pages its certificate is one that this portal's own sandbox issued. The files that
// go with the samples know no portal; theirs was made for them. Both private keys were thrown away, so that nobody can sign with
// them, and no bank has either certificate on file.
var (
	//go:embed example/qseal.pem
	exampleCertificate string
	//go:embed example/body.json
	exampleBody string
	//go:embed example/signature.txt
	exampleSignature string
)

const exampleRequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"

// seal is a certificate with the signature that its key made of the example.
type seal struct {
	cert      *x509.Certificate
	signature string // in base64
}

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

// exampleHeader is what the example signs.
func exampleHeader() http.Header {
	h := http.Header{}
	h.Set("X-Request-ID", exampleRequestID)
	h.Set("Digest", httpsig.Digest("SHA-256", []byte(exampleBody)))
	return h
}

// printedSeal is the one that goes with the samples.
func printedSeal() (seal, error) {
	block, _ := pem.Decode([]byte(exampleCertificate))
	if block == nil {
		return seal{}, fmt.Errorf("the example's certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return seal{}, fmt.Errorf("read the example's certificate: %w", err)
	}
	return seal{cert, strings.TrimSpace(exampleSignature)}, nil
}

// sealed is the seal of this portal's pages. It is made when they are first written and stays as long as the process, so that
// readers meet the same one; before it ends another is made.
func (f *Face) sealed(ctx context.Context) (seal, error) {
	if s := f.example.Load(); s != nil && f.Clock.Now().AddDate(0, 0, 7).Before(s.cert.NotAfter) {
		return *s, nil
	}
	text, err := httpsig.SigningString(exampleHeader(), []string{"x-request-id", "digest"})
	if err != nil {
		return seal{}, fmt.Errorf("write the example: %w", err)
	}
	cert, signature, err := f.Seal(ctx, []byte(text))
	if err != nil {
		return seal{}, fmt.Errorf("make the example's certificate: %w", err)
	}
	s := &seal{cert, base64.StdEncoding.EncodeToString(signature)}
	f.example.Store(s)
	return *s, nil
}

func signedExample(s seal) (signed, error) {
	h := exampleHeader()
	h.Set("TPP-Signature-Certificate", base64.StdEncoding.EncodeToString(s.cert.Raw))
	h.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="x-request-id digest",signature="%s"`, httpsig.KeyID(s.cert), s.signature))
	result, err := httpsig.Verify(h, s.cert)
	if err != nil {
		return signed{}, fmt.Errorf("verify the example: %w", err)
	}
	return signed{Header: h, Certificate: s.cert, SigningString: result.SigningString}, nil
}

// exampleValues are what pages say about the worked examples.
func exampleValues(by seal) (map[string]string, error) {
	s, err := signedExample(by)
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
		"EXAMPLE_SIGNATURE":      by.signature,
		"EXAMPLE_SIGNATURE_LINE": s.Header.Get("Signature"),
		"EXAMPLE_SERIAL":         serial,
		"EXAMPLE_ISSUER_PLAIN":   strings.ReplaceAll(issuer, "%20", " "),
		"EXAMPLE_CERTIFICATE":    strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate.Raw}))),
		"EXAMPLE_HEADER":         s.Header.Get("TPP-Signature-Certificate"),
		"EMPTY_DIGEST":           httpsig.Digest("SHA-256", nil),
		"VERIFIER":               exampleVerifier,
		"CHALLENGE":              exampleChallenge,
	}, nil
}
