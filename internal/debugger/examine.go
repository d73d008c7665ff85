package debugger

import (
	"bytes"
	"crypto/x509"
	"errors"
	"strings"
	"time"

	"fairway/internal/httpsig"
	"fairway/internal/qcert"
	"fairway/internal/rawrequest"
)

// The codes of findings that this package adds to those of httpsig, and of what it refuses to read.
const (
	codeBodyRead    = "body-line-ends"      // the body fits with other line ends than it was pasted with
	codeBodySecret  = "body-secret-removed" // a secret was taken out of the body, so its digest cannot be told
	codeQWAC        = "certificate-qwac"    // the certificate is for TLS
	codeRepaired    = "certificate-repaired"
	codeCertificate = "certificate-unreadable"
	codeDropped     = "secrets-removed"
)

// submission is what somebody sent to be looked at.
type submission struct {
	request             []byte
	certificate, second []byte // of the owner: the one that signs, and another that may have signed
	// pasted says that a browser sent the body, which makes every line end CR LF.
	pasted bool
}

// wrong is one thing that keeps a submission from being looked at. Secret says that the field must not be shown again.
type wrong struct {
	field, code, text string
	secret            bool
}

// refusal is all that is wrong with a submission.
type refusal []wrong

// Error is the first sentence.
func (r refusal) Error() string { return r[0].text }

// examination is a request with what was found out about it.
type examination struct {
	request   rawrequest.Request
	body      []byte
	diagnosis httpsig.Diagnosis
	findings  []httpsig.Finding
	// unknown says that the body is not what was sent.
	unknown bool
}

// examine reads a submission and looks at it. What cannot be read is a refusal.
func examine(s submission, now time.Time) (examination, error) {
	var bad refusal
	e := examination{}
	var err error
	if e.request, err = rawrequest.Parse(s.request); err != nil {
		var no *rawrequest.Refusal
		if !errors.As(err, &no) {
			return e, err
		}
		bad = append(bad, wrong{"request", no.Code, no.Text, no.Code == rawrequest.PrivateKey})
	} else if keyInHeader(e.request) {
		bad = append(bad, wrong{"request", rawrequest.PrivateKey, "The header TPP-Signature-Certificate holds a private key. Nothing of it was kept. " +
			"Treat the key as exposed: have its certificate revoked and make a new one.", true})
	}
	given, repairs, no := readCertificates("certificate", s.certificate)
	bad = append(bad, no...)
	others, more, no := readCertificates("second", s.second)
	bad = append(bad, no...)
	if len(bad) > 0 {
		return examination{}, bad
	}
	e.readBody(s.pasted)
	e.look(owned(e.request, given, others), now)
	for _, text := range append(repairs, more...) {
		e.note(codeRepaired, httpsig.SeverityNote, "certificate", text)
	}
	return e, nil
}

// readCertificates reads what was pasted as a certificate: its own first, then its chain. Nothing is no certificate.
func readCertificates(field string, sent []byte) (list []*x509.Certificate, repairs []string, bad refusal) {
	if len(bytes.TrimSpace(sent)) == 0 {
		return nil, nil, nil
	}
	list, repairs, err := qcert.ReadPEM(bytes.Clone(sent))
	var no *qcert.Refusal
	if errors.As(err, &no) {
		code := codeCertificate
		if no.Code == qcert.KeyUploaded {
			code = rawrequest.PrivateKey
		}
		return nil, nil, refusal{{field, code, no.Text, no.Code == qcert.KeyUploaded}}
	}
	return list, repairs, nil
}

// keyInHeader reports whether a header that asks for a certificate holds a private key.
func keyInHeader(r rawrequest.Request) bool {
	for name, values := range r.Header {
		if !strings.EqualFold(name, "TPP-Signature-Certificate") {
			continue
		}
		for _, value := range values {
			var m *httpsig.Mistake
			if _, err := httpsig.CertificateFromHeader(value); errors.As(err, &m) && m.Code == httpsig.KeyInHeader || qcert.Recognise([]byte(value)).Secret() {
				return true
			}
		}
	}
	return false
}

// signers are the certificates of an examination: the one that is meant to be the signer's, and others of its owner.
type signers struct {
	seal   *x509.Certificate
	others []*x509.Certificate
}

