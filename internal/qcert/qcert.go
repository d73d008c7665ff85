// Package qcert owns the PSD2 certificate: reading, judging and building it, from the pasted PEM text to ETSI's role statement.
// It is pure: the time is an argument and nothing here reaches for a network, a file or another package of ours.
package qcert

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxUpload is the largest upload that is read, in bytes.
const MaxUpload = 64 << 10

// MaxBlocks is the largest number of PEM blocks in one upload.
const MaxBlocks = 10

const (
	maxField    = 256 // characters of one subject attribute or statement text that are shown
	maxDNSNames = 100 // subject alternative names that are shown
)

var (
	errNoCertificate = errors.New("no certificate given")
	errTooLarge      = fmt.Errorf("certificate larger than %d bytes", MaxUpload)
)

// Kind tells what a certificate is for, by its QcType statement (EN 319 412-5 §4.2.3).
type Kind string

// The kinds: website authentication, electronic seal, and everything that says neither or more than one.
const (
	QWAC    Kind = "QWAC"
	QSealC  Kind = "QSealC"
	Unknown Kind = "unknown"
)

// label is the kind's name in a sentence.
func (k Kind) label() string {
	switch k {
	case QWAC:
		return "QWAC"
	case QSealC:
		return "eSeal"
	}
	return "certificate"
}

// Info is what one certificate says about itself. Its texts come from strangers: they are capped and hold no control,
// direction or invisible characters, but they are not escaped for HTML, CSV or mail.
type Info struct {
	Kind Kind

	// Subject and Issuer are RFC 4514 texts, most specific part first, with organizationIdentifier by its name.
	Subject, Issuer string

	CommonName, Organization, Country string

	// OrganizationIdentifier is the X.520 attribute 2.5.4.97, as in PSDFI-FINFSA-1234567-8.
	OrganizationIdentifier string

	// IdentifierScheme is the identifier's scheme (PSD, VAT, NTR, LEI, …); Authority and AuthorisationNumber are filled for PSD only.
	IdentifierScheme    string
	Authority           string
	AuthorisationNumber string

	// NCAID and NCAName are what the PSD2 statement says; the identifier's authority need not agree.
	NCAID, NCAName string

	// Roles are the known roles in the order of the certificate, each once.
	Roles []Role

	// Statement is the PSD2 statement in detail; nil where there is none.
	Statement *Statement

	// SerialHex is the serial number in upper-case hex with an even number of digits, as OpenSSL prints it.
	SerialHex string

	NotBefore, NotAfter time.Time

	// SHA256 is the thumbprint in lower-case hex; KeySHA256 the same of the public key (SubjectPublicKeyInfo).
	SHA256, KeySHA256 string

	// KeyAlgorithm is "RSA", "EC P-256", "Ed25519", … and KeyBits the size in bits; 0 where unknown.
	KeyAlgorithm string
	KeyBits      int

	DNSNames []string

	// HasCompliance tells whether the certificate declares itself qualified (QcCompliance); OnDevice whether its key is in one (QcSSCD).
	HasCompliance, OnDevice bool

	// PDS is the address of the PKI disclosure statement, the English one where there are several.
	PDS string

	// Sandbox tells that the certificate carries this product's own sandbox policy.
	Sandbox bool

	// Findings is what reading alone shows. CheckProfile repeats them and adds what depends on purpose and time.
	Findings []Finding
}

// Has tells whether the certificate names the role.
func (i Info) Has(r Role) bool {
	for _, have := range i.Roles {
		if have == r {
			return true
		}
	}
	return false
}

// Parse reads the facts of a certificate. What is wrong with its contents is a finding, not an error: the only errors are
// a missing certificate and one of more than MaxUpload bytes.
func Parse(cert *x509.Certificate) (Info, error) {
	if cert == nil || len(cert.Raw) == 0 {
		return Info{}, errNoCertificate
	}
	if len(cert.Raw) > MaxUpload {
		return Info{}, errTooLarge
	}

	var found findings
	i := Info{
		Kind:      Unknown,
		Issuer:    readName(cert.RawIssuer).String(),
		SerialHex: serialHex(cert),
		NotBefore: cert.NotBefore.UTC(),
		NotAfter:  cert.NotAfter.UTC(),
		SHA256:    Thumbprint(cert),
		KeySHA256: hexSum(cert.RawSubjectPublicKeyInfo),
		DNSNames:  dnsNames(cert),
		Sandbox:   hasSandboxPolicy(cert),
	}
	i.KeyAlgorithm, i.KeyBits = describeKey(cert.PublicKey)
	i.readStatements(cert, &found)
	i.readSubject(cert, &found)
	i.Findings = found
	return i, nil
}

func (i *Info) readStatements(cert *x509.Certificate, found *findings) {
	value, critical, ok := extension(cert, oidQCStatements)
	if !ok {
		found.fail(QCMissing, "qcStatements", "The certificate has no qualified statements: it is an ordinary certificate, not a PSD2 one.")
		return
	}
	if critical {
		found.warn(QCEncoding, "qcStatements", "The qualified statements are marked critical; RFC 3739 and ETSI EN 319 412-5 ask for non-critical, and TLS software may refuse the certificate.")
	}

	s := ReadQCStatements(value)
	found.add(s.Findings...)
	i.Kind, i.HasCompliance, i.OnDevice, i.PDS = s.Kind, s.Compliance, s.Device, s.PDSURL()
	if s.PSD2 != nil {
		i.Statement = s.PSD2
		i.Roles, i.NCAID, i.NCAName = s.PSD2.Roles, s.PSD2.NCAID, s.PSD2.NCAName
	}
}

// Thumbprint is the SHA-256 of the certificate's DER bytes in lower-case hex.
func Thumbprint(cert *x509.Certificate) string { return hexSum(cert.Raw) }

// X5TS256 is the SHA-256 of the certificate's DER bytes in base64url without padding, as the x5t#S256 of RFC 8705 §3.1.
func X5TS256(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func serialHex(cert *x509.Certificate) string {
	if cert.SerialNumber == nil || cert.SerialNumber.Sign() == 0 {
		return "00"
	}
	s := strings.ToUpper(hex.EncodeToString(cert.SerialNumber.Bytes()))
	if cert.SerialNumber.Sign() < 0 {
		return "-" + s
	}
	return s
}

func dnsNames(cert *x509.Certificate) []string {
	names := cert.DNSNames
	if len(names) > maxDNSNames {
		names = names[:maxDNSNames]
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, DisplayText(n, maxField))
	}
	return out
}

// extension finds an extension by the DER contents of its OID.
func extension(cert *x509.Certificate, oid string) (value []byte, critical, ok bool) {
	for _, e := range cert.Extensions {
		if oidBytes(e.Id) == oid {
			return e.Value, e.Critical, true
		}
	}
	return nil, false, false
}
