package qcert

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// requestRule is a line of the check list of a request.
type requestRule struct {
	id, title, paragraph string
	codes                []string
	fields               []string // of a code that several rules share; nil is any
	expected             func(Profile) string
	found                func(*x509.CertificateRequest) string
}

// requestRules are in the order in which a person reads them: whether it is a request, its key, what it says, what it asks for.
var requestRules = []requestRule{
	{
		id: "structure", title: "Well formed", paragraph: "RFC 2986 §4.1", codes: []string{RequestMalformed},
		expected: says("version 0, with one list of extensions"),
		found:    func(r *x509.CertificateRequest) string { return fmt.Sprintf("version %d", r.Version) },
	},
	{
		id: "signature", title: "Signed with its own key", paragraph: "RFC 2986 §4.2", codes: []string{RequestSignature},
		expected: says("a signature that verifies with the key in the request"),
		found:    func(r *x509.CertificateRequest) string { return r.SignatureAlgorithm.String() },
	},
	{
		id: "hash", title: "A strong hash", paragraph: "TS 119 312", codes: []string{RequestWeakHash},
		expected: says("SHA-256 or stronger"),
		found:    func(r *x509.CertificateRequest) string { return r.SignatureAlgorithm.String() },
	},
	{
		id: "key", title: "A strong key", paragraph: "TS 119 312", codes: []string{CertWeakKey, CertSealNotRSA},
		expected: func(p Profile) string {
			rsa := fmt.Sprintf("RSA of %d to %d bits with the exponent 65537", MinRSABits, MaxRSABits)
			if p.Kind == QSealC {
				return rsa
			}
			return rsa + ", or P-256, P-384, P-521"
		},
		found: keyText,
	},
	{
		id: "new-key", title: "A key of its own", paragraph: "Fairway", codes: []string{CertSameKey, RequestKeyUsed},
		expected: says("a key that no other certificate has"),
		found:    func(r *x509.CertificateRequest) string { return "key " + short(PublicKeyHash(r)) },
	},
	{
		id: "identifier", title: "Authorisation number", paragraph: "TS 119 495 §5.2.1", codes: []string{RequestIdentifier},
		expected: func(p Profile) string { return p.OrganizationIdentifier + ", or none" },
		found: func(r *x509.CertificateRequest) string {
			return orNothing(DisplayText(readName(r.RawSubject).first(oidOrgID), maxField))
		},
	},
	{
		id: "subject", title: "The name in plain letters", paragraph: "EN 319 412-3 §4.2", codes: []string{RequestSubject},
		expected: func(p Profile) string {
			return "C " + p.Country + ", O " + p.Organization + ", CN " + p.CommonName
		},
		found: requestName,
	},
	{
		id: "kind", title: "The right kind", paragraph: "EN 319 412-5 §4.2.3", codes: []string{RequestKind},
		expected: func(p Profile) string { return p.Kind.plain() },
		found: func(r *x509.CertificateRequest) string {
			if s, ok := statementsOf(r); ok {
				return s.Kind.plain()
			}
			return "no statement"
		},
	},
	{
		id: "psd2", title: "Statements as ETSI lays them out", paragraph: "TS 119 495 §5.1", codes: []string{RequestStatements},
		expected: says("one list with QcType and the PSD2 statement, or none"), found: psd2Text,
	},
	{
		id: "roles", title: "The roles of the form", paragraph: "TS 119 495 §5.2.2", codes: []string{RequestRoles},
		expected: func(p Profile) string { return roleList(p.Roles) + ", or none" },
		found: func(r *x509.CertificateRequest) string {
			if s, ok := statementsOf(r); ok && s.PSD2 != nil {
				return orNothing(roleList(s.PSD2.Roles))
			}
			return "nothing"
		},
	},
	{
		id: "authority", title: "The sandbox’s authority", paragraph: "TS 119 495 §5.2.3", codes: []string{RequestAuthority},
		expected: func(p Profile) string { return p.NCAName + ", " + p.NCAID + ", or none" }, found: psd2Text,
	},
	{
		id: "key-usage", title: "Key usage", paragraph: "EN 319 412-2 §4.3.2", codes: []string{RequestUsage}, fields: []string{"keyUsage"},
		expected: func(p Profile) string { return profileUsage(p.Kind) + ", or none" },
		found: func(r *x509.CertificateRequest) string {
			value, _ := wished(r, oidKeyUsage)
			return orNothing(keyUsages(&x509.Certificate{KeyUsage: usageBits(value)}))
		},
	},
	{
		id: "extended-key-usage", title: "Extended key usage", paragraph: "EN 319 412-2 §4.3.10", codes: []string{RequestUsage}, fields: []string{"extKeyUsage"},
		expected: func(p Profile) string {
			if p.Kind == QSealC {
				return "none"
			}
			return "serverAuth and clientAuth, or none"
		},
		found: purposeText,
	},
	{
		id: "end-entity", title: "Your own certificate", paragraph: "RFC 5280 §4.2.1.9", codes: []string{RequestCA},
		expected: says("no certification authority"),
		found: func(r *x509.CertificateRequest) string {
			if value, ok := wished(r, oidBasicConstraints); ok && wantsCA(value) {
				return "CA:TRUE"
			}
			return "no certification authority"
		},
	},
	{
		id: "names", title: "Names of the sandbox", paragraph: "RFC 2606 §2", codes: []string{RequestNames},
		expected: func(p Profile) string {
			if p.Kind == QSealC {
				return "none"
			}
			return strings.Join(p.DNSNames, ", ") + ", or none"
		},
		found: func(r *x509.CertificateRequest) string {
			return orNothing(DisplayText(strings.Join(r.DNSNames[:min(len(r.DNSNames), 20)], ", "), maxField))
		},
	},
	{
		id: "extensions", title: "No other extensions", paragraph: "RFC 5280 §4.2", codes: []string{RequestExtension},
		expected: says("nothing critical that is not known here"),
		found:    func(r *x509.CertificateRequest) string { return fmt.Sprintf("%d extensions", len(r.Extensions)) },
	},
	{
		id: "challenge", title: "No secret in the request", paragraph: "RFC 2985 §5.4.1", codes: []string{RequestChallenge},
		expected: says("no challenge password"),
		found: func(r *x509.CertificateRequest) string {
			if attributesOf(r)[oidChallenge] > 0 {
				return "a challenge password"
			}
			return "none"
		},
	},
}

