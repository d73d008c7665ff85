package qcert

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The codes of refused certificate signing requests, beside KeyUploaded, UploadTooLarge and CertWeakKey.
const (
	NotARequest      = "NOT_A_CSR"
	RequestMalformed = "CSR_MALFORMED"
)

// ReadRequest reads one certificate signing request (PKCS #10, RFC 2986) with the tolerance of ReadPEM. Nothing in it is
// judged yet, its signature neither: see LintRequest. The error is always a *Refusal; a private key anywhere in the data
// gives the code KEY_UPLOADED, and data is then overwritten with zeros.
func ReadRequest(data []byte) (request *x509.CertificateRequest, repairs []string, err error) {
	u, refused := readUpload(data)
	if refused != nil {
		return nil, nil, refused.ofRequest()
	}
	if len(u.objects) > 1 {
		return nil, nil, refuse(NotARequest, "There are %d blocks in this field. Send one certificate signing request in each field, and nothing beside it.", len(u.objects))
	}
	o := u.objects[0]
	if o.sort != sortRequest {
		return nil, nil, explainOther(o)
	}
	request, err = x509.ParseCertificateRequest(o.der)
	if err != nil {
		return nil, nil, explainRequest(err)
	}
	return request, u.repairs, nil
}

// ofRequest says of a request what was said of a certificate.
func (r *Refusal) ofRequest() *Refusal {
	switch r.Code {
	case KeyUploaded:
		return refuse(KeyUploaded, "You sent a private key. Nothing of it was kept. Treat the key as exposed: make a new one, and send only the certificate signing request.")
	case UploadTooLarge:
		return refuse(UploadTooLarge, "This is larger than a certificate signing request: %d KB and %d blocks are read at most. Send the request alone.", MaxUpload>>10, MaxBlocks)
	case CertMalformed:
		return refuse(RequestMalformed, "The text between the BEGIN and END lines is incomplete or damaged. Copy the certificate signing request again.")
	}
	return refuse(NotARequest, "There is no certificate signing request here. Its first line reads -----BEGIN CERTIFICATE REQUEST-----.")
}

// explainOther says what was sent in place of a request. A damaged request looks like a certificate from outside.
func explainOther(o object) *Refusal {
	switch o.sort {
	case sortCertificate, sortTrailing:
		if _, err := x509.ParseCertificate(o.der); err != nil {
			_, err = x509.ParseCertificateRequest(o.der)
			return explainRequest(err)
		}
		return refuse(NotARequest, "This is a certificate, not a certificate signing request. Send the request (.csr) that openssl req -new writes.")
	case sortPublicKey:
		return refuse(NotARequest, "This is a bare public key. A certificate signing request holds it and proves that you have the private key: make one with openssl req -new.")
	case sortDamaged:
		return refuse(RequestMalformed, "The text between the BEGIN and END lines is incomplete or damaged. Copy the certificate signing request again.")
	}
	return refuse(NotARequest, "This is not a certificate signing request. Its first line reads -----BEGIN CERTIFICATE REQUEST-----.")
}

func explainRequest(err error) *Refusal {
	if err != nil && (strings.Contains(err.Error(), "elliptic curve") || strings.Contains(err.Error(), "RSA")) {
		return refuse(CertWeakKey, "The key in the certificate signing request cannot be used: it is broken, or lies on a curve that is not accepted. Make a new RSA key of %d to %d bits.", MinRSABits, MaxRSABits)
	}
	return refuse(RequestMalformed, "The certificate signing request is damaged or not encoded as RFC 2986 requires. Make it again, and copy it from the BEGIN line to the END line.")
}

// PublicKeyHash is the SHA-256 of a request's public key (SubjectPublicKeyInfo) in lower-case hex, as Info.KeySHA256.
func PublicKeyHash(request *x509.CertificateRequest) string {
	return hexSum(request.RawSubjectPublicKeyInfo)
}

// oidChallenge is challengePassword (RFC 2985 §5.4.1), oidExtensionRequest the list of wished extensions (§5.4.2).
const (
	oidChallenge        = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"
	oidExtensionRequest = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"
)

// attributesOf counts a request's attributes by their type (RFC 2986 §4.1); bounded, and what cannot be read is left out.
func attributesOf(request *x509.CertificateRequest) map[string]int {
	count := map[string]int{}
	in := cryptobyte.String(request.RawTBSCertificateRequest)
	var body, attributes, one, oid cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !body.SkipASN1(asn1.INTEGER) || !body.SkipASN1(asn1.SEQUENCE) || !body.SkipASN1(asn1.SEQUENCE) ||
		!body.ReadASN1(&attributes, asn1.Tag(0).Constructed().ContextSpecific()) {
		return count
	}
	for range maxAttributes {
		if !attributes.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			break
		}
		count[string(oid)]++
	}
	return count
}

// wished finds a requested extension by the DER contents of its identifier.
func wished(request *x509.CertificateRequest, oid string) (value []byte, ok bool) {
	for _, e := range request.Extensions {
		if oidBytes(e.Id) == oid {
			return e.Value, true
		}
	}
	return nil, false
}

// usageBits reads the bits of a requested key usage (RFC 5280 §4.2.1.3); zero where they cannot be read.
func usageBits(value []byte) x509.KeyUsage {
	in := cryptobyte.String(value)
	var raw cryptobyte.String
	if !in.ReadASN1(&raw, asn1.BIT_STRING) || !in.Empty() || len(raw) < 2 || len(raw) > 3 {
		return 0
	}
	var usage x509.KeyUsage
	for n := range len(keyUsageNames) {
		if at := 1 + n/8; at < len(raw) && raw[at]&(0x80>>(n%8)) != 0 {
			usage |= 1 << n
		}
	}
	return usage
}

// purposes lists a requested extended key usage by the DER contents of its identifiers.
func purposes(value []byte) []string {
	in := cryptobyte.String(value)
	var list, oid cryptobyte.String
	var out []string
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return nil
	}
	for len(out) < maxStatements && list.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
		out = append(out, string(oid))
	}
	return out
}

// wantsCA tells whether a requested basicConstraints asks for a certification authority.
func wantsCA(value []byte) bool {
	in := cryptobyte.String(value)
	var body cryptobyte.String
	ca := false
	return in.ReadASN1(&body, asn1.SEQUENCE) && body.PeekASN1Tag(asn1.BOOLEAN) && body.ReadASN1Boolean(&ca) && ca
}

// requestName is the subject of a request, safe to look at.
func requestName(request *x509.CertificateRequest) string {
	return orNothing(DisplayText(readName(request.RawSubject).String(), maxField))
}

// sameKey tells whether two requests ask for one key.
func sameKey(a, b *x509.CertificateRequest) bool {
	return bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}

// otherNames counts the names of a request that are no DNS names.
func otherNames(request *x509.CertificateRequest) int {
	return len(request.IPAddresses) + len(request.EmailAddresses) + len(request.URIs)
}

func keyText(request *x509.CertificateRequest) string {
	algorithm, bits := describeKey(request.PublicKey)
	return fmt.Sprintf("%s, %d bits", algorithm, bits)
}

// KeyHash is the SHA-256 of a certificate's public key in lower-case hex, as PublicKeyHash is of a request's.
func KeyHash(cert *x509.Certificate) string { return hexSum(cert.RawSubjectPublicKeyInfo) }
