package httpsig

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// diagnosed is when these tests take place: within the certificates' period.
var diagnosed = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// scene is a right request that a family makes wrong.
type scene struct {
	t      testing.TB
	seal   testSeal
	qwac   testSeal
	header http.Header
	body   []byte
	lines  []string // of the signing string
}

// newScene is a request without body, or one with everything that may be signed.
func newScene(t testing.TB, seal, qwac testSeal, full bool) *scene {
	t.Helper()
	s := &scene{t: t, seal: seal, qwac: qwac, header: newRequest("Date", "Sun, 05 Jan 2014 21:31:40 GMT", "Consent-ID", "5f1c")}
	if full {
		s.body = []byte(`{"access":{"accounts":[{"maskedPan":"5243 66** **** 8694"}]},"recurringIndicator":true}`)
		s.header.Set("PSU-ID", psuID)
		s.header.Set("TPP-Redirect-URI", backTo)
	}
	s.lines = strings.Split(mustSign(t, s.header, s.body, seal, crypto.SHA256), "\n")

	return s
}

func (s *scene) request() Request {
	return Request{Method: "GET", Target: "/v1/consents?a=b", Host: "sandbox.api.rocker.test", Header: s.header, Body: s.body}
}

// put replaces the signature by what is given.
func (s *scene) put(sig []byte) {
	s.header.Set("Signature", withSignature(s.header.Get("Signature"), base64.StdEncoding.EncodeToString(sig)))
}

// signs another text with the right key.
func (s *scene) signs(text string) { s.put(over(s.t, s.seal.key, crypto.SHA256, text)()) }

func (s *scene) text() string { return strings.Join(s.lines, "\n") }

// named spells the names of the lines in another way.
func (s *scene) named(spell func(string) string) []string {
	var out []string
	for _, l := range s.lines {
		name, value, _ := strings.Cut(l, ": ")
		out = append(out, spell(name)+": "+value)
	}

	return out
}

// digests puts another digest into the header and signs it as it stands.
func (s *scene) digests(value string) {
	s.header.Set("Digest", value)
	for i, l := range s.lines {
		if strings.HasPrefix(l, "digest: ") {
			s.lines[i] = "digest: " + value
		}
	}
	s.signs(s.text())
}

// lists puts another list into the header.
func (s *scene) lists(list string) {
	sig := s.header.Get("Signature")
	from := strings.Index(sig, `headers="`) + len(`headers="`)
	s.header.Set("Signature", sig[:from]+list+sig[from+strings.Index(sig[from:], `"`):])
}

func (s *scene) listed() string {
	var names []string
	for _, l := range s.lines {
		name, _, _ := strings.Cut(l, ": ")
		names = append(names, name)
	}

	return strings.Join(names, " ")
}

func (s *scene) respelt(name, as string) {
	s.header[as] = s.header[http.CanonicalHeaderKey(name)]
	delete(s.header, http.CanonicalHeaderKey(name))
}

// family is one way of doing it wrong, with the causes that must all be named.
type family struct {
	name   string
	causes []string
	spoil  func(*scene)
}

func title(name string) string { return http.CanonicalHeaderKey(name) }

