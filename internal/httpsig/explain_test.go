package httpsig

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	lineDigest = "digest: " + emptySHA256
	lineID     = "x-request-id: " + requestID
	goodText   = lineDigest + "\n" + lineID
)

// signed returns a request whose signature was made by sign over whatever it
// likes, while everything else is as it should be.
func signed(t testing.TB, s testSeal, h http.Header, body []byte, sign func() []byte) http.Header {
	t.Helper()
	mustSign(t, h, body, s, crypto.SHA256)
	h.Set("Signature", withSignature(h.Get("Signature"), base64.StdEncoding.EncodeToString(sign())))

	return h
}

// over signs a text as it should be signed.
func over(t testing.TB, key crypto.Signer, hash crypto.Hash, text string) func() []byte {
	return func() []byte {
		t.Helper()
		s := sum(hash, []byte(text))
		sig, err := key.Sign(rand.Reader, s.bytes(), hash)
		if err != nil {
			t.Fatal(err)
		}

		return sig
	}
}

func wantExplanation(t testing.TB, e Explanation, cause, says string) {
	t.Helper()
	if e.Cause != cause || !strings.Contains(e.Text, says) {
		t.Errorf("explained as %s: %s\nwant %s and %q", e.Cause, e.Text, cause, says)
	}
	fitToShow(t, e.Text, maxExplanation)
	if e.Signed != "" && e.Expected != "" && e.Signed != e.Expected {
		if d := e.FirstDiff; d < 0 || d > min(len(e.Signed), len(e.Expected)) || e.Signed[:d] != e.Expected[:d] {
			t.Errorf("first difference at %d of %q and %q", d, e.Signed, e.Expected)
		}
	}
	if e.Tried > maxTried {
		t.Errorf("%d texts tried, at most %d are allowed", e.Tried, maxTried)
	}
}

