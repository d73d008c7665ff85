package callview

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// layers is how many codings around a secret are looked through: an address in a JSON body, percent-coded once more.
const layers = 2

// veil is a coding in which a secret is not seen: which pieces of a text may be coded so, and what they then say.
type veil struct {
	piece *regexp.Regexp
	open  func(piece string) (plain string, ok bool)
	gone  string // what stands for a piece that holds a secret
}

// veils are the codings that texts of a call come in: percent-coding (RFC 3986 §2.1), strings of JSON (RFC 8259 §7), base64.
var veils = []veil{
	{regexp.MustCompile(`[^\s"'<>&?=;/]*%[0-9A-Fa-f]{2}[^\s"'<>&?=;/]*`), fromPercent, removed},
	{regexp.MustCompile(`(?s)"[^"\\]*(?:\\.[^"\\]*)+\\?(?:"|$)`), fromJSON, `"` + removed + `"`},
	{regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}={0,2}`), fromBase64, removed},
}

// unveiled takes out pieces whose plain text is not to be seen. What they say cannot be cut out of them, so they go whole.
func (s scrubber) unveiled(text string, deep int) string {
	if deep == 0 {
		return text
	}
	for _, v := range veils {
		text = v.piece.ReplaceAllStringFunc(text, func(piece string) string {
			plain, ok := v.open(piece)
			if !ok || len(plain) < shortestValue || plain == piece || s.within(plain, deep-1) == plain {
				return piece
			}
			return v.gone
		})
	}
	return text
}

var percentCoded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// fromPercent reads what can be read; a broken escape stands for itself.
func fromPercent(piece string) (string, bool) {
	return percentCoded.ReplaceAllStringFunc(strings.ReplaceAll(piece, "+", " "), func(code string) string {
		n, _ := strconv.ParseUint(code[1:], 16, 8) // two hexadecimal digits fit
		return string([]byte{byte(n)})
	}), true
}

var jsonCoded = regexp.MustCompile(`(?s)\\(?:u[0-9A-Fa-f]{4}|.)`)

// fromJSON reads the inside of a string, a string that was cut off too.
func fromJSON(piece string) (string, bool) {
	return jsonCoded.ReplaceAllStringFunc(strings.Trim(piece, `"`), func(code string) string {
		switch code[1] {
		case 'u':
			if len(code) < len(`\u0000`) {
				return code
			}
			n, _ := strconv.ParseUint(code[2:], 16, 16) // four hexadecimal digits fit
			return string(rune(n))
		case 'n', 'r', 't', 'b', 'f':
			return "\n"
		}
		return code[1:]
	}), true
}

var base64Letters = strings.NewReplacer("-", "+", "_", "/")

// fromBase64 reads both alphabets. What is no text is no base64 of one.
func fromBase64(piece string) (string, bool) {
	plain, err := base64.RawStdEncoding.DecodeString(base64Letters.Replace(strings.TrimRight(piece, "=")))
	text := string(plain)
	return text, err == nil && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' })
}

// withoutValues takes values out, in any letter case. They are in small letters.
func withoutValues(text string, values []string) string {
	folded := smallLetters(text)
	for _, value := range values {
		if strings.Contains(folded, value) {
			text = withoutValue(text, folded, value)
			folded = smallLetters(text)
		}
	}
	return text
}

func withoutValue(text, folded, value string) string {
	var b strings.Builder
	for {
		at := strings.Index(folded, value)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at] + removed)
		text, folded = text[at+len(value):], folded[at+len(value):]
	}
}

// smallLetters folds the letters of ASCII alone, so that every byte keeps its place.
func smallLetters(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// ibanFits holds a text against the check digits of an IBAN (ISO 13616, by ISO 7064 MOD 97-10).
func ibanFits(text string) bool {
	plain := strings.NewReplacer(" ", "", "+", "").Replace(strings.ToUpper(text))
	if len(plain) < 15 {
		return false
	}
	rest := 0
	for _, c := range []byte(plain[4:] + plain[:4]) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}
