package demo

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"fairway/internal/qcert"
)

// Finder is which check finds a flaw.
type Finder string

// The checks, in the order in which an upload meets them.
const (
	ByProfile    Finder = "profile"      // qcert.CheckProfile of one certificate
	ByPair       Finder = "pair"         // qcert.CheckPair
	ByList       Finder = "trusted list" // whether the issuer is granted for the kind
	ByRegister   Finder = "register"     // what the EBA's register says
	ByRevocation Finder = "revocation"   // what the issuer says today
)

// The codes of findings that are not the profile's.
const (
	ChainIncomplete   = "CHAIN_INCOMPLETE"
	QTSPNotGranted    = "QTSP_NOT_GRANTED"
	RoleNotRegistered = "ROLE_NOT_REGISTERED"
	NCAUnknown        = "NCA_UNKNOWN"
	RegWithdrawn      = "REG_WITHDRAWN"
	RegNotFound       = "REG_NOT_FOUND"
	CertRevoked       = "CERT_REVOKED"
)

// Flaw is one thing that can be wrong with a pair on request, and what a check must say about it.
type Flaw struct {
	Name     string // as a command takes it
	Sentence string // what is wrong
	Code     string // of the finding
	Level    string // qcert.LevelError or qcert.LevelWarning
	Finder   Finder

	bend func(*drafts) error
}

// Flaws lists what can be wrong. A pair with a flaw is good in every other respect.
func Flaws() []Flaw {
	return slices.Concat(termFlaws, issuerFlaws, statementFlaws, shapeFlaws, pairFlaws, registerFlaws)
}

func findFlaw(name string) (Flaw, error) {
	if name == "" {
		return Flaw{bend: func(*drafts) error { return nil }}, nil
	}
	all := Flaws()
	i := slices.IndexFunc(all, func(f Flaw) bool { return f.Name == name })
	if i < 0 {
		return Flaw{}, fmt.Errorf("there is no flaw %q", name)
	}
	return all[i], nil
}

// each makes a flaw of both certificates.
func each(change func(*draft)) func(*drafts) error {
	return func(d *drafts) error {
		d.both(change)
		return nil
	}
}

// written makes a flaw that no builder would write into a certificate.
func written(change func(*x509.Certificate)) func(*drafts) error {
	return each(func(d *draft) { d.change(change) })
}

// laid makes a flaw of how the statements are laid out.
func laid(layout qcert.Layout) func(*drafts) error {
	return each(func(d *draft) { d.profile.Layout = layout })
}

func inRoles(all ...qcert.Role) func(*drafts) error {
	return each(func(d *draft) { d.profile.Roles = all })
}

// website makes a flaw of the QWAC alone.
func website(change func(*x509.Certificate)) func(*drafts) error {
	return func(d *drafts) error {
		d.qwac.change(change)
		return nil
	}
}

// issuedBy lets other authorities sign.
func issuedBy(qwac, seal CA) func(*drafts) error {
	return func(d *drafts) error {
		d.qwac.by, d.seal.by = qwac, seal
		return nil
	}
}

var termFlaws = []Flaw{
	{"expired", "Both certificates ended yesterday.", qcert.CertExpired, qcert.LevelError, ByProfile, each(func(d *draft) {
		term := d.profile.NotAfter.Sub(d.profile.NotBefore)
		d.profile.NotAfter = d.profile.NotBefore.AddDate(0, 0, -1)
		d.profile.NotBefore = d.profile.NotAfter.Add(-term)
	})},
	{"not-yet-valid", "Both certificates begin in a week.", qcert.CertNotYetValid, qcert.LevelError, ByProfile, each(func(d *draft) {
		d.profile.NotBefore = d.profile.NotBefore.AddDate(0, 0, 7)
	})},
	{"expires-soon", "Both certificates end in five days.", qcert.CertExpiresSoon, qcert.LevelWarning, ByProfile, each(func(d *draft) {
		d.profile.NotAfter = d.profile.NotBefore.AddDate(0, 0, 5)
	})},
	{"revoked", "Both certificates are good, but their issuer has revoked them.", CertRevoked, qcert.LevelError, ByRevocation, each(func(*draft) {})},
}

