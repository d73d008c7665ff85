package httpsig

import (
	"crypto/x509"
	"slices"
	"strings"
	"time"
)

// Verdict is how one step of a [Diagnosis] stands.
type Verdict string

// The verdicts. Undecided is a step that could not be looked at, with the reason in its text.
const (
	Passed    Verdict = "passed"
	Failed    Verdict = "failed"
	Undecided Verdict = "undecided"
)

// The steps of a [Diagnosis], in their order.
const (
	StepParse       = "parse"
	StepDigest      = "digest"
	StepHeaders     = "headers"
	StepKeyID       = "keyid"
	StepCertificate = "certificate"
	StepSignature   = "signature"
)

// Step is one part of the verification with its own verdict.
type Step struct {
	ID      string // one of the steps above
	Verdict Verdict
	Code    string // of a failed step: one of [Causes] or [Codes]
	Path    string // the header that was looked at
	Text    string // what was found, and of a failed step what to do; at most 400 characters

	// Sent and Expected are the two values that were compared, where the step has
	// two. They are as long as they came: cut to show.
	Sent, Expected string

	// Reasons are what a failed step comes to when several things were done
	// differently, each by itself.
	Reasons []Reason
}

// Diagnosis is what was found out about a request, every step looked at by
// itself: unlike [Verify], an early mistake hides no later one.
type Diagnosis struct {
	Valid bool // all steps passed
	Steps []Step
	// Findings are what stands beside the verdict.
	Findings []Finding

	// SigningString is the text that has to be signed for the request as it is;
	// empty where it names no header that may be signed.
	SigningString string
	// SignedInstead is the text that was signed, where it is another one and was found.
	SignedInstead string
	// FirstDiff is the first byte at which the two differ, or -1.
	FirstDiff int
	// Tried is how many texts were compared with the signature and the digest.
	Tried int

	// Order are the names to sign, in lower case and in the order of the request.
	Order []string
	// Algorithm is rsa-sha256 or rsa-sha512, the one that the request means.
	Algorithm string
	// KeyID names the certificate as the parameter keyId has to; empty without one.
	KeyID string
	// DigestAlgorithm is SHA-256 or SHA-512, the one that the request means.
	DigestAlgorithm string
}

// Step returns the step of that id.
func (d *Diagnosis) Step(id string) Step {
	for _, s := range d.Steps {
		if s.ID == id {
			return s
		}
	}

	return Step{ID: id, Verdict: Undecided}
}

// Causes are the ids of all that is wrong with the steps, in their order, each once.
func (d *Diagnosis) Causes() []string {
	var all []string
	for _, s := range d.Steps {
		if s.Verdict != Failed {
			continue
		}
		if !slices.Contains(all, s.Code) {
			all = append(all, s.Code)
		}
		for _, r := range s.Reasons {
			if !slices.Contains(all, r.Cause) {
				all = append(all, r.Cause)
			}
		}
	}

	return all
}

// diagnosis is a Diagnosis while it is made.
type diagnosis struct {
	Diagnosis
	request  Request
	fields   fields
	verifier *Verifier
	others   []*x509.Certificate

	raw       [allParams]string // the parameters as far as they can be read
	list      []string          // the names that headers lists, put right as far as possible
	signature []byte            // decoded as far as possible
}

// Diagnose looks at every step of the verification by itself, with one
// certificate that is meant to be the signer's: registered, pasted, or the one of
// the request's own header. It takes the time to judge the certificate's period.
// When its key does not fit, the first eight of the others are tried. Costs and
// bounds are those of [Request.Explain].
func (r Request) Diagnose(cert *x509.Certificate, now time.Time, others ...*x509.Certificate) Diagnosis {
	d := &diagnosis{request: r, fields: collect(r.Header), verifier: NewVerifier(cert), others: others}
	d.FirstDiff, d.KeyID = -1, d.verifier.keyID
	for _, look := range []func() Step{d.parse, d.digest, d.headers, d.keyID, d.certificate, d.verify} {
		d.Steps = append(d.Steps, look())
	}
	d.Valid = true
	for i := range d.Steps {
		d.Steps[i].Text = unregistered.Replace(d.Steps[i].Text)
		for j := range d.Steps[i].Reasons {
			d.Steps[i].Reasons[j].Text = unregistered.Replace(d.Steps[i].Reasons[j].Text)
		}
		d.Valid = d.Valid && d.Steps[i].Verdict == Passed
	}
	d.beside(now)

	return d.Diagnosis
}

// unregistered takes out of a sentence what is known at the door only: that the
// certificate is the registered one.
var unregistered = strings.NewReplacer(
	"is not the QC eSeal registered for your app", "is not the QC eSeal that it is compared with",
	"Registered: serial", "Compared with: serial",
	"Send the registered one, or upload the new one under Certificates first.", "Send the certificate whose key signs; the bank takes the registered one only.",
	"your registered QC eSeal", "this QC eSeal", "the registered QC eSeal", "this QC eSeal", "the body we received", "the body",
)

// passed, failed and undecided make steps.
func passed(id, path, text string) Step {
	return Step{ID: id, Verdict: Passed, Path: path, Text: text}
}

func failed(id string, m *Mistake) Step {
	return Step{ID: id, Verdict: Failed, Code: m.Code, Path: m.Path, Text: m.Text, Sent: m.Sent, Expected: m.Expected}
}

func undecided(id, path, text string) Step {
	return Step{ID: id, Verdict: Undecided, Path: path, Text: text}
}

