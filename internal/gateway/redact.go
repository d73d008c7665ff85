package gateway

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fairway/internal/calls"
	"fairway/internal/httpsig"
	"fairway/internal/secret"
)

const maxLoggedHeader = 2048

// redacted lists a request's headers for the log: secrets are reduced to what tells their kind, the registered seal to
// its name, and a private key that came by mistake is kept nowhere.
func redacted(h http.Header, seal string) [][2]string {
	out := make([][2]string, 0, len(h))
	for name, values := range h {
		for _, value := range values {
			out = append(out, [2]string{spelling(name), redact(name, value, seal)})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

func redact(name, value, seal string) string {
	switch {
	case strings.Contains(value, "PRIVATE KEY"):
		return "(removed: it held a private key, which must now count as exposed)"
	case name == "Authorization":
		scheme, rest, _ := strings.Cut(value, " ")
		return clip(scheme) + " " + secret.Reduce(rest)
	case name == "X-Api-Key" || name == "Cookie" || name == "Proxy-Authorization":
		return secret.Reduce(value)
	case name == "Tpp-Signature-Certificate" && value == seal:
		return "(the registered seal, " + strconv.Itoa(len(value)) + " characters)"
	case name == "Tpp-Signature-Certificate":
		return redactCertificate(value)
	case len(value) > maxLoggedHeader:
		return strings.ToValidUTF8(value[:maxLoggedHeader], "") + "…"
	}
	return strings.ToValidUTF8(value, "�")
}

// redactCertificate shortens the seal's certificate. What is no certificate may be a key by mistake and is not kept.
func redactCertificate(value string) string {
	if der, err := httpsig.CertificateFromHeader(value); err != nil || !isCertificate(der) {
		return fmt.Sprintf("(removed: %d characters that are no certificate)", len(value))
	}
	return fmt.Sprintf("%s… (%d characters)", value[:min(60, len(value))], len(value))
}

func isCertificate(der []byte) bool {
	_, err := x509.ParseCertificate(der)
	return err == nil
}

// listed lists an answer's headers for the log.
func listed(h http.Header) [][2]string {
	out := make([][2]string, 0, len(h))
	for name, values := range h {
		for _, value := range values {
			out = append(out, [2]string{spelling(name), value})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

var cardNumber = regexp.MustCompile(`\b[0-9]{13,19}\b`)

// kept is the part of a body that the log keeps, with full card numbers masked.
func kept(body []byte) (text string, cut bool) {
	if len(body) == 0 {
		return "", false
	}
	if cut = len(body) > calls.MaxBody; cut {
		body = body[:calls.MaxBody]
	}
	text = string(body)
	if !utf8.Valid(body) {
		text = strings.ToValidUTF8(text, "�")
	}
	if hasLongNumber(body) {
		text = cardNumber.ReplaceAllStringFunc(text, maskNumber)
	}
	return text, cut
}

// hasLongNumber looks for thirteen digits in a row, which is rare and much cheaper than the expression.
func hasLongNumber(body []byte) bool {
	run := 0
	for _, c := range body {
		if c < '0' || c > '9' {
			run = 0
			continue
		}
		if run++; run >= 13 {
			return true
		}
	}
	return false
}

func maskNumber(digits string) string {
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}
