package httpsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"strings"
)

// maxCertificate bounds the TPP-Signature-Certificate header: a certificate is
// between one and four KiB, a QC eSeal with many statements somewhat more.
const maxCertificate = 16 << 10

// The headers that mistakes point at most.
const (
	pathCertificate = "TPP-Signature-Certificate"
	pathSignature   = "Signature"
	pathDigest      = "Digest"
	pathRequestID   = "X-Request-ID"
)

// CertificateFromHeader decodes the header TPP-Signature-Certificate: the base64
// of one DER certificate. White space is stripped, and a whole PEM block is
// accepted too. It returns a *Mistake with the path TPP-Signature-Certificate;
// when a private key was sent its code is [KeyInHeader], and neither text nor
// values repeat anything of it.
func CertificateFromHeader(v string) (der []byte, err error) {
	cert, _, m := certificateFromHeader(v)
	if m != nil {
		return nil, m
	}

	return cert.Raw, nil
}

// notePEM is what [Verify] remarks when the header holds the armour too.
const notePEM = "TPP-Signature-Certificate holds a whole PEM block. Other banks accept only the base64 between the BEGIN and END lines."

func certificateFromHeader(v string) (cert *x509.Certificate, note string, m *Mistake) {
	const form = " Send the base64 of the QC eSeal's PEM file on one line, without the BEGIN and END lines."
	if len(v) > maxCertificate {
		return nil, "", mistake(TooLong, pathCertificate, "The header TPP-Signature-Certificate is %d bytes long; at most %d are read.%s", len(v), maxCertificate, form)
	}
	if strings.Contains(v, "--") && strings.Contains(strings.ToUpper(v), "PRIVATE") {
		return nil, "", privateKey()
	}
	body, note, m := unarmour(strings.TrimSpace(v))
	if m != nil {
		return nil, "", m
	}
	body = stripSpace(body)
	der, err := strict.DecodeString(body)
	if looksLikePrivateKey(der) {
		return nil, "", privateKey()
	}
	if err != nil {
		return nil, "", wrongBase64(body)
	}
	cert, err = x509.ParseCertificate(der)
	if err != nil {
		return nil, "", mistake(CertificateSyntax, pathCertificate, "The header TPP-Signature-Certificate holds %s.%s", contents(der), form)
	}

	return cert, note, nil
}

func privateKey() *Mistake {
	return mistake(KeyInHeader, pathCertificate, "The header TPP-Signature-Certificate holds a private key. Never send it to anybody. "+
		"Treat this key as known to others: make a new one, replace the certificate, and send the certificate in this header.")
}

// unarmour removes the BEGIN and END lines of a single certificate.
func unarmour(v string) (body, note string, m *Mistake) {
	const begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
	switch n := strings.Count(v, "-----BEGIN"); {
	case n == 0:
		return v, "", nil
	case n > 1:
		return "", "", mistake(CertificateSyntax, pathCertificate, "The header TPP-Signature-Certificate holds %d PEM blocks. Send your QC eSeal only, without the chain.", n)
	}
	body, ok := strings.CutPrefix(v, begin)
	if !ok {
		return "", "", mistake(CertificateSyntax, pathCertificate, "The header TPP-Signature-Certificate holds a PEM block that is not a certificate. Send the base64 of the QC eSeal.")
	}
	body, ok = strings.CutSuffix(body, end)
	if !ok {
		return "", "", mistake(CertificateSyntax, pathCertificate, "The PEM block in TPP-Signature-Certificate has no END line, probably because a line end cut the header. Send the base64 on one line.")
	}

	return body, notePEM, nil
}

func stripSpace(s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}

	return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
}

func wrongBase64(s string) *Mistake {
	why := "does not hold base64"
	switch {
	case strings.Contains(s, `\n`):
		why = `holds the two characters \n where the PEM file has line ends`
	case strings.Contains(s, "%"):
		why = "is percent-coded"
	case strings.ContainsAny(s, "-_"):
		why = `is base64url ("-" and "_") instead of standard base64`
	case strings.HasPrefix(s, ":") || strings.HasPrefix(s, `"`):
		why = "has colons or quotation marks around its value"
	case len(s)%4 != 0:
		why = "holds base64 that was cut off or lost its padding"
	}

	return mistake(CertificateSyntax, pathCertificate, "The header TPP-Signature-Certificate %s. Send the base64 of the QC eSeal's PEM file on one line, without the BEGIN and END lines.", why)
}

// looksLikePrivateKey knows the beginnings of PKCS #1, PKCS #8, SEC 1 and PKCS #12:
// a sequence whose first part is a small version number, or the encrypted form of
// PKCS #8. A certificate begins with two sequences. What was cut off counts too.
func looksLikePrivateKey(der []byte) bool {
	if bytes.Contains(der, []byte("PRIVATE KEY")) { // base64 of a PEM file
		return true
	}
	inner, ok := open30(der)
	if !ok || len(inner) < 3 {
		return false
	}
	if inner[0] == asn1.TagInteger && inner[1] == 1 && inner[2] <= 3 {
		return true
	}
	algorithm, ok := open30(inner)
	// 1.2.840.113549.1.5 and .1.12.1: password-based encryption
	pkcs := []byte{asn1.TagOID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05}
	pkcs12 := []byte{asn1.TagOID, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c}

	return ok && (bytes.HasPrefix(algorithm, pkcs) || bytes.HasPrefix(algorithm, pkcs12))
}

// open30 returns what follows the head of a DER SEQUENCE, complete or not.
func open30(der []byte) ([]byte, bool) {
	if len(der) < 2 || der[0] != 0x30 {
		return nil, false
	}
	head := 2
	if der[1] > 0x80 {
		head += int(der[1] & 0x7f)
	}
	if len(der) < head {
		return nil, false
	}

	return der[head:], true
}

// contents names what was sent instead of a certificate.
func contents(der []byte) string {
	if bytes.HasPrefix(der, []byte("-----BEGIN")) {
		return "a PEM file that was encoded in base64 once more"
	}
	if len(der) == 0 || der[0] != 0x30 {
		return "base64 of something that is not a certificate"
	}
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return "a public key instead of a certificate"
	}
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return "a certificate signing request instead of a certificate"
	}
	inner, ok := open30(der)
	if ok && len(inner) > 0 && inner[0] == asn1.TagOID {
		return "a PKCS #7 bundle instead of a certificate"
	}

	return "something that cannot be read as a certificate, or a certificate with bytes missing or left over"
}
