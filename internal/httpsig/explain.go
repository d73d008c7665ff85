package httpsig

import (
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
)

// The stable ids of an [Explanation]'s cause. When a request is refused before
// any mathematics, the cause is the code of the [Mistake].
const (
	CauseNone            = "none"                // the request is right
	CauseCase            = "case"                // header names in capital letters
	CauseSeparator       = "separator"           // something other than ": " after a name
	CauseLineEnd         = "line-end"            // something other than LF between the lines
	CauseTrailingNewline = "trailing-newline"    // a line end after the last line
	CauseOrder           = "order"               // the lines in another order than the list
	CauseMissingHeader   = "missing-header"      // a listed header was not signed
	CauseExtraHeader     = "extra-header"        // a header was signed that is not listed
	CauseValue           = "value"               // a value was signed in another form than sent
	CauseWrongKey        = "wrong-key"           // made with another key, or damaged
	CausePSS             = "pss"                 // RSA-PSS instead of PKCS #1 v1.5
	CauseRawHash         = "raw-hash"            // no DigestInfo around the hash
	CauseByteOrder       = "byte-order"          // the bytes of the signature are reversed
	CauseDoubleHash      = "double-hash"         // the hash was hashed again
	CauseOtherText       = "other-text"          // the body, or values without names, were signed
	CauseWrongAlgorithm  = "wrong-algorithm"     // another hash than the one named
	CauseHexDigest       = "hex-digest"          // the digest is hexadecimal text
	CauseEmptyObject     = "empty-object-digest" // the digest of {} for no body
	CauseReserialised    = "reserialised-body"   // the digest of the same JSON, written differently
	CauseBodyChanged     = "body-changed"        // the digest of other bytes
	CauseUnknown         = "unknown"             // nothing that we tried fits
	maxExplanation       = 300
	maxKeysTried         = 8
)

// Causes returns every id that [Explanation] adds to those of [Codes].
func Causes() []string {
	return slices.Clone([]string{
		CauseNone, CauseCase, CauseSeparator, CauseLineEnd, CauseTrailingNewline, CauseOrder, CauseMissingHeader,
		CauseExtraHeader, CauseValue, CauseWrongKey, CausePSS, CauseRawHash, CauseByteOrder, CauseDoubleHash, CauseOtherText,
		CauseWrongAlgorithm, CauseHexDigest, CauseEmptyObject, CauseReserialised, CauseBodyChanged, CauseUnknown,
	})
}

// Explanation says why a request was refused, as far as it can be proved.
type Explanation struct {
	Cause string // one of [Causes], or a code of [Codes]
	Path  string // the header at fault
	Text  string // what was wrong, what was expected, what to do; at most 300 characters

	// Signed is the text that was signed, when it was found, and Expected the one
	// that we verify. For a digest they are the two values of the header.
	Signed, Expected string
	FirstDiff        int  // the first byte at which the two differ; -1 unless both are known and differ
	Found            bool // the cause is proved, not only likely
	Tried            int  // how many texts were compared

	// Reasons are the things that were done differently, each by itself, the most
	// telling first. There are none where Cause and Text say it all.
	Reasons []Reason
}

// Reason is one thing that was done differently.
type Reason struct {
	Cause string // one of [Causes]
	Text  string // what happened and what to do; at most 300 characters
}

// Request is what is known of a request that is to be explained. Method, Target
// (path and query) and Host may be empty; with them a signature is recognised
// that covers them although it must not.
type Request struct {
	Method, Target, Host string
	Header               http.Header
	Body                 []byte

	// BodyUnknown says that Body is not what was sent, as when a log kept a part of
	// it. [Request.Diagnose] then leaves the digest undecided.
	BodyUnknown bool
}

// Explain is [Request.Explain] for a request of which only header and body are known.
func Explain(h http.Header, body []byte, cert *x509.Certificate, others ...*x509.Certificate) Explanation {
	return Request{Header: h, Body: body}.Explain(cert, others...)
}

// Explain finds out what is wrong with a request: with its headers first, then
// with its digest, then with its signature. For the last it recovers the signed
// hash with one public-key operation and compares it with the hashes of at most
// 5,000 texts that people sign by mistake. When the registered key does not fit,
// the first eight of the others are tried, which are further certificates of the
// same owner. It takes a few milliseconds; the caller limits how often.
func (r Request) Explain(cert *x509.Certificate, others ...*x509.Certificate) Explanation {
	f := collect(r.Header)
	v := NewVerifier(cert)
	res, m := v.verify(&f)
	if m == nil || m.Code == SignatureMismatch || m.Code == SignatureLength {
		if _, wrong := checkDigest(&f, r.Body); wrong != nil {
			return explainDigest(&f, r.Body, wrong)
		}
	}
	if m == nil {
		return Explanation{Cause: CauseNone, Path: "Signature", Text: "The signature is right.",
			Signed: res.SigningString, Expected: res.SigningString, FirstDiff: -1, Found: true}
	}
	switch m.Code {
	case SignatureMismatch:
		return r.explainMismatch(&f, v, res, others)
	case SignatureLength:
		if e, ok := r.explainOtherKey(&f, v, res, others); ok {
			return e
		}
	case HeadersCase, HeadersMissing, HeadersNotAllowed, HeadersSyntax, HeadersDuplicate, HeadersAbsent:
		return r.explainList(&f, v, m)
	}

	return Explanation{Cause: m.Code, Path: m.Path, Text: cut(m.Text, maxExplanation), Signed: m.Sent, Expected: m.Expected,
		FirstDiff: firstDiff(m.Sent, m.Expected), Found: true}
}