var issuerFlaws = []Flaw{
	{"other-ca", "The issuer is on no trusted list.", ChainIncomplete, qcert.LevelWarning, ByList, issuedBy(Unlisted, Unlisted)},
	{"withdrawn-ca", "The issuer is on the trusted list, but its status was withdrawn.", QTSPNotGranted, qcert.LevelError, ByList, issuedBy(Former, Former)},
	{"wrong-ca", "The QWAC comes from the authority for eSeals and the eSeal from the one for websites.", QTSPNotGranted, qcert.LevelError, ByList, issuedBy(Seals, Websites)},
	{"self-signed", "Both certificates are signed with their own keys.", qcert.CertSelfSigned, qcert.LevelError, ByProfile, each(func(d *draft) { d.selfSigned = true })},
	{"sha1", "Both certificates are signed with SHA-1.", qcert.CertWeakHash, qcert.LevelError, ByProfile, written(func(c *x509.Certificate) {
		c.SignatureAlgorithm = x509.ECDSAWithSHA1
	})},
}

var statementFlaws = []Flaw{
	{"no-qcstatements", "There are no qualified statements: these are ordinary certificates.", qcert.QCMissing, qcert.LevelError, ByProfile, written(func(c *x509.Certificate) {
		c.ExtraExtensions = slices.DeleteFunc(c.ExtraExtensions, func(e pkix.Extension) bool { return e.Id.Equal(oidStatements) })
	})},
	{"no-psd2", "The certificates are qualified, but hold no PSD2 statement.", qcert.QCPSD2Missing, qcert.LevelError, ByProfile, laid(qcert.WithoutPSD2)},
	{"not-qualified", "The certificates do not declare themselves qualified.", qcert.QCNotQualified, qcert.LevelError, ByProfile, laid(qcert.WithoutCompliance)},
	{"bare-statements", "The list around the qualified statements is missing.", qcert.QCEncoding, qcert.LevelError, ByProfile, laid(qcert.Bare)},
	{"no-role", "The only role is Unspecified.", qcert.RoleNone, qcert.LevelError, ByProfile, inRoles(qcert.RoleUnspecified)},
	{"role-mismatch", "Each role stands under the name of another.", qcert.RoleMismatch, qcert.LevelError, ByProfile, laid(qcert.Misnamed)},
	{"authority-mismatch", "The identifier and the PSD2 statement name different authorities.", qcert.OrgIDMismatch, qcert.LevelWarning, ByProfile, each(func(d *draft) {
		d.profile.NCAID, d.profile.NCAName = "SE-FINA", "Swedish Financial Supervision Authority"
	})},
	{"sandbox-nca", "The authority is the sandbox's, which does not exist.", qcert.NCASandbox, qcert.LevelError, ByProfile, each(func(d *draft) {
		d.profile.OrganizationIdentifier = qcert.SandboxIdentifier(numberOf(d.profile))
		d.profile.NCAID, d.profile.NCAName = qcert.SandboxAuthority, qcert.SandboxAuthorityName
	})},
	{"other-identifier", "The identifier is a VAT number instead of an authorisation number.", qcert.OrgIDFormat, qcert.LevelWarning, ByProfile, written(func(c *x509.Certificate) {
		rename(c, oidIdentifier, "VATFI-99000014")
	})},
}