var caseFamilies = []family{
	{"title case", []string{CauseCase}, func(s *scene) { s.signs(strings.Join(s.named(title), "\n")) }},
	{"upper case", []string{CauseCase}, func(s *scene) { s.signs(strings.Join(s.named(strings.ToUpper), "\n")) }},
	{"as the Guidelines spell it", []string{CauseCase}, func(s *scene) { s.signs(strings.Join(s.named(spelling), "\n")) }},
	{"as sent", []string{CauseCase}, func(s *scene) {
		s.respelt("X-Request-ID", "x-Request-iD")
		s.signs(strings.Replace(s.text(), "x-request-id", "x-Request-iD", 1))
	}},
	{"one name only", []string{CauseCase}, func(s *scene) { s.signs(strings.Replace(s.text(), "digest: ", "Digest: ", 1)) }},
	{"one name only and echo", []string{CauseCase, CauseTrailingNewline}, func(s *scene) { s.signs(strings.Replace(s.text(), "x-request-id", "X-Request-ID", 1) + "\n") }},
	{"case and a line feed at the end", []string{CauseCase, CauseTrailingNewline}, func(s *scene) { s.signs(strings.Join(s.named(spelling), "\n") + "\n") }},
	{"case and CR LF", []string{CauseCase, CauseLineEnd}, func(s *scene) { s.signs(strings.Join(s.named(title), "\r\n")) }},
	{"case, separator and echo", []string{CauseCase, CauseSeparator, CauseTrailingNewline}, func(s *scene) {
		s.signs(strings.ReplaceAll(strings.Join(s.named(title), "\n"), ": ", ":") + "\n")
	}},
}

var textFamilies = []family{
	{"no blank", []string{CauseSeparator}, func(s *scene) { s.signs(strings.ReplaceAll(s.text(), ": ", ":")) }},
	{"blank before the colon", []string{CauseSeparator}, func(s *scene) { s.signs(strings.ReplaceAll(s.text(), ": ", " : ")) }},
	{"equals sign", []string{CauseSeparator}, func(s *scene) { s.signs(strings.ReplaceAll(s.text(), ": ", "=")) }},
	{"padding", []string{CauseValue}, func(s *scene) {
		s.signs(strings.Replace(s.text(), requestID, requestID+" ", 1))
	}},
	{"CR LF", []string{CauseLineEnd}, func(s *scene) { s.signs(strings.Join(s.lines, "\r\n")) }},
	{"backslash n", []string{CauseLineEnd}, func(s *scene) { s.signs(strings.Join(s.lines, `\n`)) }},
	{"echo", []string{CauseTrailingNewline}, func(s *scene) { s.signs(s.text() + "\n") }},
	{"CR LF at the end", []string{CauseTrailingNewline}, func(s *scene) { s.signs(s.text() + "\r\n") }},
	{"reversed", []string{CauseOrder}, func(s *scene) { slices.Reverse(s.lines); s.signs(s.text()) }},
	{"reversed, with echo", []string{CauseOrder, CauseTrailingNewline}, func(s *scene) { slices.Reverse(s.lines); s.signs(s.text() + "\n") }},
	{"one left out", []string{CauseMissingHeader}, func(s *scene) { s.signs(strings.Join(s.lines[1:], "\n")) }},
	{"date too", []string{CauseExtraHeader}, func(s *scene) { s.signs("date: " + s.header.Get("Date") + "\n" + s.text()) }},
	{"target and host too", []string{CauseExtraHeader}, func(s *scene) {
		s.signs("(request-target): get /v1/consents?a=b\nhost: sandbox.api.rocker.test\n" + s.text())
	}},
	{"request id in capitals", []string{CauseValue}, func(s *scene) { s.signs(strings.Replace(s.text(), requestID, strings.ToUpper(requestID), 1)) }},
	{"another request id", []string{CauseUnknown}, func(s *scene) {
		s.signs(strings.Replace(s.text(), requestID, "11111111-1111-4111-8111-111111111111", 1))
	}},
}

