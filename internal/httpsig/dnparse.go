package httpsig

import (
	"encoding/asn1"
	"encoding/hex"
	"strings"
)

// parseDN reads a printed distinguished name: RFC 2253 with its escapes,
// quotation marks and "#hex" values, and what tools make of it (blanks after the
// commas, semicolons, commas inside a value that were not escaped). The parts
// keep the order in which they are printed.
func parseDN(s string) (distinguishedName, bool) {
	pieces := splitDN(s)
	name := make(distinguishedName, 0, len(pieces))
	for _, p := range pieces {
		kind, value, _ := strings.Cut(p.text, "=")
		oid, known := attributeOID(kind)
		if !known {
			return nil, false
		}
		a := attribute{oid: oid, value: unescape(value)}
		if p.joined && len(name) > 0 {
			name[len(name)-1] = append(name[len(name)-1], a)
		} else {
			name = append(name, []attribute{a})
		}
	}

	return name, len(name) > 0
}

// piece is one type=value of a printed name; joined says that "+" stood before it.
type piece struct {
	text   string
	joined bool
}

// splitDN divides at separators that are neither escaped nor quoted. What does
// not start with a known type belongs to the value before it: O=Foo, Inc.
func splitDN(s string) []piece {
	var pieces []piece
	start, quoted, before := 0, false, byte(',')
	add := func(end int) {
		text := s[start:end]
		kind, _, found := strings.Cut(text, "=")
		_, known := attributeOID(kind)
		if (!found || !known) && len(pieces) > 0 {
			pieces[len(pieces)-1].text += string(before) + text
		} else {
			pieces = append(pieces, piece{text: text, joined: before == '+'})
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted && strings.HasSuffix(strings.TrimRight(s[start:i], " "), "=")
		case !quoted && (c == ',' || c == ';' || c == '+'):
			add(i)
			start, before = i+1, c
		}
	}
	add(len(s))

	return pieces
}

// unescape reads a printed value.
func unescape(v string) string {
	v = strings.TrimLeft(v, " ")
	if inner, ok := strings.CutPrefix(strings.TrimRight(v, " "), `"`); ok && strings.HasSuffix(inner, `"`) {
		v = strings.TrimSuffix(inner, `"`)
	} else if strings.HasPrefix(v, "#") {
		return unescapeHex(strings.TrimRight(v, " "))
	}
	var b strings.Builder
	kept := 0 // what follows is a blank that may have to go
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] != '\\' || i+1 == len(v):
			b.WriteByte(v[i])
			if v[i] != ' ' {
				kept = b.Len()
			}
		case i+2 < len(v) && isHex(v[i+1:i+3]):
			c, _ := hex.DecodeString(v[i+1 : i+3])
			b.WriteByte(c[0])
			i += 2
			kept = b.Len()
		default:
			i++
			b.WriteByte(v[i])
			kept = b.Len()
		}
	}

	return b.String()[:kept]
}

// unescapeHex decodes "#" and the hex of a DER value; what is not that stays.
func unescapeHex(v string) string {
	der, err := hex.DecodeString(v[1:])
	if err != nil {
		return v
	}
	var raw asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
		return v
	}

	return text(raw)
}