// textCases are texts that people sign instead of goodText, each with its cause.
var textCases = []struct{ name, text, cause, says string }{
	{"X-Request-ID in capitals", lineDigest + "\nX-Request-ID: " + requestID, CauseCase,
		`You signed "X-Request-ID" with capital letters; header names must be lower case. Change it to "x-request-id" and sign again.`},
	{"both as written", "Digest: " + emptySHA256 + "\nX-Request-ID: " + requestID, CauseCase, `"X-Request-ID"`},
	{"both as Go writes them", "Digest: " + emptySHA256 + "\nX-Request-Id: " + requestID, CauseCase, `"X-Request-Id"`},
	{"both in capitals", "DIGEST: " + emptySHA256 + "\nX-REQUEST-ID: " + requestID, CauseCase, `"X-REQUEST-ID"`},
	{"only Digest", "Digest: " + emptySHA256 + "\n" + lineID, CauseCase, `Change it to "digest"`},
	{"no blank", "digest:" + emptySHA256 + "\nx-request-id:" + requestID, CauseSeparator, "no blank after the colon"},
	{"blank before the colon", "digest : " + emptySHA256 + "\nx-request-id : " + requestID, CauseSeparator, "a blank before the colon"},
	{"equals sign", "digest=" + emptySHA256 + "\nx-request-id=" + requestID, CauseSeparator, `"=" instead`},
	{"two blanks", "digest:  " + emptySHA256 + "\nx-request-id:  " + requestID, CauseSeparator, "two blanks"},
	{"CR LF", lineDigest + "\r\n" + lineID, CauseLineEnd, "CR LF. Join them with LF"},
	{"comma and blank", lineDigest + ", " + lineID, CauseLineEnd, "a comma and a blank"},
	{"comma", lineDigest + "," + lineID, CauseLineEnd, "a comma."},
	{"blank", lineDigest + " " + lineID, CauseLineEnd, "with a blank."},
	{"nothing", lineDigest + lineID, CauseLineEnd, "with nothing"},
	{"backslash n", lineDigest + `\n` + lineID, CauseLineEnd, `the two characters \n`},
	{"echo", goodText + "\n", CauseTrailingNewline, "printf '%s' rather than echo"},
	{"CR LF at the end", goodText + "\r\n", CauseTrailingNewline, "CR LF after the last line"},
	{"backslash n at the end", goodText + `\n`, CauseTrailingNewline, `\n after the last line`},
	{"order", lineID + "\n" + lineDigest, CauseOrder, `in the order "x-request-id digest", but headers lists "digest x-request-id"`},
	{"digest left out", lineID, CauseMissingHeader, "You did not sign digest"},
	{"x-request-id left out", lineDigest, CauseMissingHeader, "You did not sign x-request-id"},
	{"x-request-id left out, with echo", lineDigest + "\n", CauseMissingHeader, "a line feed after the last line"},
	{"date too", "date: Sun, 05 Jan 2014 21:31:40 GMT\n" + goodText, CauseExtraHeader, "You signed date too"},
	{"date behind", goodText + "\ndate: Sun, 05 Jan 2014 21:31:40 GMT", CauseExtraHeader, "You signed date too"},
	{"date between, capitals", "Digest: " + emptySHA256 + "\nDate: Sun, 05 Jan 2014 21:31:40 GMT\nX-Request-ID: " + requestID, CauseExtraHeader, "capital letters"},
	{"target", "(request-target): get /v1/consents?a=b\n" + goodText, CauseExtraHeader, "You signed (request-target) too"},
	{"host", "host: sandbox.api.rocker.test\n" + goodText, CauseExtraHeader, "You signed host too"},
	{"target, host, date", "(request-target): get /v1/consents?a=b\nhost: sandbox.api.rocker.test\ndate: Sun, 05 Jan 2014 21:31:40 GMT\n" + goodText, CauseExtraHeader,
		"(request-target) and host and date"},
	{"consent-id", lineDigest + "\nconsent-id: 5f1c\n" + lineID, CauseExtraHeader, "consent-id"},
	{"content-type and date", "content-type: application/json\n" + goodText + "\ndate: Sun, 05 Jan 2014 21:31:40 GMT", CauseExtraHeader, "content-type and date"},
	{"content-length", goodText + "\ncontent-length: 0", CauseExtraHeader, "content-length"},
	{"quotation marks", `digest: "` + emptySHA256 + "\"\nx-request-id: \"" + requestID + `"`, CauseValue, "quotation marks"},
	{"one in quotation marks", lineDigest + "\nx-request-id: \"" + requestID + `"`, CauseValue, "X-Request-ID in quotation marks"},
	{"id in capitals", lineDigest + "\nx-request-id: " + strings.ToUpper(requestID), CauseValue, "in capital letters"},
	{"id without hyphens", lineDigest + "\nx-request-id: " + strings.ReplaceAll(requestID, "-", ""), CauseValue, "hyphens"},
	{"id empty", lineDigest + "\nx-request-id: ", CauseValue, "variable"},
	{"id undefined", lineDigest + "\nx-request-id: undefined", CauseValue, `"undefined"`},
	{"digest without its name", "digest: " + emptySHA256[8:] + "\n" + lineID, CauseValue, `without "SHA-256="`},
	{"digest in lower case", "digest: sha-256=" + emptySHA256[8:] + "\n" + lineID, CauseValue, "lower case"},
	{"digest in hexadecimal", "digest: SHA-256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n" + lineID, CauseHexDigest, "hexadecimal"},
	{"digest as SHA-512", "digest: " + emptySHA512 + "\n" + lineID, CauseValue, "SHA-512"},
	{"digest of {}", "digest: " + objectSHA + "\n" + lineID, CauseEmptyObject, `"{}"`},
	{"capitals and CR LF", "Digest: " + emptySHA256 + "\r\nX-Request-ID: " + requestID, CauseCase, "CR LF"},
	{"everything at once", "DIGEST=" + emptySHA256 + `\nX-REQUEST-ID=` + requestID + "\r\n", CauseCase, "after the last line"},
	{"order and capitals", "X-Request-ID: " + requestID + "\nDigest: " + emptySHA256, CauseOrder, "capital letters"},
	{"the hash of the hash", hashText(goodText, false), CauseDoubleHash, "the hash of the signing string"},
	{"the hash of its text", hashText(goodText, true), CauseDoubleHash, "hexadecimal text of the hash"},
	{"the hash of its text in capitals", strings.ToUpper(hashText(goodText, true)), CauseDoubleHash, "hexadecimal text of the hash"},
	{"the hash in base64", base64.StdEncoding.EncodeToString([]byte(hashText(goodText, false))), CauseDoubleHash, "base64 of the hash"},
	{"the hash of echo's hash", hashText(goodText+"\n", false), CauseDoubleHash, "line feed"},
	{"base64 of the text", base64.StdEncoding.EncodeToString([]byte(goodText)), CauseOtherText, "the base64"},
	{"values only", emptySHA256 + "\n" + requestID, CauseOtherText, "without the names"},
	{"the digest's value", emptySHA256, CauseOtherText, "Digest alone"},
	{"the empty body", "", CauseOtherText, "the body"},
	{"anything else", "something else", CauseUnknown, "right key and SHA-256"},
}