var keyFamilies = []family{
	{"QWAC's key", []string{CauseWrongKey}, func(s *scene) { s.put(over(s.t, s.qwac.key, crypto.SHA256, s.text())()) }},
	{"QWAC's key and echo", []string{CauseWrongKey, CauseTrailingNewline}, func(s *scene) { s.put(over(s.t, s.qwac.key, crypto.SHA256, s.text()+"\n")()) }},
	{"PSS", []string{CausePSS}, func(s *scene) {
		s.put(withPSS(s.t, s.seal.key, crypto.SHA256, rsa.PSSSaltLengthEqualsHash, s.text())())
	}},
	{"PSS and case", []string{CausePSS, CauseCase}, func(s *scene) {
		s.put(withPSS(s.t, s.seal.key, crypto.SHA256, rsa.PSSSaltLengthEqualsHash, strings.Join(s.named(spelling), "\n"))())
	}},
	{"hash signed twice", []string{CauseDoubleHash}, func(s *scene) { s.signs(hashText(s.text(), false)) }},
	{"hash's text signed", []string{CauseDoubleHash}, func(s *scene) { s.signs(hashText(s.text(), true)) }},
	{"SHA-512 behind rsa-sha256", []string{CauseWrongAlgorithm}, func(s *scene) { s.put(over(s.t, s.seal.key, crypto.SHA512, s.text())()) }},
	{"signature in hexadecimal", []string{SignatureEncoding}, func(s *scene) {
		s.put([]byte(hex.EncodeToString(over(s.t, s.seal.key, crypto.SHA256, s.text())())))
	}},
	{"signature in base64 twice and case", []string{SignatureEncoding, CauseCase}, func(s *scene) {
		s.put([]byte(b64(over(s.t, s.seal.key, crypto.SHA256, strings.Join(s.named(spelling), "\n"))())))
	}},
}

var digestFamilies = []family{
	{"digest of {}", []string{CauseEmptyObject}, func(s *scene) { s.digests(Digest("SHA-256", []byte("{}"))) }},
	{"digest of {} and case", []string{CauseEmptyObject, CauseCase}, func(s *scene) {
		s.digests(Digest("SHA-256", []byte("{}")))
		s.signs(strings.Join(s.named(spelling), "\n"))
	}},
	{"hexadecimal digest", []string{CauseHexDigest}, func(s *scene) { s.digests("SHA-256=" + hexText(string(s.body))) }},
	{"hash of the hash", []string{CauseDoubleHash}, func(s *scene) { s.digests(Digest("SHA-256", []byte(hashText(string(s.body), false)))) }},
	{"digest under another name", []string{CauseWrongAlgorithm}, func(s *scene) { s.digests("SHA-512=" + Digest("SHA-256", s.body)[8:]) }},
	{"digest with a line feed", []string{CauseBodyChanged}, func(s *scene) { s.digests(Digest("SHA-256", append(slices.Clone(s.body), '\n'))) }},
	{"indented body", []string{CauseReserialised}, func(s *scene) {
		s.body = []byte(`{"a":[1,2],"b":"c"}`)
		s.digests(Digest("SHA-256", indented(s.body, "  ")))
	}},
	{"body written by Python and echo", []string{CauseReserialised, CauseTrailingNewline}, func(s *scene) {
		s.body = []byte(`{"a":[1,2],"b":"c"}`)
		s.digests(Digest("SHA-256", spaced(s.body, ", ", ": ")))
		s.signs(s.text() + "\n")
	}},
}

var headerFamilies = []family{
	{"date listed and signed", []string{CauseExtraHeader}, func(s *scene) {
		s.lists("date " + s.listed())
		s.signs("date: " + s.header.Get("Date") + "\n" + s.text())
	}},
	{"date listed, signed with capitals", []string{CauseExtraHeader, CauseCase}, func(s *scene) {
		s.lists("date " + s.listed())
		s.signs("Date: " + s.header.Get("Date") + "\n" + strings.Join(s.named(title), "\n"))
	}},
	{"capitals listed and signed", []string{CauseCase}, func(s *scene) {
		s.lists(title(s.listed()))
		s.signs(strings.Join(s.named(title), "\n"))
	}},
	{"one neither listed nor signed", []string{CauseMissingHeader}, func(s *scene) {
		s.lines = s.lines[1:]
		s.lists(s.listed())
		s.signs(s.text())
	}},
	{"serial number of another", []string{KeyIDSerial}, func(s *scene) {
		s.header.Set("Signature", strings.Replace(s.header.Get("Signature"), "SN=5D01F2A0B3", "SN=1234", 1))
	}},
	{"foreign issuer and echo", []string{KeyIDIssuer, CauseTrailingNewline}, func(s *scene) {
		s.signs(s.text() + "\n")
		s.header.Set("Signature", strings.Replace(s.header.Get("Signature"), "Sandbox%20CA", "Elsewhere", 1))
	}},
	{"hs2019 and case", []string{Algorithm, CauseCase}, func(s *scene) {
		s.signs(strings.Join(s.named(spelling), "\n"))
		s.header.Set("Signature", strings.Replace(s.header.Get("Signature"), "rsa-sha256", "hs2019", 1))
	}},
	{"the scheme's name in front", []string{Syntax}, func(s *scene) { s.header.Set("Signature", "Signature "+s.header.Get("Signature")) }},
	{"another certificate in the header", []string{CertificateMismatch}, func(s *scene) { s.header.Set(pathCertificate, b64(s.qwac.cert.Raw)) }},
}

