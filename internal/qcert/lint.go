package qcert

import (
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"strings"
	"unicode/utf8"
)

// The codes of what is found in certificate signing requests, beside those that certificates have too.
const (
	RequestSignature  = "CSR_SIGNATURE"
	RequestWeakHash   = "CSR_WEAK_HASH"
	RequestKeyUsed    = "CSR_KEY_USED"
	RequestIdentifier = "CSR_IDENTIFIER"
	RequestSubject    = "CSR_SUBJECT"
	RequestKind       = "CSR_KIND"
	RequestStatements = "CSR_STATEMENTS"
	RequestRoles      = "CSR_ROLES"
	RequestAuthority  = "CSR_AUTHORITY"
	RequestUsage      = "CSR_USAGE"
	RequestCA         = "CSR_CA"
	RequestNames      = "CSR_NAMES"
	RequestExtension  = "CSR_EXTENSION"
	RequestChallenge  = "CSR_CHALLENGE"
)

// The object identifiers of requested extensions that are known here (RFC 5280 §4.2).
const (
	oidSubjectKeyID     = "\x55\x1d\x0e"
	oidKeyUsage         = "\x55\x1d\x0f"
	oidSubjectAltName   = "\x55\x1d\x11"
	oidBasicConstraints = "\x55\x1d\x13"
	oidExtKeyUsage      = "\x55\x1d\x25"
	oidServerAuth       = "\x2b\x06\x01\x05\x05\x07\x03\x01"
	oidClientAuth       = "\x2b\x06\x01\x05\x05\x07\x03\x02"
)

// LintRequest holds a certificate signing request against what is going to be issued for it. The certificate is always the
// profile's, with the key of the request: a warning says what is replaced, a note what was left to us, and an error what
// stands against issuing. Its cost is bounded for any request; p is a profile as Template takes it.
func LintRequest(request *x509.CertificateRequest, p Profile) []Finding {
	var found findings
	if request == nil {
		found.fail(RequestMalformed, "request", "There is no certificate signing request.")
		return found
	}
	l := linter{request: request, profile: p, subject: readName(request.RawSubject), attributes: attributesOf(request), findings: &found}
	l.structure()
	l.key()
	l.identifier()
	l.texts()
	l.statements()
	l.usages()
	l.names()
	l.extensions()
	return found
}

// linter is one request while it is looked at.
type linter struct {
	*findings
	request    *x509.CertificateRequest
	profile    Profile
	subject    name
	attributes map[string]int
}

// structure judges the frame of the request (RFC 2986 §4.1).
func (l *linter) structure() {
	if l.request.Version != 0 {
		l.warn(RequestMalformed, "version", "The request says version %d; RFC 2986 knows version 0 alone. Some authorities refuse it: make it again with openssl req -new.", l.request.Version)
	}
	if l.attributes[oidExtensionRequest] > 1 {
		l.warn(RequestMalformed, "attributes", "The request lists its extensions more than once. Put all of them into one list (extensionRequest).")
	}
	if l.attributes[oidChallenge] > 0 {
		l.warn(RequestChallenge, "attributes", "The request holds a challenge password, which everybody reads who gets the request. It is not used here: leave it empty, and use it nowhere else.")
	}
}

// key judges the key, and only where it is a good one the proof that the sender has it: verifying with a huge key is work.
func (l *linter) key() {
	weak := CheckKey(l.request.PublicKey)
	l.add(weak...)
	if _, ok := l.request.PublicKey.(*rsa.PublicKey); !ok && l.profile.Kind == QSealC {
		l.fail(CertSealNotRSA, "publicKey", "The eSeal’s key is no RSA key. Requests to this interface are signed with rsa-sha256 or rsa-sha512: make an RSA key of %d to %d bits.", MinRSABits, MaxRSABits)
	}
	switch l.request.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		l.fail(RequestWeakHash, "signatureAlgorithm", "The request is signed with %s, which is not accepted. Make it again with -sha256.", l.request.SignatureAlgorithm)
		return
	case x509.UnknownSignatureAlgorithm:
		l.fail(RequestWeakHash, "signatureAlgorithm", "The request’s signature algorithm is not known here. Make it again with -sha256.")
		return
	}
	if len(weak) == 0 && l.request.CheckSignature() != nil {
		l.fail(RequestSignature, "signature", "The request is not signed with the key that it names, so nothing proves that you have that key. Make it again, with the private key of the certificate that you want.")
	}
}

// identifier judges organizationIdentifier (TS 119 495 §5.2.1).
func (l *linter) identifier() {
	const field = "organizationIdentifier"
	ours, values := l.profile.OrganizationIdentifier, l.subject.values(oidOrgID)
	if len(values) == 0 {
		l.note(RequestIdentifier, field, "The request has no organizationIdentifier (2.5.4.97). The certificate gets yours: %s.", ours)
		return
	}
	shown := DisplayText(values[0], 80)
	sandbox := SandboxIdentifier("")
	switch {
	case len(values) > 1:
		l.warn(RequestIdentifier, field, "The request has more than one organizationIdentifier. The certificate gets one: %s.", ours)
	case values[0] == ours:
	case strings.HasPrefix(values[0], sandbox):
		l.fail(RequestIdentifier, field, "%s is another organisation’s identifier in this sandbox; yours is %s. Make the request for your own organisation.", shown, ours)
	case !psdPattern.MatchString(values[0]):
		l.warn(RequestIdentifier, field, "%q does not have the form PSDXX-AUTHORITY-NUMBER. The certificate gets %s.", shown, ours)
	default:
		l.warn(RequestIdentifier, field, "The identifier %s is replaced: in the sandbox you are %s.", shown, ours)
	}
}

