package qcert

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
)

// leafDER is one certificate that the tests of uploads share, made once. Its length is no multiple of three.
var leafDER = sync.OnceValue(func() []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(11), Subject: pkix.Name{CommonName: "tpp.example"}, Issuer: pkix.Name{CommonName: "CA"},
		NotBefore: instant, NotAfter: instant.AddDate(1, 0, 0), ExtraExtensions: []pkix.Extension{{Id: asn1OID(oidShortTerm), Value: []byte{5, 0}}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: pkix.Name{CommonName: "CA"}}, rsaKey().Public(), rsaKey())
	if err != nil {
		panic(err)
	}
	return der
})

func leafPEM() []byte { return toPEM("CERTIFICATE", leafDER()) }

func body(p []byte) string {
	lines := strings.Split(strings.TrimSpace(string(p)), "\n")
	return strings.Join(lines[1:len(lines)-1], "\n")
}

func utf16Bytes(s string, order binary.AppendByteOrder, mark bool) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// sent is an upload and the one repair that it must show; "" for none.
type sent struct{ upload, repair string }

const beginLine, endLine = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"

// encodings are uploads whose BEGIN and END lines are right.
func encodings() map[string]sent {
	good := string(leafPEM())
	line := strings.ReplaceAll(body(leafPEM()), "\n", "")
	b := body(leafPEM())
	indent := func(s, with string) string {
		return with + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n"+with) + "\n"
	}
	return map[string]sent{
		"as it should be":         {good, ""},
		"CRLF":                    {strings.ReplaceAll(good, "\n", "\r\n"), ""},
		"trailing blanks":         {strings.ReplaceAll(good, "\n", "  \n"), ""},
		"text before":             {"Bag Attributes\n    friendlyName: Åland end user\n    localKeyID: 54 69 6D 65\nsubject=CN = x\n" + good, ""},
		"text before in Latin 1":  {"friendlyName: \xc5land\n" + good, ""},
		"text behind":             {good + "\nKind regards\nMIchael\n", ""},
		"blank lines around":      {"\n\n" + good + "\n\n", ""},
		"no line feed at the end": {strings.TrimSpace(good), ""},
		"long lines":              {beginLine + "\n" + line[:120] + "\n" + line[120:] + "\n" + endLine, ""},
		"UTF-8 byte order mark":   {"\ufeff" + good, repairBOM},
		"UTF-16 little-endian":    {string(utf16Bytes(strings.ReplaceAll(good, "\n", "\r\n"), binary.LittleEndian, true)), repairUTF16},
		"UTF-16 big-endian":       {string(utf16Bytes(good, binary.BigEndian, true)), repairUTF16},
		"UTF-16 without a mark":   {string(utf16Bytes(good, binary.LittleEndian, false)), repairUTF16},
		"UTF-16 big, no mark":     {string(utf16Bytes(good, binary.BigEndian, false)), repairUTF16},
		"CR only":                 {strings.ReplaceAll(good, "\n", "\r"), repairCR},
		"one line with blanks":    {strings.ReplaceAll(good, "\n", " "), repairOneLine},
		"one line without blanks": {strings.ReplaceAll(good, "\n", ""), repairOneLine},
		"body on one line":        {beginLine + "\n" + line + "\n" + endLine, ""},
		`literal \n`:              {strings.ReplaceAll(good, "\n", `\n`), repairEscapes},
		`literal \r\n`:            {strings.ReplaceAll(good, "\n", `\r\n`), repairEscapes},
		"a JSON string":           {`{"certificate": "` + strings.ReplaceAll(strings.ReplaceAll(good, "/", `\/`), "\n", `\n`) + `"}`, repairEscapes},
		"indented by blanks":      {indent(good, "    "), repairIndent},
		"indented by tabs":        {indent(good, "\t"), repairIndent},
		"quoted in a mail":        {indent(good, "> "), repairQuoted},
		"hard blanks inside":      {strings.ReplaceAll(good, b[:64], b[:20]+"\u00a0\u200b"+b[20:64]), repairBlanks},
		"DER":                     {string(leafDER()), "The file was binary (DER); it was converted to PEM."},
		"DER with a line feed":    {string(leafDER()) + "\r\n", "The file was binary (DER); it was converted to PEM."},
		"twice":                   {good + good, "The same certificate was in the file more than once; it is used once."},
	}
}

