package xades

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
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
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
	ecKey = sync.OnceValue(func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	})
)

// newSigner has a certificate that ended long ago, which does not count.
func newSigner(t testing.TB, key crypto.Signer) Signer {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "List operator", Country: []string{"FI"}},
		NotBefore: instant.AddDate(-9, 0, 0), NotAfter: instant.AddDate(-8, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return Signer{Key: key, Certificate: cert, At: instant}
}

func national(der []byte) List {
	since := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	return List{
		Version: Version, Sequence: 49, Territory: "FI", Operator: "Agency & Sons <\"FI\">", IssuedAt: instant, NextUpdate: instant.AddDate(0, 6, 0),
		Providers: []Provider{{Name: "Väestö QTSP\r\n'1'", Services: []Service{
			{Type: TypeCAQC, Name: "CA one", Certificates: [][]byte{der, []byte("another")}, States: []State{
				{Granted: true, Since: since, Web: true, Seal: true, Qualifiers: []string{"NotQualified", "QCForLegalPerson"}},
				{Since: since.AddDate(-1, 0, 0), Seal: true},
				{Granted: true, Since: since.AddDate(-2, 0, 0), Signature: true},
			}},
			{Type: "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST", Name: "Stamps", Certificates: [][]byte{der}, States: []State{{Since: since}}},
		}}},
	}
}

func lotl(der []byte) List {
	return List{
		LOTL: true, Version: Version, Sequence: 400, Territory: "EU", Operator: "Commission", IssuedAt: instant, NextUpdate: instant.AddDate(0, 6, 0),
		Pointers: []Pointer{
			{Territory: "EU", Location: "https://lists.example/lotl.xml", LOTL: true, Signers: [][]byte{der}},
			{Territory: "FI", Location: "https://lists.example/fi.xml", Signers: [][]byte{der, []byte("the next one")}},
		},
	}
}

func mustSign(t testing.TB, l List, by Signer) []byte {
	t.Helper()
	file, err := Sign(l, About{}, by)
	must(t, err)
	return file
}

// verified reads and verifies in one go.
func verified(file []byte, signers ...*x509.Certificate) (List, error) {
	d, err := Read(file)
	if err != nil {
		return List{}, err
	}
	l, _, err := d.Verify(signers)
	return l, err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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
