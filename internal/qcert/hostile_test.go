package qcert

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func TestDisplayTextShowsWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"Försäkrings Ab – Åland", 50, "Försäkrings Ab – Åland"},
		{`<svg onload="x">`, 50, `<svg onload="x">`},
		{"Acme\u202eknaB", 50, "Acme[U+202E]knaB"},
		{"Acme\u2066Bank\u2069", 50, "Acme[U+2066]Bank[U+2069]"},
		{"a\x00b\r\nc\x1b[31m", 50, "a[U+0000]b[U+000D][U+000A]c[U+001B][31m"},
		{"a\u00a0b\u200bc\ufeffd", 50, "a[U+00A0]b[U+200B]c[U+FEFF]d"},
		{"a\u3164b\u2800c", 50, "a[U+3164]b[U+2800]c"},
		{"v\ufe0f\U000e0041", 50, "v[U+FE0F][U+E0041]"},
		{"\xffx\xc3", 50, "[0xFF]x[0xC3]"},
		{"\ufffd", 50, "[U+FFFD]"},
		{"z\u0301\u0301\u0301\u0301", 50, "z\u0301\u0301\u0301[U+0301]"},
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abcde…"},
		{"abcd\u202e", 6, "abcd…"},
		{"ab", 0, ""},
		{"ab", 1, "…"},
		{"", 5, ""},
	} {
		got := DisplayText(c.in, c.limit)
		if got != c.want {
			t.Errorf("DisplayText(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
		if again := DisplayText(got, c.limit); again != got {
			t.Errorf("DisplayText of %q is %q: not stable", got, again)
		}
	}
}

// clean tells whether a text is safe to look at.
func clean(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

func TestHostileSubjectsBecomeHarmlessText(t *testing.T) {
	t.Parallel()
	bmp := asn1.RawValue{Tag: int(tagBMPString), Bytes: []byte("\x00A\x20\x2e\x00B")}
	for what, c := range map[string]struct {
		value      any
		shown      string
		dn         string
		suspicious bool
	}{
		"markup":             {`<svg onload=alert(1)>`, `<svg onload=alert(1)>`, `O=\<svg onload=alert(1)\>`, false},
		"quotes and commas":  {`Foo, "Inc." + Sons; C=SE\`, `Foo, "Inc." + Sons; C=SE\`, `O=Foo\, \"Inc.\" \+ Sons\; C=SE\\`, false},
		"blanks and hash":    {`# Foo `, `# Foo `, `O=\# Foo\ `, false},
		"a leading blank":    {` Foo`, ` Foo`, `O=\ Foo`, false},
		"right to left":      {"Bank\u202eABC", "Bank[U+202E]ABC", `O=Bank\E2\80\AEABC`, true},
		"zero byte":          {"Bank\x00.example", "Bank[U+0000].example", `O=Bank\00.example`, true},
		"line feed":          {"Bank\nBcc: x@y", "Bank[U+000A]Bcc: x@y", `O=Bank\0ABcc: x@y`, true},
		"hard blank":         {"Nordea\u00a0Bank", "Nordea[U+00A0]Bank", `O=Nordea\C2\A0Bank`, true},
		"Cyrillic in Latin":  {"Nоrdea", "Nоrdea", "O=Nоrdea", true},
		"Greek word beside":  {"Τράπεζα Bank", "Τράπεζα Bank", "O=Τράπεζα Bank", false},
		"full width":         {"Ｎordea", "Ｎordea", "O=Ｎordea", true},
		"BMPString":          {bmp, "A[U+202E]B", `O=A\E2\80\AEB`, true},
		"ten thousand":       {strings.Repeat("x", 10000), strings.Repeat("x", 255) + "…", "O=" + strings.Repeat("x", 256) + "…", false},
		"formula":            {"=HYPERLINK(1)", "=HYPERLINK(1)", "O==HYPERLINK(1)", false},
		"an ordinary umlaut": {"Österreichische Bank AG", "Österreichische Bank AG", "O=Österreichische Bank AG", false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			cert := mustSelf(t, &x509.Certificate{Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1OID(oidOrganization), Value: c.value}}}}, ecKey())

			i := mustParse(t, cert)

			if i.Organization != c.shown || i.Subject != c.dn || i.Issuer != c.dn {
				t.Errorf("organisation %q, subject %q", i.Organization, i.Subject)
			}
			if (level(i.Findings, NameSuspicious) != "") != c.suspicious {
				t.Errorf("suspicious is not %v: %v", c.suspicious, i.Findings)
			}
			for _, f := range i.Findings {
				if !clean(f.Text) {
					t.Errorf("unclean finding %q", f.Text)
				}
			}
			if !clean(i.Organization) || !clean(i.Subject) {
				t.Errorf("unclean: %q, %q", i.Organization, i.Subject)
			}
		})
	}
}

