package qcert

import (
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
)

// profileRules are the lines of one certificate's check list, in the order in which a person reads them: first whether it
// is one at all, then what it says, then how it may be used.
var profileRules = []rule{
	{
		id: "well-formed", title: "Readable and well formed", paragraph: "RFC 5280 §4.1", codes: []string{CertMalformed},
		expected: always("a certificate of version 3 without unknown critical extensions"),
		found:    func(_ Info, c *x509.Certificate) string { return "version " + strconv.Itoa(c.Version) },
	},
	{
		id: "in-time", title: "Valid now", paragraph: "RFC 5280 §4.1.2.5", codes: []string{CertExpired, CertNotYetValid, CertExpiresSoon},
		expected: always("a period that covers this moment and two weeks more"), found: period,
	},
	{
		id: "issued", title: "Issued by a provider", paragraph: "Regulation (EU) 910/2014, Annexes III and IV", codes: []string{CertSelfSigned},
		expected: always("an issuer other than yourself"),
		found:    func(i Info, _ *x509.Certificate) string { return orNothing(i.Issuer) },
	},
	{
		id: "end-entity", title: "Your own certificate", paragraph: "RFC 5280 §4.2.1.9", codes: []string{CertIsCA},
		expected: always("no certification authority"),
		found: func(_ Info, c *x509.Certificate) string {
			if c.IsCA {
				return "a certification authority"
			}
			return "no certification authority"
		},
	},
	{
		id: "signature", title: "Signed with a strong algorithm", paragraph: "TS 119 312", codes: []string{CertWeakHash},
		expected: always("RSA or ECDSA with SHA-256 or stronger"),
		found:    func(_ Info, c *x509.Certificate) string { return c.SignatureAlgorithm.String() },
	},
	{
		id: "key", title: "A strong key", paragraph: "TS 119 312", codes: []string{CertWeakKey, CertSealNotRSA},
		expected: func(k Kind) string {
			if k == QSealC {
				return fmt.Sprintf("RSA of %d to %d bits: requests are signed with rsa-sha256 or rsa-sha512", MinRSABits, MaxRSABits)
			}
			return fmt.Sprintf("RSA of %d to %d bits, or P-256, P-384, P-521", MinRSABits, MaxRSABits)
		},
		found: func(i Info, _ *x509.Certificate) string {
			return i.KeyAlgorithm + ", " + strconv.Itoa(i.KeyBits) + " bits"
		},
	},
	{
		id: "kind", title: "The right kind", paragraph: "EN 319 412-5 §4.2.3", codes: []string{QCType, CertSwapped},
		expected: func(k Kind) string {
			if k == Unknown {
				return "a QWAC or an eSeal"
			}
			return k.plain()
		},
		found: func(i Info, _ *x509.Certificate) string { return i.Kind.plain() },
	},
	{
		id: "qualified", title: "Declared qualified", paragraph: "EN 319 412-5 §4.2.1", codes: []string{QCMissing, QCNotQualified, QCPDS},
		expected: always("the statements QcCompliance and QcPDS (https)"), found: declared,
	},
	{
		id: "psd2", title: "A PSD2 certificate", paragraph: "TS 119 495 §5.1", codes: []string{QCPSD2Missing, QCEncoding},
		expected: always("one PSD2 statement, encoded as the standard says"),
		found: func(i Info, _ *x509.Certificate) string {
			if i.Statement == nil {
				return "no PSD2 statement"
			}
			return "roles, " + orNothing(i.NCAName) + ", " + orNothing(i.NCAID)
		},
	},
	{
		id: "roles", title: "Roles of a provider", paragraph: "TS 119 495 §5.2.2", codes: []string{RoleNone, RoleMismatch},
		expected: always("at least one of PSP_AI, PSP_PI, PSP_IC, PSP_AS, named as its identifier says"),
		found:    func(i Info, _ *x509.Certificate) string { return orNothing(roleList(i.Roles)) },
	},
	{
		id: "identifier", title: "Authorisation number", paragraph: "TS 119 495 §5.2.1", codes: []string{OrgIDFormat},
		expected: always("PSD, country, authority and number, as in PSDFI-FINFSA-1234567-8"),
		found:    func(i Info, _ *x509.Certificate) string { return orNothing(i.OrganizationIdentifier) },
	},
	{
		id: "authority", title: "One authority, and a real one", paragraph: "TS 119 495 §5.2.3", codes: []string{OrgIDMismatch, NCASandbox},
		expected: always("the same authority in the identifier and in the PSD2 statement"),
		found: func(i Info, _ *x509.Certificate) string {
			if i.Authority == i.NCAID {
				return orNothing(i.Authority)
			}
			return orNothing(i.Authority) + " and " + orNothing(i.NCAID)
		},
	},
	{
		id: "subject", title: "A complete and honest name", paragraph: "EN 319 412-3 §4.2", codes: []string{SubjectIncomplete, NameSuspicious},
		expected: always("country, organisation and common name once each, in plain letters"),
		found:    func(i Info, _ *x509.Certificate) string { return orNothing(i.Subject) },
	},
	{
		id: "key-usage", title: "Key usage", paragraph: "EN 319 412-2 §4.3.2", codes: []string{CertWrongKU},
		expected: func(k Kind) string {
			if k == QSealC {
				return "contentCommitment or digitalSignature"
			}
			return "digitalSignature"
		},
		found: func(_ Info, c *x509.Certificate) string { return orNothing(keyUsages(c)) },
	},
	{
		id: "extended-key-usage", title: "Extended key usage", paragraph: "EN 319 412-2 §4.3.10", codes: []string{CertWrongEKU, CertNoClientAuth},
		expected: func(k Kind) string {
			if k == QSealC {
				return "none"
			}
			return "serverAuth and clientAuth; serverAuth alone is accepted"
		},
		found: func(_ Info, c *x509.Certificate) string { return orNothing(tlsUsages(c)) },
	},
	{
		id: "names", title: "DNS names", paragraph: "EN 319 412-4", codes: []string{CertNames}, only: QWAC,
		expected: always("at least one, the common name among them"),
		found: func(i Info, _ *x509.Certificate) string {
			return orNothing(DisplayText(strings.Join(i.DNSNames, ", "), maxField))
		},
	},
	{
		id: "revocation-pointer", title: "A place to ask for revocation", paragraph: "EN 319 412-2 §4.3.11 and §4.4.1", codes: []string{CertNoRevocation},
		expected: always("an address of OCSP or of a revocation list"), found: revocationPointers,
	},
	{
		id: "live", title: "No certificate of the sandbox", paragraph: "Fairway", codes: []string{CertSandboxInLive},
		expected: always("a certificate of a qualified trust service provider"),
		found: func(i Info, _ *x509.Certificate) string {
			if i.Sandbox {
				return "one that the sandbox issued"
			}
			return "not the sandbox’s"
		},
	},
}

