package possession

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"unicode"
)

// pasteRaw is the way out for whoever sent something else than a signature.
const pasteRaw = "Paste the raw signature over " + ChallengeFile + " in base64."

var (
	markLine = regexp.MustCompile(`(?i)-{2,}[ \t]*(?:BEGIN|END)[ \t]+[A-Z0-9 ]{0,40}?[ \t]*-{2,}`)
	dgstName = regexp.MustCompile(`^\s*[A-Za-z0-9-]{2,20} ?\([^()\n]{0,80}\)\s*=`)   // as openssl dgst -hex writes before its answer
	sumLine  = regexp.MustCompile(`^\s*([0-9A-Fa-f]{40,128})\s+\*?[\w.-]{1,80}\s*$`) // as sha256sum writes
	escapes  = [][2]string{{`\r`, " "}, {`\n`, " "}, {`\/`, "/"}, {"%2B", "+"}, {"%2b", "+"}, {"%2F", "/"}, {"%2f", "/"}, {"%3D", "="}, {"%3d", "="}, {"%0A", " "}, {"%0D", " "}}
)

// unwrap takes off what stands around the letters: BEGIN and END lines, quotation marks, the name that openssl prints.
func (s *Signature) unwrap(text []byte) []byte {
	if bare := markLine.ReplaceAll(text, []byte("\n")); len(bare) < len(text) {
		s.note("The BEGIN and END lines were left out.")
		text = bare
	}
	text = sumLine.ReplaceAll(dgstName.ReplaceAll(text, nil), []byte("$1"))
	for _, e := range escapes {
		text = bytes.ReplaceAll(text, []byte(e[0]), []byte(e[1]))
	}
	return bytes.TrimFunc(text, func(r rune) bool {
		return blank(r) || slices.Contains([]rune{'"', '\'', '`', '“', '”', '„', '‘', '’', ',', ';'}, r)
	})
}

// blank tells white space, and the invisible characters that come along with copied text.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || r >= '\u200b' && r <= '\u200d' || r == '\u2060'
}

// without removes the runes that are not wanted.
func without(text []byte, unwanted func(rune) bool) []byte {
	return bytes.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, text)
}

// decode tries the spellings of bytes from the one that is told apart most surely.
func (s *Signature) decode(text []byte) ([]byte, *Mistake) {
	if numbers, ok := fromNumbers(text); ok {
		s.Dress = Decimal
		s.note("The signature was a list of numbers; each was taken as one byte.")
		return numbers, nil
	}
	digits := without(bytes.ReplaceAll(text, []byte("0x"), nil), func(r rune) bool { return blank(r) || r == ':' || r == '-' || r == ',' })
	if len(digits) > 0 && !slices.ContainsFunc(digits, notHex) {
		s.Dress = Hexadecimal
		s.note("The signature was written in hexadecimal; it was decoded.")
		return fromHex(digits)
	}
	return s.fromBase64(without(text, blank))
}

func notHex(c byte) bool {
	return (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')
}

func fromHex(digits []byte) ([]byte, *Mistake) {
	out, err := hex.DecodeString(string(digits))
	if err != nil {
		return nil, mistake(Format, KindUnreadable, "The signature is written in hexadecimal, but has an odd number of digits: one is missing. Copy it again, or paste it in base64.")
	}
	return out, nil
}

// fromNumbers reads what PowerShell and Java print of an array of bytes: at least 32 numbers, signed or not.
func fromNumbers(text []byte) ([]byte, bool) {
	fields := bytes.FieldsFunc(text, func(r rune) bool { return blank(r) || bytes.ContainsRune([]byte(",;[]{}()"), r) })
	const fewest = 32
	if len(fields) < fewest {
		return nil, false
	}
	var out []byte
	for _, f := range fields {
		n, err := strconv.Atoi(string(f))
		if err != nil || len(f) > 4 || n < -128 || n > 255 {
			return nil, false
		}
		out = append(out, byte(n)) // Java's negative numbers are the upper half of the bytes
	}
	return out, true
}

// fromBase64 accepts both alphabets and any padding at the end.
func (s *Signature) fromBase64(packed []byte) ([]byte, *Mistake) {
	s.Dress = Base64
	if bytes.ContainsAny(packed, "-_") {
		s.Dress = Base64URL
	}
	letters := bytes.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, bytes.TrimRight(packed, "="))
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, err := base64.RawStdEncoding.Decode(out, letters)
	if err != nil || n == 0 {
		clear(out)
		return nil, mistake(Format, KindUnreadable, "This is no base64, or a part of it is missing. Encode the signature with: openssl base64 -A -in %s", SignatureFile)
	}
	return out[:n], nil
}