func TestNameIsWrittenAfterRFC4514(t *testing.T) {
	t.Parallel()
	set := func(pairs ...string) pkix.RelativeDistinguishedNameSET {
		var out pkix.RelativeDistinguishedNameSET
		for n := 0; n < len(pairs); n += 2 {
			out = append(out, pkix.AttributeTypeAndValue{Type: asn1OID(pairs[n]), Value: pairs[n+1]})
		}
		return out
	}
	der, err := asn1.Marshal(pkix.RDNSequence{
		set(oidCountry, "FI"), set("\x55\x04\x08", "Uusimaa"), set(oidOrgID, "PSDFI-FINFSA-1234567-8"),
		set(oidOrganization, "Foo", oidCommonName, "foo.example"), set("\x2a\x03", "x"), set("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "example"),
	})
	must(t, err)

	got := readName(der).String()

	// The two parts of the multi-valued name are sorted by DER, so either may come first.
	want := "DC=example,1.2.3=#130178,%,organizationIdentifier=PSDFI-FINFSA-1234567-8,ST=Uusimaa,C=FI"
	if got != strings.Replace(want, "%", "CN=foo.example+O=Foo", 1) && got != strings.Replace(want, "%", "O=Foo+CN=foo.example", 1) {
		t.Errorf("got %q", got)
	}
}

func TestNameThatIsNoNameIsEmpty(t *testing.T) {
	t.Parallel()
	for _, der := range [][]byte{nil, {0x30}, {0x30, 0x02, 0x31, 0x05}, {0x30, 0x02, 0x31, 0x00}, []byte("hello")} {
		if got := readName(der).String(); got != "" {
			t.Errorf("%x: %q", der, got)
		}
	}
}

func TestOrganizationIdentifierKeepsItsNumberWhole(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct{ scheme, authority, number, level string }{
		"PSDFI-FINFSA-1234567-8":     {"PSD", "FI-FINFSA", "1234567-8", ""},
		"PSDBE-NBB-1234.567.890":     {"PSD", "BE-NBB", "1234.567.890", ""},
		"PSDMT-MFSA-A 12345":         {"PSD", "MT-MFSA", "A 12345", ""},
		"PSDES-BE-BE-1":              {"PSD", "ES-BE", "BE-1", ""},
		"VATFI-12345678":             {"VAT", "", "", LevelWarning},
		"NTRGB-12345678":             {"NTR", "", "", LevelWarning},
		"LEIXG-529900T8BM49AURSDO":   {"LEI", "", "", LevelWarning},
		"EI:SE-5567971433":           {"EI:", "", "", LevelWarning},
		"NTRUS+CA-12345678":          {"NTR", "", "", LevelWarning},
		"PSDES-bde-3DFD21":           {"", "", "", LevelError},
		"PSDFI-FINFSA":               {"", "", "", LevelError},
		"PSDFI_FINFSA_1":             {"", "", "", LevelError},
		"PSDZZ-BDE-1":                {"PSD", "ZZ-BDE", "1", LevelError},
		"1234567-8":                  {"", "", "", LevelError},
		"PSDFI-FINFSA-1\u202e":       {"", "", "", LevelError},
		strings.Repeat("PSDFI-", 99): {"", "", "", LevelError},
	} {
		cert := mustSelf(t, &x509.Certificate{Subject: orderedName(oidOrgID, id)}, ecKey())

		i := mustParse(t, cert)

		if i.IdentifierScheme != want.scheme || i.Authority != want.authority || i.AuthorisationNumber != want.number || level(i.Findings, OrgIDFormat) != want.level {
			t.Errorf("%q: scheme %q, authority %q, number %q, %v", id, i.IdentifierScheme, i.Authority, i.AuthorisationNumber, i.Findings)
		}
	}
}

func TestIdentifierAndStatementMayNameTwoAuthorities(t *testing.T) {
	t.Parallel()
	template := withStatements(built(t, Standard, QWAC, RoleAI))
	template.Subject = orderedName(oidOrgID, "PSDSE-FINA-12345")

	i := mustParse(t, mustSelf(t, template, ecKey()))

	if i.Authority != "SE-FINA" || i.NCAID != "FI-FINFSA" || level(i.Findings, OrgIDMismatch) != LevelWarning {
		t.Errorf("authority %s, NCAId %s, %v", i.Authority, i.NCAID, i.Findings)
	}
}

func TestFloodOfWarningsPushesNoErrorOut(t *testing.T) {
	t.Parallel()
	template := withStatements(built(t, Standard, QWAC, RoleAI))
	for n := range maxAttributes {
		template.Subject.ExtraNames = append(template.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1OID(oidOrganization), Value: "\u202e" + strings.Repeat("x", n)})
	}
	for n := range 200 {
		addExtension(template, "\x2a\x03"+string(rune(n%100+1))+string(rune(n/100+1)), true)
	}
	template.NotBefore, template.NotAfter = instant.AddDate(-2, 0, 0), instant.AddDate(-1, 0, 0)
	cert := mustSelf(t, template, rsaKey())

	all := CheckProfile(mustParse(t, cert), cert, QWAC, instant)

	if level(all, CertExpired) != LevelError || level(all, CertMalformed) != LevelError || level(all, CertSelfSigned) != LevelError {
		t.Errorf("an error is missing in %v", all)
	}
	if len(all) > 40 {
		t.Errorf("%d findings", len(all))
	}
}

