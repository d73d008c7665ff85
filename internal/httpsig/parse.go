package httpsig

import "strings"

// maxSignature bounds the Signature header.
const maxSignature = 8 << 10

// Params are the parameters of a Signature header, as sent.
type Params struct {
	KeyID     string   // between the quotation marks, nothing decoded
	Algorithm string   // e.g. rsa-sha256; [Verify] decides whether it is allowed
	Headers   []string // lower case, in signing order, no name twice
	Signature []byte   // decoded
}

// The four parameters, in the order in which the Guidelines print them.
const (
	paramKeyID = iota
	paramAlgorithm
	paramHeaders
	paramSignature
	allParams
)

var paramNames = [allParams]string{"keyId", "algorithm", "headers", "signature"}

// Parse reads a Signature header: the parameters keyId, algorithm, headers and
// signature in any order, each exactly once, each in quotation marks, divided by
// commas with or without blanks around them, nothing else, at most 8 KiB. What
// the values mean is for [Verify]. It returns a *Mistake with the path Signature.
func Parse(header string) (Params, error) {
	p, m := parse(header)
	if m != nil {
		return Params{}, m
	}

	return p, nil
}

func parse(header string) (p Params, m *Mistake) {
	raw, m := scan(header)
	if m != nil {
		return p, m
	}
	p.KeyID, p.Algorithm = raw[paramKeyID], raw[paramAlgorithm]
	if p.Headers, m = splitList(raw[paramHeaders]); m != nil {
		return p, m
	}
	p.Signature, m = decodeSignature(raw[paramSignature])

	return p, m
}

// scan takes the header apart in one pass and returns the four values between
// their quotation marks.
func scan(s string) (raw [allParams]string, m *Mistake) {
	if len(s) > maxSignature {
		return raw, mistake(TooLong, "Signature", "The Signature header is %d bytes long; at most %d are read. Its four parameters need less than 2,000, even with a key of 4096 bits.", len(s), maxSignature)
	}
	if m := printable(s); m != nil {
		return raw, m
	}
	var seen [allParams]bool
	for at := skipBlanks(s, 0); ; {
		i, value, next, m := parameter(s, at)
		if m != nil {
			return raw, m
		}
		if seen[i] {
			return raw, mistake(DuplicateParameter, "Signature", "The Signature header has the parameter %s twice. Send each parameter exactly once.", paramNames[i])
		}
		seen[i], raw[i] = true, value
		if next = skipBlanks(s, next); next == len(s) {
			break
		}
		if s[next] != ',' {
			return raw, afterValue(paramNames[i], s, next)
		}
		at = skipBlanks(s, next+1)
	}
	for i, name := range paramNames {
		if raw[i] == "" {
			return raw, missingParameter(name, seen[i])
		}
	}

	return raw, nil
}

// parameter reads name="value" at the given place.
func parameter(s string, at int) (i int, value string, next int, m *Mistake) {
	end := at
	for end < len(s) && s[end] != '=' && s[end] != ',' && s[end] != '"' && s[end] != ' ' && s[end] != '\t' {
		end++
	}
	name := s[at:end]
	if end == len(s) || s[end] != '=' || name == "" {
		return 0, "", 0, noParameter(s, at, name)
	}
	i = -1
	for j := range paramNames {
		if paramNames[j] == name {
			i = j
		}
	}
	if i < 0 {
		return 0, "", 0, unknownParameter(name)
	}
	if end++; end == len(s) || s[end] != '"' {
		return 0, "", 0, mistake(Syntax, "Signature", `The value of %s in the Signature header is not in quotation marks. Write %s="…", without blanks around the equals sign.`, name, name)
	}
	value, next = quoted(s, end+1)
	if next == 0 {
		return 0, "", 0, mistake(Syntax, "Signature", `The value of %s in the Signature header has no closing quotation mark. The header may have been cut off on its way.`, name)
	}

	return i, value, next, nil
}

// quoted returns the text up to the closing quotation mark and the place behind
// it, or 0 when there is none. A backslash takes the next character with it; it
// stays in the value, because distinguished names have backslashes of their own.
func quoted(s string, at int) (string, int) {
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[at:i], i + 1
		}
	}

	return "", 0
}

func skipBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}

	return at
}

