package qcert

import (
	"crypto/x509"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// sort is what a piece of DER is.
type sort int

const (
	sortOther sort = iota
	sortCertificate
	sortTrailing // a certificate with something behind it
	sortRequest
	sortCRL
	sortPublicKey
	sortPKCS7
	sortOCSP
	sortDamaged // no base64, or no DER
	sortPrivateKey
	sortPKCS12
)

// secret tells whether the piece holds a private key, encrypted or not.
func (s sort) secret() bool { return s == sortPrivateKey || s == sortPKCS12 }

// The arcs that tell PKCS #7 and password-based encryption from their neighbours.
const (
	arcPKCS7  = "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	arcDigest = "\x60\x86\x48\x01\x65\x03\x04\x02" // DigestInfo has the shape of an encrypted key
)

// firstElement cuts the first ASN.1 element off; everything is the element where there is none.
func firstElement(der []byte) (first, rest []byte) {
	in := cryptobyte.String(der)
	var element cryptobyte.String
	var tag asn1.Tag
	if !in.ReadAnyASN1Element(&element, &tag) {
		return der, nil
	}
	return element, in
}

// classify tells by structure what a piece of DER is; labels around it are not believed.
func classify(der []byte) sort {
	in := cryptobyte.String(der)
	var body cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) || body.Empty() {
		return sortDamaged
	}
	switch {
	case body.PeekASN1Tag(asn1.INTEGER):
		return classifyByVersion(body)
	case body.PeekASN1Tag(asn1.SEQUENCE):
		return classifyBySequence(body, der)
	case body.PeekASN1Tag(asn1.OBJECT_IDENTIFIER):
		var oid cryptobyte.String
		if body.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && strings.HasPrefix(string(oid), arcPKCS7) {
			return sortPKCS7
		}
	case body.PeekASN1Tag(asn1.ENUM):
		return sortOCSP
	}
	return sortOther
}

// classifyByVersion knows what begins with a number: PKCS #8, PKCS #1, SEC 1, DSA keys, PKCS #12, and bare RSA public keys.
func classifyByVersion(body cryptobyte.String) sort {
	var version, next cryptobyte.String
	var tag asn1.Tag
	if !body.ReadASN1(&version, asn1.INTEGER) || !body.ReadAnyASN1(&next, &tag) {
		return sortOther
	}
	small := len(version) == 1
	switch {
	case small && version[0] == 3 && tag == asn1.SEQUENCE:
		return sortPKCS12
	case small && version[0] <= 1 && (tag == asn1.SEQUENCE || tag == asn1.OCTET_STRING):
		return sortPrivateKey // PKCS #8 and RFC 5958, SEC 1
	case small && version[0] <= 1 && tag == asn1.INTEGER && !body.Empty():
		return sortPrivateKey // PKCS #1, and OpenSSL's DSA form
	case tag == asn1.INTEGER && body.Empty():
		return sortPublicKey
	}
	return sortOther
}

// classifyBySequence knows what begins with a sequence: signed objects, public keys, encrypted private keys.
func classifyBySequence(body cryptobyte.String, der []byte) sort {
	var first, second cryptobyte.String
	var tag asn1.Tag
	if !body.ReadASN1(&first, asn1.SEQUENCE) || !body.ReadAnyASN1(&second, &tag) {
		return sortOther
	}
	switch tag {
	case asn1.OCTET_STRING:
		var oid cryptobyte.String
		if first.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && strings.HasPrefix(string(oid), arcDigest) {
			return sortOther
		}
		return sortPrivateKey // EncryptedPrivateKeyInfo
	case asn1.BIT_STRING:
		return sortPublicKey
	case asn1.SEQUENCE:
		if _, err := x509.ParseCertificateRequest(der); err == nil {
			return sortRequest
		}
		if _, err := x509.ParseRevocationList(der); err == nil {
			return sortCRL
		}
		if body.PeekASN1Tag(asn1.BIT_STRING) {
			return sortCertificate
		}
	}
	return sortOther
}

func refuseKey() *Refusal {
	return refuse(KeyUploaded, "You sent a private key. Nothing of it was kept. Treat the key as exposed: have its certificate revoked and make a new key. Upload only the certificate.")
}

func refuseSecret(s sort) *Refusal {
	if s != sortPKCS12 {
		return refuseKey()
	}
	return refuse(KeyUploaded, "You sent a PKCS #12 file, which holds a private key. Nothing of it was kept. Treat the key as exposed. Take out the certificate alone with: openssl pkcs12 -in file.p12 -clcerts -nokeys -out certificate.pem")
}

// explainSort says what was sent in place of a certificate.
func explainSort(s sort) *Refusal {
	switch s {
	case sortTrailing:
		return refuse(CertMalformed, "Something stands behind the certificate in the same block, as in OpenSSL’s TRUSTED CERTIFICATE form. Export it again with: openssl x509 -in old.pem -out certificate.pem")
	case sortRequest:
		return refuse(NotACert, "This is a certificate signing request. Upload the certificate that your QTSP issued for it.")
	case sortCRL:
		return refuse(NotACert, "This is a revocation list. Upload your certificate.")
	case sortPublicKey:
		return refuse(NotACert, "This is a bare public key. Upload the certificate that holds it.")
	case sortPKCS7:
		return refuse(NotACert, "This is a PKCS #7 (CMS) file. Take the certificates out with: openssl pkcs7 -in file.p7b -print_certs -out certificate.pem")
	case sortOCSP:
		return refuse(NotACert, "This is an answer of a revocation service (OCSP). Upload your certificate.")
	case sortDamaged:
		return refuse(CertMalformed, "The text between the BEGIN and END lines is incomplete or damaged. Copy the certificate again.")
	}
	return refuse(NotACert, "This is not a certificate. Its first line reads -----BEGIN CERTIFICATE-----.")
}

// malformed maps what crypto/x509 objects to onto words that the owner of a certificate can use.
var malformed = []struct{ has, code, say string }{
	{"duplicate extension", CertMalformed, "one of its extensions occurs twice"},
	{"trailing data", CertMalformed, "there is data behind its end"},
	{"serial number", CertMalformed, "its serial number is not allowed"},
	{"elliptic curve", CertWeakKey, "its key lies on an elliptic curve that is not accepted; P-256, P-384 and P-521 are"},
	{"RSA", CertWeakKey, "its RSA key is not valid"},
	{"validity", CertMalformed, "its period of validity cannot be read"},
	{"invalid", CertMalformed, "one of its parts has no valid contents"},
}

func explainMalformed(err error) *Refusal {
	for _, m := range malformed {
		if strings.Contains(err.Error(), m.has) {
			return refuse(m.code, "The certificate cannot be read: %s. Ask your QTSP to issue it again.", m.say)
		}
	}
	return refuse(CertMalformed, "The certificate is damaged or not encoded as RFC 5280 requires. Copy it again; if that does not help, ask your QTSP.")
}