// explainMismatch is for requests in which all is well but the mathematics.
func (r Request) explainMismatch(f *fields, v *Verifier, res Result, others []*x509.Certificate) Explanation {
	b := uncover(v.key, res.Params.Signature)
	if b.scheme == noScheme || b.scheme == seemsPSS {
		if e, ok := r.explainOtherKey(f, v, res, others); ok {
			return e
		}
		if b.scheme == noScheme {
			return v.damaged(res)
		}
	}
	s := newSearch(r, f, res.Params.Headers, &b)

	return s.explain(s.run(), s.wrapping(res.Algorithm))
}

// explainOtherKey looks for the key that made the signature: the owner's other
// certificates, or the registered one with the bytes of the signature reversed.
func (r Request) explainOtherKey(f *fields, v *Verifier, res Result, others []*x509.Certificate) (Explanation, bool) {
	reversed := slices.Clone(res.Params.Signature)
	slices.Reverse(reversed)
	if b := uncover(v.key, reversed); b.scheme == pkcs1 {
		s := newSearch(r, f, res.Params.Headers, &b)

		return s.explain(s.run(), append([]deviation{littleEndian}, s.wrapping(res.Algorithm)...)), true
	}
	for _, other := range others[:min(len(others), maxKeysTried)] {
		if other == nil {
			continue
		}
		key, m := usableKey(other)
		if m != nil || key.Equal(v.key) {
			continue
		}
		if b := uncover(key, res.Params.Signature); b.scheme == pkcs1 || b.scheme == pss {
			s := newSearch(r, f, res.Params.Headers, &b)

			return s.explain(s.run(), append([]deviation{v.otherKey(other)}, s.wrapping(res.Algorithm)...)), true
		}
	}

	return Explanation{}, false
}

// otherKey names the certificate whose key was used.
func (v *Verifier) otherKey(other *x509.Certificate) deviation {
	kind := "another certificate of yours"
	if slices.Contains(other.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(other.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
		kind = "your QWAC"
	}
	serial := strings.ToUpper(other.SerialNumber.Text(16))

	return deviation{CauseWrongKey, "You signed with the key of " + kind + " (serial " + cut(serial, 40) + ").",
		"Sign with the key of the registered QC eSeal, serial " + cut(strings.ToUpper(v.serial), 40) + "."}
}

// damaged is for signatures that no key of the owner opens.
func (v *Verifier) damaged(res Result) Explanation {
	return Explanation{Cause: CauseWrongKey, Path: "Signature", Expected: res.SigningString, FirstDiff: -1, Found: true,
		Text: "The signature was not made with the private key of your registered QC eSeal (serial " + cut(strings.ToUpper(v.serial), 40) +
			"), or its bytes were changed afterwards. Sign with the key that belongs to this certificate and send the signature unchanged."}
}

// explainList is for requests whose parameter headers is wrong: the mistake is
// known, and the search only adds which text was signed.
func (r Request) explainList(f *fields, v *Verifier, m *Mistake) Explanation {
	e := Explanation{Cause: listCause(m.Code), Path: m.Path, Text: cut(m.Text, maxExplanation), FirstDiff: -1, Found: true}
	raw, bad := scan(f.value(fieldSignature))
	if bad != nil {
		return e
	}
	list := listedNames(raw[paramHeaders])
	e.Expected = f.signingString(f.shouldSign(list))
	sig, bad := decodeSignature(raw[paramSignature])
	if bad != nil || len(list) > maxListed || v.key == nil {
		return e
	}
	b := uncover(v.key, sig)
	s := newSearch(r, f, list, &b)
	if found := s.run(); found != nil {
		e.Signed, e.FirstDiff = found.signed, firstDiff(found.signed, e.Expected)
	}
	e.Tried = s.tried

	return e
}

// shouldSign is a list put right: what may be signed in the order that was
// listed, then what was forgotten.
func (f *fields) shouldSign(list []string) []int {
	var order []int
	for _, name := range list {
		if i := signableIndex(name); i >= 0 && f.has(i) && !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	for i := range signable {
		if f.has(i) && !slices.Contains(order, i) {
			order = append(order, i)
		}
	}

	return order
}

// firstDiff is the first byte at which two known texts differ, or -1.
func firstDiff(a, b string) int {
	if a == "" || b == "" || a == b {
		return -1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}

	return min(len(a), len(b))
}