func TestParseRefusesNothingAndTooMuch(t *testing.T) {
	t.Parallel()

	if _, err := Parse(nil); err == nil {
		t.Error("parsed nothing")
	}
	if _, err := Parse(&x509.Certificate{}); err == nil {
		t.Error("parsed an empty certificate")
	}
	if _, err := Parse(&x509.Certificate{Raw: make([]byte, MaxUpload+1)}); err == nil {
		t.Error("parsed too much")
	}
}

func TestThumbprintsAgree(t *testing.T) {
	t.Parallel()
	cert := &x509.Certificate{Raw: []byte("abc")}

	if got := Thumbprint(cert); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("thumbprint %s", got)
	}
	if got := X5TS256(cert); got != "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" {
		t.Errorf("x5t#S256 %s", got)
	}
}

func TestStringsOfEveryTypeAreRead(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		tag  cbasn1.Tag
		in   string
		want string
		ok   bool
	}{
		"UTF8String":         {cbasn1.UTF8String, "Å", "Å", true},
		"PrintableString":    {cbasn1.PrintableString, "A", "A", true},
		"IA5String":          {cbasn1.IA5String, "a@b", "a@b", true},
		"TeletexString":      {cbasn1.T61String, "\xc5land", "Åland", true},
		"BMPString":          {tagBMPString, "\x00\xc5", "Å", true},
		"odd BMPString":      {tagBMPString, "\x00\xc5\x00", "Å", false},
		"half a surrogate":   {tagBMPString, "\xd8\x00", "\ufffd", true},
		"UniversalString":    {tagUniversalString, "\x00\x00\x00\xc5", "Å", true},
		"beyond Unicode":     {tagUniversalString, "\x7f\x00\x00\x00", "\ufffd", true},
		"odd length of four": {tagUniversalString, "\x00\x00\x00\xc5\x00", "Å", false},
		"a number":           {cbasn1.INTEGER, "\x05", "", false},
	} {
		if got, ok := decodeText(c.tag, []byte(c.in)); got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v", what, got, ok)
		}
	}
}

func TestAttributesThatAreNoTextAreWrittenAsHex(t *testing.T) {
	t.Parallel()
	pair := func(oid string, value cryptobyte.BuilderContinuation) []byte {
		return statements(in(cbasn1.SET, in(cbasn1.SEQUENCE, text(cbasn1.OBJECT_IDENTIFIER, oid), value)))
	}
	for want, der := range map[string][]byte{
		"CN=#020105":         pair(oidCommonName, text(cbasn1.INTEGER, "\x05")),
		"1.2.3=#0c0141":      pair("\x2a\x03", text(cbasn1.UTF8String, "A")),
		"#80":                pair("\x80", text(cbasn1.UTF8String, "A")),
		`CN=\FF`:             pair(oidCommonName, text(cbasn1.UTF8String, "\xff")),
		"CN=":                pair(oidCommonName, text(cbasn1.UTF8String, "")),
		`CN=a\EF\BF\BDb`:     pair(oidCommonName, text(cbasn1.UTF8String, "a\ufffdb")),
		`STREET=Main St\, 1`: pair("\x55\x04\x09", text(cbasn1.UTF8String, "Main St, 1")),
	} {
		if got := readName(der).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestInfoKnowsItsRoles(t *testing.T) {
	t.Parallel()
	i := Info{Roles: []Role{RoleAI, RoleIC}}

	if !i.Has(RoleAI) || !i.Has(RoleIC) || i.Has(RolePI) || (Info{}).Has(RoleAI) {
		t.Errorf("roles %v", i.Roles)
	}
}

func TestNoMoreThanAHundredNamesAreShown(t *testing.T) {
	t.Parallel()
	names := make([]string, 150)
	for n := range names {
		names[n] = strings.Repeat("a", n+1) + ".example"
	}

	i := mustParse(t, mustSelf(t, &x509.Certificate{DNSNames: names}, ecKey()))

	if len(i.DNSNames) != 100 || i.DNSNames[0] != "a.example" {
		t.Errorf("%d names, the first %q", len(i.DNSNames), i.DNSNames[0])
	}
}
