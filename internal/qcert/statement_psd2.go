package qcert

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const notApplicable = "NA"

// ncaIDPattern is GEN-5.2.3-2: country, hyphen-minus, two to eight letters.
var ncaIDPattern = regexp.MustCompile(`^[A-Z]{2}-[A-Z]{2,8}$`)

// readPSD2 reads PSD2QcType: SEQUENCE { rolesOfPSP SEQUENCE OF RoleOfPSP, nCAName UTF8String, nCAId UTF8String }.
func readPSD2(info cryptobyte.String, found *findings) *Statement {
	s := &Statement{}
	var body, roles cryptobyte.String
	if !info.ReadASN1(&body, asn1.SEQUENCE) || !info.Empty() || !body.ReadASN1(&roles, asn1.SEQUENCE) {
		found.fail(QCEncoding, "qcStatements", "The PSD2 statement is not encoded as ETSI TS 119 495 requires: a list of roles, the authority’s name and its identifier.")
		return s
	}
	s.readRoles(roles, found)
	name, okName := readText(&body, "NCAName", found)
	id, okID := readText(&body, "NCAId", found)
	if okName && okID && !body.Empty() {
		found.fail(QCEncoding, "qcStatements", "The PSD2 statement holds more than roles, NCAName and NCAId.")
	}
	s.NCAName, s.NCAID = DisplayText(name, maxField), DisplayText(id, maxField)
	s.judgeRoles(found)
	if okName && okID {
		s.judgeAuthority(name, id, found)
	}
	return s
}

func (s *Statement) readRoles(list cryptobyte.String, found *findings) {
	for !list.Empty() {
		if len(s.RoleNames) >= maxRoles {
			found.fail(QCEncoding, "roles", "The PSD2 statement holds more roles than are read.")
			return
		}
		var one cryptobyte.String
		ok := true
		if list.PeekASN1Tag(asn1.OBJECT_IDENTIFIER) {
			s.Flattened = true
			ok = s.readRole(&list, found)
		} else {
			ok = list.ReadASN1(&one, asn1.SEQUENCE) && s.readRole(&one, found)
			for ok && !one.Empty() && len(s.RoleNames) < maxRoles {
				s.Flattened = true
				ok = s.readRole(&one, found)
			}
		}
		if !ok {
			found.fail(QCEncoding, "roles", "The list of roles is not encoded as ETSI TS 119 495 requires: pairs of object identifier and name.")
			break
		}
	}
	if s.Flattened {
		found.fail(QCEncoding, "roles", "The roles stand one after another in one sequence. ETSI TS 119 495 requires a sequence of its own for each role.")
	}
}

// readRole reads an identifier and its name. The identifier decides; a name that disagrees is an error (REG-5.2.2-5).
func (s *Statement) readRole(in *cryptobyte.String, found *findings) bool {
	var oid cryptobyte.String
	if !in.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
		return false
	}
	text, ok := dotted(oid)
	if !ok {
		return false
	}
	name, ok := readText(in, "roleOfPspName", found)
	if !ok {
		return false
	}
	s.RoleNames = append(s.RoleNames, DisplayText(name, maxField))

	role, known := roleByContents(string(oid))
	if !known {
		s.OtherRoles = append(s.OtherRoles, text)
		return true
	}
	if name != string(role) {
		found.fail(RoleMismatch, "roles", "Role %s is %s but is named %q in the certificate. Ask your QTSP to issue it again.", text, role, DisplayText(name, 80))
	}
	if slices.Contains(s.Roles, role) {
		found.warn(QCEncoding, "roles", "The role %s is listed more than once.", role)
		return true
	}
	s.Roles = append(s.Roles, role)
	return true
}

func roleByContents(oid string) (Role, bool) {
	arc, ok := strings.CutPrefix(oid, oidRoleArc)
	if !ok || len(arc) != 1 {
		return "", false
	}
	for r, n := range roleArc {
		if n == int(arc[0]) {
			return r, true
		}
	}
	return "", false
}

