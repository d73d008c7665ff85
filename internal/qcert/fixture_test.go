package qcert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// instant is when these tests happen.
var instant = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Keys are made once: they are what these tests spend their time on.
var (
	rsaKey    = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
	secondKey = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
	ecKey     = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
	caKey     = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
	rootKey   = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
)

func newRSA(bits int) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

func newEC(c elliptic.Curve) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// family is a root with an issuing CA below it.
type family struct{ root, issuing *x509.Certificate }

func newFamily(t testing.TB, use Use) family {
	t.Helper()
	a := Authority{
		Country: "FI", Organization: "Fairway SANDBOX", CommonName: "Fairway Sandbox Root",
		NotBefore: instant.AddDate(-1, 0, 0), NotAfter: instant.AddDate(9, 0, 0), Serial: mustSerial(t),
	}
	rootTemplate, err := RootTemplate(a, rootKey().Public())
	must(t, err)
	root := mustSign(t, rootTemplate, rootTemplate, rootKey())

	a.CommonName, a.Serial, a.NotAfter = "Fairway Sandbox TPP CA", mustSerial(t), instant.AddDate(4, 0, 0)
	a.CRLURL, a.IssuerURL = "http://localhost:8080/pki/root.crl", "http://localhost:8080/pki/root.cer"
	issuingTemplate, err := IssuingTemplate(a, use, caKey().Public())
	must(t, err)
	return family{root: root, issuing: mustSign(t, issuingTemplate, root, rootKey())}
}

// profile is a good one of either kind; tests change what they are about.
func profile(t testing.TB, kind Kind) Profile {
	t.Helper()
	p := Profile{
		Kind: kind, Country: "FI", Organization: SandboxName("Example Oy"), OrganizationIdentifier: SandboxIdentifier("A1B2C3D4E5"),
		Roles: []Role{RoleAI, RolePI}, NCAName: SandboxAuthorityName, NCAID: SandboxAuthority,
		PDSURL: "https://localhost:8443/pki/pds", CRLURL: "http://localhost:8080/pki/tpp.crl", IssuerURL: "http://localhost:8080/pki/tpp.cer",
		NotBefore: instant.Add(-5 * time.Minute), NotAfter: instant.AddDate(0, 0, 180), Serial: mustSerial(t),
	}
	if kind == QWAC {
		p.DNSNames = []string{"example.tpp.sandbox.invalid", "www.example.tpp.sandbox.invalid"}
	}
	return p
}

func (f family) mustIssue(t testing.TB, p Profile, pub crypto.PublicKey) *x509.Certificate {
	t.Helper()
	template, err := Template(p, pub)
	must(t, err)
	return mustSign(t, template, f.issuing, caKey())
}

// mustSelf makes a certificate that nobody would issue, from a template of the test's own.
func mustSelf(t testing.TB, template *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(7)
	}
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = instant.AddDate(0, -1, 0), instant.AddDate(1, 0, 0)
	}
	return mustSign(t, template, template, key)
}

func mustSign(t testing.TB, template, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	pub := template.PublicKey
	if pub == nil {
		pub = key.Public()
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

// withStatements is a template with that extension value and nothing else.
func withStatements(value []byte) *x509.Certificate {
	return &x509.Certificate{
		Subject:         pkix.Name{CommonName: "Example"},
		ExtraExtensions: []pkix.Extension{{Id: asn1OID(oidQCStatements), Value: value}},
	}
}

func mustParse(t testing.TB, cert *x509.Certificate) Info {
	t.Helper()
	i, err := Parse(cert)
	must(t, err)
	return i
}

func mustSerial(t testing.TB) *big.Int {
	t.Helper()
	n, err := NewSerial()
	must(t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func toPEM(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

// level tells how a code was found: "error", "warning", or "" where it was not.
func level(all []Finding, code string) string {
	worst := ""
	for _, f := range all {
		if f.Code == code && worst != LevelError {
			worst = f.Level
		}
	}
	return worst
}

// testdata is a file of the reference data of third parties, which is not part of this project.
func testdata(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("FAIRWAY_TESTDATA")
	if dir == "" {
		t.Skip("FAIRWAY_TESTDATA does not name the folder of reference data: skipped " + name)
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		t.Skip("the reference data has no " + name + ": skipped")
	}
	must(t, err)
	return b
}