// printable refuses every byte that is not printable ASCII.
func printable(s string) *Mistake {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80:
			return mistake(Syntax, "Signature", "The Signature header holds a byte outside ASCII at position %d. Percent-code such letters of the issuer's name as UTF-8, for example %%C3%%A4 for ä.", i+1)
		case c < ' ' && c != '\t' || c == 0x7f:
			return mistake(ControlCharacter, "Signature", "The Signature header holds a line end or another control character at byte %d. Send it on one line; base64 tools break lines after 64 or 76 characters unless told otherwise (openssl base64 -A).", i+1)
		}
	}

	return nil
}

func missingParameter(name string, empty bool) *Mistake {
	if empty {
		return mistake(MissingParameter, "Signature", "The parameter %s of the Signature header is empty. All four are needed: keyId, algorithm, headers, signature.", name)
	}

	return mistake(MissingParameter, "Signature", "The Signature header has no parameter %s. All four are needed: keyId, algorithm, headers, signature.", name)
}

func afterValue(name, s string, at int) *Mistake {
	if name == "keyId" {
		return mistake(Syntax, "Signature", `The Signature header goes on with %s after keyId, where a comma is expected. A quotation mark inside the issuer's name is written %%22.`, shown(s[at:], 20))
	}

	return mistake(Syntax, "Signature", `The Signature header goes on with %s after %s, where a comma is expected.`, shown(s[at:], 20), name)
}

// noParameter explains a place where name="value" was expected.
func noParameter(s string, at int, name string) *Mistake {
	switch {
	case s == "":
		return mistake(Missing, "Signature", "The Signature header is empty. Send keyId, algorithm, headers and signature.")
	case at == len(s):
		return mistake(Syntax, "Signature", "The Signature header ends with a comma. Remove it.")
	case strings.EqualFold(name, "Signature") && at < len(s):
		return mistake(Syntax, "Signature", `The Signature header starts with the word "Signature", which belongs to the Authorization header of the draft. Start with keyId="…".`)
	case s[at] == ',':
		return mistake(Syntax, "Signature", "The Signature header has a comma with nothing before it. Divide the parameters by one comma.")
	}

	return mistake(Syntax, "Signature", `The Signature header has %s where a parameter is expected. Write keyId="…",algorithm="…",headers="…",signature="…".`, shown(s[at:], 20))
}

func unknownParameter(name string) *Mistake {
	for _, known := range paramNames {
		if strings.EqualFold(known, name) {
			return mistake(UnknownParameter, "Signature", "The Signature header has the parameter %s; it is spelt %s.", shown(name, 20), known)
		}
	}
	if name == "created" || name == "expires" {
		return mistake(UnknownParameter, "Signature", "The Signature header has the parameter %s, which came with later drafts. This interface follows draft 10: keyId, algorithm, headers and signature only.", name)
	}

	return mistake(UnknownParameter, "Signature", "The Signature header has the unknown parameter %s. Only keyId, algorithm, headers and signature are allowed.", shown(name, 30))
}

// decodeSignature decodes padded standard base64 and nothing else.
func decodeSignature(s string) ([]byte, *Mistake) {
	b, err := strict.DecodeString(s)
	switch {
	case err == nil:
		return b, nil
	case strings.ContainsAny(s, " \t"):
		return nil, mistake(SignatureEncoding, "Signature", "The parameter \"signature\" holds a blank. Send the base64 without blanks and line ends (openssl base64 -A).")
	case strings.ContainsAny(s, "-_"):
		return nil, mistake(SignatureEncoding, "Signature", `The parameter "signature" is base64url ("-" and "_"). Use standard base64 with "+" and "/", padded with "=".`)
	case strings.Contains(s, "%"):
		return nil, mistake(SignatureEncoding, "Signature", "The parameter \"signature\" is percent-coded. Send the base64 as it is.")
	case strings.Contains(s, `\n`):
		return nil, mistake(SignatureEncoding, "Signature", `The parameter "signature" holds the two characters \n. Send the base64 on one line (openssl base64 -A).`)
	case len(s)%4 != 0:
		return nil, mistake(SignatureEncoding, "Signature", `The base64 of the parameter "signature" is not padded with "=" or was cut off: its length, %d, is not a multiple of four.`, len(s))
	}

	return nil, mistake(SignatureEncoding, "Signature", "The parameter \"signature\" is not base64. Send the padded standard base64 of the signature's bytes.")
}
