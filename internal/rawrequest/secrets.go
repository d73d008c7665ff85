package rawrequest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// gone stands where a secret stood.
const gone = "(removed)"

// secretWords are what the name of a header has in it that carries a secret.
var secretWords = []string{"authorization", "cookie", "api-key", "apikey", "secret", "token", "password", "passwd", "assertion"}

// Secret says whether a header of this name carries a secret and is dropped.
func Secret(name string) bool {
	lower := strings.ToLower(name)

	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(lower, word) })
}

// drop remembers what is gone, once.
func (p *parser) drop(name string) {
	if len(p.Dropped) < MaxHeaders && !slices.Contains(p.Dropped, name) {
		p.Dropped = append(p.Dropped, name)
	}
}

// The forms in which secrets stand in texts: fields of a form or a query, members of JSON, and tokens of this portal.
var (
	secretField  = regexp.MustCompile(`(?i)(^|[?&\s'"])((?:client_secret|client_assertion|refresh_token|access_token|code_verifier|password|api_key)=)([^&\s'"]+)`)
	secretMember = regexp.MustCompile(`(?i)("(?:client_secret|client_assertion|refresh_token|access_token|password|api_key)"\s*:\s*)"([^"\\]|\\.)*"`)
	ownToken     = regexp.MustCompile(`(?:sbx|live)_[a-z]{2}_[A-Za-z0-9_-]{8,}`)
)

// scrub takes secrets out of a value.
func scrub(text string) string {
	return ownToken.ReplaceAllString(secretField.ReplaceAllString(text, "${1}${2}"+gone), gone)
}

// scrubTarget takes secrets out of path and query.
func (p *parser) scrubTarget(target string) string {
	clean := scrub(target)
	if clean != target {
		p.drop("a token in the address")
	}

	return clean
}

// scrubBody takes secrets out of a body and names what it took.
func scrubBody(body []byte) (clean []byte, dropped []string) {
	clean = secretField.ReplaceAll(body, []byte("${1}${2}"+gone))
	if !bytes.Equal(clean, body) {
		dropped = append(dropped, "a secret in the body's fields")
	}
	plain := secretMember.ReplaceAll(clean, []byte(`${1}"`+gone+`"`))
	plain = ownToken.ReplaceAll(plain, []byte(gone))
	if !bytes.Equal(plain, clean) {
		dropped = append(dropped, "a secret in the body")
	}

	return plain, dropped
}

// namedSecret is a header with a secret anywhere in a line, as in a command's -H 'Authorization: …'.
var namedSecret = regexp.MustCompile(`(?i)([A-Za-z0-9-]*(?:authorization|cookie|api-?key|secret|token|password|passwd|assertion)[A-Za-z0-9-]*)\s*:\s*[^'"\r\n]*`)

// Clean takes the secrets out of a text that Parse refused, so that it can be shown again. Of a private key nothing stays,
// nor of what is longer than a request.
func Clean(text string) string {
	if len(text) > MaxRequest || strings.Contains(strings.ToUpper(text), "PRIVATE KEY") {
		return ""
	}
	var kept []string
	dropping := false
	for line := range strings.SplitSeq(text, "\n") {
		dropping = dropping && strings.HasPrefix(strings.TrimLeft(line, ">"), " ") && !strings.HasPrefix(line, "> ")
		name, _, isHeader := strings.Cut(strings.TrimLeft(line, "> "), ":")
		if isHeader && token(name) && Secret(name) {
			dropping = true
		}
		if !dropping {
			kept = append(kept, namedSecret.ReplaceAllString(line, "${1}: "+gone))
		}
	}
	plain, _ := scrubBody([]byte(strings.Join(kept, "\n")))

	return string(plain)
}