func says(text string) func(Profile) string { return func(Profile) string { return text } }

func statementsOf(r *x509.CertificateRequest) (Statements, bool) {
	value, ok := wished(r, oidQCStatements)
	if !ok {
		return Statements{}, false
	}
	return ReadQCStatements(value), true
}

func psd2Text(r *x509.CertificateRequest) string {
	s, ok := statementsOf(r)
	if !ok || s.PSD2 == nil {
		return "no PSD2 statement"
	}
	return orNothing(DisplayText(s.PSD2.NCAName, 80)) + ", " + orNothing(DisplayText(s.PSD2.NCAID, 40))
}

func purposeText(r *x509.CertificateRequest) string {
	var out []string
	value, _ := wished(r, oidExtKeyUsage)
	for _, oid := range purposes(value) {
		switch oid {
		case oidServerAuth:
			out = append(out, "serverAuth")
		case oidClientAuth:
			out = append(out, "clientAuth")
		default:
			text, _ := dotted([]byte(oid))
			out = append(out, text)
		}
	}
	return orNothing(DisplayText(strings.Join(out, ", "), 160))
}

// RequestChecklist is LintRequest as a check list: each rule that concerns the kind, those that are kept included. What is
// found elsewhere about the request, as by LintPair or KeyUsed, is handed in as more and stands in the line of its rule.
func RequestChecklist(request *x509.CertificateRequest, p Profile, more ...Finding) []Check {
	if request == nil {
		return nil
	}
	found := findings(LintRequest(request, p))
	found.add(more...)
	lines := make([]Check, 0, len(requestRules))
	for _, r := range requestRules {
		line := Check{ID: r.id, Title: r.title, Rule: r.paragraph, Expected: r.expected(p), Found: r.found(request)}
		line.take(found, func(f Finding) bool {
			return slices.Contains(r.codes, f.Code) && (r.fields == nil || slices.Contains(r.fields, f.Field))
		})
		lines = append(lines, line)
	}
	return lines
}

// RequestRules lists the codes of the rules for requests with their paragraphs, for the documentation.
func RequestRules() []Rule {
	list := make([]Rule, 0, len(requestRules))
	for _, r := range requestRules {
		list = append(list, Rule{Title: r.title, Paragraph: r.paragraph, Codes: slices.Clone(r.codes)})
	}
	return list
}