var shapeFlaws = []Flaw{
	{"no-client-auth", "The QWAC may serve but not call (no clientAuth).", qcert.CertNoClientAuth, qcert.LevelWarning, ByProfile, website(func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	})},
	{"code-signing-eku", "The QWAC is for signing programs.", qcert.CertWrongEKU, qcert.LevelError, ByProfile, website(func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	})},
	{"weak-key", "Both keys are RSA of 1024 bits.", qcert.CertWeakKey, qcert.LevelError, ByProfile, func(d *drafts) (err error) {
		if d.qwac.weak, err = newRSAKey(1024); err != nil {
			return err
		}
		d.seal.weak, err = newRSAKey(1024)
		return err
	}},
	{"ca-as-leaf", "Both certificates are those of a certification authority.", qcert.CertIsCA, qcert.LevelError, ByProfile, written(func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage = true, c.KeyUsage|x509.KeyUsageCertSign
	})},
	{"no-revocation-pointer", "Nothing says where to ask whether they were revoked.", qcert.CertNoRevocation, qcert.LevelWarning, ByProfile, written(func(c *x509.Certificate) {
		c.OCSPServer, c.CRLDistributionPoints = nil, nil
	})},
	{"hostile-name", "The organisation's name is markup, a formula and letters that run backwards, 10,000 of them.", qcert.NameSuspicious, qcert.LevelWarning, ByProfile, written(func(c *x509.Certificate) {
		rename(c, oidOrganisation, hostileName)
	})},
	{"no-country", "The subject has no country.", qcert.SubjectIncomplete, qcert.LevelWarning, ByProfile, written(func(c *x509.Certificate) {
		c.Subject.ExtraNames = slices.DeleteFunc(c.Subject.ExtraNames, func(a pkix.AttributeTypeAndValue) bool { return a.Type.Equal(oidCountry) })
	})},
}

var pairFlaws = []Flaw{
	{"swapped", "The QWAC is in the eSeal's place and the eSeal in the QWAC's.", qcert.CertSwapped, qcert.LevelError, ByPair, func(d *drafts) error {
		d.swapped = true
		return nil
	}},
	{"same-key", "Both certificates have one key.", qcert.CertSameKey, qcert.LevelError, ByPair, func(d *drafts) error {
		d.qwac.key = d.seal.key
		return nil
	}},
	{"other-organisation", "The eSeal belongs to another organisation than the QWAC.", qcert.CertDifferentOrg, qcert.LevelError, ByPair, func(d *drafts) error {
		d.seal.profile.Organization, d.seal.profile.OrganizationIdentifier = "Maksumalli Oy", "PSDFI-FINFSA-9900010-3"
		return nil
	}},
}

var registerFlaws = []Flaw{
	{"wrong-role", "The certificates name payment initiation, which the register does not list.", RoleNotRegistered, qcert.LevelWarning, ByRegister, inRoles(qcert.RolePI)},
	{"withdrawn", "The register shows that the authorisation ended.", RegWithdrawn, qcert.LevelError, ByRegister, each(func(d *draft) {
		d.profile.Organization, d.profile.OrganizationIdentifier = "Hamara Datapalvelut Oy", "PSDFI-FINFSA-9900002-2"
	})},
	{"not-in-register", "The register has no such authorisation number.", RegNotFound, qcert.LevelWarning, ByRegister, each(func(d *draft) {
		d.profile.OrganizationIdentifier = "PSDFI-FINFSA-0000000-0"
	})},
	{"unknown-nca", "The authority is none of the EBA's list.", NCAUnknown, qcert.LevelWarning, ByRegister, each(func(d *draft) {
		d.profile.OrganizationIdentifier = "PSDFI-NONESUCH-" + numberOf(d.profile)
		d.profile.NCAID, d.profile.NCAName = "FI-NONESUCH", "Nonesuch Authority"
	})},
}

// hostileName tries what pages, tables and mails must stand: markup, a formula, a direction that runs backwards, length.
var hostileName = `=HYPERLINK("https://example.com")<script>alert(1)</script>` + "\u202eyO elpmaxE" + strings.Repeat(" Oy", 3315)

// The identifiers that a flaw is written at: qcStatements (RFC 3739) and parts of a name (X.520).
var (
	oidStatements   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidOrganisation = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidIdentifier   = asn1.ObjectIdentifier{2, 5, 4, 97}
)

// rename replaces one part of the subject's name.
func rename(c *x509.Certificate, part asn1.ObjectIdentifier, value string) {
	for i, a := range c.Subject.ExtraNames {
		if a.Type.Equal(part) {
			c.Subject.ExtraNames[i].Value = value
		}
	}
}

// numberOf is the authorisation number in a profile's identifier.
func numberOf(p qcert.Profile) string {
	parts := strings.SplitN(p.OrganizationIdentifier, "-", 3)
	return parts[len(parts)-1]
}