// markings are uploads whose BEGIN and END lines are wrong or missing.
func markings() map[string]sent {
	good, b := string(leafPEM()), body(leafPEM())
	line := strings.ReplaceAll(b, "\n", "")
	return map[string]sent{
		"just base64":                {b, repairNoMarks},
		"just base64 on one line":    {line, repairNoMarks},
		"just base64, padding lost":  {strings.TrimRight(line, "="), repairNoMarks},
		"base64 in a sentence":       {"Our certificate is: " + line + "\n", repairNoMarks},
		"base64 behind an equals":    {"QWAC=" + line + "\n", repairNoMarks},
		"a JWK's x5c":                {`{"x5c":["` + line + `"]}`, repairNoMarks},
		"BEGIN line missing":         {b + "\n" + endLine, repairNoBegin},
		"base64 of PEM":              {"  tls.crt: " + base64Of(leafPEM()) + "\n", repairNested},
		"base64 of PEM, on lines":    {string(body(toPEM("X", leafPEM()))) + "\n", repairNested},
		"END line missing":           {beginLine + "\n" + b + "\n", repairNoEnd},
		"en dashes":                  {strings.ReplaceAll(good, "-----", "–––––"), repairDashes},
		"em dashes as Word has them": {strings.ReplaceAll(good, "-----", "——-"), repairDashes},
		"hard hyphens":               {strings.ReplaceAll(good, "-", "\u2011"), repairDashes},
		"four dashes":                {strings.ReplaceAll(good, "-----", "----"), repairMarkers},
		"small letters":              {strings.NewReplacer("BEGIN CERTIFICATE", "begin certificate", "END CERTIFICATE", "end certificate").Replace(good), repairMarkers},
		"blanks in the BEGIN line":   {strings.Replace(good, beginLine, "----- BEGIN  CERTIFICATE -----", 1), repairMarkers},
		"X509 CERTIFICATE":           {strings.ReplaceAll(good, "CERTIFICATE", "X509 CERTIFICATE"), repairX509Name},
	}
}

func TestUploadsAreRepaired(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]sent{encodings(), markings()} {
		for what, c := range table {
			t.Run(what, func(t *testing.T) {
				t.Parallel()

				certs, repairs, err := ReadPEM([]byte(c.upload))

				must(t, err)
				if len(certs) != 1 || !bytes.Equal(certs[0].Raw, leafDER()) {
					t.Fatalf("%d certificates", len(certs))
				}
				if c.repair == "" && len(repairs) != 0 || c.repair != "" && !slices.Equal(repairs, []string{c.repair}) {
					t.Errorf("repairs %q, want %q", repairs, c.repair)
				}
			})
		}
	}
}

func TestTwoFaultsAreBothRepaired(t *testing.T) {
	t.Parallel()
	upload := "\ufeff" + strings.ReplaceAll(strings.ReplaceAll(string(leafPEM()), "-----", "—-—"), "\n", " ")

	certs, repairs, err := ReadPEM([]byte(upload))

	must(t, err)
	if len(certs) != 1 || !slices.Equal(repairs, []string{repairBOM, repairDashes, repairOneLine}) {
		t.Errorf("%d certificates, repairs %q", len(certs), repairs)
	}
}

func refusal(t *testing.T, upload []byte) *Refusal {
	t.Helper()
	certs, _, err := ReadPEM(upload)
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%d certificates, error %v", len(certs), err)
	}
	return r
}

// refused is an upload with the code and a part of the text that it must be refused with.
type refused struct {
	upload []byte
	code   string
	says   string
}

