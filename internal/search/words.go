package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxParts is how many parts of one name are words of their own.
	maxParts = 8
	// maxWord is how much of a word counts, in bytes.
	maxWord = 48
)

// name is one name or word of a text: letters and digits, joined by single hyphens or low lines.
type name struct {
	start, end int
	// terms are its parts and, where it has several, all of them as one word: SIGNATURE_INVALID gives signature, invalid
	// and signatureinvalid.
	terms []string
}

// names cuts a text into names.
func names(text string) []name {
	var out []name
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !inWord(r) {
			at += size
			continue
		}
		end := nameEnd(text, at)
		out = append(out, name{start: at, end: end, terms: termsOf(text[at:end])})
		at = end
	}
	return out
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

// nameEnd is where the name that begins at start ends. A hyphen or low line belongs to it between two letters or digits.
func nameEnd(text string, start int) int {
	end := start
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if inWord(r) {
			end += size
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[end+size:]); (r == '-' || r == '_') && inWord(next) {
			end += size
			continue
		}
		break
	}
	return end
}

func termsOf(text string) []string {
	var terms []string
	for _, part := range parts(text) {
		if len(terms) == maxParts {
			break
		}
		if t := term(part); t != "" {
			terms = append(terms, t)
		}
	}
	if len(terms) > 1 {
		terms = append(terms, term(text))
	}
	return terms
}

// parts cuts a name at hyphens, low lines and where a capital follows a small letter: frequencyPerDay.
func parts(text string) []string {
	var out []string
	start, small := 0, false
	for at, r := range text {
		switch {
		case r == '-' || r == '_':
			out = append(out, text[start:at])
			start, small = at+1, false
		case small && unicode.IsUpper(r):
			out = append(out, text[start:at])
			start, small = at, false
		default:
			small = unicode.IsLower(r)
		}
	}
	return append(out, text[start:])
}

// term is a word as the index knows it: small letters without marks, and without the s of a plural.
func term(text string) string {
	t := squashed(text)
	if len(t) > maxWord {
		t = strings.ToValidUTF8(t[:maxWord], "")
	}
	if len(t) > 3 && t[len(t)-1] == 's' && t[len(t)-2] != 's' {
		t = t[:len(t)-1]
	}
	return t
}

// squashed is the letters and digits of a text alone, small and without marks, so that tpp signature certificate and
// TPP-Signature-Certificate are the same.
func squashed(text string) string {
	var b strings.Builder
	for _, r := range text {
		if !inWord(r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := unmarked[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unmarked are the letters of the languages that our readers write, without their marks.
var unmarked = func() map[rune]string {
	out := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ð': "d", 'þ': "th", 'ł': "l"}
	for plain, marked := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćč", "d": "ďđ", "e": "èéêëēėęě", "g": "ğģ", "i": "ìíîïīįı", "k": "ķ", "l": "ĺļľ", "n": "ñńņň",
		"o": "òóôõöōő", "r": "ŕř", "s": "śşšș", "t": "ťțţ", "u": "ùúûüūůűų", "y": "ýÿ", "z": "źżž",
	} {
		for _, r := range marked {
			out[r] = plain
		}
	}
	return out
}()

// near reports whether two words differ by one letter at most: changed, added, left out, or swapped with its neighbour.
func near(a, b string) bool {
	if d := len(a) - len(b); d > utf8.UTFMax || -d > utf8.UTFMax {
		return false // spares most words the closer look
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return string(x[i:]) == string(y[i+1:])
	}
	if i == len(x) || string(x[i+1:]) == string(y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
}
