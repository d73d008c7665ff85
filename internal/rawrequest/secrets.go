package rawrequest

import (
	"regexp"
	"slices"
	"strings"

	"fairway/internal/secret"
)

// gone stands where a secret stood.
const gone = "(removed)"

// drop remembers what is gone, once.
func (p *parser) drop(name string) {
	if len(p.Dropped) < MaxHeaders && !slices.Contains(p.Dropped, name) {
		p.Dropped = append(p.Dropped, name)
	}
}

// The forms in which secrets stand in texts: fields of a form or a query, and members of JSON. A string of JSON may be cut off.
var (
	secretField  = regexp.MustCompile(`(?i)(^|[?&;=\s'"])([a-z0-9_.%-]*` + secret.FieldPattern + `[a-z0-9_.%-]*)=([^&\s'"]+)`)
	secretMember = regexp.MustCompile(`(?i)"([^"\\\n]*` + secret.FieldPattern + `[^"\\\n]*)"(\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|-?[0-9][0-9.e+-]*)`)
)

// scrubFields takes secrets out of the fields of a form or a query.
func scrubFields(text string) string {
	return replaced(secretField, text, func(m []string) string { return m[1] + m[2] + "=" + gone }, 2)
}

// scrubMembers takes secrets out of the members of JSON.
func scrubMembers(text string) string {
	return replaced(secretMember, text, func(m []string) string { return `"` + m[1] + `"` + m[2] + `"` + gone + `"` }, 1)
}

// replaced replaces what an expression finds where the group that holds its name names a secret.
func replaced(form *regexp.Regexp, text string, by func(groups []string) string, name int) string {
	return form.ReplaceAllStringFunc(text, func(found string) string {
		if groups := form.FindStringSubmatch(found); groups != nil && secret.NamesField(groups[name]) {
			return by(groups)
		}
		return found
	})
}

// scrubOurs takes out what is a secret of this portal, whatever it is called.
func scrubOurs(text string) string {
	return secret.ReplaceOurs(text, func(string) string { return gone })
}

// scrub takes secrets out of a value.
func scrub(text string) string {
	return scrubOurs(scrubFields(text))
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
	text := string(body)
	fields := scrubFields(text)
	if fields != text {
		dropped = append(dropped, "a secret in the body's fields")
	}
	plain := scrubOurs(scrubMembers(fields))
	if plain != fields {
		dropped = append(dropped, "a secret in the body")
	}
	if len(dropped) == 0 {
		return body, nil
	}

	return []byte(plain), dropped
}

// namedSecret is a header with a secret anywhere in a line, as in a command's -H 'Authorization: …'.
var namedSecret = regexp.MustCompile(`(?i)([a-z0-9_-]*` + secret.HeaderPattern + `[a-z0-9_-]*)\s*:\s*[^'"\r\n]*`)

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
		if isHeader && token(name) && secret.NamesHeader(name) {
			dropping = true
		}
		if !dropping {
			kept = append(kept, namedSecret.ReplaceAllString(line, "${1}: "+gone))
		}
	}
	plain, _ := scrubBody([]byte(strings.Join(kept, "\n")))

	return string(plain)
}