func TestTwoHundredWrongRequestsAreNamed(t *testing.T) {
	t.Parallel()
	all := slices.Concat(caseFamilies, textFamilies, keyFamilies, digestFamilies, headerFamilies)
	tried := 0
	for _, bits := range []int{2048, 3072, 4096} {
		seal, other := newSeal(t, bits), newSeal(t, 2049)
		qwac := testSeal{mustCertify(t, &other.key.PublicKey, sandboxCA, "77aa", x509.ExtKeyUsageClientAuth), other.key}
		for _, full := range []bool{false, true} {
			for _, c := range all {
				tried++
				t.Run(fmt.Sprintf("%d/%v/%s", bits, full, c.name), func(t *testing.T) {
					t.Parallel()
					s := newScene(t, seal, qwac, full)
					c.spoil(s)

					d := s.request().Diagnose(seal.cert, diagnosed, qwac.cert)

					wantDiagnosis(t, &d)
					if got := d.Causes(); d.Valid || !slices.Equal(sorted(got), sorted(c.causes)) {
						t.Errorf("named %q, want %q; the steps are %+v", got, c.causes, d.Steps)
					}
				})
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d requests were tried", tried)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)

	return list
}

// wantDiagnosis checks what every diagnosis must keep.
func wantDiagnosis(t testing.TB, d *Diagnosis) {
	t.Helper()
	known := slices.Concat(Codes(), Causes())
	if len(d.Steps) != 6 {
		t.Fatalf("%d steps", len(d.Steps))
	}
	valid := true
	for _, s := range d.Steps {
		valid = valid && s.Verdict == Passed
		fitToShow(t, s.Text, maxText)
		if (s.Verdict == Failed) != (s.Code != "") || s.Code != "" && !slices.Contains(known, s.Code) {
			t.Errorf("step %s %s has the code %q", s.ID, s.Verdict, s.Code)
		}
		for _, r := range s.Reasons {
			fitToShow(t, r.Text, maxText)
		}
	}
	for _, f := range d.Findings {
		fitToShow(t, f.Text, maxText)
		if f.Code == "" || f.Path == "" || !slices.Contains([]string{SeverityError, SeverityWarning, SeverityNote}, f.Severity) {
			t.Errorf("finding %+v", f)
		}
	}
	if valid != d.Valid {
		t.Errorf("valid is %v, the steps say %v", d.Valid, valid)
	}
	if d.SignedInstead != "" && (d.FirstDiff < 0 || d.SignedInstead == d.SigningString || d.SignedInstead[:d.FirstDiff] != d.SigningString[:d.FirstDiff]) {
		t.Errorf("first difference at %d of %q and %q", d.FirstDiff, d.SignedInstead, d.SigningString)
	}
	if d.Tried > 2*maxTried {
		t.Errorf("%d texts tried", d.Tried)
	}
}

func TestARightRequestPassesEveryStep(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	for _, full := range []bool{false, true} {
		s := newScene(t, seal, other, full)

		d := s.request().Diagnose(seal.cert, diagnosed)

		wantDiagnosis(t, &d)
		if !d.Valid || len(d.Findings) != 0 || d.SigningString != s.text() || d.SignedInstead != "" || strings.Join(d.Order, " ") != s.listed() {
			t.Errorf("%+v", d)
		}
	}
}

func TestWhatStandsBesideTheVerdictDoesNotChangeIt(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	for _, c := range []struct {
		code, says string
		at         time.Time
		edit       func(*scene)
	}{
		{CertificateExpired, "expired on 20 Nov 2027", diagnosed.AddDate(5, 0, 0), func(*scene) {}},
		{CertificateEarly, "valid from 1 Jan 2026", diagnosed.AddDate(-5, 0, 0), func(*scene) {}},
		{RequestIDSyntax, `"12345"`, diagnosed, func(s *scene) {
			s.header.Set("X-Request-ID", "12345")
			mustSign(s.t, s.header, s.body, s.seal, crypto.SHA256)
		}},
		{BodyNotJSON, "in line 2 at byte 4", diagnosed, func(s *scene) {
			s.body = []byte("{\"a\":1,\n\"b\"; 2}")
			mustSign(s.t, s.header, s.body, s.seal, crypto.SHA256)
		}},
		{BodyNotJSON, "ends too early, in line 1", diagnosed, func(s *scene) {
			s.body = []byte(`{"a":[1,2]`)
			mustSign(s.t, s.header, s.body, s.seal, crypto.SHA256)
		}},
		{BodyLength, `Content-Length is "7"`, diagnosed, func(s *scene) { s.header.Set("Content-Length", "7") }},
		{BodyNotJSON, "byte order mark", diagnosed, func(s *scene) {
			s.body = append([]byte(byteOrderMark), s.body...)
			mustSign(s.t, s.header, s.body, s.seal, crypto.SHA256)
		}},
	} {
		s := newScene(t, seal, other, true)
		c.edit(s)

		d := s.request().Diagnose(seal.cert, c.at)

		wantDiagnosis(t, &d)
		if !d.Valid || len(d.Findings) != 1 || d.Findings[0].Code != c.code || !strings.Contains(d.Findings[0].Text, c.says) {
			t.Errorf("%s: valid %v, %+v, %+v", c.code, d.Valid, d.Findings, d.Steps)
		}
	}
}

func TestADigestOfABodyThatIsNotHereIsUndecided(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	s := newScene(t, seal, other, true)
	r := s.request()
	r.Body, r.BodyUnknown = r.Body[:10], true

	d := r.Diagnose(seal.cert, diagnosed)

	wantDiagnosis(t, &d)
	if d.Step(StepDigest).Verdict != Undecided || d.Step(StepSignature).Verdict != Passed || d.Valid || len(d.Causes()) != 0 {
		t.Errorf("%+v", d.Steps)
	}
}

func TestWithoutACertificateTheStepsThatNeedNoneAreDecided(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	for name, value := range map[string]string{"absent": "", "no certificate": "AAAA"} {
		s := newScene(t, seal, other, false)
		s.header.Set(pathCertificate, value)

		d := s.request().Diagnose(nil, diagnosed)

		wantDiagnosis(t, &d)
		for id, want := range map[string]Verdict{StepParse: Passed, StepDigest: Passed, StepHeaders: Passed, StepKeyID: Undecided, StepCertificate: Failed, StepSignature: Undecided} {
			if got := d.Step(id).Verdict; got != want {
				t.Errorf("%s: %s is %s, want %s", name, id, got, want)
			}
		}
	}
}

func TestAnEmptyRequestIsDiagnosedToo(t *testing.T) {
	t.Parallel()
	d := Request{}.Diagnose(nil, diagnosed)

	wantDiagnosis(t, &d)
	if d.Valid || d.Step(StepParse).Code != Missing || d.Step(StepDigest).Code != Missing || d.SigningString != "" {
		t.Errorf("%+v", d)
	}
}
