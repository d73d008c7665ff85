package qcert

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// built is the value of an extension in one of our layouts.
func built(t testing.TB, layout Layout, kind Kind, roles ...Role) []byte {
	t.Helper()
	e, err := layOut(layout, declaration{kind, false, "https://qtsp.example/pds", roles, "Finnish Financial Supervisory Authority", "FI-FINFSA"})
	must(t, err)
	return e.Value
}

func TestBareStatementIsReadAndFound(t *testing.T) {
	t.Parallel()

	s := ReadQCStatements(built(t, Bare, QSealC, RoleIC, RoleAI, RolePI))

	if s.PSD2 == nil || !s.PSD2.Bare || s.PSD2.Flattened || roleList(s.PSD2.Roles) != "PSP_IC, PSP_AI, PSP_PI" || s.PSD2.NCAID != "FI-FINFSA" {
		t.Fatalf("read %+v", s.PSD2)
	}
	for _, code := range []string{QCEncoding, QCNotQualified, QCType} {
		if level(s.Findings, code) != LevelError || level(ForSandbox(s.Findings), code) != LevelWarning {
			t.Errorf("%s is not an error in Live and a warning in the sandbox: %v", code, s.Findings)
		}
	}
	if Failed(ForSandbox(s.Findings)) {
		t.Errorf("the sandbox refuses: %v", ForSandbox(s.Findings))
	}
}

func TestFlattenedRolesAreReadAndFound(t *testing.T) {
	t.Parallel()

	s := ReadQCStatements(built(t, Flattened, QWAC, RolePI, RoleAI))

	if s.Kind != QWAC || !s.PSD2.Flattened || s.PSD2.Bare || roleList(s.PSD2.Roles) != "PSP_PI, PSP_AI" {
		t.Fatalf("read %s %+v", s.Kind, s.PSD2)
	}
	if level(s.Findings, QCEncoding) != LevelError || Failed(ForSandbox(s.Findings)) {
		t.Errorf("found %v", s.Findings)
	}
}

func TestFlattenedWithOneRoleIsStandard(t *testing.T) {
	t.Parallel()

	if flat, standard := built(t, Flattened, QWAC, RoleAI), built(t, Standard, QWAC, RoleAI); !bytes.Equal(flat, standard) {
		t.Errorf("%x and %x", flat, standard)
	}
}

func TestBrokenLayoutsReachTheCertificate(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	for layout, code := range map[Layout]string{Bare: QCEncoding, Flattened: QCEncoding, WithoutPSD2: QCPSD2Missing, Standard: ""} {
		p := profile(t, QSealC)
		p.Layout = layout

		all := mustParse(t, f.mustIssue(t, p, rsaKey().Public())).Findings

		if code != "" && level(all, code) != LevelError || code == "" && Failed(ForSandbox(all)) {
			t.Errorf("layout %d: %v", layout, all)
		}
	}
}

func TestGoldenCertificateWithTheBareLayout(t *testing.T) {
	t.Parallel()
	template := withStatements(built(t, Bare, QSealC, RoleIC, RoleAI, RolePI))
	template.Subject = orderedName(oidOrgID, "PSDXX-FWYSBX-kPOFIHzpvM", oidCommonName, "Sandbox TPP", oidOrganization, "Sandbox TPP")
	template.NotBefore, template.NotAfter = instant.AddDate(-7, 0, 0), instant.AddDate(-6, 0, 0)
	cert := mustSelf(t, template, rsaKey())

	live := CheckProfile(mustParse(t, cert), cert, QSealC, instant)

	for _, code := range []string{QCEncoding, QCNotQualified, QCType, CertExpired, NCASandbox} {
		if level(live, code) != LevelError {
			t.Errorf("Live: no %s in %v", code, live)
		}
	}
	sandbox := ForSandbox(CheckProfile(mustParse(t, cert), cert, QSealC, template.NotBefore))
	for _, f := range sandbox {
		if f.Level == LevelError && f.Code != CertSelfSigned {
			t.Errorf("sandbox: %v", f)
		}
	}
	if level(sandbox, QCEncoding) != LevelWarning {
		t.Errorf("sandbox: %v", sandbox)
	}
}

// statements writes a list by hand, for layouts that the builder does not know.
func statements(parts ...cryptobyte.BuilderContinuation) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, p := range parts {
			p(b)
		}
	})
	return b.BytesOrPanic()
}

func part(oid string, value cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) { addStatement(b, oid, value) }
}

func in(tag asn1.Tag, parts ...cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			for _, p := range parts {
				p(b)
			}
		})
	}
}

func text(tag asn1.Tag, s string) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) { addText(b, tag, s) }
}

