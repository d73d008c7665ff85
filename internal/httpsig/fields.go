package httpsig

import (
	"net/http"
	"strings"
)

// The headers that take part in a signature. The first five may be signed.
const (
	fieldDigest = iota
	fieldRequestID
	fieldPSUID
	fieldPSUCorporateID
	fieldRedirectURI
	fieldSignature
	fieldCertificate

	signable  = fieldSignature
	allFields = fieldCertificate + 1
)

// fieldName is a header's name in lower case, as signed, and as the Guidelines
// spell it, for sentences.
type fieldName struct{ lower, spelt string }

var fieldNames = [allFields]fieldName{
	fieldDigest:         {"digest", "Digest"},
	fieldRequestID:      {"x-request-id", "X-Request-ID"},
	fieldPSUID:          {"psu-id", "PSU-ID"},
	fieldPSUCorporateID: {"psu-corporate-id", "PSU-Corporate-ID"},
	fieldRedirectURI:    {"tpp-redirect-uri", "TPP-Redirect-URI"},
	fieldSignature:      {"signature", "Signature"},
	fieldCertificate:    {"tpp-signature-certificate", "TPP-Signature-Certificate"},
}

// fields holds the values of those headers, each in order of appearance.
type fields struct {
	values     [allFields][]string
	connection []string
}

// collect picks the headers that matter in one pass. Names count in any letter
// case, and two spellings of one name are two occurrences.
func collect(h http.Header) (f fields) {
	for name, values := range h {
		i := fieldIndex(name)
		switch {
		case i >= 0 && f.values[i] == nil:
			f.values[i] = values
		case i >= 0:
			f.values[i] = append(f.values[i][:len(f.values[i]):len(f.values[i])], values...)
		case len(name) == len("connection") && strings.EqualFold(name, "connection"):
			f.connection = append(f.connection, values...)
		}
	}

	return f
}

// fieldIndex finds a header by name, or returns -1.
func fieldIndex(name string) int {
	for i := range fieldNames {
		if len(fieldNames[i].lower) == len(name) && strings.EqualFold(fieldNames[i].lower, name) {
			return i
		}
	}

	return -1
}

// has says whether the request carries the header at all.
func (f *fields) has(i int) bool { return len(f.values[i]) > 0 }

// value is the header's value without the blanks around it.
func (f *fields) value(i int) string {
	if len(f.values[i]) == 0 {
		return ""
	}

	return strings.Trim(f.values[i][0], " \t")
}

// order in which absent headers are reported: codes of the Guidelines differ.
var required = [...]int{fieldSignature, fieldCertificate, fieldDigest, fieldRequestID}

// sound checks what must hold before anything is read: required headers are
// there, none of ours occurs twice, none holds control characters.
func (f *fields) sound() *Mistake {
	for _, i := range required {
		if f.value(i) == "" {
			return f.absent(i)
		}
	}
	for i := range fieldNames {
		if m := f.single(i); m != nil {
			return m
		}
	}

	return f.hopByHop()
}

// hopByHop refuses a Connection header that lets proxies take our headers away.
func (f *fields) hopByHop() *Mistake {
	for _, v := range f.connection {
		for token := range strings.SplitSeq(v, ",") {
			if i := fieldIndex(strings.Trim(token, " \t")); i >= 0 {
				return mistake(HopByHop, "Connection", "The Connection header names %s, which allows every proxy to remove it. "+
					"Headers of the signature must reach the bank; take it out of Connection.", fieldNames[i].spelt)
			}
		}
	}

	return nil
}

// single checks that a header occurs at most once and holds no control characters.
func (f *fields) single(i int) *Mistake {
	name := fieldNames[i].spelt
	if n := len(f.values[i]); n > 1 {
		return mistake(Repeated, name, "The header %s occurs %d times. Send it exactly once.", name, n)
	}
	if len(f.values[i]) == 1 && controlAt(f.values[i][0]) >= 0 {
		return mistake(ControlCharacter, name, "The header %s holds a line end or another control character at byte %d. "+
			"Send the value on one line; folded headers are not accepted.", name, controlAt(f.values[i][0])+1)
	}

	return nil
}

// absent tells what a missing header is for.
func (f *fields) absent(i int) *Mistake {
	const missing = "The header %s is missing"
	name := fieldNames[i].spelt
	state := missing
	if f.has(i) {
		state = "The header %s is empty"
	}
	fix := map[int]string{
		fieldSignature:   `. Every request is signed with the QC eSeal: send keyId, algorithm, headers and signature.`,
		fieldCertificate: `. Send the QC eSeal that you registered: the base64 of its PEM file on one line, without the BEGIN and END lines.`,
		fieldDigest:      `. Send "SHA-256=" and the base64 of the hash of the body; without a body, hash the empty string: ` + Digest("SHA-256", nil) + `.`,
		fieldRequestID:   `. Send a new UUID with every request and sign it.`,
	}[i]

	return mistake(Missing, name, state+fix, name)
}

// controlAt returns the place of the first control character other than a tab, or -1.
func controlAt(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return i
		}
	}

	return -1
}
