package qcert

import (
	"crypto/x509"
	"regexp"
	"slices"
	"unicode/utf8"
)

var (
	// psdPattern is GEN-5.2.1-3: PSD, country, authority, and a number in which every character is allowed.
	psdPattern = regexp.MustCompile(`(?s)^PSD([A-Z]{2})-([A-Z]{2,8})-(.+)$`)

	// schemePattern is the general structure of EN 319 412-1 §5.1.4: scheme, country, hyphen, reference.
	schemePattern = regexp.MustCompile(`(?s)^([A-Z]{3}|[A-Z]{2}:)([A-Z]{2})(\+[A-Z]{2})?-(.+)$`)
)

// readSubject reads the subject's texts and judges them (EN 319 412-3 §4.2, TS 119 495 §5.2.1).
func (i *Info) readSubject(cert *x509.Certificate, found *findings) {
	subject := readName(cert.RawSubject)
	show := func(oid string) string { return DisplayText(subject.first(oid), maxField) }
	i.Subject = subject.String()
	i.CommonName, i.Organization, i.Country = show(oidCommonName), show(oidOrganization), show(oidCountry)
	i.OrganizationIdentifier = show(oidOrgID)

	i.judgeIdentifier(subject, found)
	judgeAttributes(subject, found)
	for _, a := range subject {
		if a.isText && suspicious(a.text) {
			found.warn(NameSuspicious, "subject", "The subject holds invisible, disguised or mixed letters: %s", DisplayText(a.String(), 120))
		}
	}
}

func judgeAttributes(subject name, found *findings) {
	for _, want := range []string{oidCountry, oidOrganization, oidCommonName} {
		switch len(subject.values(want)) {
		case 0:
			found.warn(SubjectIncomplete, "subject", "The subject has no %s; ETSI EN 319 412-3 asks for one.", shortNames[want])
		case 1:
		default:
			found.warn(SubjectIncomplete, "subject", "The subject has more than one %s.", shortNames[want])
		}
	}
	for _, v := range subject.values(oidOrganization) {
		if v != "" && v == subject.first(oidOrgID) {
			found.warn(SubjectIncomplete, "subject", "The organisation’s name and its identifier are the same text.")
		}
	}
}

// judgeIdentifier splits the organizationIdentifier. The number keeps its hyphens, dots and blanks.
func (i *Info) judgeIdentifier(subject name, found *findings) {
	const field = "organizationIdentifier"
	values := subject.values(oidOrgID)
	if len(values) == 0 {
		found.fail(OrgIDFormat, field, "The subject has no organizationIdentifier. Expected one like PSDFI-FINFSA-1234567-8.")
		return
	}
	id := values[0]
	if len(values) > 1 {
		found.fail(OrgIDFormat, field, "The subject has more than one organizationIdentifier.")
	}
	if utf8.RuneCountInString(id) > maxField || slices.ContainsFunc([]rune(id), unseen) {
		found.fail(OrgIDFormat, field, "The organizationIdentifier is too long or holds invisible characters: %s", DisplayText(id, 80))
		return
	}

	if m := psdPattern.FindStringSubmatch(id); m != nil {
		i.IdentifierScheme, i.Authority, i.AuthorisationNumber = "PSD", m[1]+"-"+m[2], m[3]
		i.judgeIdentifierAuthority(m[1], found)
		return
	}
	m := schemePattern.FindStringSubmatch(id)
	if m == nil || m[1] == "PSD" {
		found.fail(OrgIDFormat, field, "Expected an organizationIdentifier like PSDFI-FINFSA-1234567-8, found %q.", DisplayText(id, 80))
		return
	}
	i.IdentifierScheme = m[1]
	found.warn(OrgIDFormat, field, "The organizationIdentifier %q is not an authorisation number (PSD…). It is allowed since 2021, but a person has to find the authorisation.", DisplayText(id, 80))
}

func (i *Info) judgeIdentifierAuthority(country string, found *findings) {
	const field = "organizationIdentifier"
	switch {
	case country == sandboxCountry && i.NCAID == i.Authority: // the statement says it, and it is said
	case country == sandboxCountry:
		found.fail(NCASandbox, field, "%s is an invented authority: the certificate is for tests only.", i.Authority)
	case !isCountry(country):
		found.fail(OrgIDFormat, field, "The organizationIdentifier names the country %s, which is none of ISO 3166-1.", country)
	}
	if i.NCAID != "" && i.NCAID != notApplicable && i.NCAID != i.Authority {
		found.warn(OrgIDMismatch, field, "The organizationIdentifier names %s, the PSD2 statement names %s.", i.Authority, DisplayText(i.NCAID, 80))
	}
}
