package site

import (
	"fmt"
	"strings"

	"fairway/internal/example"
	"fairway/internal/httpsig"
)

// The worked example of PKCE is the one of RFC 7636, appendix B.
const (
	exampleVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// exampleValues are what pages say about the worked examples. They are the same at every place.
func exampleValues() (map[string]string, error) {
	s, err := example.Read()
	if err != nil {
		return nil, err
	}
	serial, issuer, _ := strings.Cut(strings.TrimPrefix(httpsig.KeyID(s.Certificate), "SN="), ",CA=")
	return map[string]string{
		"EXAMPLE_REQUEST_ID":     example.RequestID,
		"EXAMPLE_BODY":           s.Body,
		"EXAMPLE_BODY_LENGTH":    fmt.Sprint(len(s.Body)),
		"EXAMPLE_DIGEST":         s.Header.Get("Digest"),
		"EXAMPLE_SIGNING_STRING": s.SigningString,
		"EXAMPLE_SIGNATURE":      s.Signature,
		"EXAMPLE_SIGNATURE_LINE": s.Header.Get("Signature"),
		"EXAMPLE_SERIAL":         serial,
		"EXAMPLE_ISSUER_PLAIN":   strings.ReplaceAll(issuer, "%20", " "),
		"EXAMPLE_CERTIFICATE":    s.PEM,
		"EXAMPLE_HEADER":         s.Header.Get("TPP-Signature-Certificate"),
		"EMPTY_DIGEST":           httpsig.Digest("SHA-256", nil),
		"VERIFIER":               exampleVerifier,
		"CHALLENGE":              exampleChallenge,
	}, nil
}
