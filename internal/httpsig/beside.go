package httpsig

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"strconv"
	"strings"
	"time"
)

// The severities of a [Finding].
const (
	SeverityError   = "error"   // a bank refuses the request for it
	SeverityWarning = "warning" // it may be refused, or the verdict rests on it
	SeverityNote    = "note"    // worth knowing
)

// The ids of findings that stand beside a verdict.
const (
	CertificateExpired = "certificate-expired"       // its last day is over
	CertificateEarly   = "certificate-not-yet-valid" // its first day is to come
	RequestIDSyntax    = "request-id-syntax"         // X-Request-ID is not a UUID
	BodyNotJSON        = "body-not-json"             // the body says it is JSON and is not
	BodyLength         = "content-length"            // Content-Length is not the length of the body
	DigestRight        = "digest-right"              // the digest fits while the signature does not
	OtherBanks         = "other-banks"               // accepted here; other banks may refuse it
)

// Finding is something to know beside the verdict of the steps.
type Finding struct {
	Code     string // one of the ids above, or of [Causes], [Codes]
	Severity string
	Path     string // the header at fault, "body" for the body
	Text     string
}

func (d *diagnosis) note(code, severity, path, text string) {
	d.Findings = append(d.Findings, Finding{Code: code, Severity: severity, Path: path, Text: text})
}

// beside adds what is worth knowing whatever the verdict is.
func (d *diagnosis) beside(now time.Time) {
	const day = "2 Jan 2006, 15:04 UTC"
	if text, ok := d.incomplete(); ok {
		d.note(BodyLength, SeverityWarning, "Content-Length", text)
	}
	if c := d.verifier.cert; c != nil {
		switch {
		case now.After(c.NotAfter):
			d.note(CertificateExpired, SeverityError, pathCertificate, "The certificate expired on "+c.NotAfter.UTC().Format(day)+
				". The signature is judged all the same; banks refuse the certificate. Sign with the key of a current one.")
		case now.Before(c.NotBefore):
			d.note(CertificateEarly, SeverityError, pathCertificate, "The certificate is valid from "+c.NotBefore.UTC().Format(day)+" on. Until then banks refuse it.")
		}
	}
	if id := d.fields.value(fieldRequestID); id != "" && !isUUID(id) {
		d.note(RequestIDSyntax, SeverityError, pathRequestID, "X-Request-ID must be a UUID, for example 99391c7e-ad88-49ec-a2ad-99ddcb1f7756. You sent "+
			shown(id, 60)+". Create a new one for every request.")
	}
	d.besideBody()
	if d.Step(StepDigest).Verdict == Passed && d.Step(StepSignature).Verdict == Failed {
		d.note(DigestRight, SeverityNote, pathDigest, "The digest is right: the body is the one that was hashed. Only the signature has to be made again.")
	}
	if d.verifier.cert != nil {
		r := Result{Params: Params{KeyID: d.raw[paramKeyID]}, Algorithm: d.Algorithm}
		if d.Step(StepKeyID).Verdict == Passed && d.fields.value(fieldDigest) != "" {
			r.note(&d.fields, d.verifier)
		}
		for _, text := range r.Notes {
			d.note(OtherBanks, SeverityNote, pathSignature, text)
		}
	}
}

// besideBody looks at what the other headers say about the body.
func (d *diagnosis) besideBody() {
	r := d.request
	if r.BodyUnknown {
		return
	}
	kind, ok := lookUp(r.Header, "content-type")
	media, _, _ := mime.ParseMediaType(kind)
	if len(r.Body) == 0 || ok && media != "application/json" && !strings.HasSuffix(media, "+json") {
		return
	}
	if where, wrong := notJSON(r.Body); wrong {
		d.note(BodyNotJSON, SeverityWarning, "body", "The body is not JSON: "+where+" The digest is judged all the same, since it is over bytes.")
	}
}

// incomplete says how the length of the body that is here differs from what Content-Length announces.
func (d *diagnosis) incomplete() (text string, differs bool) {
	body := d.request.Body
	value, ok := lookUp(d.request.Header, "content-length")
	if !ok || d.request.BodyUnknown || value == strconv.Itoa(len(body)) {
		return "", false
	}
	text = "Content-Length is " + shown(value, 20) + ", but the body here has " + some(len(body), "byte", "bytes") + ". "
	switch sent, err := strconv.Atoi(value); {
	case err == nil && len(body) == 0:
		return text + "The body is missing: put it behind an empty line, byte for byte, to have its digest looked at.", true
	case err == nil && sent > len(body):
		return text + "A part of the body is missing, or it is written in another form than it was sent in.", true
	}

	return text + "More is here than was sent, or the body is written in another form.", true
}

// notJSON says where a text stops being JSON. Only the beginning of a very long one is looked at.
func notJSON(body []byte) (string, bool) {
	if len(body) > maxForms/8 {
		return "", false
	}
	if bytes.HasPrefix(body, []byte(byteOrderMark)) {
		return "it begins with a byte order mark (EF BB BF), which JSON must not have. Save the file as UTF-8 without BOM.", true
	}
	var value json.RawMessage
	err := json.Unmarshal(body, &value)
	var wrong *json.SyntaxError
	if !errors.As(err, &wrong) {
		return "", false
	}
	at := min(max(int(wrong.Offset)-1, 0), len(body))
	before := string(body[:at])
	line, column := strings.Count(before, "\n")+1, at-strings.LastIndex(before, "\n")
	if int(wrong.Offset) >= len(body) && strings.Contains(wrong.Error(), "unexpected end") {
		return "it ends too early, in line " + strconv.Itoa(line) + ".", true
	}

	return "something is wrong in line " + strconv.Itoa(line) + " at byte " + strconv.Itoa(column) + ". Check quotes, commas and braces there.", true
}

// isUUID says whether a text has the form of a UUID (RFC 9562, section 4).
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if !isHex(s[i : i+1]) {
			return false
		}
	}

	return true
}
