package httpsig

import (
	"crypto/x509"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// KeyID names a certificate as the parameter keyId does: SN= and the serial
// number in hexadecimal (capitals, no leading zeros), CA= and the issuer in the
// order of RFC 2253, last encoded part first. Blanks are percent-coded, and so is
// what a header value cannot hold: quotation marks, backslashes, percent signs
// and everything that is not ASCII.
func KeyID(cert *x509.Certificate) string {
	id := newIdentity(cert)

	return id.keyID
}

// MatchKeyID compares a keyId with a certificate by value. SN is a number: letter
// case, leading zeros and a sign byte do not matter. CA is percent-decoded once
// and read as a set of types and values: the order of the parts does not matter,
// nor how a type is named (2.5.4.97, OID.2.5.4.97, organizationIdentifier). It
// returns a *Mistake with the path Signature that shows both values.
func MatchKeyID(keyID string, cert *x509.Certificate) error {
	id := newIdentity(cert)
	if m := id.match(keyID); m != nil {
		return m
	}

	return nil
}

// identity is what keyId is compared with, computed once for a certificate.
type identity struct {
	keyID  string
	serial string   // hexadecimal, lower case, no leading zeros
	issuer string   // RFC 2253, for sentences
	parts  []string // the issuer as a multiset
}

func newIdentity(cert *x509.Certificate) identity {
	id := identity{serial: "0"}
	if cert.SerialNumber != nil {
		id.serial = cert.SerialNumber.Text(16)
	}
	name, err := decodeDN(cert.RawIssuer)
	if err != nil { // not from a parsed certificate
		name = nil
	}
	id.issuer, id.parts = name.String(), name.attributes()
	id.keyID = "SN=" + strings.ToUpper(id.serial) + ",CA=" + percentEncode(id.issuer)

	return id
}

// match returns nil when the keyId names the certificate.
func (id *identity) match(keyID string) *Mistake {
	if keyID == id.keyID {
		return nil
	}
	plain := percentDecode(keyID)
	serial, issuer, ok := cutKeyID(plain)
	if !ok {
		return id.malformed(keyID)
	}
	if m := id.matchSerial(serial); m != nil {
		return m.differs(keyID, id.keyID)
	}
	if id.isIssuer(issuer) || strings.Contains(issuer, `\`) && id.isIssuer(unquotePairs(issuer)) {
		return nil
	}

	return id.otherIssuer(issuer).differs(keyID, id.keyID)
}

// cutKeyID takes SN=…,CA=… apart.
func cutKeyID(s string) (serial, issuer string, ok bool) {
	if len(s) < 3 || !strings.EqualFold(s[:3], "SN=") {
		return "", "", false
	}
	serial, rest, found := strings.Cut(s[3:], ",")
	rest = strings.TrimLeft(rest, " ")
	if !found || len(rest) < 3 || !strings.EqualFold(rest[:3], "CA=") {
		return "", "", false
	}

	return serial, rest[3:], true
}

func (id *identity) malformed(keyID string) *Mistake {
	hint := ""
	switch upper := strings.ToUpper(keyID); {
	case strings.HasPrefix(upper, "CA="):
		hint = " The serial number comes first."
	case strings.HasPrefix(upper, "SN=") && !strings.Contains(upper, "CA="):
		hint = " The issuer, CA=, is missing."
	}

	return mistake(KeyIDSyntax, "Signature", `keyId must be "SN=<serial number in hex>,CA=<issuer>".%s You sent %s; your QC eSeal is %s.`,
		hint, shown(keyID, 60), shown(id.keyID, 110)).differs(keyID, id.keyID)
}

// matchSerial compares numbers without making any: both texts without leading zeros.
func (id *identity) matchSerial(s string) *Mistake {
	digits := strings.TrimLeft(s, "0")
	if digits == "" && s != "" {
		digits = "0"
	}
	if isHex(s) && strings.EqualFold(digits, id.serial) {
		return nil
	}
	hint := " Print it with openssl x509 -noout -serial."
	switch number, decimal := new(big.Int).SetString(cutAt(s, 64), 10); {
	case s == "":
		hint = " SN is empty."
	case strings.HasPrefix(s, "-"):
		hint = " A serial number has no minus sign; your tool read its first bit as a sign."
	case strings.ContainsAny(s, ": "):
		hint = " Write the digits without colons and blanks."
	case len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X"):
		hint = " Write the digits without 0x."
	case decimal && number.Text(16) == id.serial:
		hint = " You sent it in decimal; SN is hexadecimal."
	case !isHex(s):
		hint = " SN is hexadecimal, 0-9 and A-F."
	}

	return mistake(KeyIDSerial, "Signature", "The serial number in keyId is not that of your registered QC eSeal. You sent SN=%s, the certificate has SN=%s.%s",
		strings.Trim(shown(s, 48), `"`), strings.ToUpper(cutAt(id.serial, 64)), hint)
}

func cutAt(s string, n int) string { return s[:min(n, len(s))] }

func (id *identity) isIssuer(printed string) bool {
	name, ok := parseDN(printed)

	return ok && slices.Equal(name.attributes(), id.parts)
}

// otherIssuer shows both names and guesses how the one became the other.
func (id *identity) otherIssuer(sent string) *Mistake {
	hint := " Take the issuer of the QC eSeal, not its subject: openssl x509 -noout -issuer -nameopt RFC2253."
	again := percentDecode(sent)
	switch {
	case again != sent && id.isIssuer(again):
		hint = " You percent-coded it twice; code blanks once, as %20."
	case strings.Contains(sent, "+") && id.isIssuer(strings.ReplaceAll(sent, "+", " ")):
		hint = ` You wrote blanks as "+"; code them as %20.`
	case strings.HasPrefix(sent, "/"):
		hint = " Write it with commas, as RFC 2253 does, not with slashes."
	case id.isIssuerFolded(sent):
		hint = " Only letter case or blanks differ; copy the name as the certificate has it."
	}

	return mistake(KeyIDIssuer, "Signature", "The issuer in keyId is not that of your registered QC eSeal.%s You sent CA=%s, the certificate has CA=%s.",
		hint, shown(sent, 90), shown(id.issuer, 90))
}

func (id *identity) isIssuerFolded(printed string) bool {
	name, ok := parseDN(printed)
	parts := name.attributes()

	return ok && slices.EqualFunc(parts, id.parts, func(a, b string) bool {
		return strings.EqualFold(strings.Join(strings.Fields(a), ""), strings.Join(strings.Fields(b), ""))
	})
}

// otherForm says in which form a keyId names the certificate, where it is not the one of RFC 2253 with coded blanks.
func (id *identity) otherForm(sent string) string {
	var ways []string
	_, issuer, _ := cutKeyID(percentDecode(sent))
	name, _ := parseDN(issuer)
	own, _ := parseDN(id.issuer)
	if !slices.EqualFunc(name, own, func(a, b []attribute) bool { return slices.Equal(a, b) }) {
		ways = append(ways, "the parts of the issuer in another order")
	}
	if strings.Contains(sent, " ") {
		ways = append(ways, "blanks that are not written as %20")
	}
	if len(ways) == 0 {
		return ""
	}

	return ", with " + strings.Join(ways, " and ")
}

// percentEncode codes blanks and what the value of a header cannot hold.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '%' {
			b.WriteString("%" + strings.ToUpper(string([]byte{hexDigit(c >> 4), hexDigit(c & 15)})))
		} else {
			b.WriteByte(c)
		}
	}

	return b.String()
}

func hexDigit(n byte) byte { return strconv.FormatUint(uint64(n), 16)[0] }

// percentDecode decodes once. A percent sign without two digits stays.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1:i+3]) {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = append(b, byte(n))
			i += 2
		} else {
			b = append(b, s[i])
		}
	}

	return string(b)
}

// unquotePairs removes the backslashes that HTTP puts before quotation marks and
// backslashes in a quoted value.
func unquotePairs(s string) string {
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}
