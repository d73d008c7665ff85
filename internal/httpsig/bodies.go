package httpsig

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"
)

// The bounds of the search for another form of a body. Indenting deep JSON makes
// long texts of short ones.
const (
	maxForms = 8 << 20 // bytes made and hashed
	maxJSON  = 64 << 10
	maxDepth = 32
)

// byteOrderMark is what some editors put before a text in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// bodyForm is another form of the body that may have been hashed.
type bodyForm struct {
	body        []byte
	cause, what string
}

// ExplainDigest finds out of which other form of the body the Digest header of a request is, among those that editors and
// libraries make. It hashes at most 8 MiB; the caller limits how often. Found is false where no form fits, or where the digest
// is right.
func ExplainDigest(h http.Header, body []byte) Explanation {
	f := collect(h)
	_, m := checkDigest(&f, body)
	if m == nil {
		return Explanation{Cause: CauseNone, Path: pathDigest, FirstDiff: -1}
	}

	return explainDigest(&f, body, m)
}

// explainDigest finds out of what the digest in the header is, if not of the body.
func explainDigest(f *fields, body []byte, m *Mistake) Explanation {
	e := Explanation{Cause: m.Code, Path: "Digest", Text: cut(m.Text, maxExplanation), FirstDiff: -1, Found: true}
	value := f.value(fieldDigest)
	alg, sent, _ := strings.Cut(value, "=")
	hash, bad := digestAlgorithm(value, alg)
	if bad != nil || f.single(fieldDigest) != nil {
		return e
	}
	name := digestName(hash)
	e.Signed, e.Expected = name+"="+sent, Digest(name, body)
	e.FirstDiff = firstDiff(e.Signed, e.Expected)
	if m.Code != DigestMismatch {
		if strings.Contains(m.Text, "hexadecimal") {
			e.Cause = CauseHexDigest
		}
		if other := otherName(name); other+"="+sent == Digest(other, body) {
			e.Cause, e.Text = CauseWrongAlgorithm, fmt.Sprintf("The Digest header names %s, but its value is the %s of the body. Write %s=… or hash with %s.", name, other, other, name)
		}

		return e
	}
	made := 0
	for form := range bodyForms(body) {
		if made += len(form.body); made > maxForms {
			break
		}
		e.Tried++
		if name+"="+sent == Digest(name, form.body) {
			e.Cause = form.cause
			fix := "Hash the exact bytes that you send."
			if len(body) == 0 {
				fix = "Without a body, hash the empty string."
			}
			e.Text = cut(fmt.Sprintf("The Digest header is not the %s of the body we received (%s). It is the digest of %s. %s",
				name, some(len(body), "byte", "bytes"), form.what, fix), maxExplanation)

			return e
		}
	}
	e.Cause, e.Found = CauseBodyChanged, false
	e.Tried++
	if raw, err := strict.DecodeString(sent); err == nil && hashedTwice(name, raw, body) {
		e.Cause, e.Found = CauseDoubleHash, true
		e.Text = "The Digest header is the " + name + " of a hash of the body, or of its hexadecimal text. Hash the body once and encode the bytes of the hash in base64."
	}

	return e
}

func otherName(name string) string {
	if name == nameSHA512 {
		return nameSHA256
	}

	return nameSHA512
}

// hashedTwice recognises the hash of the hash and of its hexadecimal text.
func hashedTwice(name string, got, body []byte) bool {
	_, encoded, _ := strings.Cut(Digest(name, body), "=")
	once, _ := strict.DecodeString(encoded)
	for _, inner := range [][]byte{once, []byte(hex.EncodeToString(once)), []byte(strings.ToUpper(hex.EncodeToString(once))), []byte(encoded)} {
		_, twice, _ := strings.Cut(Digest(name, inner), "=")
		if raw, _ := strict.DecodeString(twice); bytes.Equal(raw, got) {
			return true
		}
	}

	return false
}

// bodyForms yields what may have been hashed instead of the body, the likeliest first.
func bodyForms(body []byte) iter.Seq[bodyForm] {
	return func(yield func(bodyForm) bool) {
		for _, f := range plainForms(body) {
			if !yield(f) {
				return
			}
		}
		if len(body) > maxJSON || !json.Valid(body) || depth(body) > maxDepth {
			return
		}
		for f := range jsonForms(body) {
			if !yield(f) {
				return
			}
		}
	}
}

// plainForms differ in blanks, line ends and encoding.
func plainForms(body []byte) []bodyForm {
	forms := []bodyForm{
		{[]byte("{}"), CauseEmptyObject, `"{}"`},
		{nil, CauseBodyChanged, "an empty body"},
		{[]byte("null"), CauseBodyChanged, `"null"`},
		{[]byte(`""`), CauseBodyChanged, "two quotation marks"},
	}
	if len(body) > maxForms/8 {
		return forms
	}
	lf := bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	forms = append(forms,
		bodyForm{bytes.TrimSpace(body), CauseBodyChanged, "the body without the blanks and line ends around it"},
		bodyForm{join2(body, "\n"), CauseBodyChanged, "the body with a line feed behind it, as echo adds one"},
		bodyForm{join2(body, "\r\n"), CauseBodyChanged, "the body with CR LF behind it"},
		bodyForm{lf, CauseBodyChanged, "the body with LF in place of CR LF"},
		bodyForm{bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n")), CauseBodyChanged, "the body with CR LF in place of LF"},
		bodyForm{bytes.ReplaceAll(lf, []byte("\n"), nil), CauseBodyChanged, "the body with its line ends taken out, as curl -d does with a file"},
		bodyForm{bytes.TrimPrefix(body, []byte(byteOrderMark)), CauseBodyChanged, "the body without its byte order mark"},
		bodyForm{join2([]byte(byteOrderMark), string(body)), CauseBodyChanged, "the body with a byte order mark before it"})
	if latin, ok := toLatin1(body); ok {
		forms = append(forms, bodyForm{latin, CauseBodyChanged, "the body in ISO 8859-1; send and hash UTF-8"})
	}

	return forms
}

func join2(body []byte, more string) []byte {
	return append(body[:len(body):len(body)], more...)
}

func toLatin1(body []byte) ([]byte, bool) {
	if !utf8.Valid(body) {
		return nil, false
	}
	latin := make([]byte, 0, len(body))
	for _, r := range string(body) {
		if r > 0xff {
			return nil, false
		}
		latin = append(latin, byte(r))
	}

	return latin, len(latin) < len(body)
}
