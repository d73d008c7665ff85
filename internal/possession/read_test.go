package possession

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"
)

// sample has every byte, and no structure that could be taken for something else.
func sample() []byte {
	out := make([]byte, 256)
	for n := range out {
		out[n] = byte(n*7 + 0x9b)
	}
	return out
}

// numbers writes bytes as a programming language prints them.
func numbers(b []byte, signed bool, between string) string {
	var all []string
	for _, c := range b {
		if signed {
			all = append(all, fmt.Sprint(int8(c)))
		} else {
			all = append(all, fmt.Sprint(c))
		}
	}
	return strings.Join(all, between)
}

func every(s string, width int, between string) string {
	var parts []string
	for ; len(s) > width; s = s[width:] {
		parts = append(parts, s[:width])
	}
	return strings.Join(append(parts, s), between)
}

func TestASignatureIsReadInAnyDress(t *testing.T) {
	t.Parallel()
	sig := sample()
	std, hexed := inBase64(sig), inHex(sig)
	utf16 := func(s string) string { return wide(s, binary.LittleEndian, true)[2] }
	for what, c := range map[string]struct {
		sent  string
		dress Dress
		notes int
	}{
		"the file itself":           {string(sig), Binary, 0},
		"base64":                    {std, Base64, 0},
		"base64 without padding":    {strings.TrimRight(std, "="), Base64, 0},
		"base64url":                 {base64.URLEncoding.EncodeToString(sig), Base64URL, 0},
		"base64url without padding": {base64.RawURLEncoding.EncodeToString(sig), Base64URL, 0},
		"lines":                     {every(std, 64, "\n") + "\n", Base64, 0},
		"lines of Windows":          {every(std, 76, "\r\n") + "\r\n", Base64, 0},
		"blanks and invisible ones": {"  " + every(std, 100, "\u00a0\t\u200b ") + " ", Base64, 0},
		"armour":                    {armour("SIGNATURE", sig), Base64, 1},
		"armour on one line":        {"-----BEGIN SIGNATURE----- " + std + " -----END SIGNATURE-----", Base64, 1},
		"armour without its end":    {"-----BEGIN SIGNATURE-----\n" + std, Base64, 1},
		"quotation marks":           {`"` + std + `",`, Base64, 0},
		"typographic ones":          {"“" + std + "”", Base64, 0},
		"escaped line ends":         {every(std, 64, `\n`) + `\n`, Base64, 0},
		"percent-encoded":           {strings.NewReplacer("+", "%2B", "/", "%2f", "=", "%3D").Replace(std), Base64, 0},
		"a byte order mark":         {"\ufeff" + std, Base64, 0},
		"UTF-16":                    {utf16(std), Base64, 1},
		"UTF-16 without its mark":   {wide(std, binary.LittleEndian, false)[0], Base64, 1},
		"UTF-16, big end first":     {wide(std, binary.BigEndian, true)[1], Base64, 1},
		"UTF-16 and hexadecimal":    {utf16(hexed), Hexadecimal, 2},
		"hexadecimal":               {hexed, Hexadecimal, 1},
		"capitals and colons":       {strings.ToUpper(every(hexed, 2, ":")), Hexadecimal, 1},
		"as BitConverter prints":    {strings.ToUpper(every(hexed, 2, "-")), Hexadecimal, 1},
		"an array of C":             {"0x" + every(hexed, 2, ", 0x"), Hexadecimal, 1},
		"as xxd -p prints":          {every(hexed, 60, "\n") + "\n", Hexadecimal, 1},
		"as openssl dgst prints":    {"RSA-SHA2-256(challenge.txt)= " + hexed + "\n", Hexadecimal, 1},
		"numbers of PowerShell":     {numbers(sig, false, "\r\n"), Decimal, 1},
		"numbers of Java":           {"[" + numbers(sig, true, ", ") + "]", Decimal, 1},
		"base64 of base64":          {inBase64([]byte(std + "\n")), Base64, 1},
		"base64 of hexadecimal":     {inBase64([]byte(hexed)), Hexadecimal, 2},
	} {
		s, m := Read(c.sent)

		if m != nil || !bytes.Equal(s.Bytes, sig) || s.Dress != c.dress || len(s.Notes) != c.notes {
			t.Errorf("%s: %v, %d bytes, %s, notes %q", what, m, len(s.Bytes), s.Dress, s.Notes)
		}
		for _, n := range s.Notes {
			fitToShow(t, n)
		}
	}
}