func TestExplainFindsWhatWasSignedInstead(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	for _, c := range textCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newRequest("Date", "Sun, 05 Jan 2014 21:31:40 GMT", "Consent-ID", "5f1c", "Content-Type", "application/json", "Authorization", "Bearer secret")
			signed(t, s, h, nil, over(t, s.key, crypto.SHA256, c.text))

			e := Request{Method: "GET", Target: "/v1/consents?a=b", Host: "sandbox.api.rocker.test", Header: h}.Explain(s.cert)

			wantExplanation(t, e, c.cause, c.says)
			if e.Found != (c.cause != CauseUnknown) || e.Path != "Signature" || e.Expected != goodText {
				t.Errorf("found %v at %s, expected string %q", e.Found, e.Path, e.Expected)
			}
			if e.Found && c.cause != CauseDoubleHash && e.Signed != c.text {
				t.Errorf("recovered %q, signed was %q", e.Signed, c.text)
			}
		})
	}
}

func hashText(text string, asHex bool) string {
	s := sum(crypto.SHA256, []byte(text))
	if asHex {
		return hex.EncodeToString(s.bytes())
	}

	return string(s.bytes())
}

func TestExplainFindsMistakesInRequestsWithEveryHeader(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	body := []byte(`{"a":1}`)
	d := "digest: " + Digest("SHA-256", body)
	psu, corporate, redirect := "psu-id: "+psuID, "psu-corporate-id: corp 7", "tpp-redirect-uri: "+backTo
	plain, _ := url.QueryUnescape(backTo)
	for _, c := range []struct {
		name, cause, says string
		lines             []string
	}{
		{"reversed", CauseOrder, "tpp-redirect-uri psu-corporate-id", []string{redirect, corporate, psu, lineID, d}},
		{"alphabetical", CauseOrder, "digest psu-corporate-id", []string{d, corporate, psu, redirect, lineID}},
		{"no PSU", CauseMissingHeader, "psu-id and psu-corporate-id", []string{d, lineID, redirect}},
		{"no PSU, another order", CauseMissingHeader, "psu-id", []string{redirect, lineID, d}},
		{"redirect decoded", CauseValue, "percent-decoded", []string{d, lineID, psu, corporate, "tpp-redirect-uri: " + plain}},
		{"redirect coded", CauseValue, "percent-coded", []string{d, lineID, psu, corporate, "tpp-redirect-uri: " + url.QueryEscape(backTo)}},
		{"redirect with a slash", CauseValue, "slash at its end", []string{d, lineID, psu, corporate, redirect + "/"}},
		{"psu-id as spelt", CauseCase, `"PSU-ID"`, []string{d, lineID, "PSU-ID: " + psuID, corporate, redirect}},
		{"date in front", CauseExtraHeader, "date", []string{"date: today", d, lineID, psu, corporate, redirect}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(c.lines, "\n")
			h := signed(t, s, newRequest(append([]string{"Date", "today"}, allHeaders...)...), body, over(t, s.key, crypto.SHA256, text))

			e := Explain(h, body, s.cert)

			wantExplanation(t, e, c.cause, c.says)
			if e.Signed != text || !e.Found {
				t.Errorf("recovered %q, signed was %q", e.Signed, text)
			}
		})
	}
}

func TestExplainShowsTheDifferenceWhenTheListIsWrong(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	for _, c := range []struct{ name, list, text, cause, signed, expected string }{
		{"date listed and signed", "date digest x-request-id", "date: today\n" + goodText, CauseExtraHeader, "date: today\n" + goodText, goodText},
		{"capitals listed and signed", "Digest X-Request-ID", "Digest: " + emptySHA256 + "\nX-Request-ID: " + requestID, CauseCase,
			"Digest: " + emptySHA256 + "\nX-Request-ID: " + requestID, goodText},
		{"digest neither listed nor signed", "x-request-id", lineID, CauseMissingHeader, lineID, lineID + "\n" + lineDigest},
		{"commas", "digest,x-request-id", goodText, HeadersSyntax, goodText, goodText},
		{"listed, not sent", "digest x-request-id psu-id", goodText, HeadersAbsent, goodText, goodText},
		{"not found", "host digest x-request-id", "host: unknown\n" + goodText, CauseExtraHeader, "", goodText},
	} {
		h := signed(t, s, newRequest("Date", "today"), nil, over(t, s.key, crypto.SHA256, c.text))
		h.Set("Signature", strings.Replace(h.Get("Signature"), `headers="digest x-request-id"`, `headers="`+c.list+`"`, 1))

		e := Explain(h, nil, s.cert)

		wantExplanation(t, e, c.cause, `The parameter "headers"`)
		if e.Signed != c.signed || e.Expected != c.expected || !e.Found {
			t.Errorf("%s: signed %q, expected %q", c.name, e.Signed, e.Expected)
		}
	}
}