// texts judges the rest of the subject (EN 319 412-3 §4.2).
func (l *linter) texts() {
	for _, want := range []struct{ oid, ours string }{{oidCountry, l.profile.Country}, {oidOrganization, l.profile.Organization}, {oidCommonName, l.profile.CommonName}} {
		values, label := l.subject.values(want.oid), shortNames[want.oid]
		switch {
		case len(values) == 0:
			l.note(RequestSubject, label, "The request has no %s. The certificate gets %s.", label, want.ours)
		case len(values) > 1:
			l.warn(RequestSubject, label, "The request has more than one %s. The certificate gets one: %s.", label, want.ours)
		case values[0] != want.ours && SandboxName(values[0]) != want.ours:
			l.warn(RequestSubject, label, "%s reads %q. The certificate gets %s.", label, DisplayText(values[0], 80), want.ours)
		}
	}
	for _, a := range l.subject {
		if !a.isText {
			continue
		}
		if utf8.RuneCountInString(a.text) > maxField {
			l.fail(RequestSubject, "subject", "A part of the subject has %d characters; names of certificates have 64 at most (RFC 5280, Appendix A). It begins: %s", utf8.RuneCountInString(a.text), DisplayText(a.String(), 60))
		}
		if suspicious(a.text) {
			l.fail(RequestSubject, "subject", "The subject holds invisible, disguised or mixed letters: %s. Make the request again in plain letters.", DisplayText(a.String(), 120))
		}
	}
	if len(l.subject) == maxAttributes {
		l.fail(RequestSubject, "subject", "The subject has more parts than are read. Country, organisation, identifier and common name are enough.")
	}
}

// names judges the DNS names: they lie below .invalid, where nobody can own or reach one (RFC 2606).
func (l *linter) names() {
	dns, others := l.request.DNSNames, otherNames(l.request)
	if l.profile.Kind == QSealC {
		switch n := len(dns) + others; {
		case n == 1:
			l.warn(RequestNames, "subjectAltName", "An eSeal names no hosts; the name in the request is left out.")
		case n > 1:
			l.warn(RequestNames, "subjectAltName", "An eSeal names no hosts; the %d names in the request are left out.", n)
		}
		return
	}
	ours := strings.Join(l.profile.DNSNames, ", ")
	outside := slices.IndexFunc(dns, func(n string) bool { return !sandboxHost.MatchString(strings.ToLower(n)) })
	switch {
	case len(dns) == 0 && others == 0:
		l.note(RequestNames, "subjectAltName", "The request names no host. The certificate gets yours of the sandbox: %s.", ours)
	case len(dns) == 0:
		l.warn(RequestNames, "subjectAltName", "The request names addresses and no DNS name. The certificate gets %s.", ours)
	case outside >= 0:
		l.warn(RequestNames, "subjectAltName", "%q does not lie below .%s, where all names of the sandbox lie. The certificate gets %s.", DisplayText(dns[outside], 80), SandboxDomain, ours)
	case len(dns) != 1 || others > 0 || !contains(l.profile.DNSNames, dns[0]):
		l.warn(RequestNames, "subjectAltName", "%s is replaced: the certificate gets %s.", DisplayText(strings.Join(dns[:min(len(dns), 3)], ", "), 120), ours)
	}
}

// extensions judges what is asked for beyond all this (RFC 5280 §4.2).
func (l *linter) extensions() {
	known := []string{oidQCStatements, oidSubjectKeyID, oidKeyUsage, oidSubjectAltName, oidBasicConstraints, oidExtKeyUsage, oidPolicies}
	for _, e := range l.request.Extensions {
		id := oidBytes(e.Id)
		switch {
		case slices.Contains(known, id):
		case e.Critical:
			l.fail(RequestExtension, "extensions", "The request asks for the critical extension %s, which is not known here: software that does not know it must refuse the certificate. Leave it out.", DisplayText(e.Id.String(), 80))
		default:
			l.note(RequestExtension, "extensions", "The request asks for the extension %s, which the certificate does not get.", DisplayText(e.Id.String(), 80))
		}
	}
	if value, ok := wished(l.request, oidBasicConstraints); ok && wantsCA(value) {
		l.fail(RequestCA, "basicConstraints", "The request asks for the certificate of a certification authority (CA:TRUE). Yours is an end entity’s: leave basicConstraints out.")
	}
}

// LintPair judges the requests of a QWAC and an eSeal that are sent together: they need two keys.
func LintPair(qwac, seal *x509.CertificateRequest) []Finding {
	var found findings
	if sameKey(qwac, seal) {
		found.fail(CertSameKey, "publicKey", "Both requests hold the same key. QWAC and eSeal need two keys: make a second one, and a request with it.")
	}
	return found
}

// KeyUsed is the finding for a key that a certificate was issued for before.
func KeyUsed() Finding {
	return Finding{Code: RequestKeyUsed, Level: LevelError, Field: "publicKey",
		Text: "A certificate was issued for this key before. A new set gets new keys, so that a lost one ends with its set: make a new key, and a request with it."}
}