// foreign are uploads of other objects than certificates.
func foreign(t *testing.T) map[string]refused {
	f := newFamily(t, ForTPPs)
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "x"}}, rsaKey())
	must(t, err)
	crl, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: instant, NextUpdate: instant.AddDate(0, 0, 7)}, f.issuing, caKey())
	must(t, err)
	spki, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	must(t, err)
	pkcs1 := x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)
	pkcs7 := statements(text(6, arcPKCS7+"\x02"), in(0xa0, in(0x30, text(2, "\x01"))))
	ocsp := statements(text(10, "\x00"), in(0xa0, in(0x30)))
	trusted := toPEM("TRUSTED CERTIFICATE", append(bytes.Clone(leafDER()), statements(text(12, "alias"))...))
	return map[string]refused{
		"request":                {toPEM("CERTIFICATE REQUEST", csr), NotACert, "signing request"},
		"new request":            {toPEM("NEW CERTIFICATE REQUEST", csr), NotACert, "signing request"},
		"request in DER":         {csr, NotACert, "signing request"},
		"request named as cert":  {toPEM("CERTIFICATE", csr), NotACert, "signing request"},
		"public key":             {toPEM("PUBLIC KEY", spki), NotACert, "public key"},
		"RSA public key":         {toPEM("RSA PUBLIC KEY", pkcs1), NotACert, "public key"},
		"public key beside":      {append(leafPEM(), toPEM("PUBLIC KEY", spki)...), NotACert, "Beside your certificate"},
		"PKCS7":                  {toPEM("PKCS7", pkcs7), NotACert, "PKCS #7"},
		"CMS":                    {toPEM("CMS", pkcs7), NotACert, "PKCS #7"},
		"PKCS7 in DER":           {pkcs7, NotACert, "PKCS #7"},
		"revocation list":        {toPEM("X509 CRL", crl), NotACert, "revocation list"},
		"revocation list in DER": {crl, NotACert, "revocation list"},
		"OCSP answer":            {ocsp, NotACert, "OCSP"},
		"trusted certificate":    {trusted, CertMalformed, "TRUSTED"},
	}
}

// spoilt are uploads that hold nothing, too much, or something broken.
func spoilt(t *testing.T) map[string]refused {
	leaf := leafPEM()
	return map[string]refused{
		"nothing":                 {nil, NotACert, "empty"},
		"white space":             {[]byte(" \r\n\t"), NotACert, "empty"},
		"prose":                   {[]byte("Dear Sir or Madam,\nMIchael sent it.\n"), NotACert, "No certificate was found"},
		"SSH public key":          {[]byte("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@host\n"), NotACert, "SSH"},
		"web page":                {[]byte("<!DOCTYPE html><html><body>Sign in</body></html>"), NotACert, "web page"},
		"ZIP":                     {[]byte("PK\x03\x04\x14\x00\x00\x00\x08\x00cert.pem"), NotACert, "ZIP"},
		"PDF":                     {[]byte("%PDF-1.7\n\x00\x01"), NotACert, "PDF"},
		"picture":                 {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), NotACert, "picture"},
		"binary rubbish":          {[]byte("\x30\x82\x01\x00\xff\xfe\x00\x01"), NotACert, "binary"},
		"PGP block":               {[]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"), NotACert, "not a certificate"},
		"cut off":                 {leaf[:len(leaf)/2], CertMalformed, "damaged"},
		"one letter wrong":        {bytes.Replace(leaf, []byte("MII"), []byte("MI!"), 1), CertMalformed, "damaged"},
		"empty block":             {[]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), CertMalformed, "damaged"},
		"base64 of prose":         {toPEM("CERTIFICATE", []byte("hello world")), CertMalformed, "damaged"},
		"trailing bytes":          {toPEM("CERTIFICATE", append(bytes.Clone(leafDER()), 0)), CertMalformed, "behind the certificate"},
		"DER with trailing bytes": {append(bytes.Clone(leafDER()), 5, 0), CertMalformed, "behind the certificate"},
		"64 KB and a byte":        {bytes.Repeat([]byte("x"), MaxUpload+1), UploadTooLarge, "64 KB"},
		"eleven certificates":     {bytes.Repeat(leaf, 11), UploadTooLarge, "10 blocks"},
		"ten thousand BEGIN":      {bytes.Repeat([]byte("-----BEGIN A-----\n"), 3000), UploadTooLarge, "10 blocks"},
		"two certificates":        {append(bytes.Clone(leaf), toPEM("CERTIFICATE", mustSelf(t, withStatements(nil), ecKey()).Raw)...), CertAmbiguous, "2 certificates"},
	}
}

