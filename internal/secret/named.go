package secret

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// fieldWords are what the name of a header, a parameter or a member of JSON has in it that carries a secret.
var fieldWords = []string{"secret", "token", "passw", "passphrase", "credential", "apikey", "api-key", "api_key", "assertion", "verifier", "cookie"}

// headerWords are those of a header. Members that have "auth" in their name are about authorisations, headers carry them.
var headerWords = append(slices.Clone(fieldWords), "auth")

// harmless are names, in small letters, that are called like a secret and are none.
var harmless = []string{"tpp-explicit-authorisation-preferred", "token_type", "token_type_hint", "token_endpoint", "client_assertion_type"}

// NamesHeader reports whether a header of this name, in whatever letters, carries a secret: also one that this interface
// does not have, since a key that was sent under a name of its own is as much a key.
func NamesHeader(name string) bool {
	return has(name, headerWords)
}

// NamesField reports the same of a parameter of an address or a form, and of a member of JSON.
func NamesField(name string) bool {
	return has(name, fieldWords)
}

// has looks through a name without asking for memory: the door does it for every header.
func has(name string, words []string) bool {
	var room [64]byte
	lower := append(room[:0], name...)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c - 'A' + 'a'
		}
	}
	for _, word := range words {
		if bytes.Contains(lower, []byte(word)) {
			return !slices.Contains(harmless, string(lower))
		}
	}
	return false
}

// HeaderPattern and FieldPattern match, as parts of a regular expression, what NamesHeader and NamesField look for, in
// small letters.
var (
	HeaderPattern = pattern(headerWords)
	FieldPattern  = pattern(fieldWords)
)

func pattern(words []string) string {
	return "(?:" + strings.Join(words, "|") + ")"
}

// ours is a secret of this portal wherever it stands, whole or cut off.
var ours = regexp.MustCompile(`(?:sbx|live)_[a-z]{2}_[A-Za-z0-9_-]{8,}`)

// ReplaceOurs writes something else in the place of each secret of this portal in a text. Most texts have none, and that is
// found out much faster.
func ReplaceOurs(text string, by func(found string) string) string {
	if !strings.Contains(text, "sbx_") && !strings.Contains(text, "live_") {
		return text
	}
	return ours.ReplaceAllStringFunc(text, by)
}