// parse reads the Signature header, and what it can of one that is malformed.
func (d *diagnosis) parse() Step {
	value := d.fields.value(fieldSignature)
	if value == "" {
		return failed(StepParse, d.fields.absent(fieldSignature))
	}
	raw, m := scan(value)
	if m != nil {
		raw = loosely(cutAt(value, maxSignature))
	}
	d.raw, d.list = raw, listedNames(raw[paramHeaders])
	sig, wrong := decodeSignature(raw[paramSignature])
	if wrong != nil {
		sig = decodeLoosely(raw[paramSignature])
	}
	d.signature, d.Algorithm = sig, "rsa-sha256"
	if strings.Contains(strings.ToLower(raw[paramAlgorithm]), "512") {
		d.Algorithm = "rsa-sha512"
	}
	for _, m := range []*Mistake{d.fields.single(fieldSignature), m, d.fields.hopByHop(), wrong, checkAlgorithm(raw[paramAlgorithm])} {
		if m != nil {
			return failed(StepParse, m)
		}
	}

	return passed(StepParse, pathSignature, "The Signature header has its four parameters, and its signature is base64 of "+some(len(sig), "byte", "bytes")+".")
}

// digest compares the Digest header with the body.
func (d *diagnosis) digest() Step {
	d.DigestAlgorithm = nameSHA256
	if name, _, _ := strings.Cut(d.fields.value(fieldDigest), "="); strings.Contains(name, "512") {
		d.DigestAlgorithm = nameSHA512
	}
	body := d.request.Body
	alg, m := checkDigest(&d.fields, body)
	switch {
	case m == nil && len(body) == 0:
		return passed(StepDigest, pathDigest, "The digest is the "+alg+" of the empty string, as it is without a body.")
	case m == nil:
		return passed(StepDigest, pathDigest, "The digest is the "+alg+" of the body ("+some(len(body), "byte", "bytes")+").")
	case d.request.BodyUnknown && (m.Code == DigestMismatch || m.Code == DigestSyntax):
		return undecided(StepDigest, pathDigest, "Whether the digest fits cannot be told: the body is not here as it was sent.")
	case m.Code == Missing || m.Code == Repeated || m.Code == ControlCharacter:
		s := failed(StepDigest, m)
		s.Expected = Digest(d.DigestAlgorithm, body)

		return s
	}
	e := explainDigest(&d.fields, body, m)
	d.Tried += e.Tried
	if text, differs := d.incomplete(); differs && !e.Found {
		return undecided(StepDigest, pathDigest, "Whether the digest fits cannot be told. "+text)
	}
	s := Step{ID: StepDigest, Verdict: Failed, Code: e.Cause, Path: e.Path, Text: e.Text, Sent: d.fields.value(fieldDigest), Expected: e.Expected}
	if s.Expected == "" {
		s.Expected = Digest(d.DigestAlgorithm, body)
	}

	return s
}

// headers holds the list of signed headers against the request.
func (d *diagnosis) headers() Step {
	f := &d.fields
	order := f.shouldSign(d.list)
	for _, i := range order {
		d.Order = append(d.Order, fieldNames[i].lower)
	}
	d.SigningString = f.signingString(order)
	expected := strings.Join(d.Order, " ")
	if f.value(fieldRequestID) == "" {
		return failed(StepHeaders, f.absent(fieldRequestID))
	}
	for _, i := range []int{fieldRequestID, fieldPSUID, fieldPSUCorporateID, fieldRedirectURI} {
		if m := f.single(i); m != nil {
			return failed(StepHeaders, m)
		}
	}
	if d.raw[paramHeaders] == "" {
		s := undecided(StepHeaders, pathSignature, "There is no list of signed headers to look at.")
		s.Expected = expected

		return s
	}
	list, m := splitList(d.raw[paramHeaders])
	if m == nil {
		_, _, m = members(list, f)
	}
	if m == nil {
		return passed(StepHeaders, pathSignature, "It lists "+strings.Join(list, ", ")+": what must be signed, and nothing else.")
	}
	s := failed(StepHeaders, m)
	s.Code, s.Sent, s.Expected = listCause(m.Code), d.raw[paramHeaders], expected

	return s
}

// keyID holds keyId against the certificate.
func (d *diagnosis) keyID() Step {
	sent := d.raw[paramKeyID]
	switch {
	case sent == "":
		return undecided(StepKeyID, pathSignature, "There is no keyId to look at.")
	case d.verifier.cert == nil:
		return undecided(StepKeyID, pathSignature, "There is no certificate to compare keyId with.")
	}
	if m := d.verifier.match(sent); m != nil {
		return failed(StepKeyID, m)
	}

	return passed(StepKeyID, pathSignature, "Serial number and issuer are those of the certificate.")
}

// certificate holds the header against the certificate, and looks at its key.
func (d *diagnosis) certificate() Step {
	v, value := d.verifier, d.fields.value(fieldCertificate)
	var m *Mistake
	switch {
	case value == "":
		m = d.fields.absent(fieldCertificate)
	case d.fields.single(fieldCertificate) != nil:
		m = d.fields.single(fieldCertificate)
	case v.cert == nil:
		_, _, m = certificateFromHeader(value)
	default:
		m = v.registered(value, new(Result))
	}
	if m == nil {
		m = v.unusable
	}
	if m != nil {
		return failed(StepCertificate, m)
	}

	return passed(StepCertificate, pathCertificate, "RSA of "+some(v.key.N.BitLen(), "bit", "bits")+", serial "+cut(strings.ToUpper(v.serial), 40)+
		", issued by "+cut(v.issuer, 120)+".")
}

// listCause names a mistake in the list by what was done to the signature with it.
func listCause(code string) string {
	switch code {
	case HeadersCase:
		return CauseCase
	case HeadersMissing:
		return CauseMissingHeader
	case HeadersNotAllowed:
		return CauseExtraHeader
	}

	return code
}
