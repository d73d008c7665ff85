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
	case name == "Tpp-Signature-Certificate" && seal != "" && value == seal:
		return "(the registered seal, " + strconv.Itoa(len(value)) + " characters)"
	case strings.Contains(value, "PRIVATE KEY"):
		return "(removed: it held a private key, which must now count as exposed)"
	case name == "Authorization":
		scheme, rest, _ := strings.Cut(value, " ")
		return clip(scheme) + " " + secret.Reduce(rest)
	case name == "X-Api-Key" || name == "Cookie" || name == "Proxy-Authorization":
		return secret.Reduce(value)
	case name == "Tpp-Signature-Certificate":
		return redactCertificate(value)
	case len(value) > maxLoggedHeader:
		return strings.ToValidUTF8(value[:maxLoggedHeader], "") + "…"
	}
	return valid(value)
}

// valid is text with what is no UTF-8 replaced; most is, and that is found out much faster.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "�")
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
func kept(body string) (text string, cut bool) {
	if cut = len(body) > calls.MaxBody; cut {
		body = body[:calls.MaxBody]
	}
	if body = valid(body); hasLongNumber(body) {
		return cardNumber.ReplaceAllStringFunc(body, maskNumber), cut
	}
	return body, cut
}

// shortestCard is the fewest digits of a card number (ISO/IEC 7812).
const shortestCard = 13

// hasLongNumber looks for that many digits in a row, which is rare and much cheaper than the expression: of most bodies
// it reads one byte in thirteen.
func hasLongNumber(body string) bool {
	for start := 0; start+shortestCard <= len(body); {
		at := start + shortestCard - 1
		for at >= start && '0' <= body[at] && body[at] <= '9' {
			at--
		}
		if at < start {
			return true
		}
		start = at + 1
	}
	return false
}

func maskNumber(digits string) string {
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}
