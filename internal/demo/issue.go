package demo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fairway/internal/qcert"
)

// Pair is a QWAC and an eSeal with their keys, and the certificates of their issuers.
type Pair struct {
	QWAC, Seal       *x509.Certificate
	QWACKey, SealKey crypto.Signer
	Chain            []*x509.Certificate
}

// Request is what a pair is to say. Every field but At has a default; together they are an account information service
// provider that the sample register lists as authorised in Finland.
type Request struct {
	// At is the instant at which the pair is issued. It is needed.
	At time.Time

	Organisation string // as the register names it
	Country      string // ISO 3166-1
	Number       string // authorisation number, as the authority gave it
	NCAID        string // as in FI-FINFSA
	NCAName      string
	Roles        []qcert.Role
	DNSName      string // of the QWAC
	OnDevice     bool   // the eSeal says that its key is in a device (QcSSCD)
	Disclosure   string // https address of the disclosure statement; below the base where there is none

	// Flaw is the name of what is to be wrong with the pair; empty for nothing. See Flaws.
	Flaw string

	// QWACKey and SealKey are RSA keys of 2048 bits that are made where there are none.
	QWACKey, SealKey crypto.Signer
}

// The defaults of a request: the first institution of the sample register.
const (
	defaultOrganisation = "Revontuli Tilinakyma Oy"
	defaultCountry      = "FI"
	defaultNumber       = "9900001-4"
	defaultAuthority    = "FI-FINFSA"
	defaultName         = "Finnish Financial Supervisory Authority"
	defaultHost         = "tpp.example.com"
)

// The terms of what is issued, in days. The CA/Browser Forum allows websites 200 since March 2026.
const (
	webDays  = 180
	sealDays = 360
)

const keyBits = 2048

var errInstant = errors.New("the instant of issue is missing")

// Issue makes the pair. An error says which part of the request no certificate can hold, or that no flaw has that name.
func (q *QTSP) Issue(r Request) (Pair, error) {
	p, err := q.issue(r)
	if err != nil {
		return Pair{}, fmt.Errorf("issue a demonstration pair: %w", err)
	}
	return p, nil
}

func (q *QTSP) issue(r Request) (Pair, error) {
	flaw, err := r.complete()
	if err != nil {
		return Pair{}, err
	}
	d := &drafts{
		qwac: draft{profile: q.profile(r, qcert.QWAC), by: Websites, key: r.QWACKey},
		seal: draft{profile: q.profile(r, qcert.QSealC), by: Seals, key: r.SealKey},
	}
	if err := flaw.bend(d); err != nil {
		return Pair{}, err
	}
	made := Pair{QWACKey: d.qwac.holder(), SealKey: d.seal.holder(), Chain: q.chains(d)}
	if made.QWAC, err = q.make(&d.qwac); err != nil {
		return Pair{}, err
	}
	if made.Seal, err = q.make(&d.seal); err != nil {
		return Pair{}, err
	}
	if d.swapped {
		made.QWAC, made.QWACKey, made.Seal, made.SealKey = made.Seal, made.SealKey, made.QWAC, made.QWACKey
	}
	return made, nil
}

// complete fills in what is missing and finds the flaw.
func (r *Request) complete() (Flaw, error) {
	if r.At.IsZero() {
		return Flaw{}, errInstant
	}
	for _, field := range []struct {
		value     *string
		otherwise string
	}{
		{&r.Organisation, defaultOrganisation}, {&r.Country, defaultCountry}, {&r.Number, defaultNumber},
		{&r.NCAID, defaultAuthority}, {&r.NCAName, defaultName}, {&r.DNSName, defaultHost},
	} {
		if *field.value == "" {
			*field.value = field.otherwise
		}
	}
	if len(r.Roles) == 0 {
		r.Roles = []qcert.Role{qcert.RoleAI}
	}
	for _, key := range []*crypto.Signer{&r.QWACKey, &r.SealKey} {
		if *key != nil {
			continue
		}
		made, err := NewKey()
		if err != nil {
			return Flaw{}, err
		}
		*key = made
	}
	return findFlaw(r.Flaw)
}

// profile is what a good certificate of the kind says; its issuer is written into it when it is made.
func (q *QTSP) profile(r Request, kind qcert.Kind) qcert.Profile {
	if r.Disclosure == "" {
		r.Disclosure = disclosure(q.base)
	}
	p := qcert.Profile{
		Kind: kind, Country: r.Country, Organization: r.Organisation, OrganizationIdentifier: "PSD" + r.NCAID + "-" + r.Number,
		Roles: r.Roles, NCAName: r.NCAName, NCAID: r.NCAID, PDSURL: r.Disclosure, OCSPURL: q.responderURL(),
		NotBefore: r.At.Add(-time.Hour), NotAfter: r.At.AddDate(0, 0, sealDays),
	}
	if kind == qcert.QWAC {
		p.DNSNames, p.NotAfter = []string{r.DNSName}, r.At.AddDate(0, 0, webDays)
		return p
	}
	p.OnDevice = r.OnDevice
	return p
}

// disclosure is the address of the disclosure statement: EN 319 412-5 asks for https, also where the base has none.
func disclosure(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	return "https://" + rest + "/pds"
}

// draft is one certificate before it is signed.
type draft struct {
	profile qcert.Profile
	by      CA
	key     crypto.Signer
	// changes are made to the finished template: what no builder would write.
	changes []func(*x509.Certificate)
	// weak is a key in the certificate that the builder refuses; nil for none.
	weak       crypto.Signer
	selfSigned bool
}

// drafts are a pair before it is signed; swapped exchanges the two at the end.
type drafts struct {
	qwac, seal draft
	swapped    bool
}

// both changes each of the two.
func (d *drafts) both(change func(*draft)) {
	change(&d.qwac)
	change(&d.seal)
}

func (d *draft) change(c func(*x509.Certificate)) { d.changes = append(d.changes, c) }

// holder is the key that the certificate is made for.
func (d *draft) holder() crypto.Signer {
	if d.weak != nil {
		return d.weak
	}
	return d.key
}

// make signs what the draft says.
func (q *QTSP) make(d *draft) (*x509.Certificate, error) {
	var err error
	if d.profile.Serial, err = qcert.NewSerial(); err != nil {
		return nil, err
	}
	d.profile.CRLURL, d.profile.IssuerURL = q.listURL(d.by), q.certificateURL(d.by)
	template, err := qcert.QualifiedTemplate(d.profile, d.key.Public())
	if err != nil {
		return nil, err
	}
	for _, change := range d.changes {
		change(template)
	}
	if d.selfSigned {
		return sign(template, authority{template, d.key}, d.key.Public())
	}
	return sign(template, q.all[d.by], d.holder().Public())
}

// chains are the issuers of both, each once.
func (q *QTSP) chains(d *drafts) []*x509.Certificate {
	var all []*x509.Certificate
	for _, ca := range []CA{d.qwac.by, d.seal.by} {
		for _, cert := range q.Chain(ca) {
			if !slices.Contains(all, cert) {
				all = append(all, cert)
			}
		}
	}
	return all
}

func sign(template *x509.Certificate, by authority, pub crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, pub, by.key)
	if err != nil {
		return nil, fmt.Errorf("sign the certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func newECKey() (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// NewKey makes a key as a request without one gets it.
func NewKey() (crypto.Signer, error) { return newRSAKey(keyBits) }

func newRSAKey(bits int) (crypto.Signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}
