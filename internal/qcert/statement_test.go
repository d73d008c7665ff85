package qcert

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func TestStandardStatementsAreReadAsPublished(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			Hex    string   `json:"hex"`
			Type   string   `json:"qc_type"`
			Roles  []string `json:"roles"`
			Name   string   `json:"nca_name"`
			ID     string   `json:"nca_id"`
			Layout string   `json:"layout"`
			Valid  bool     `json:"valid"`
		} `json:"vectors"`
	}
	must(t, json.Unmarshal(testdata(t, "qcstatement-vectors.json"), &file))
	if len(file.Vectors) < 18 {
		t.Fatalf("only %d vectors", len(file.Vectors))
	}
	kinds := map[string]Kind{"web": QWAC, "eseal": QSealC, "": Unknown}

	for n, v := range file.Vectors {
		value, err := hex.DecodeString(v.Hex)
		must(t, err)

		s := ReadQCStatements(value)

		var roles []string
		for _, r := range s.PSD2.Roles {
			roles = append(roles, string(r))
		}
		if !slices.Equal(roles, v.Roles) || !slices.Equal(s.PSD2.RoleNames, v.Roles) {
			t.Errorf("vector %d: roles %v by name %v, want %v", n, roles, s.PSD2.RoleNames, v.Roles)
		}
		if s.PSD2.NCAName != v.Name || s.PSD2.NCAID != v.ID || s.Kind != kinds[v.Type] {
			t.Errorf("vector %d: %s %q %q", n, s.Kind, s.PSD2.NCAName, s.PSD2.NCAID)
		}
		if s.PSD2.Bare != strings.HasPrefix(v.Layout, "bare") || s.PSD2.Flattened != strings.HasPrefix(v.Layout, "flattened") {
			t.Errorf("vector %d: bare %v, flattened %v; the layout is %s", n, s.PSD2.Bare, s.PSD2.Flattened, v.Layout)
		}
		if (level(s.Findings, QCEncoding) == "") != v.Valid {
			t.Errorf("vector %d: valid %v, but %v", n, v.Valid, s.Findings)
		}
	}
}

// verdicts are the codes that each certificate of the reference set must show, with their levels, in Live. Those that are
// not named must be absent from the codes about statements, roles and identifiers.
var verdicts = map[string]map[string]string{
	"Psd2ValidCert01":                   {},
	"Psd2WrongEncodingCert01":           {QCEncoding: LevelError},
	"Psd2RolesEmptyCert01":              {RoleNone: LevelError},
	"Psd2RoleNameMismatchCert01":        {RoleMismatch: LevelError},
	"Psd2RoleUnrecognizedOidCert01":     {RoleNone: LevelError},
	"Psd2RoleUnspecifiedCert01":         {RoleNone: LevelError},
	"Psd2NcaIdBadFormatCert01":          {QCEncoding: LevelError},
	"Psd2NcaIdBadCountryCert01":         {QCEncoding: LevelError},
	"Psd2NcaIdEuMatchCert01":            {},
	"Psd2NcaIdNonEuCert01":              {},
	"Psd2NcaIdPspCbValidCert01":         {RoleNone: LevelError, QCEncoding: LevelError}, // its NCAName is not NA
	"Psd2NcaIdPspPaValidCert01":         {RoleNone: LevelError, QCEncoding: LevelError}, // its NCAName is not NA
	"Psd2NcaIdPspPaInvalidCert01":       {RoleNone: LevelError, QCEncoding: LevelError},
	"Psd2NcaNameEmptyCert01":            {QCEncoding: LevelError},
	"Psd2NcaNameTooLongCert01":          {QCEncoding: LevelError},
	"Psd2NcaNamePspCbValidCert01":       {RoleNone: LevelError},
	"Psd2NcaNamePspPaValidCert01":       {RoleNone: LevelError},
	"Psd2NcaNamePspCbInvalidCert01":     {RoleNone: LevelError, QCEncoding: LevelError},
	"Psd2OrgIdShallValidCert01":         {},
	"Psd2OrgIdShouldValidCert01":        {},
	"Psd2OrgIdShallMalformedCert01":     {OrgIDFormat: LevelError},
	"Psd2OrgIdShouldMalformedCert01":    {OrgIDFormat: LevelError},
	"Psd2OrgIdShallBadCountryCert01":    {OrgIDFormat: LevelError},
	"Psd2OrgIdJustBeforeBoundaryCert01": {},
	"Psd2OrgIdOnBoundaryCert01":         {},
	"MissingMandatoryCert14":            {QCNotQualified: LevelError, QCPSD2Missing: LevelError},
	"NoQcStatmentsCert22":               {QCMissing: LevelError},
	"QcTypeAsQcStmtCert10":              {QCType: LevelError, QCPSD2Missing: LevelError},
	"TwoQcTypesCert15":                  {QCType: LevelError, QCPSD2Missing: LevelError},
	"WrongCriticalityCert06":            {QCEncoding: LevelWarning, QCPSD2Missing: LevelError},
	"WrongEncodingUrlCert08":            {QCPDS: LevelWarning, QCPSD2Missing: LevelError},
	"MissingPDSCert16":                  {QCPDS: LevelWarning, QCPSD2Missing: LevelError},
	"EsealValidCert02":                  {QCPSD2Missing: LevelError},
	"ValidCert03":                       {QCPSD2Missing: LevelError},
	"ValidCert11":                       {QCPSD2Missing: LevelError},
	"ValidCert24":                       {QCPSD2Missing: LevelError},
}