// owned chooses the certificate that is compared with: what was pasted, else the header's own.
func owned(r rawrequest.Request, given, others []*x509.Certificate) signers {
	var header *x509.Certificate
	for name, values := range r.Header {
		if strings.EqualFold(name, "TPP-Signature-Certificate") && len(values) > 0 {
			if der, err := httpsig.CertificateFromHeader(values[0]); err == nil {
				header, _ = x509.ParseCertificate(der) // it was parsed before
			}
		}
	}
	if len(given) == 0 {
		return signers{header, others}
	}
	if header != nil && !header.Equal(given[0]) {
		others = append(others, header)
	}
	return signers{given[0], others}
}

// look diagnoses the request and adds what the certificate says about itself.
func (e *examination) look(s signers, now time.Time) {
	r := httpsig.Request{Method: e.request.Method, Target: e.request.Target, Host: e.request.Host, Header: e.request.Header, Body: e.body, BodyUnknown: e.unknown}
	e.diagnosis = r.Diagnose(s.seal, now, s.others...)
	e.unknown = e.unknown || incomplete(&e.diagnosis)
	e.findings = append(e.diagnosis.Findings, e.findings...)
	e.judge(s.seal)
	if e.request.BodyChanged {
		e.note(codeBodySecret, httpsig.SeverityWarning, "body", "A secret was taken out of the body, so whether the digest fits cannot be told. Requests that carry secrets in their body go to the token endpoint and are not signed.")
	}
}

func (e *examination) note(code, severity, path, text string) {
	e.findings = append(e.findings, httpsig.Finding{Code: code, Severity: severity, Path: path, Text: text})
}

// judge says what kind of certificate it is, and what is wrong with its statements. The mathematics ask for neither.
func (e *examination) judge(cert *x509.Certificate) {
	if cert == nil {
		return
	}
	info, err := qcert.Parse(cert)
	if err != nil {
		return // too large to be judged
	}
	const path = "TPP-Signature-Certificate"
	if info.Kind == qcert.QWAC {
		e.note(codeQWAC, httpsig.SeverityWarning, path, "This is a QWAC, the certificate for the TLS connection. Requests are signed with the QC eSeal; sign with its key and send it in this header.")
	}
	for _, f := range qcert.ForSandbox(info.Findings) {
		switch f.Code {
		case qcert.QCMissing, qcert.QCPSD2Missing, qcert.QCEncoding, qcert.QCNotQualified, qcert.QCType, qcert.RoleNone, qcert.RoleMismatch:
			e.note(f.Code, httpsig.SeverityWarning, path, f.Text)
		}
	}
}

// readBody chooses how the body is read. Browsers send every line end of a form as CR LF, and people copy one line end
// too many: where the digest fits one of the forms, that is the one that was sent.
func (e *examination) readBody(pasted bool) {
	e.body, e.unknown = e.request.Body, e.request.BodyChanged
	if !pasted || len(e.body) == 0 {
		return
	}
	lf := bytes.ReplaceAll(e.body, []byte("\r\n"), []byte("\n"))
	crlf := bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))
	e.body = lf
	if len(bytes.TrimSpace(lf)) == 0 {
		e.body = nil
	}
	for _, form := range []struct {
		body []byte
		says string
	}{
		{e.body, ""},
		{crlf, "Your digest fits the body with CR LF as its line ends. A form does not keep line ends, so the body was read that way."},
		{bytes.TrimRight(lf, "\n"), "Your digest fits the body without the line end behind it. If your program sends that line end, hash it too."},
		{bytes.TrimRight(crlf, "\r\n"), "Your digest fits the body with CR LF as its line ends and none at its end. A form does not keep line ends, so the body was read that way."},
	} {
		if _, err := httpsig.CheckDigest(e.request.Header, form.body); err != nil {
			continue
		}
		if e.body = form.body; form.says != "" {
			e.note(codeBodyRead, httpsig.SeverityNote, "body", form.says)
		}
		return
	}
}

// dropped names what was secret and is gone, bounded.
func (e *examination) dropped() string {
	const shown = 8
	names := make([]string, 0, shown)
	for _, name := range e.request.Dropped[:min(len(e.request.Dropped), shown)] {
		names = append(names, qcert.DisplayText(name, 60))
	}
	text := strings.Join(names, ", ")
	if more := len(e.request.Dropped) - shown; more > 0 {
		text += " and more"
	}
	return text
}
