package httpsig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonForms yields what libraries make of the same JSON: compact, indented, with
// blanks, with sorted keys, with escapes, each with and without a line feed.
func jsonForms(body []byte) iter.Seq[bodyForm] {
	return func(yield func(bodyForm) bool) {
		var last []byte
		for _, t := range jsonTexts(body) {
			for _, style := range jsonStyles {
				form := style.apply(t.body)
				if bytes.Equal(form, last) {
					continue
				}
				last = form
				what := "the same JSON " + style.what + t.what
				if !yield(bodyForm{form, CauseReserialised, what}) || !yield(bodyForm{join2(form, "\n"), CauseReserialised, what + " and a line feed behind it"}) {
					return
				}
			}
		}
	}
}

// jsonTexts are the compact forms, in the order of the keys and sorted, with the
// escapes that libraries add. A form equal to an earlier one is left out.
func jsonTexts(body []byte) []bodyForm {
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return nil
	}
	orders := []bodyForm{{compact.Bytes(), "", ""}}
	if sorted, err := sortKeys(compact.Bytes()); err == nil {
		orders = append(orders, bodyForm{sorted, "", ", with sorted keys"})
	}
	var texts []bodyForm
	for _, t := range orders {
		for _, also := range []bodyForm{
			t,
			{rewrite(t.body, escapeNonASCII), "", t.what + `, with letters as \u escapes`},
			{rewrite(t.body, escapeSlash), "", t.what + `, with slashes as \/`},
			{rewrite(t.body, escapeHTML), "", t.what + `, with <, > and & as \u escapes`},
		} {
			if !slices.ContainsFunc(texts, func(f bodyForm) bool { return bytes.Equal(f.body, also.body) }) {
				texts = append(texts, also)
			}
		}
	}

	return texts
}

// depth is how deep the brackets of valid JSON are nested.
func depth(b []byte) int {
	level, deepest := 0, 0
	outside(b, func(c byte) string {
		switch c {
		case '{', '[':
			level++
			deepest = max(deepest, level)
		case '}', ']':
			level--
		}

		return ""
	})

	return deepest
}

// jsonStyles are the ways in which libraries print.
var jsonStyles = []struct {
	what  string
	apply func(compact []byte) []byte
}{
	{"without blanks", func(b []byte) []byte { return b }},
	{"with one blank after each comma and colon", func(b []byte) []byte { return spaced(b, ", ", ": ") }},
	{"with one blank after each colon", func(b []byte) []byte { return spaced(b, ",", ": ") }},
	{"with one blank after each comma", func(b []byte) []byte { return spaced(b, ", ", ":") }},
	{"indented by two blanks", func(b []byte) []byte { return indented(b, "  ") }},
	{"indented by four blanks", func(b []byte) []byte { return indented(b, "    ") }},
	{"indented by three blanks", func(b []byte) []byte { return indented(b, "   ") }},
	{"indented by tabs", func(b []byte) []byte { return indented(b, "\t") }},
	{"indented by two blanks with CR LF", func(b []byte) []byte {
		return bytes.ReplaceAll(indented(b, "  "), []byte("\n"), []byte("\r\n"))
	}},
	{"indented with blanks before the colons", func(b []byte) []byte { return jackson(indented(b, "  ")) }},
}

func indented(b []byte, by string) []byte {
	var out bytes.Buffer
	_ = json.Indent(&out, b, "", by) // valid JSON: it was compacted before

	return out.Bytes()
}

// jackson prints a blank on both sides of the colon.
func jackson(b []byte) []byte {
	return outside(b, func(c byte) string {
		if c == ':' {
			return " :"
		}

		return string(c)
	})
}

func spaced(b []byte, comma, colon string) []byte {
	return outside(b, func(c byte) string {
		switch c {
		case ',':
			return comma
		case ':':
			return colon
		}

		return string(c)
	})
}

// outside rewrites the bytes of JSON that are not inside a string.
func outside(b []byte, write func(byte) string) []byte {
	out := make([]byte, 0, len(b)+len(b)/8)
	inside := false
	for i := 0; i < len(b); i++ {
		switch {
		case inside && b[i] == '\\' && i+1 < len(b):
			out = append(out, b[i], b[i+1])
			i++
		case b[i] == '"':
			inside = !inside
			out = append(out, '"')
		case inside:
			out = append(out, b[i])
		default:
			out = append(out, write(b[i])...)
		}
	}

	return out
}

// sortKeys prints objects with their keys in order and numbers as they came.
func sortKeys(b []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write body: %w", err)
	}

	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// rewrite replaces characters of compact JSON.
func rewrite(b []byte, write func(rune) string) []byte {
	var out strings.Builder
	for _, r := range string(b) {
		out.WriteString(write(r))
	}

	return []byte(out.String())
}

func escapeNonASCII(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		return string(r)
	case r > 0xffff:
		r -= 0x10000

		return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}

	return fmt.Sprintf(`\u%04x`, r)
}

func escapeSlash(r rune) string {
	if r == '/' {
		return `\/`
	}

	return string(r)
}

func escapeHTML(r rune) string {
	if strings.ContainsRune("<>&", r) {
		return fmt.Sprintf(`\u%04x`, r)
	}

	return string(r)
}
