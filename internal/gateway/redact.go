package gateway

import (
	"crypto/x509"
	"encoding/base64"
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
		return reduceCredentials(value)
	case name == "Tpp-Signature-Certificate":
		return redactCertificate(value)
	case secret.NamesHeader(name):
		return secret.Reduce(value)
	case len(value) > maxLoggedHeader:
		return scrubbed(strings.ToValidUTF8(value[:maxLoggedHeader], "")) + "…"
	}
	return scrubbed(valid(value))
}

// reduceCredentials keeps the scheme, where there is one: a token may have been sent without.
func reduceCredentials(value string) string {
	scheme, rest, _ := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "bearer", "basic", "digest", "dpop":
		return scheme + " " + secret.Reduce(rest)
	}
	return secret.Reduce(value)
}

// scrubbed is text in which secrets of ours are reduced to what tells their kind.
func scrubbed(text string) string {
	return secret.ReplaceOurs(text, secret.Reduce)
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
	if beginsCertificate(value) {
		return fmt.Sprintf("%s… (%d characters)", value[:60], len(value))
	}
	if der, err := httpsig.CertificateFromHeader(value); err != nil || !isCertificate(der) {
		return fmt.Sprintf("(removed: %d characters that are no certificate)", len(value))
	}
	return fmt.Sprintf("%s… (%d characters)", value[:min(60, len(value))], len(value))
}

// beginsCertificate reports whether the part that is kept begins like the base64 of a certificate of version 3 and like
// no key: a sequence, in it the sequence to be signed, in it the version (RFC 5280, 4.1).
func beginsCertificate(value string) bool {
	const head = 20
	var der [head / 4 * 3]byte
	if len(value) < 500 {
		return false
	}
	if _, err := base64.StdEncoding.Decode(der[:], []byte(value[:head])); err != nil {
		return false
	}
	return der[0] == 0x30 && der[1] == 0x82 && der[4] == 0x30 && der[5] == 0x82 && [5]byte(der[8:13]) == [5]byte{0xa0, 0x03, 0x02, 0x01, 0x02}
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
			out = append(out, [2]string{spelling(name), scrubbed(value)})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

// cardNumber is a card's number in one run of digits, or as it is printed on the card: in groups. A run may touch anything, as
// behind the \n of a string of JSON, but what is longer and what has letters of hexadecimal is another number.
var cardNumber = regexp.MustCompile(`[0-9A-Fa-f]{13,}|\b(?:[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,7}|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5})\b`)

// kept is the part of a body that the log keeps, without secrets and with full card numbers masked.
func kept(body string) (text string, cut bool) {
	if cut = len(body) > calls.MaxBody; cut {
		body = body[:calls.MaxBody]
	}
	return masked(scrubbed(valid(body))), cut
}

// masked is text with full card numbers masked.
func masked(text string) string {
	if !hasLongNumber(text) {
		return text
	}
	return cardNumber.ReplaceAllStringFunc(text, func(found string) string {
		run := !strings.ContainsAny(found, " -")
		if run && (len(found) > longestCard || strings.Trim(found, "0123456789") != "") {
			return found
		}
		return maskNumber(found)
	})
}

// shortestCard and longestCard are how many digits a card number has (ISO/IEC 7812).
const (
	shortestCard = 13
	longestCard  = 19
)

// hasLongNumber looks for that many digits in a row, groups included, which is rare and much cheaper than the expression:
// of most bodies it reads one byte in thirteen.
func hasLongNumber(body string) bool {
	for start := 0; start+shortestCard <= len(body); {
		at := start + shortestCard - 1
		for at >= start && grouped(body[at]) {
			at--
		}
		if at >= start {
			start = at + 1
			continue
		}
		digits := 0
		for ; start < len(body) && grouped(body[start]); start++ {
			if body[start] >= '0' {
				digits++
			}
		}
		if digits >= shortestCard {
			return true
		}
	}
	return false
}

// grouped reports whether a byte may stand in a card number: a digit, or what divides its groups.
func grouped(c byte) bool { return '0' <= c && c <= '9' || c == ' ' || c == '-' }

// maskNumber keeps the first six digits and the last four.
func maskNumber(number string) string {
	out, left := []byte(number), -10
	for i := range out {
		if out[i] >= '0' {
			left++
		}
	}
	for i, seen := 0, 0; i < len(out) && left > 0; i++ {
		if out[i] < '0' {
			continue
		}
		if seen++; seen > 6 {
			out[i] = '*'
			left--
		}
	}
	return string(out)
}
