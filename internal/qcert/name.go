package qcert

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ASN.1 string types that crypto/x509 lets into names and that cryptobyte has no word for.
const (
	tagNumericString   asn1.Tag = 18
	tagVisibleString   asn1.Tag = 26
	tagUniversalString asn1.Tag = 28
	tagBMPString       asn1.Tag = 30
)

// maxAttributes bounds how many parts of one name are read.
const maxAttributes = 64

// attribute is one type and value of a name; text is the decoded value, "" where it is no string.
type attribute struct {
	oid    string // DER contents
	text   string
	isText bool
	der    []byte
	joined bool // belongs to the same relative name as the attribute before it
}

// name is a distinguished name in the order of the certificate.
type name []attribute

// shortNames are the attribute names of RFC 4514 §3 and, beyond them, OpenSSL's for what certificates carry.
var shortNames = map[string]string{
	oidCommonName: "CN", oidCountry: "C", oidOrganization: "O", oidOrgID: "organizationIdentifier",
	"\x55\x04\x04": "SN", "\x55\x04\x05": "serialNumber", "\x55\x04\x07": "L", "\x55\x04\x08": "ST", "\x55\x04\x09": "STREET",
	"\x55\x04\x0b": "OU", "\x55\x04\x0c": "title", "\x55\x04\x0f": "businessCategory", "\x55\x04\x11": "postalCode",
	"\x55\x04\x2a": "GN", "\x55\x04\x2e": "dnQualifier", "\x55\x04\x41": "pseudonym",
	"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01":     "UID",
	"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19":     "DC",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01":         "emailAddress",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01": "jurisdictionL",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02": "jurisdictionST",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03": "jurisdictionC",
}

// readName reads a DER name; what cannot be read is left out.
func readName(der []byte) name {
	in := cryptobyte.String(der)
	var rdns cryptobyte.String
	if !in.ReadASN1(&rdns, asn1.SEQUENCE) {
		return nil
	}
	var n name
	for !rdns.Empty() && len(n) < maxAttributes {
		var set cryptobyte.String
		if !rdns.ReadASN1(&set, asn1.SET) {
			break
		}
		for first := true; !set.Empty() && len(n) < maxAttributes; first = false {
			a, ok := readAttribute(&set)
			if !ok {
				break
			}
			a.joined = !first
			n = append(n, a)
		}
	}
	return n
}

func readAttribute(set *cryptobyte.String) (attribute, bool) {
	var pair, oid, value, element cryptobyte.String
	var tag asn1.Tag
	if !set.ReadASN1(&pair, asn1.SEQUENCE) || !pair.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) || !pair.ReadAnyASN1Element(&element, &tag) {
		return attribute{}, false
	}
	whole := element
	if !element.ReadASN1(&value, tag) {
		return attribute{}, false
	}
	text, ok := decodeText(tag, value)
	return attribute{oid: string(oid), text: text, isText: ok, der: whole}, true
}

// decodeText turns the contents of an ASN.1 string into UTF-8; false for other types.
// Invalid UTF-8 is handed on as it is: DisplayText shows it.
func decodeText(tag asn1.Tag, b []byte) (string, bool) {
	switch tag {
	case asn1.UTF8String, asn1.PrintableString, asn1.IA5String, tagNumericString, tagVisibleString:
		return string(b), true
	case asn1.T61String:
		return latin1(b), true
	case tagBMPString:
		return utf16Text(b), len(b)%2 == 0
	case tagUniversalString:
		return utf32Text(b), len(b)%4 == 0
	}
	return "", false
}

func latin1(b []byte) string {
	out := make([]rune, len(b))
	for n, c := range b {
		out[n] = rune(c)
	}
	return string(out)
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for n := range units {
		units[n] = uint16(b[2*n])<<8 | uint16(b[2*n+1])
	}
	return string(utf16.Decode(units))
}

func utf32Text(b []byte) string {
	out := make([]rune, len(b)/4)
	for n := range out {
		v := uint32(b[4*n])<<24 | uint32(b[4*n+1])<<16 | uint32(b[4*n+2])<<8 | uint32(b[4*n+3])
		out[n] = utf8.RuneError
		if v <= utf8.MaxRune {
			out[n] = rune(v)
		}
	}
	return string(out)
}

// values are the name's texts of one type, as written.
func (n name) values(oid string) []string {
	var out []string
	for _, a := range n {
		if a.oid == oid {
			out = append(out, a.text)
		}
	}
	return out
}

// first is the first text of the type, as written; "" where there is none.
func (n name) first(oid string) string {
	if v := n.values(oid); len(v) > 0 {
		return v[0]
	}
	return ""
}

// String writes the name after RFC 4514: most specific part first, parts parted by commas. Characters that cannot be
// seen are written as hex pairs, which RFC 4514 §2.4 allows for any character; long values are cut.
func (n name) String() string {
	var b strings.Builder
	for end := len(n); end > 0; {
		start := end - 1
		for start > 0 && n[start].joined {
			start--
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		for k := start; k < end; k++ {
			if k > start {
				b.WriteByte('+')
			}
			b.WriteString(n[k].String())
		}
		end = start
	}
	return b.String()
}

func (a attribute) String() string {
	key, known := shortNames[a.oid]
	if !known {
		key, known = dotted([]byte(a.oid))
		if !known {
			return "#" + capHex([]byte(a.oid))
		}
		return key + "=#" + capHex(a.der) // RFC 4514 §2.4: no short name, so the value goes as hex
	}
	if !a.isText {
		return key + "=#" + capHex(a.der)
	}
	return key + "=" + escapeDN(a.text)
}

func capHex(b []byte) string {
	if len(b) > maxField/2 {
		return hex.EncodeToString(b[:maxField/2]) + "…"
	}
	return hex.EncodeToString(b)
}

// escapeDN escapes one value after RFC 4514 §2.4.
func escapeDN(s string) string {
	var b strings.Builder
	count, marks, start := 0, 0, len(s)
	for len(s) > 0 {
		if count == maxField {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		marks = countMarks(r, marks)
		atStart, atEnd := len(s) == start, len(s) == size
		switch {
		case r == utf8.RuneError && size == 1, unseen(r), marks > maxMarks:
			for _, c := range []byte(s[:size]) {
				b.WriteString(`\` + strings.ToUpper(hex.EncodeToString([]byte{c})))
			}
		case strings.ContainsRune(`,+"\<>;`, r), r == '#' && atStart, r == ' ' && (atStart || atEnd):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
		count++
	}
	return b.String()
}