// readText reads a UTF8String; other string types are read too, and found.
func readText(in *cryptobyte.String, field string, found *findings) (string, bool) {
	var value cryptobyte.String
	var tag asn1.Tag
	if !in.ReadAnyASN1(&value, &tag) {
		found.fail(QCEncoding, field, "The %s is missing from the PSD2 statement or is not valid DER.", field)
		return "", false
	}
	text, ok := decodeText(tag, value)
	switch {
	case !ok:
		found.fail(QCEncoding, field, "The %s in the PSD2 statement is not a text.", field)
		return "", false
	case tag != asn1.UTF8String:
		found.fail(QCEncoding, field, "The %s in the PSD2 statement has the wrong string type; ETSI TS 119 495 requires UTF8String.", field)
	case !utf8.ValidString(text):
		found.fail(QCEncoding, field, "The %s in the PSD2 statement is not valid UTF-8.", field)
	}
	if n := utf8.RuneCountInString(text); n < 1 || n > 256 {
		found.fail(QCEncoding, field, "The %s in the PSD2 statement has %d characters; ETSI TS 119 495 allows 1 to 256.", field, n)
	}
	return text, true
}

func (s *Statement) judgeRoles(found *findings) {
	if !slices.ContainsFunc(s.Roles, Role.OfProvider) {
		found.fail(RoleNone, "roles", "The certificate names no role of a payment service provider (%s).", roleList(Roles()))
	}
}

func (s *Statement) judgeAuthority(name, id string, found *findings) {
	if slices.ContainsFunc(s.Roles, Role.namesNoAuthority) {
		if name != notApplicable || id != notApplicable {
			found.fail(QCEncoding, "NCAId", "A central bank or public authority has no competent authority: NCAName and NCAId must both be NA.")
		}
		return
	}
	switch {
	case !ncaIDPattern.MatchString(id):
		found.fail(QCEncoding, "NCAId", "The authority’s identifier (NCAId) reads %q; it must be a country, a hyphen and two to eight capital letters, as in FI-FINFSA.", DisplayText(id, 80))
	case id[:2] == sandboxCountry:
		found.fail(NCASandbox, "NCAId", "%s is an invented authority: the certificate is for tests only.", id)
	case !isCountry(id[:2]):
		found.fail(QCEncoding, "NCAId", "The authority’s identifier (NCAId) starts with %s, which is no country of ISO 3166-1.", id[:2])
	}
	if suspicious(name) {
		found.warn(NameSuspicious, "NCAName", "The authority’s name holds invisible or mixed letters: %s", DisplayText(name, 80))
	}
}

// judge adds what is missing or ambiguous when everything has been read.
func (s *Statements) judge() {
	if s.PSD2 == nil {
		s.found.fail(QCPSD2Missing, "qcStatements", "The certificate holds no PSD2 statement. Ask your QTSP for a PSD2 certificate.")
	}
	switch {
	case !s.Compliance:
		s.found.fail(QCNotQualified, "qcStatements", "The certificate does not declare itself qualified: the statement QcCompliance is missing.")
	case len(s.Legislation) > 0:
		s.found.fail(QCNotQualified, "qcStatements", "The certificate is declared under the law of %s, not under the eIDAS regulation.", strings.Join(s.Legislation, ", "))
	}
	if len(s.PDS) == 0 && s.counts[oidPDS] == 0 {
		s.found.warn(QCPDS, "qcStatements", "The certificate names no disclosure statement (QcPDS).")
	}
	s.judgeType()
}

func (s *Statements) judgeType() {
	switch {
	case s.counts[oidType] == 0:
		s.found.fail(QCType, "qcStatements", "The certificate does not tell whether it is a QWAC or an eSeal: the statement QcType is missing.")
	case s.counts[oidType] > 1 || len(s.types) > 1:
		s.found.fail(QCType, "qcStatements", "The certificate names more than one type (QcType); it must be either a QWAC or an eSeal.")
	case len(s.types) == 0:
		s.found.fail(QCType, "qcStatements", "The statement QcType is empty.")
	case s.types[0] == oidTypeWeb:
		s.Kind = QWAC
	case s.types[0] == oidTypeESeal:
		s.Kind = QSealC
	case s.types[0] == oidTypeESign:
		s.found.fail(QCType, "qcStatements", "The certificate is one for a person’s electronic signature, neither a QWAC nor an eSeal.")
	default:
		s.found.fail(QCType, "qcStatements", "The certificate’s type (QcType) is not known.")
	}
}

func roleList(roles []Role) string {
	out := make([]string, len(roles))
	for n, r := range roles {
		out[n] = string(r)
	}
	return strings.Join(out, ", ")
}