func TestExplainHandsOnMistakesThatNeedNoSearch(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	for _, c := range []struct {
		name       string
		edit       func(http.Header)
		cert       *x509.Certificate
		code, path string
	}{
		{"nothing", func(h http.Header) { clear(h) }, s.cert, Missing, "Signature"},
		{"no Digest", without("Digest"), s.cert, Missing, "Digest"},
		{"two Digests", add("Digest", emptySHA256), s.cert, Repeated, "Digest"},
		{"keyId", swap("SN=5D01F2A0B3", "SN=1"), s.cert, KeyIDSerial, "Signature"},
		{"algorithm", swap("rsa-sha256", "hs2019"), s.cert, Algorithm, "Signature"},
		{"grammar", set("Signature", "x"), s.cert, Syntax, "Signature"},
		{"no certificate registered", func(http.Header) {}, nil, NotRegistered, pathCertificate},
		{"private key", set(pathCertificate, b64(x509.MarshalPKCS1PrivateKey(s.key))), s.cert, KeyInHeader, pathCertificate},
	} {
		h := newRequest()
		mustSign(t, h, nil, s, crypto.SHA256)
		c.edit(h)

		e := Explain(h, nil, c.cert)

		wantExplanation(t, e, c.code, "")
		if e.Path != c.path {
			t.Errorf("%s: at %s, want %s", c.name, e.Path, c.path)
		}
	}
}

// The search must stay cheap whatever is sent: many headers, long values, JSON
// that grows when it is indented.
func TestExplainStaysWithinItsBounds(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	many := append([]string{"Date", "d", "Consent-ID", "c", "Content-Type", "t", "PSU-IP-Address", "1.2.3.4", "PSU-ID-Type", "t"}, allHeaders...)
	long := strings.Repeat("x", 7000)
	short := signed(t, s, newRequest(many...), nil, over(t, s.key, crypto.SHA512, "unknown"))
	if e := Explain(short, nil, s.cert); e.Tried < 3_000 || e.Tried > maxTried {
		t.Errorf("%d texts tried for a request with every header", e.Tried)
	}

	h := signed(t, s, newRequest("PSU-ID", long, "PSU-Corporate-ID", long, "Date", long), nil, over(t, s.key, crypto.SHA512, "unknown"))
	e := Explain(h, nil, s.cert)

	if most := maxHashed / len(e.Expected) * 2; e.Tried > most {
		t.Errorf("%d texts of about %d bytes tried, %d is the most", e.Tried, len(e.Expected), most)
	}
}

func TestExplainingADigestStaysWithinItsBounds(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	h := newRequest()
	if _, err := seal(h, Digest("SHA-256", []byte("another body")), s.cert, s.key, crypto.SHA256); err != nil {
		t.Fatal(err)
	}
	deep := []byte(strings.Repeat("[", maxDepth) + strings.Repeat("1,", 20_000) + "1" + strings.Repeat("]", maxDepth))
	deeper := []byte("[" + string(deep) + "]")
	count := func(body []byte) (forms int) {
		for range bodyForms(body) {
			forms++
		}

		return forms
	}

	if e := Explain(h, deep, s.cert); e.Tried <= len(plainForms(deep)) || e.Tried >= count(deep) {
		t.Errorf("%d of %d forms tried, want some and not all", e.Tried, count(deep))
	}
	if got, want := count(deeper), len(plainForms(deeper)); got != want {
		t.Errorf("%d forms of JSON that is too deep, want only the %d plain ones", got, want)
	}
	if got := count([]byte(strings.Repeat(" ", maxForms))); got > 4 {
		t.Errorf("%d forms of a very large body", got)
	}
}

func TestEveryCodeAndCauseIsListedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range append(Codes(), Causes()...) {
		if seen[id] || id == "" || id != strings.ToLower(id) || strings.Contains(id, " ") {
			t.Errorf("id %q is listed twice or badly formed", id)
		}
		seen[id] = true
	}
}
