package qcert

import (
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// oddity is the value of an extension and a code that it must show.
type oddity struct {
	value []byte
	code  string
}

func many(n int, p cryptobyte.BuilderContinuation) []cryptobyte.BuilderContinuation {
	return slices.Repeat([]cryptobyte.BuilderContinuation{p}, n)
}

func oddLists() map[string]oddity {
	good := declaration{QWAC, false, "https://a.example", []Role{RoleAI}, "Authority", "FI-FINFSA"}
	psd2 := part(oidPSD2, func(b *cryptobyte.Builder) { good.addPSD2(b, Standard) })
	name := text(asn1.UTF8String, "Authority")
	return map[string]oddity{
		"nothing":                      {nil, QCEncoding},
		"no DER":                       {[]byte("hello"), QCEncoding},
		"indefinite length":            {[]byte{0x30, 0x80, 0, 0}, QCEncoding},
		"empty list":                   {statements(), QCPSD2Missing},
		"something behind":             {append(statements(psd2), 0), QCEncoding},
		"statement without identifier": {statements(in(asn1.SEQUENCE, name)), QCEncoding},
		"PSD2 twice":                   {statements(psd2, psd2), QCEncoding},
		"PSD2 without value":           {statements(part(oidPSD2, nil)), QCEncoding},
		"a thousand statements":        {statements(many(1000, psd2)...), QCEncoding},
		"type twice":                   {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb))), part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb)))), QCType},
		"type empty":                   {statements(part(oidType, in(asn1.SEQUENCE))), QCType},
		"type not a list":              {statements(part(oidType, text(asn1.OBJECT_IDENTIFIER, oidTypeWeb))), QCType},
		"type for a person":            {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidTypeESign)))), QCType},
		"type unknown":                 {statements(part(oidType, in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, "\x2a\x03")))), QCType},
		"compliance twice":             {statements(part(oidCompliance, nil), part(oidCompliance, nil)), QCEncoding},
		"device twice":                 {statements(part(oidDevice, nil), part(oidDevice, nil)), QCEncoding},
		"two values":                   {statements(part(oidType, func(b *cryptobyte.Builder) { name(b); name(b) })), QCEncoding},
		"list of numbers":              {statements(text(asn1.INTEGER, "\x05")), QCEncoding},
		"law that is no list":          {statements(part(oidLegislation, name)), QCEncoding},
		"compliance with a value":      {statements(part(oidCompliance, name)), QCEncoding},
		"British compliance":           {statements(part(oidCompliance, nil), part(oidLegislation, in(asn1.SEQUENCE, text(asn1.PrintableString, "GB")))), QCNotQualified},
		"disclosure over http":         {statements(part(oidPDS, in(asn1.SEQUENCE, in(asn1.SEQUENCE, text(asn1.IA5String, "http://a.example"), text(asn1.PrintableString, "en"))))), QCPDS},
		"disclosure empty":             {statements(part(oidPDS, in(asn1.SEQUENCE))), QCPDS},
	}
}

func oddPSD2() map[string]oddity {
	roleAI := in(asn1.SEQUENCE, text(asn1.OBJECT_IDENTIFIER, oidRoleArc+"\x03"), text(asn1.UTF8String, "PSP_AI"))
	name, id := text(asn1.UTF8String, "Authority"), text(asn1.UTF8String, "FI-FINFSA")
	inside := func(parts ...cryptobyte.BuilderContinuation) []byte {
		return statements(part(oidPSD2, in(asn1.SEQUENCE, parts...)))
	}
	return map[string]oddity{
		"a thousand roles":               {inside(in(asn1.SEQUENCE, many(1000, roleAI)...), name, id), QCEncoding},
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
	}
}

func TestOddStatementsAreFoundAndNeverFatal(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]oddity{oddLists(), oddPSD2()} {
		for what, c := range table {
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
}
