package httpsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"strings"
	"testing"
)

func mustIssuedBy(t *testing.T, issuer pkix.RDNSequence, serial string) *x509.Certificate {
	t.Helper()

	return mustCertify(t, &caKey().PublicKey, issuer, serial)
}

func TestKeyIDIsWrittenAsTheGuidelinesPrintIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, serial, want string
		issuer             pkix.RDNSequence
	}{
		{"the sample of the Guidelines", "9fa1", "SN=9FA1,CA=CN=D-TRUST%20CA%202-1%202015,O=D-Trust%20GmbH,C=DE",
			pkix.RDNSequence{rdn(oidC, "DE"), rdn(oidO, "D-Trust GmbH"), rdn(oidCN, "D-TRUST CA 2-1 2015")}},
		{"the order of the encoding, whatever it is", "1", "SN=1,CA=C=FI,CN=X,O=Y",
			pkix.RDNSequence{rdn(oidO, "Y"), rdn(oidCN, "X"), rdn(oidC, "FI")}},
		{"no sign byte, no leading zero", "e62a8bb30907c2ba", "SN=E62A8BB30907C2BA,CA=CN=obp-localhost-ca,O=Provider,L=Mariehamn,ST=Aland,C=FI",
			pkix.RDNSequence{rdn(oidC, "FI"), rdn(oidST, "Aland"), rdn(oidL, "Mariehamn"), rdn(oidO, "Provider"), rdn(oidCN, "obp-localhost-ca")}},
		{"a comma in O", "a", `SN=A,CA=CN=X,O=Foo%5C,%20Inc.`, pkix.RDNSequence{rdn(oidO, "Foo, Inc."), rdn(oidCN, "X")}},
		{"quotation marks, percent, letters", "a", `SN=A,CA=O=%5C%22Q%5C%22%2050%25%20%C3%84`, pkix.RDNSequence{rdn(oidO, `"Q" 50% Ä`)}},
		{"organizationIdentifier", "a", "SN=A,CA=organizationIdentifier=VATFI-123,C=FI", pkix.RDNSequence{rdn(oidC, "FI"), rdn(oidOrgID, "VATFI-123")}},
		{"several attributes in one part", "a", "SN=A,CA=O=Y+CN=X", pkix.RDNSequence{{{Type: oidCN, Value: "X"}, {Type: oidO, Value: "Y"}}}},
		{"an unknown type", "a", "SN=A,CA=1.2.3.4=Z", pkix.RDNSequence{rdn(asn1.ObjectIdentifier{1, 2, 3, 4}, "Z")}},
		{"no issuer", "a", "SN=A,CA=", pkix.RDNSequence{}},
	} {
		cert := mustIssuedBy(t, c.issuer, c.serial)

		got := KeyID(cert)

		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		id := newIdentity(cert)
		id.keyID = "" // the long way, without the short cut for equal texts
		if m := id.match(got); m != nil && c.name != "no issuer" {
			t.Errorf("%s: does not match itself: %v", c.name, m)
		}
		if err := MatchKeyID(got, cert); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestKeyIDIsComparedByValue(t *testing.T) {
	t.Parallel()
	issuer := pkix.RDNSequence{rdn(oidC, "FI"), rdn(oidO, "Foo, Inc."), rdn(oidOrgID, "VATFI-123"), rdn(oidCN, "Föö CA = 1")}
	cert := mustIssuedBy(t, issuer, "e62a8bb30907c2ba")
	der := hex.EncodeToString([]byte{12, 9}) + hex.EncodeToString([]byte("VATFI-123"))
	const sn, cn = "SN=E62A8BB30907C2BA,", "CN=F%C3%B6%C3%B6%20CA%20=%201"
	for name, keyID := range map[string]string{
		"as we write it":          KeyID(cert),
		"sign byte":               "SN=00E62A8BB30907C2BA," + "CA=" + cn + `,2.5.4.97=VATFI-123,O=Foo\, Inc.,C=FI`,
		"many zeros, lower case":  "SN=0000e62a8bb30907c2ba," + "CA=" + cn + `,2.5.4.97=VATFI-123,O=Foo\, Inc.,C=FI`,
		"reversed":                sn + `CA=C=FI,O=Foo\, Inc.,2.5.4.97=VATFI-123,` + cn,
		"another order":           sn + `CA=O=Foo\, Inc.,C=FI,` + cn + ",2.5.4.97=VATFI-123",
		"types in lower case":     sn + `CA=cn=F%C3%B6%C3%B6%20CA%20=%201,organizationidentifier=VATFI-123,o=Foo\, Inc.,c=FI`,
		"OID. before":             sn + `CA=` + cn + `,OID.2.5.4.97=VATFI-123,O=Foo\, Inc.,C=FI`,
		"hex form":                sn + `CA=` + cn + `,2.5.4.97=#` + der + `,O=Foo\, Inc.,C=FI`,
		"hex form in capitals":    sn + `CA=` + cn + `,OID.2.5.4.97=#` + strings.ToUpper(der) + `,O=Foo\, Inc.,C=FI`,
		"hex form, Printable":     sn + `CA=` + cn + `,2.5.4.97=#13` + der[2:] + `,O=Foo\, Inc.,C=FI`,
		"long names":              sn + `CA=commonName=F%C3%B6%C3%B6 CA = 1,organizationIdentifier=VATFI-123,organizationName=Foo\, Inc.,countryName=FI`,
		"escapes as hex":          sn + `CA=CN=F\C3\B6\C3\B6 CA = 1,2.5.4.97=VATFI-123,O=Foo\2C Inc.,C=FI`,
		"comma percent-coded":     sn + `CA=` + cn + `,2.5.4.97=VATFI-123,O=Foo%2C%20Inc.,C=FI`,
		"comma plain":             sn + `CA=` + cn + `,2.5.4.97=VATFI-123,O=Foo, Inc.,C=FI`,
		"backslash doubled":       sn + `CA=` + cn + `,2.5.4.97=VATFI-123,O=Foo\\, Inc.,C=FI`,
		"Windows' quotation":      sn + `CA=` + cn + `, OID.2.5.4.97=VATFI-123, O=\"Foo, Inc.\", C=FI`,
		"quotation percent-coded": sn + `CA=` + cn + `,2.5.4.97=VATFI-123,O=%22Foo,%20Inc.%22,C=FI`,
		"everything coded":        "SN%3DE62A8BB30907C2BA%2CCA%3DCN%3DF%C3%B6%C3%B6%20CA%20%3D%201%2C2.5.4.97%3DVATFI-123%2CO%3DFoo%5C%2C%20Inc.%2CC%3DFI",
		"blanks and semicolons":   sn + ` CA=` + cn + `; 2.5.4.97 = VATFI-123 ; O=Foo\, Inc.; C=FI`,
		"sn and ca in lower case": "sn=E62A8BB30907C2BA,ca=" + cn + `,2.5.4.97=VATFI-123,O=Foo\, Inc.,C=FI`,
	} {
		if err := MatchKeyID(keyID, cert); err != nil {
			t.Errorf("%s: %s: %v", name, keyID, err)
		}
	}
}

func TestAnotherKeyIDIsRefusedWithBothValues(t *testing.T) {
	t.Parallel()
	cert := mustIssuedBy(t, pkix.RDNSequence{rdn(oidC, "FI"), rdn(oidO, "Provider"), rdn(oidCN, "obp localhost")}, "e62a8bb30907c2ba")
	const right = "CN=obp%20localhost,O=Provider,C=FI"
	for _, c := range []struct{ name, keyID, code, says string }{
		{"the published sample", "SN=00E62A8BB30907C2BA,CA=CN=some-ca", KeyIDIssuer, `"CN=some-ca"`},
		{"the sample shows ours too", "SN=00E62A8BB30907C2BA,CA=CN=some-ca", KeyIDIssuer, `"CN=obp localhost,O=Provider,C=FI"`},
		{"one digit", "SN=E62A8BB30907C2BB,CA=" + right, KeyIDSerial, "SN=E62A8BB30907C2BB, the certificate has SN=E62A8BB30907C2BA"},
		{"decimal", "SN=16585222178812183226,CA=" + right, KeyIDSerial, "decimal"},
		{"negative", "SN=-19D5744CF6F83D46,CA=" + right, KeyIDSerial, "minus"},
		{"colons", "SN=E6:2A:8B:B3:09:07:C2:BA,CA=" + right, KeyIDSerial, "colons"},
		{"0x", "SN=0xE62A8BB30907C2BA,CA=" + right, KeyIDSerial, "0x"},
		{"letters", "SN=XXX,CA=" + right, KeyIDSerial, "0-9 and A-F"},
		{"empty", "SN=,CA=" + right, KeyIDSerial, "empty"},
		{"twice coded", "SN=E62A8BB30907C2BA,CA=CN=obp%2520localhost,O=Provider,C=FI", KeyIDIssuer, "twice"},
		{"plus", "SN=E62A8BB30907C2BA,CA=CN=obp+localhost,O=Provider,C=FI", KeyIDIssuer, "%20"},
		{"letter case of a value", "SN=E62A8BB30907C2BA,CA=CN=OBP%20localhost,O=Provider,C=FI", KeyIDIssuer, "letter case"},
		{"slashes", "SN=E62A8BB30907C2BA,CA=/C=FI/O=Provider/CN=obp localhost", KeyIDIssuer, "slashes"},
		{"subject", "SN=E62A8BB30907C2BA,CA=O=Example TPP", KeyIDIssuer, "not its subject"},
		{"a part too many", "SN=E62A8BB30907C2BA,CA=" + right + ",C=FI", KeyIDIssuer, "the certificate has"},
		{"no type", "SN=E62A8BB30907C2BA,CA=obp", KeyIDIssuer, "the certificate has"},
		{"other way round", "CA=" + right + ",SN=E62A8BB30907C2BA", KeyIDSyntax, "comes first"},
		{"no CA", "SN=E62A8BB30907C2BA", KeyIDSyntax, "CA=, is missing"},
		{"nothing", "", KeyIDSyntax, "SN="},
		{"a fingerprint", "6a3b3fc21db544dc", KeyIDSyntax, "SN="},
	} {
		m := wantMistake(t, MatchKeyID(c.keyID, cert), c.code, "Signature")

		if !strings.Contains(m.Text, c.says) {
			t.Errorf("%s: %q does not say %q", c.name, m.Text, c.says)
		}
		if m.Sent != c.keyID || m.Expected != KeyID(cert) {
			t.Errorf("%s: compared %q with %q", c.name, m.Sent, m.Expected)
		}
	}
}

func TestNamesInEveryStringTypeAreRead(t *testing.T) {
	t.Parallel()
	value := func(tag int, b ...byte) string {
		return text(asn1.RawValue{Tag: tag, Bytes: b, FullBytes: append([]byte{byte(tag), byte(len(b))}, b...)})
	}
	for got, want := range map[string]string{
		value(asn1.TagUTF8String, []byte("Ä")...):      "Ä",
		value(asn1.TagPrintableString, []byte("A")...): "A",
		value(asn1.TagIA5String, []byte("a@b")...):     "a@b",
		value(asn1.TagT61String, 'x', 0xe4):            "xä",
		value(asn1.TagBMPString, 0, 'x', 1, 0):         "xĀ",
		value(asn1.TagBMPString, 0):                    "#1e0100",
		value(asn1.TagInteger, 5):                      "#020105",
		value(asn1.TagUTF8String, 0xff):                "#0c01ff",
	} {
		if got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
}
