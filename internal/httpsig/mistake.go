// Package httpsig owns the message signatures of the bank interface: the
// headers Digest, Signature and TPP-Signature-Certificate, how they are built,
// verified and, when they are wrong, explained. It follows chapter 12 of the
// NextGenPSD2 Implementation Guidelines on draft-cavage-http-signatures-10 and
// knows neither requests nor databases: headers, bytes and certificates in,
// values and sentences out.
package httpsig

import (
	"fmt"
	"slices"
	"strconv"
)

// The stable ids of a [Mistake]. They may be stored, logged and documented.
const (
	Missing             = "missing"              // a required header is absent or empty
	Repeated            = "repeated-header"      // a header occurs more than once
	ControlCharacter    = "control-character"    // a value holds a line end or another control character
	TooLong             = "too-long"             // a header is longer than its limit
	HopByHop            = "hop-by-hop"           // Connection names a header of the signature
	Syntax              = "syntax"               // the Signature header does not follow its grammar
	DuplicateParameter  = "duplicate-parameter"  // a parameter of Signature occurs twice
	UnknownParameter    = "unknown-parameter"    // Signature has a parameter that is not one of the four
	MissingParameter    = "missing-parameter"    // one of the four parameters is absent or empty
	HeadersSyntax       = "headers-syntax"       // the list is not names divided by single blanks
	HeadersCase         = "headers-case"         // a listed name has capital letters
	HeadersDuplicate    = "headers-duplicate"    // a name is listed twice
	HeadersMissing      = "headers-missing"      // a header that must be signed is not listed
	HeadersNotAllowed   = "headers-not-allowed"  // a header that must not be signed is listed
	HeadersAbsent       = "headers-absent"       // a listed header is not in the request
	Algorithm           = "algorithm"            // neither rsa-sha256 nor rsa-sha512
	KeyIDSyntax         = "keyid-syntax"         // keyId is not SN=…,CA=…
	KeyIDSerial         = "keyid-serial"         // SN is another serial number
	KeyIDIssuer         = "keyid-issuer"         // CA is another issuer
	SignatureEncoding   = "signature-encoding"   // signature is not padded standard base64
	SignatureLength     = "signature-length"     // signature is not as long as the key's modulus
	SignatureMismatch   = "signature-mismatch"   // the mathematics say no
	DigestSyntax        = "digest-syntax"        // Digest is not one algorithm=base64
	DigestAlgorithm     = "digest-algorithm"     // Digest is neither SHA-256 nor SHA-512
	DigestMismatch      = "digest-mismatch"      // Digest is not the hash of the body
	CertificateSyntax   = "certificate-syntax"   // TPP-Signature-Certificate is not one base64 DER certificate
	CertificateMismatch = "certificate-mismatch" // it is another certificate than the registered one
	KeyInHeader         = "key-in-header"        // a private key was sent; the value is never repeated
	NotRegistered       = "not-registered"       // there is no registered certificate to verify with
	KeyType             = "key-type"             // the certificate's key is not RSA
	KeySize             = "key-size"             // the RSA key is not of 2048 to 4096 bits
	SigningKey          = "signing-key"          // the private key does not belong to the certificate
)

// Codes returns every id that a [Mistake] may carry.
func Codes() []string {
	return slices.Clone([]string{
		Missing, Repeated, ControlCharacter, TooLong, HopByHop, Syntax, DuplicateParameter,
		UnknownParameter, MissingParameter, HeadersSyntax, HeadersCase, HeadersDuplicate,
		HeadersMissing, HeadersNotAllowed, HeadersAbsent, Algorithm, KeyIDSyntax, KeyIDSerial,
		KeyIDIssuer, SignatureEncoding, SignatureLength, SignatureMismatch, DigestSyntax,
		DigestAlgorithm, DigestMismatch, CertificateSyntax, CertificateMismatch, KeyInHeader,
		NotRegistered, KeyType, KeySize, SigningKey,
	})
}

// Mistake is what is wrong with a signed request, told to the one who sent it.
// It is the only error type of this package.
type Mistake struct {
	Code string // one of the ids above
	Path string // the header at fault, spelt as in the Guidelines, e.g. "Signature"
	Text string // what happened, what was expected and what to do; at most 400 characters

	// Sent and Expected are the two values that were compared, where the mistake
	// is a difference of two values. They are as long as they came: cut to show.
	Sent, Expected string
}

// Error returns the text of the mistake.
func (m *Mistake) Error() string { return m.Text }

// maxText bounds Mistake.Text, so that a link still fits behind it: the
// Guidelines allow 500 characters in tppMessages.text.
const maxText = 400

func mistake(code, path, format string, args ...any) *Mistake {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}

	return &Mistake{Code: code, Path: path, Text: cut(text, maxText)}
}

// differs adds the two values that were compared.
func (m *Mistake) differs(sent, expected string) *Mistake {
	m.Sent, m.Expected = sent, expected

	return m
}

// cut shortens s to at most n characters and marks that it did.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	seen := 0
	for i := range s {
		if seen++; seen == n {
			return s[:i] + "…"
		}
	}

	return s
}

// shown quotes a value from outside for a sentence: printable ASCII only, at
// most n characters between the quotation marks.
func shown(s string, n int) string {
	end := ""
	if len(s) > n {
		s, end = s[:n], "…"
	}
	q := strconv.QuoteToASCII(s)
	for len(q)-2 > n && s != "" {
		s, end = s[:len(s)-1], "…"
		q = strconv.QuoteToASCII(s)
	}

	return q[:len(q)-1] + end + `"`
}

// some returns the singular or the plural form with its number.
func some(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}

	return strconv.Itoa(n) + " " + many
}