func TestUploadsThatAreNoCertificateAreNamed(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]refused{foreign(t), spoilt(t)} {
		for what, c := range table {
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				before := bytes.Clone(c.upload)

				r := refusal(t, c.upload)

				if r.Code != c.code || !strings.Contains(r.Text, c.says) {
					t.Errorf("%s: %s", r.Code, r.Text)
				}
				if !bytes.Equal(c.upload, before) {
					t.Error("an upload without a key was changed")
				}
			})
		}
	}
}

func TestMalformedCertificatesAreExplained(t *testing.T) {
	t.Parallel()
	twice := statements(text(2, "\x01"))
	der := mustSelf(t, &x509.Certificate{ExtraExtensions: []pkix.Extension{{Id: asn1OID("\x2a\x03\x04"), Value: twice}, {Id: asn1OID("\x2a\x03\x05"), Value: twice}}}, rsaKey()).Raw
	curve := mustSelf(t, &x509.Certificate{}, ecKey()).Raw
	for what, c := range map[string]struct {
		der  []byte
		code string
		says string
	}{
		"extension twice": {bytes.Replace(der, []byte("\x2a\x03\x05"), []byte("\x2a\x03\x04"), 1), CertMalformed, "twice"},
		"unknown curve":   {bytes.Replace(curve, []byte("\x2a\x86\x48\xce\x3d\x03\x01\x07"), []byte("\x2a\x86\x48\xce\x3d\x03\x01\x06"), 1), CertWeakKey, "curve"},
		"negative serial": {bytes.Replace(der, []byte("\xa0\x03\x02\x01\x02\x02\x01\x07"), []byte("\xa0\x03\x02\x01\x02\x02\x01\x87"), 1), CertMalformed, "serial"},
		"version 9":       {bytes.Replace(der, []byte("\xa0\x03\x02\x01\x02"), []byte("\xa0\x03\x02\x01\x09"), 1), CertMalformed, "valid contents"},
		"broken contents": {bytes.Replace(der, []byte("\x17\x0d"), []byte("\x18\x0d"), 1), CertMalformed, "certificate"},
	} {
		r := refusal(t, toPEM("CERTIFICATE", c.der))

		if r.Code != c.code || !strings.Contains(r.Text, c.says) || strings.Contains(r.Text, "x509") {
			t.Errorf("%s: %s: %s", what, r.Code, r.Text)
		}
	}
}

func TestOwnCertificateComesFirst(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	leaf := f.mustIssue(t, profile(t, QWAC), rsaKey().Public())
	for _, order := range [][]*x509.Certificate{{leaf, f.issuing, f.root}, {f.root, f.issuing, leaf}, {f.issuing, leaf, f.root}} {
		var upload []byte
		for _, c := range order {
			upload = append(upload, toPEM("CERTIFICATE", c.Raw)...)
		}

		certs, _, err := ReadPEM(upload)

		must(t, err)
		if len(certs) != 3 || !certs[0].Equal(leaf) {
			t.Errorf("the first of %d is %s", len(certs), certs[0].Subject)
		}
	}
}

func TestCAAloneIsReadSoThatItCanBeFound(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)

	certs, _, err := ReadPEM(toPEM("CERTIFICATE", f.issuing.Raw))

	must(t, err)
	if all := CheckProfile(mustParse(t, certs[0]), certs[0], QWAC, instant); level(all, CertIsCA) != LevelError {
		t.Errorf("found %v", all)
	}
}

func TestUnmarkedIssuerIsNotTakenForASecondCertificate(t *testing.T) {
	t.Parallel()
	old := mustSelf(t, &x509.Certificate{Subject: pkix.Name{CommonName: "CA"}}, ecKey())

	certs, _, err := ReadPEM(append(toPEM("CERTIFICATE", old.Raw), leafPEM()...))

	must(t, err)
	if !bytes.Equal(certs[0].Raw, leafDER()) {
		t.Errorf("first is %s", certs[0].Subject)
	}
}

func base64Of(der []byte) string { return base64.StdEncoding.EncodeToString(der) }