func declared(i Info, _ *x509.Certificate) string {
	var has []string
	if i.HasCompliance {
		has = append(has, "QcCompliance")
	}
	if i.OnDevice {
		has = append(has, "QcSSCD")
	}
	if i.PDS != "" {
		has = append(has, "QcPDS "+i.PDS)
	}
	return orNothing(strings.Join(has, ", "))
}

func revocationPointers(_ Info, c *x509.Certificate) string {
	var has []string
	if len(c.OCSPServer) > 0 {
		has = append(has, "OCSP "+DisplayText(c.OCSPServer[0], maxField))
	}
	if len(c.CRLDistributionPoints) > 0 {
		has = append(has, "list "+DisplayText(c.CRLDistributionPoints[0], maxField))
	}
	if _, _, short := extension(c, oidShortTerm); short {
		has = append(has, "none needed: a short-term certificate")
	}
	return orNothing(strings.Join(has, ", "))
}

// keyUsageNames are the bits of RFC 5280 §4.2.1.3 in their order.
var keyUsageNames = []struct {
	bit  x509.KeyUsage
	name string
}{
	{x509.KeyUsageDigitalSignature, "digitalSignature"}, {x509.KeyUsageContentCommitment, "contentCommitment"},
	{x509.KeyUsageKeyEncipherment, "keyEncipherment"}, {x509.KeyUsageDataEncipherment, "dataEncipherment"},
	{x509.KeyUsageKeyAgreement, "keyAgreement"}, {x509.KeyUsageCertSign, "keyCertSign"}, {x509.KeyUsageCRLSign, "cRLSign"},
	{x509.KeyUsageEncipherOnly, "encipherOnly"}, {x509.KeyUsageDecipherOnly, "decipherOnly"},
}

func keyUsages(c *x509.Certificate) string {
	var has []string
	for _, u := range keyUsageNames {
		if c.KeyUsage&u.bit != 0 {
			has = append(has, u.name)
		}
	}
	return strings.Join(has, ", ")
}

func tlsUsages(c *x509.Certificate) string {
	var has []string
	for _, u := range c.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageServerAuth:
			has = append(has, "serverAuth")
		case x509.ExtKeyUsageClientAuth:
			has = append(has, "clientAuth")
		}
	}
	if len(has) < len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) {
		has = append(has, usages(c))
	}
	return strings.Join(has, ", ")
}
