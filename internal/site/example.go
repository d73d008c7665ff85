package site

import (
	"context"
	"encoding/base64"
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

// Example is the worked example of message signing as this portal's pages show it, with a certificate that its own sandbox
// issued. It is made when the pages are first written and stays as long as the process, so that readers meet the same one;
// before its certificate ends another is made. The files that go with the samples know no portal; theirs was made for them.
func (f *Face) Example(ctx context.Context) (example.Signed, error) {
	if s := f.example.Load(); s != nil && f.Clock.Now().AddDate(0, 0, 7).Before(s.Certificate.NotAfter) {
		return *s, nil
	}
	text, err := example.SigningString()
	if err != nil {
		return example.Signed{}, err
	}
	cert, signature, err := f.Seal(ctx, []byte(text))
	if err != nil {
		return example.Signed{}, fmt.Errorf("make the example's certificate: %w", err)
	}
	s, err := example.By(cert, base64.StdEncoding.EncodeToString(signature))
	if err != nil {
		return example.Signed{}, err
	}
	f.example.Store(&s)
	return s, nil
}

// exampleValues are what pages say about the worked examples.
func exampleValues(s example.Signed) map[string]string {
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
	}
}