// beside are faults that many of the reference certificates have beside the one that they are made for.
func beside(file, code string) bool {
	minimal := strings.HasPrefix(file, "Psd2") // PSD2 statement alone, most without an organizationIdentifier
	switch code {
	case QCNotQualified, QCType:
		return minimal
	case QCPDS: // most of the others name an http address
		return true
	case OrgIDFormat:
		return !strings.HasPrefix(file, "Psd2OrgId")
	case OrgIDMismatch:
		return true
	}
	return false
}

func TestReferenceCertificatesGetTheVerdictOfTheManifest(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(testdata(t, "qc-certs-zlint/MANIFEST.csv"))).ReadAll()
	must(t, err)
	judged := []string{QCMissing, QCPSD2Missing, QCEncoding, QCNotQualified, QCType, QCPDS, RoleNone, RoleMismatch, OrgIDFormat, OrgIDMismatch}

	for _, row := range rows[1:] {
		name := strings.TrimSuffix(strings.TrimPrefix(row[0], "QcStmtEtsi"), ".pem")
		want, known := verdicts[name]
		if !known {
			t.Errorf("%s: no verdict is written down", row[0])
			continue
		}
		certs, repairs, err := ReadPEM(testdata(t, "qc-certs-zlint/"+row[0]))
		must(t, err)
		if len(certs) != 1 || len(repairs) != 0 {
			t.Errorf("%s: %d certificates, repaired %v", name, len(certs), repairs)
		}

		all := CheckProfile(mustParse(t, certs[0]), certs[0], Unknown, instant)

		for _, code := range judged {
			got := level(all, code)
			if got == want[code] || want[code] == "" && beside(name, code) {
				continue
			}
			t.Errorf("%s (%s): %s is %q, want %q, in %v", name, row[2], code, got, want[code], all)
		}
	}
	if len(rows)-1 != len(verdicts) {
		t.Errorf("%d rows, %d verdicts", len(rows)-1, len(verdicts))
	}
}

