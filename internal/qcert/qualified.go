package qcert

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"regexp"
)

// The policies of qualified certificates: QCP-w-psd2 (TS 119 495 §6.1), QCP-l and QCP-l-qscd (EN 319 411-2 §5.3). An issuing
// CA that signs under several names anyPolicy (RFC 5280 §4.2.1.4).
const (
	policyWebPSD2    = "0.4.0.19495.3.1"
	policySeal       = "0.4.0.194112.1.1"
	policySealDevice = "0.4.0.194112.1.3"
	policyAny        = "2.5.29.32.0"
)

// anyHost is a DNS name of two labels at least in lower case (RFC 1123).
var anyHost = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// QualifiedTemplate builds the leaf certificate as a qualified trust service provider issues it: Template without the marks
// of the sandbox, with real DNS names and the policy of TS 119 495 or EN 319 411-2. Only a demonstration or a test asks for
// it: what makes a certificate qualified is the trusted list that its issuer is on.
func QualifiedTemplate(p Profile, pub crypto.PublicKey) (*x509.Certificate, error) {
	p.qualified = true
	return Template(p, pub)
}

// QualifiedAuthority builds the certificate of an authority that issues what QualifiedTemplate makes, without the marks of
// the sandbox: a root to be signed with its own key, or an issuing CA, which can have no CA below it.
func QualifiedAuthority(a Authority, issuing bool, pub crypto.PublicKey) (*x509.Certificate, error) {
	a.qualified = true
	if !issuing {
		return RootTemplate(a, pub)
	}
	t, err := a.template(pub)
	if err != nil {
		return nil, fmt.Errorf("build issuing certificate: %w", err)
	}
	policies, err := policyExtension(orDefault(a.PolicyOID, policyAny), a.PolicyNotice)
	if err != nil {
		return nil, err
	}
	t.MaxPathLenZero = true
	t.ExtraExtensions = []pkix.Extension{policies}
	return t, nil
}
