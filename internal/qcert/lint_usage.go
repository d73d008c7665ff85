package qcert

import (
	"crypto/x509"
	"slices"
	"strings"
)

// statements judges the qualified statements that are asked for (EN 319 412-5, TS 119 495). What is missing is no fault:
// the certificate gets all of them. How they are laid out is a warning, as everywhere in the sandbox.
func (l *linter) statements() {
	value, ok := wished(l.request, oidQCStatements)
	if !ok {
		l.note(RequestStatements, "qcStatements", "The request asks for no qualified statements. The certificate gets QcCompliance, QcType, QcPDS and the PSD2 statement.")
		return
	}
	s := ReadQCStatements(value)
	for _, f := range s.Findings {
		l.statement(f, &s)
	}
	if s.Kind != Unknown && s.Kind != l.profile.Kind {
		l.fail(RequestKind, "qcStatements", "This is a request for %s (QcType) in the field of %s. Swap the two.", s.Kind.plain(), l.profile.Kind.plain())
	}
	if s.PSD2 != nil {
		l.psd2(s.PSD2)
	}
}

// statement takes over what reading found, as far as it is about a layout.
func (l *linter) statement(f Finding, s *Statements) {
	switch {
	case f.Code == RoleMismatch:
		f.Code, f.Text = RequestRoles, "A role’s identifier and its name disagree in the PSD2 statement. The identifier decides (REG-5.2.2-5): 0.4.0.19495.1.2 is PSP_PI, .3 is PSP_AI, .4 is PSP_IC. Correct the name."
	case f.Code == QCType && s.counts[oidType] > 0, f.Code == QCEncoding:
		f.Code, f.Text = RequestStatements, strings.Replace(f.Text, "The certificate", "The request", 1)
	default:
		return
	}
	f.Level = LevelWarning
	l.add(f)
}

func (l *linter) psd2(s *Statement) {
	if !sameRoles(s.Roles, l.profile.Roles) || len(s.OtherRoles) > 0 {
		l.warn(RequestRoles, "roles", "The request asks for %s; the certificate gets what is chosen in the form: %s.", orNothing(roleList(s.Roles)), roleList(l.profile.Roles))
	}
	if s.NCAID != l.profile.NCAID || s.NCAName != l.profile.NCAName {
		l.warn(RequestAuthority, "NCAId", "The request names the authority %s, %s. The certificate gets the sandbox’s: %s, %s.",
			orNothing(DisplayText(s.NCAName, 60)), orNothing(DisplayText(s.NCAID, 40)), l.profile.NCAName, l.profile.NCAID)
	}
}

func sameRoles(a, b []Role) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// usages judges key usage and extended key usage against the kind.
func (l *linter) usages() {
	if value, ok := wished(l.request, oidKeyUsage); ok {
		l.keyUsage(usageBits(value))
	}
	value, ok := wished(l.request, oidExtKeyUsage)
	if !ok {
		return
	}
	asked := purposes(value)
	tls := slices.Contains(asked, oidServerAuth) || slices.Contains(asked, oidClientAuth)
	foreign := slices.ContainsFunc(asked, func(oid string) bool { return oid != oidServerAuth && oid != oidClientAuth })
	switch {
	case l.profile.Kind == QSealC:
		l.warn(RequestUsage, "extKeyUsage", "An eSeal has no extended key usage; what the request asks for is left out.")
	case !tls:
		l.warn(RequestUsage, "extKeyUsage", "The request asks for neither serverAuth nor clientAuth. The certificate gets both: a QWAC is for TLS.")
	case foreign:
		l.warn(RequestUsage, "extKeyUsage", "The request asks for more than serverAuth and clientAuth. The certificate gets these two.")
	}
}

func (l *linter) keyUsage(asked x509.KeyUsage) {
	if asked&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) != 0 {
		l.fail(RequestCA, "keyUsage", "The request asks for a key that signs certificates or revocation lists; that is a certification authority’s. Leave keyCertSign and cRLSign out.")
		return
	}
	needed := x509.KeyUsageDigitalSignature
	if l.profile.Kind == QSealC {
		needed |= x509.KeyUsageContentCommitment
	}
	if asked&needed == 0 {
		l.warn(RequestUsage, "keyUsage", "The request asks for %s, with which %s cannot do its work. The certificate gets %s.",
			orNothing(keyUsages(&x509.Certificate{KeyUsage: asked})), l.profile.Kind.plain(), profileUsage(l.profile.Kind))
	}
}

// profileUsage is the key usage that Template gives.
func profileUsage(k Kind) string {
	if k == QSealC {
		return "digitalSignature and contentCommitment"
	}
	return "digitalSignature and, with an RSA key, keyEncipherment"
}