func TestUnknownStatementsAreIgnored(t *testing.T) {
	t.Parallel()
	good := declaration{QWAC, false, "https://a.example", []Role{RoleAI}, "Authority", "FI-FINFSA"}
	huge, err := policyContents("2.25.305821105408246119474742976030998643995")
	must(t, err)

	s := ReadQCStatements(statements(
		part(huge, nil),
		part("\x2b\x06\x01\x05\x05\x07\x0b\x02", in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x04\x00\x8b\xec\x49\x01\x02"))),
		part(oidDevice, nil),
		func(b *cryptobyte.Builder) { good.addAll(b, Standard) },
	))

	if len(s.Findings) != 0 || s.Kind != QWAC || !s.Device || !s.Compliance || s.PDSURL() != "https://a.example" {
		t.Errorf("read %+v", s)
	}
}

func TestEnglishDisclosureStatementIsPreferred(t *testing.T) {
	t.Parallel()
	entry := func(url, language string) cryptobyte.BuilderContinuation {
		return in(asn1.SEQUENCE, text(asn1.IA5String, url), text(asn1.PrintableString, language))
	}

	s := ReadQCStatements(statements(part(oidPDS, in(asn1.SEQUENCE, entry("https://a.example/fi", "fi"), entry("https://a.example/en", "en")))))

	if s.PDSURL() != "https://a.example/en" {
		t.Errorf("chose %s", s.PDSURL())
	}
}

func TestRolesOutsideOfETSIEntitleToNothing(t *testing.T) {
	t.Parallel()
	foreign := in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x2a\x03\x04"), text(asn1.UTF8String, "PSP_AI"))

	s := ReadQCStatements(statements(part(oidPSD2, in(asn1.SEQUENCE, in(asn1.SEQUENCE, foreign), text(asn1.UTF8String, "Authority"), text(asn1.UTF8String, "FI-FINFSA")))))

	if len(s.PSD2.Roles) != 0 || !slices.Equal(s.PSD2.OtherRoles, []string{"1.2.3.4"}) || level(s.Findings, RoleNone) != LevelError || level(s.Findings, RoleMismatch) != "" {
		t.Errorf("read %+v with %v", s.PSD2, s.Findings)
	}
}

func TestRolesAndTheirIdentifiersBelongTogether(t *testing.T) {
	t.Parallel()
	for r := range roleArc {
		back, ok := RoleByOID(r.OID())
		again, known := ParseRole(string(r))
		if !ok || !known || back != r || again != r {
			t.Errorf("%s: %s by identifier, %s by name", r, back, again)
		}
	}
	if RoleAI.OID().String() != "0.4.0.19495.1.3" || RolePI.OID().String() != "0.4.0.19495.1.2" || RoleIC.OID().String() != "0.4.0.19495.1.4" || RoleAS.OID().String() != "0.4.0.19495.1.1" {
		t.Error("the four roles have other identifiers than TS 119 495 Annex A gives them")
	}
	if _, ok := ParseRole("psp_ai"); ok || Role("PSP_XX").OID() != nil {
		t.Error("an unknown role is known")
	}
}

func TestExtensionIsNotCriticalAndStrict(t *testing.T) {
	t.Parallel()

	e, err := QCStatements(QSealC, true, "https://a.example/pds", []Role{RoleAI, RolePI, RoleIC, RoleAS}, "Finnish Financial Supervisory Authority", "FI-FINFSA")

	must(t, err)
	if e.Critical || e.Id.String() != "1.3.6.1.5.5.7.1.3" || len(ReadQCStatements(e.Value).Findings) != 0 {
		t.Errorf("built %+v: %v", e, ReadQCStatements(e.Value).Findings)
	}
	if _, err := QCStatements(Unknown, true, "", []Role{RoleAI}, "A", "FI-FINFSA"); err == nil {
		t.Error("built for no kind")
	}
}

func TestCriticalStatementsAreReadWithAWarning(t *testing.T) {
	t.Parallel()
	template := withStatements(built(t, Standard, QWAC, RoleAI))
	template.ExtraExtensions[0].Critical = true
	cert := mustSelf(t, template, rsaKey())

	all := CheckProfile(mustParse(t, cert), cert, QWAC, instant)

	if level(all, QCEncoding) != LevelWarning || level(all, CertMalformed) != "" {
		t.Errorf("found %v", all)
	}
}

func TestCountriesAreThoseOfISO3166(t *testing.T) {
	t.Parallel()
	if n := len(strings.Fields(assigned)); n != 249 {
		t.Errorf("%d countries, ISO 3166-1 has assigned 249", n)
	}
	for code, want := range map[string]bool{"FI": true, "AX": true, "XX": false, "ZZ": false, "fi": false, " F": false, "": false, "UK": false} {
		if isCountry(code) != want {
			t.Errorf("%q: %v", code, !want)
		}
	}
}