// built is the value of an extension in one of our layouts.
func built(t testing.TB, layout Layout, kind Kind, roles ...Role) []byte {
	t.Helper()
	e, err := layOut(layout, declaration{kind, true, "https://qtsp.example/pds", roles, "Finnish Financial Supervisory Authority", "FI-FINFSA"})
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

func TestOddStatementsAreFoundAndNeverFatal(t *testing.T) {
	t.Parallel()
	good := declaration{QWAC, true, "https://a.example", []Role{RoleAI}, "Authority", "FI-FINFSA"}
	psd2 := part(oidPSD2, func(b *cryptobyte.Builder) { good.addPSD2(b, false) })
	roleAI := in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidRoleArc+"\x03"), text(asn1.UTF8String, "PSP_AI"))
	big := func(n int, p cryptobyte.BuilderContinuation) []cryptobyte.BuilderContinuation {
		return slices.Repeat([]cryptobyte.BuilderContinuation{p}, n)
	}
	inside := func(parts ...cryptobyte.BuilderContinuation) []byte {
		return statements(part(oidPSD2, in(asn1.SEQUENCE, parts...)))
	}
	name, id := text(asn1.UTF8String, "Authority"), text(asn1.UTF8String, "FI-FINFSA")

	for what, c := range map[string]struct {
		value []byte
		code  string
	}{
		"nothing":                        {nil, QCEncoding},
		"no DER":                         {[]byte("hello"), QCEncoding},
		"indefinite length":              {[]byte{0x30, 0x80, 0, 0}, QCEncoding},
		"empty list":                     {statements(), QCPSD2Missing},
		"something behind":               {append(statements(psd2), 0), QCEncoding},
		"statement without identifier":   {statements(in(asn1.SEQUENCE, name)), QCEncoding},
		"PSD2 twice":                     {statements(psd2, psd2), QCEncoding},
		"PSD2 without value":             {statements(part(oidPSD2, nil)), QCEncoding},
		"a thousand statements":          {statements(big(1000, psd2)...), QCEncoding},
		"a thousand roles":               {inside(in(asn1.SEQUENCE, big(1000, roleAI)...), name, id), QCEncoding},
		"a role twice":                   {inside(in(asn1.SEQUENCE, roleAI, roleAI), name, id), QCEncoding},
		"roles in one list":              {inside(in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidRoleArc+"\x03"), text(asn1.UTF8String, "PSP_AI")), name, id), QCEncoding},
		"role without a name":            {inside(in(asn1.SEQUENCE, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidRoleArc+"\x03"))), name, id), QCEncoding},
		"role with a broken identifier":  {inside(in(asn1.SEQUENCE, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x80"), name)), name, id), QCEncoding},
		"authority's name in Printable":  {inside(in(asn1.SEQUENCE, roleAI), text(asn1.PrintableString, "Authority"), id), QCEncoding},
		"authority's name in BMP":        {inside(in(asn1.SEQUENCE, roleAI), text(tagBMPString, "\x00A"), id), QCEncoding},
		"authority's name as a number":   {inside(in(asn1.SEQUENCE, roleAI), text(asn1.INTEGER, "\x05"), id), QCEncoding},
		"authority's name no UTF-8":      {inside(in(asn1.SEQUENCE, roleAI), text(asn1.UTF8String, "\xff"), id), QCEncoding},
		"authority's name from the left": {inside(in(asn1.SEQUENCE, roleAI), text(asn1.UTF8String, "A\u202eB"), id), NameSuspicious},
		"no identifier":                  {inside(in(asn1.SEQUENCE, roleAI), name), QCEncoding},
		"a fourth part":                  {inside(in(asn1.SEQUENCE, roleAI), name, id, name), QCEncoding},
		"underscore":                     {inside(in(asn1.SEQUENCE, roleAI), name, text(asn1.UTF8String, "FI_FINFSA")), QCEncoding},
		"identifier with a line feed":    {inside(in(asn1.SEQUENCE, roleAI), name, text(asn1.UTF8String, "FI-FINFSA\n")), QCEncoding},
		"type twice":                     {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb))), part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb)))), QCType},
		"type empty":                     {statements(part(oidType, in(asn1.SEQUENCE))), QCType},
		"type not a list":                {statements(part(oidType, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb))), QCType},
		"type for a person":              {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeESign)))), QCType},
		"type unknown":                   {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x2a\x03")))), QCType},
		"compliance with a value":        {statements(part(oidCompliance, name)), QCEncoding},
		"British compliance":             {statements(part(oidCompliance, nil), part(oidLegislation, in(asn1.SEQUENCE, text(asn1.PrintableString, "GB")))), QCNotQualified},
		"disclosure over http":           {statements(part(oidPDS, in(asn1.SEQUENCE, in(asn1.SEQUENCE, text(asn1.IA5String, "http://a.example"), text(asn1.PrintableString, "en"))))), QCPDS},
		"disclosure empty":               {statements(part(oidPDS, in(asn1.SEQUENCE))), QCPDS},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()

			s := ReadQCStatements(c.value)

			if level(s.Findings, c.code) == "" {
				t.Errorf("no %s in %v", c.code, s.Findings)
			}
			if len(s.Findings) > 12 {
				t.Errorf("%d findings", len(s.Findings))
			}
		})
	}
}

func TestUnknownStatementsAreIgnored(t *testing.T) {
	t.Parallel()
	good := declaration{QWAC, true, "https://a.example", []Role{RoleAI}, "Authority", "FI-FINFSA"}
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
