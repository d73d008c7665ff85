package qcert

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// marker is a BEGIN or END line as generously as people write them; the lazy label stops at the dashes.
var marker = regexp.MustCompile(`(?i)-{2,}[ \t]*(BEGIN|END)[ \t]+([A-Z0-9#][A-Z0-9#. ]{0,60}?)[ \t]*-{2,}`)

// armour is one marker: where it stands and what it says.
type armour struct {
	from, to int
	begin    bool
	label    string
}

func armours(text []byte) []armour {
	var out []armour
	for _, m := range marker.FindAllSubmatchIndex(text, -1) {
		out = append(out, armour{
			from: m[0], to: m[1],
			begin: strings.EqualFold(string(text[m[2]:m[3]]), "BEGIN"),
			label: strings.Join(strings.Fields(strings.ToUpper(string(text[m[4]:m[5]]))), " "),
		})
	}
	return out
}

// readText walks the blocks and what lies between them. The text's copies are wiped where a private key turns up.
func (u *upload) readText(text []byte) (refused *Refusal) {
	text = u.plainDashes(text)
	defer func() {
		if refused != nil && refused.Code == KeyUploaded {
			clear(text)
		}
	}()

	marks := armours(text)
	at := 0
	for n := 0; n < len(marks); n++ {
		m := marks[n]
		reason := repairNoMarks
		if !m.begin {
			reason = repairNoBegin
		}
		if refused := u.readLoose(text[at:m.from], reason); refused != nil {
			return refused
		}
		at = m.to
		if !m.begin {
			continue
		}
		b := block{label: m.label, text: text[m.from:], body: text[m.to:]}
		if n+1 < len(marks) {
			end := marks[n+1]
			b.body = text[m.to:end.from]
			at = end.from
			if !end.begin {
				b.text, b.closed = text[m.from:end.to], true
				at = end.to
				n++
			}
		} else {
			at = len(text)
		}
		if refused := u.readBlock(b); refused != nil {
			return refused
		}
	}
	return u.readLoose(text[at:], repairNoMarks)
}

// plainDashes replaces typographic dashes where that makes BEGIN and END lines appear.
func (u *upload) plainDashes(text []byte) []byte {
	if !bytes.ContainsAny(text, dashes) {
		return text
	}
	plain := bytes.Clone(text)
	for _, d := range dashes {
		plain = replace(plain, string(d), "--")
	}
	if len(armours(plain)) > len(armours(text)) {
		u.repaired(repairDashes)
		return plain
	}
	clear(plain)
	return text
}

// block is a BEGIN line with what follows it, up to its END line where there is one.
type block struct {
	label  string
	text   []byte // with both lines
	body   []byte
	closed bool
}

func (u *upload) readBlock(b block) *Refusal {
	if b.closed {
		if strict, rest := pem.Decode(b.text); strict != nil && len(bytes.TrimSpace(rest)) == 0 {
			u.labelled(b.label)
			return u.take(strict.Bytes)
		}
	}
	der, ok := decodeBody(b.body)
	if !ok {
		return u.readDamaged(b)
	}
	if !b.closed {
		u.repaired(repairNoEnd)
	}
	if reason := whatWasWrong(b); reason != "" && !(reason == repairMarkers && slices.Contains(u.repairs, repairDashes)) {
		u.repaired(reason)
	}
	u.labelled(b.label)
	return u.take(der)
}

func (u *upload) labelled(label string) {
	if label == "X509 CERTIFICATE" {
		u.repaired(repairX509Name)
	}
}

// readDamaged looks into a block that is no base64 as a whole: for a key, and for a certificate with something beside it.
func (u *upload) readDamaged(b block) *Refusal {
	before := len(u.objects)
	if refused := u.readLoose(b.body, repairBlanks); refused != nil {
		return refused
	}
	if len(u.objects) > before {
		return nil
	}
	o := object{sort: sortDamaged}
	if !strings.HasSuffix(b.label, "CERTIFICATE") {
		o.sort = sortOther
	}
	u.objects = append(u.objects, o)
	return nil
}

// whatWasWrong names why encoding/pem would not have read the block; "" where only the END line was missing.
func whatWasWrong(b block) string {
	body := bytes.Trim(b.body, "\n")
	lines := bytes.Split(body, []byte("\n"))
	indented, quoted := false, false
	for _, l := range lines {
		switch {
		case len(bytes.TrimSpace(l)) == 0:
		case l[0] == '>':
			quoted = true
		case l[0] == ' ' || l[0] == '\t':
			indented = true
		}
	}
	canonical := bytes.Join([][]byte{[]byte("-----BEGIN X-----"), body, []byte("-----END X-----\n")}, []byte("\n"))
	defer clear(canonical)
	switch readable, _ := pem.Decode(canonical); {
	case bytes.IndexByte(bytes.TrimSpace(body), '\n') < 0:
		return repairOneLine
	case quoted:
		return repairQuoted
	case indented:
		return repairIndent
	case readable == nil:
		return repairBlanks
	case b.closed:
		return repairMarkers
	}
	return ""
}

// decodeBody decodes base64 between two markers, past header lines, white space and the quotation marks of mails.
func decodeBody(body []byte) ([]byte, bool) {
	packed := make([]byte, 0, len(body))
	defer func() { clear(packed) }()
	for _, line := range bytes.Split(body, []byte("\n")) {
		line = bytes.TrimLeft(line, "> \t")
		if len(packed) == 0 && bytes.IndexByte(line, ':') > 0 {
			continue // a header of RFC 1421
		}
		packed = squeeze(packed, line)
	}
	return decodeBase64(packed)
}

// squeeze appends what is left of the text without any kind of white space.
func squeeze(to, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case isBlank(r):
		case r < 0x80:
			to = append(to, byte(r))
		default:
			to = append(to, '?') // no base64: the decoder will say so
		}
	}
	return to
}

// decodeBase64 decodes standard base64 with or without its padding.
func decodeBase64(packed []byte) ([]byte, bool) {
	packed = bytes.TrimRight(packed, "=")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(packed)))
	n, err := base64.RawStdEncoding.Decode(out, packed)
	if err != nil || n == 0 {
		clear(out)
		return nil, false
	}
	return out[:n], true
}