func TestAnECDSASignatureIsRead(t *testing.T) {
	t.Parallel()
	for range 20 { // its lengths differ
		sig := signed(t, ecSeal(), crypto.SHA256, "text")
		for what, sent := range map[string]string{"file": string(sig), "base64": inBase64(sig), "hexadecimal": inHex(sig), "armour": armour("SIGNATURE", sig)} {
			if s, m := Read(sent); m != nil || !bytes.Equal(s.Bytes, sig) {
				t.Errorf("%s of %x: %v", what, sig, m)
			}
		}
	}
}

func TestWhatIsNoRawSignatureIsNamed(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	cert := mustCertify(t, rsaSeal())
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, ecSeal())
	must(t, err)
	spki, err := x509.MarshalPKIXPublicKey(rsaSeal().Public())
	must(t, err)
	cms := append([]byte{0x30, 0x3b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x2e, 0x04, 0x2c}, make([]byte, 44)...)
	jws := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`)) + ".." + base64.RawURLEncoding.EncodeToString(sample())
	for what, c := range map[string]struct{ sent, kind string }{
		"nothing":                       {"", KindEmpty},
		"white space":                   {" \r\n\t", KindEmpty},
		"armour around nothing":         {"-----BEGIN SIGNATURE-----\n-----END SIGNATURE-----", KindUnreadable},
		"too much":                      {strings.Repeat("A", MaxSignature+1), KindTooLong},
		"prose":                         {"I signed it, believe me!", KindUnreadable},
		"base64 that lost a letter":     {strings.TrimRight(inBase64(sample()), "=")[1:], KindUnreadable},
		"base64 with padding inside":    {"AAA=" + inBase64(sample()), KindUnreadable},
		"hexadecimal that lost a digit": {inHex(sample())[1:], KindUnreadable},
		"the challenge":                 {text, KindChallenge},
		"the challenge and more":        {text + "\n" + inBase64(sample()), KindChallenge},
		"the challenge in base64":       {inBase64([]byte(text + "\n")), KindChallenge},
		"the challenge in UTF-16":       {wide(text, binary.LittleEndian, true)[0], KindChallenge},
		"CMS":                           {armour("CMS", cms), KindCMS},
		"PKCS #7":                       {armour("PKCS7", cms), KindCMS},
		"CMS in base64":                 {inBase64(cms), KindCMS},
		"CMS in base64url":              {base64.RawURLEncoding.EncodeToString(cms), KindCMS},
		"CMS as a file":                 {string(cms), KindCMS},
		"S/MIME":                        {"MIME-Version: 1.0\nContent-Type: application/x-pkcs7-signature\n\nMII=", KindCMS},
		"JWS":                           {jws, KindJWS},
		"JWS in JSON":                   {`{"payload": "e30", "signatures": []}`, KindJWS},
		"XML":                           {"<ds:SignatureValue>" + inBase64(sample()) + "</ds:SignatureValue>", KindXML},
		"a web page":                    {"<!DOCTYPE html><title>x</title>", KindDocument},
		"PDF":                           {"%PDF-1.7\n\x00", KindDocument},
		"PDF in base64":                 {inBase64([]byte("%PDF-1.7\n\x00")), KindDocument},
		"ASiC":                          {"PK\x03\x04\x00\x00mimetype", KindDocument},
		"PGP":                           {"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----", KindPGP},
		"SSH":                           {"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----", KindSSH},
		"a certificate":                 {armour("CERTIFICATE", cert), KindCertificate},
		"a certificate in DER":          {string(cert), KindCertificate},
		"a certificate beside it":       {armour("CERTIFICATE", cert) + armour("SIGNATURE", sample()), KindCertificate},
		"a certificate in hexadecimal":  {inHex(cert), KindCertificate},
		"a request":                     {armour("CERTIFICATE REQUEST", csr), KindRequest},
		"a public key":                  {armour("PUBLIC KEY", spki), KindPublicKey},
	} {
		s, m := Read(c.sent)

		wantMistake(t, what, m, Format, c.kind)
		if s.Bytes != nil {
			t.Errorf("%s: %d bytes were read", what, len(s.Bytes))
		}
	}
}

func TestAPrivateKeyIsRefusedInAnyDress(t *testing.T) {
	t.Parallel()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(rsaSeal())
	must(t, err)
	cert, err := x509.ParseCertificate(mustCertify(t, ecSeal()))
	must(t, err)
	pfx, err := pkcs12.Modern.Encode(ecSeal(), cert, nil, "secret")
	must(t, err)
	block := armour("PRIVATE KEY", pkcs8)
	for what, c := range map[string]struct{ sent, kind string }{
		"PEM":                      {block, KindPrivateKey},
		"PEM with a false label":   {armour("SIGNATURE", pkcs8), KindPrivateKey},
		"PEM behind the signature": {inBase64(sample()) + "\n" + block, KindPrivateKey},
		"PEM behind the challenge": {challenge(t) + "\n" + block, KindPrivateKey},
		"PEM in base64":            {inBase64([]byte(block)), KindPrivateKey},
		"PEM in base64url":         {base64.RawURLEncoding.EncodeToString([]byte(block)), KindPrivateKey},
		"PEM in hexadecimal":       {inHex([]byte(block)), KindPrivateKey},
		"PEM in UTF-16":            {wide(block, binary.LittleEndian, true)[0], KindPrivateKey},
		"PEM behind a lot":         {strings.Repeat("A ", MaxSignature) + block, KindPrivateKey},
		"PKCS #1":                  {armour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaSeal())), KindPrivateKey},
		"DER":                      {string(pkcs8), KindPrivateKey},
		"base64":                   {inBase64(pkcs8), KindPrivateKey},
		"base64url":                {base64.RawURLEncoding.EncodeToString(pkcs8), KindPrivateKey},
		"hexadecimal":              {inHex(pkcs8), KindPrivateKey},
		"numbers":                  {numbers(pkcs8, false, " "), KindPrivateKey},
		"base64 of base64":         {inBase64([]byte(inBase64(pkcs8))), KindPrivateKey},
		"a JSON web key":           {`{"kty":"EC","crv":"P-256","d":"AAAA"}`, KindPrivateKey},
		"PKCS #12":                 {string(pfx), KindPKCS12},
		"PKCS #12 in base64":       {inBase64(pfx), KindPKCS12},
		"PKCS #12 in hexadecimal":  {inHex(pfx), KindPKCS12},
		"PKCS #12 in base64url":    {base64.RawURLEncoding.EncodeToString(pfx), KindPKCS12},
		"PKCS #12, encoded twice":  {inBase64([]byte(inHex(pfx))), KindPKCS12},
	} {
		s, m := Read(c.sent)

		wantMistake(t, what, m, KeyUploaded, c.kind)
		if s.Bytes != nil || s.Notes != nil {
			t.Errorf("%s: something was kept", what)
		}
		if m != nil && !strings.Contains(m.Text, "exposed") {
			t.Errorf("%s: %s", what, m.Text)
		}
	}
}

// mustCertify makes a certificate that certifies itself.
func mustCertify(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	return der
}
