package httpsig

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// attribute is one part of a distinguished name, e.g. O=Example.
type attribute struct {
	oid   string // dotted
	value string // text, or "#" and hex where the encoding is not a text
}

// distinguishedName holds relative names in the order of their encoding, each of
// one attribute or, seldom, several.
type distinguishedName [][]attribute

// decodeDN reads a DER Name as a certificate holds it.
func decodeDN(der []byte) (distinguishedName, error) {
	var sets []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sets); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("decode distinguished name: %w", err)
	}
	name := make(distinguishedName, 0, len(sets))
	for _, set := range sets {
		var parts []struct {
			Type  asn1.ObjectIdentifier
			Value asn1.RawValue
		}
		if _, err := asn1.UnmarshalWithParams(set.FullBytes, &parts, "set"); err != nil {
			return nil, fmt.Errorf("decode relative name: %w", err)
		}
		relative := make([]attribute, len(parts))
		for i, p := range parts {
			relative[i] = attribute{oid: p.Type.String(), value: text(p.Value)}
		}
		name = append(name, relative)
	}

	return name, nil
}

// text decodes the string types that occur in names. Others stay "#" and hex.
func text(v asn1.RawValue) string {
	switch {
	case v.Class != asn1.ClassUniversal:
	case v.Tag == asn1.TagUTF8String && utf8.Valid(v.Bytes):
		return string(v.Bytes)
	case v.Tag == asn1.TagPrintableString, v.Tag == asn1.TagIA5String, v.Tag == asn1.TagNumericString, v.Tag == asn1.TagT61String:
		return latin1(v.Bytes)
	case v.Tag == asn1.TagBMPString && len(v.Bytes)%2 == 0:
		units := make([]uint16, 0, len(v.Bytes)/2)
		for i := 0; i < len(v.Bytes); i += 2 {
			units = append(units, uint16(v.Bytes[i])<<8|uint16(v.Bytes[i+1]))
		}

		return string(utf16.Decode(units))
	}

	return "#" + hex.EncodeToString(v.FullBytes)
}

func latin1(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}

	return string(runes)
}

// attributeNames pairs the names that are printed with their identifiers: those
// of RFC 2253, then the ones that OpenSSL prints beside them.
var attributeNames = []struct{ name, oid string }{
	{"CN", "2.5.4.3"}, {"C", "2.5.4.6"}, {"L", "2.5.4.7"}, {"ST", "2.5.4.8"}, {"O", "2.5.4.10"}, {"OU", "2.5.4.11"},
	{"street", "2.5.4.9"}, {"DC", "0.9.2342.19200300.100.1.25"}, {"UID", "0.9.2342.19200300.100.1.1"},
	{"organizationIdentifier", "2.5.4.97"}, {"serialNumber", "2.5.4.5"}, {"emailAddress", "1.2.840.113549.1.9.1"},
	{"SN", "2.5.4.4"}, {"GN", "2.5.4.42"}, {"title", "2.5.4.12"}, {"initials", "2.5.4.43"}, {"pseudonym", "2.5.4.65"},
	{"name", "2.5.4.41"}, {"description", "2.5.4.13"}, {"dnQualifier", "2.5.4.46"}, {"postalCode", "2.5.4.17"},
	{"businessCategory", "2.5.4.15"}, {"jurisdictionC", "1.3.6.1.4.1.311.60.2.1.3"},
	{"jurisdictionST", "1.3.6.1.4.1.311.60.2.1.2"}, {"jurisdictionL", "1.3.6.1.4.1.311.60.2.1.1"},
}

// aliases are further names that tools print, in lower case: Java, Windows,
// OpenSSL's long names.
var aliases = map[string]string{
	"commonname": "2.5.4.3", "countryname": "2.5.4.6", "country": "2.5.4.6", "localityname": "2.5.4.7",
	"s": "2.5.4.8", "stateorprovincename": "2.5.4.8", "organizationname": "2.5.4.10",
	"organizationalunitname": "2.5.4.11", "streetaddress": "2.5.4.9", "domaincomponent": "0.9.2342.19200300.100.1.25",
	"userid": "0.9.2342.19200300.100.1.1", "oi": "2.5.4.97", "organisationidentifier": "2.5.4.97",
	"e": "1.2.840.113549.1.9.1", "email": "1.2.840.113549.1.9.1", "surname": "2.5.4.4", "givenname": "2.5.4.42",
	"g": "2.5.4.42", "t": "2.5.4.12", "dnq": "2.5.4.46", "jurisdictioncountryname": "1.3.6.1.4.1.311.60.2.1.3",
}

// attributeOID finds the identifier of a type as people write it: a name in any
// letter case, a dotted identifier, with or without "OID." before it.
func attributeOID(name string) (string, bool) {
	name = strings.ToLower(strings.Trim(name, " "))
	for _, a := range attributeNames {
		if strings.ToLower(a.name) == name {
			return a.oid, true
		}
	}
	if oid, ok := aliases[name]; ok {
		return oid, true
	}
	dotted := strings.TrimPrefix(name, "oid.")
	if strings.Trim(dotted, "0123456789.") != "" || !strings.Contains(dotted, ".") || len(dotted) > 64 {
		return "", false
	}

	return dotted, true
}

func attributeName(oid string) string {
	for _, a := range attributeNames {
		if a.oid == oid {
			return a.name
		}
	}

	return oid
}

// String prints the name as RFC 2253 does: last encoded part first, commas
// without blanks, multi-valued parts joined by "+" (in the order of OpenSSL, for
// the RFC leaves it open).
func (n distinguishedName) String() string {
	var b strings.Builder
	for i, relative := range slices.Backward(n) {
		for j, a := range slices.Backward(relative) {
			b.WriteString(attributeName(a.oid))
			b.WriteByte('=')
			b.WriteString(escape(a.value))
			if j > 0 {
				b.WriteByte('+')
			}
		}
		if i > 0 {
			b.WriteByte(',')
		}
	}

	return b.String()
}

// escape puts a backslash where RFC 2253 asks for one. A value that stands for
// an unknown encoding keeps its "#".
func escape(v string) string {
	unknown := len(v) > 2 && v[0] == '#' && isHex(v[1:])
	var b strings.Builder
	for i, r := range v {
		edge := i == 0 && (r == ' ' || r == '#') || i == len(v)-1 && r == ' '
		if strings.ContainsRune(`,+"\<>;`, r) || edge && !unknown {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}

	return b.String()
}

// attributes returns the parts as sorted "oid=value" texts: a multiset.
func (n distinguishedName) attributes() []string {
	var all []string
	for _, relative := range n {
		for _, a := range relative {
			all = append(all, a.oid+"="+a.value)
		}
	}
	slices.Sort(all)

	return all
}
