package qcert

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// The marks of the sandbox, which every certificate of it carries so that none passes for a qualified one.
const (
	// SandboxWord stands in each organisation's name.
	SandboxWord = "SANDBOX"

	// SandboxNotice is the user notice of the certificate policy.
	SandboxNotice = "SANDBOX – not qualified"

	// SandboxPolicy is the certificate policy. It lies below 2.999, the arc that ITU-T X.660 keeps for examples and that
	// nobody can own. An arc made of a UUID would be unique as well, but its 128 bits stop many parsers, older Go among them.
	SandboxPolicy = "2.999.19495.1.1"

	// SandboxAuthority and SandboxAuthorityName are the invented authority: XX is nobody's country (ISO 3166-1).
	SandboxAuthority     = "XX-FWYSBX"
	SandboxAuthorityName = "Fairway Sandbox Authority"

	// SandboxDomain is the top-level domain of RFC 2606 that all names of sandbox QWACs lie below; none of them can resolve.
	SandboxDomain = "invalid"
)

// Upper bounds of RFC 5280 Appendix A for parts of a name.
const (
	maxName = 64
	maxURL  = 1024
)

// Profile is what one certificate of the sandbox is to say.
type Profile struct {
	Kind                   Kind
	Country                string // of the organisation, ISO 3166-1 or XX
	Organization           string // must hold SandboxWord: see SandboxName
	CommonName             string // default: the first DNS name, or the organisation with " eSeal"
	OrganizationIdentifier string // PSD…; see SandboxIdentifier
	DNSNames               []string
	Roles                  []Role
	NCAName, NCAID         string
	PDSURL                 string // https
	CRLURL                 string
	IssuerURL              string // the issuer's certificate
	OCSPURL                string // optional
	PolicyOID              string // dotted; default SandboxPolicy
	PolicyNotice           string // default SandboxNotice; not in a qualified profile
	OnDevice               bool   // the key of an eSeal is in a qualified device; in a qualified profile only
	Layout                 Layout // other than Standard for certificates that are broken on purpose
	NotBefore, NotAfter    time.Time
	Serial                 *big.Int // see NewSerial

	qualified bool // without the marks of the sandbox: see QualifiedTemplate
}

// NewSerial draws a serial number: positive, 127 random bits, never longer than 16 bytes.
func NewSerial() (*big.Int, error) {
	top := new(big.Int).Lsh(big.NewInt(1), 127)
	for {
		n, err := rand.Int(rand.Reader, top)
		if err != nil {
			return nil, fmt.Errorf("draw serial number: %w", err)
		}
		if n.BitLen() > 64 { // one in 2^63 is shorter; CA/B asks for 64 bits at least
			return n, nil
		}
	}
}

// SandboxIdentifier is the organizationIdentifier of an authorisation number that the invented authority gave.
func SandboxIdentifier(number string) string {
	country, code, _ := strings.Cut(SandboxAuthority, "-")
	return "PSD" + country + "-" + code + "-" + number
}

// SandboxName marks an organisation's name, cutting it to the 64 characters of RFC 5280: "Example Oy SANDBOX".
// Characters that cannot be seen are left out.
func SandboxName(organisation string) string {
	clean := strings.Map(func(r rune) rune {
		if unseen(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(organisation, ""))
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	if limit := maxName - len(SandboxWord) - 1; len(runes) > limit {
		runes = runes[:limit]
	}
	return strings.TrimSpace(strings.TrimSpace(string(runes)) + " " + SandboxWord)
}

// Template builds the leaf certificate of the sandbox's profile for a public key, ready for x509.CreateCertificate. Every
// field comes from the profile; it returns an error for what the profile may not hold, and for keys that CheckKey refuses.
func Template(p Profile, pub crypto.PublicKey) (*x509.Certificate, error) {
	if err := p.complete(pub); err != nil {
		return nil, fmt.Errorf("build certificate: %w", err)
	}
	statements, err := layOut(p.Layout, declaration{p.Kind, p.OnDevice, p.PDSURL, p.Roles, p.NCAName, p.NCAID})
	if err != nil {
		return nil, err
	}
	policies, err := policyExtension(p.PolicyOID, p.PolicyNotice)
	if err != nil {
		return nil, err
	}
	keyID, err := keyIdentifier(pub)
	if err != nil {
		return nil, err
	}

	t := &x509.Certificate{
		SerialNumber:          p.Serial,
		PublicKey:             pub,
		Subject:               p.subject(),
		NotBefore:             p.NotBefore.UTC().Truncate(time.Second),
		NotAfter:              p.NotAfter.UTC().Truncate(time.Second),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		BasicConstraintsValid: true,
		SubjectKeyId:          keyID,
		CRLDistributionPoints: notEmpty(p.CRLURL),
		IssuingCertificateURL: notEmpty(p.IssuerURL),
		OCSPServer:            notEmpty(p.OCSPURL),
		ExtraExtensions:       []pkix.Extension{policies, statements},
	}
	if p.Kind == QWAC {
		t.KeyUsage = x509.KeyUsageDigitalSignature
		if _, ok := pub.(*rsa.PublicKey); ok {
			t.KeyUsage |= x509.KeyUsageKeyEncipherment
		}
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		t.DNSNames = p.DNSNames
	}
	return t, nil
}

// subject writes the name in its order; only ExtraNames keeps one.
func (p *Profile) subject() pkix.Name {
	return orderedName(oidCountry, p.Country, oidOrganization, p.Organization, oidOrgID, p.OrganizationIdentifier, oidCommonName, p.CommonName)
}

func orderedName(pairs ...string) pkix.Name {
	var n pkix.Name
	for k := 0; k+1 < len(pairs); k += 2 {
		n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1OID(pairs[k]), Value: pairs[k+1]})
	}
	return n
}

func notEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// complete fills in defaults and checks everything that a caller could get wrong.
func (p *Profile) complete(pub crypto.PublicKey) error {
	if p.Kind != QWAC && p.Kind != QSealC {
		return errKind
	}
	if err := p.completePolicy(); err != nil {
		return err
	}
	if err := p.completeNames(); err != nil {
		return err
	}
	if err := checkTerm(p.Serial, p.NotBefore, p.NotAfter); err != nil {
		return err
	}
	for _, u := range []string{p.CRLURL, p.IssuerURL, p.OCSPURL} {
		if err := checkPointer(u); err != nil {
			return err
		}
	}
	return checkSubjectKey(p.Kind, pub)
}

// completePolicy fills in the sandbox's policy and notice, or what EN 319 411-2 and TS 119 495 name the kind's policy.
func (p *Profile) completePolicy() error {
	if p.OnDevice && (!p.qualified || p.Kind != QSealC) {
		return errors.New("only the key of a qualified eSeal is in a device")
	}
	if !p.qualified {
		p.PolicyOID, p.PolicyNotice = orDefault(p.PolicyOID, SandboxPolicy), orDefault(p.PolicyNotice, SandboxNotice)
		return nil
	}
	switch {
	case p.PolicyNotice != "":
		return errors.New("a qualified certificate has no notice")
	case p.PolicyOID == "" && p.Kind == QWAC:
		p.PolicyOID = policyWebPSD2
	case p.PolicyOID == "" && p.OnDevice:
		p.PolicyOID = policySealDevice
	case p.PolicyOID == "":
		p.PolicyOID = policySeal
	}
	return nil
}

func checkSubjectKey(kind Kind, pub crypto.PublicKey) error {
	for _, f := range CheckKey(pub) {
		return errors.New(f.Text)
	}
	if _, ok := pub.(*rsa.PublicKey); kind == QSealC && !ok {
		return errors.New("an eSeal needs an RSA key")
	}
	return nil
}

func checkTerm(serial *big.Int, from, to time.Time) error {
	if serial == nil || serial.Sign() <= 0 || serial.BitLen() > 159 {
		return errors.New("the serial number must be positive and shorter than 20 bytes")
	}
	if from.IsZero() || !to.After(from) {
		return errors.New("the certificate must end after it begins")
	}
	return nil
}

func checkPointer(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(address) > maxURL || !isASCII(address) {
		return errors.New("addresses in a certificate must be ASCII http or https ones")
	}
	return nil
}

// sandboxHost is a DNS name below .invalid in lower case (RFC 1123 labels).
var sandboxHost = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+` + SandboxDomain + `$`)

func (p *Profile) completeNames() error {
	if err := p.checkHosts(); err != nil {
		return err
	}
	switch {
	case p.Kind == QWAC && len(p.DNSNames) == 0:
		return errors.New("a QWAC needs a DNS name")
	case p.Kind == QSealC && len(p.DNSNames) > 0:
		return errors.New("an eSeal has no DNS name")
	case p.CommonName == "" && p.Kind == QWAC:
		p.CommonName = p.DNSNames[0]
	case p.CommonName == "":
		p.CommonName = sealName(p.Organization)
	case p.Kind == QWAC && !contains(p.DNSNames, p.CommonName):
		return errors.New("a QWAC's common name must be one of its DNS names")
	}

	if !isCountry(p.Country) && p.Country != sandboxCountry {
		return errors.New("the country must be one of ISO 3166-1")
	}
	if !p.qualified && !strings.Contains(p.Organization, SandboxWord) {
		return fmt.Errorf("the organisation's name must hold %s", SandboxWord)
	}
	for _, text := range []string{p.Organization, p.CommonName, p.OrganizationIdentifier} {
		if n := utf8.RuneCountInString(text); n < 1 || n > maxName || !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) {
			return fmt.Errorf("the parts of the subject must have 1 to %d visible characters", maxName)
		}
	}
	if m := psdPattern.FindStringSubmatch(p.OrganizationIdentifier); m == nil || m[1] != sandboxCountry && !isCountry(m[1]) {
		return errors.New("the organisation identifier must have the form PSDXX-AUTHORITY-NUMBER")
	}
	return nil
}

func (p *Profile) checkHosts() error {
	for _, n := range p.DNSNames {
		switch {
		case p.qualified && (len(n) > 253 || !anyHost.MatchString(n)):
			return errors.New("the DNS names must be whole and in lower case")
		case !p.qualified && (len(n) > 253 || !sandboxHost.MatchString(n)):
			return fmt.Errorf("the DNS names must lie below .%s", SandboxDomain)
		}
	}
	return nil
}

func contains(all []string, s string) bool {
	for _, have := range all {
		if have == s {
			return true
		}
	}
	return false
}

func sealName(organisation string) string {
	const tail = " eSeal"
	runes := []rune(organisation)
	if len(runes) > maxName-len(tail) {
		runes = runes[:maxName-len(tail)]
	}
	return strings.TrimSpace(string(runes)) + tail
}

// keyIdentifier is method 1 of RFC 7093 §2: the left 160 bits of the SHA-256 of the key's bit string.
func keyIdentifier(pub crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("encode public key: %w", err)
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	sum := sha256.Sum256(info.Key.Bytes)
	return sum[:20], nil
}
